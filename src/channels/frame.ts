/**
 * Frames: the bytes of a connection, measured before they are parsed.
 *
 * Owns the size rules of inbound packets, on WebSocket and polling alike. Invariants:
 * 1. A message over `messageBytesMax` is never parsed. Its event becomes `TOO_LARGE` under its
 *    own acknowledgement id, so the client hears `too-large` and the connection lives.
 * 2. Where binary is refused, as it is on our own channels, whose words are all JSON, the
 *    connection that sends some is cut.
 */

/** What an oversized event is renamed to; a client that says this itself hears the same. */
export const TOO_LARGE = "too-large";

/** Engine.IO message (4), Socket.IO event (2), the acknowledgement's id, then the JSON array. */
const EVENT = /^42(\d{0,16})\[/;
/** Binary events and acknowledgements announce how many attachments follow. */
const BINARY = /^4[56]/;
const PAYLOAD_SEPARATOR = "\u001e";
/**
 * Twenty seconds of commands at their rate, all in one request; each packet is work even for who
 * has said no token yet, and none of it lets others in between.
 */
const PAYLOAD_PACKETS_MAX = 1_000;

export interface FrameRules {
  readonly messageBytesMax: number;
  readonly binary: "refused" | "admitted";
}

/** The packet to be parsed in the place of this one; undefined: cut the connection. */
export function admit(packet: string, rules: FrameRules): string | undefined;
export function admit(packet: string | Buffer, rules: FrameRules): string | Buffer | undefined;
export function admit(packet: string | Buffer, rules: FrameRules): string | Buffer | undefined {
  const { messageBytesMax, binary } = rules;
  if (binary === "refused" && isBinary(packet)) {
    return undefined;
  }
  if (packet.length <= messageBytesMax / 3 || Buffer.byteLength(packet) <= messageBytesMax) {
    return packet;
  }
  const id = typeof packet === "string" ? EVENT.exec(packet)?.[1] : undefined;
  return id === undefined ? undefined : `42${id}["${TOO_LARGE}"]`;
}

/** A polling request's body: several packets; undefined: refuse all of it. */
export function admitPayload(payload: string, rules: FrameRules): string | undefined {
  const packets: string[] = [];
  const given = payload.split(PAYLOAD_SEPARATOR, PAYLOAD_PACKETS_MAX + 1);
  if (given.length > PAYLOAD_PACKETS_MAX) {
    return undefined;
  }
  for (const packet of given) {
    const admitted = admit(packet, rules);
    if (admitted === undefined) {
      return undefined;
    }
    packets.push(admitted);
  }
  return packets.join(PAYLOAD_SEPARATOR);
}

function isBinary(packet: string | Buffer): boolean {
  return typeof packet !== "string" || BINARY.test(packet) || packet.startsWith("b");
}
