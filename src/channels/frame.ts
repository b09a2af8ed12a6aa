/**
 * Frames: the bytes of a connection, measured before they are parsed.
 *
 * Owns the size rules of inbound packets, on WebSocket and polling alike. Invariants:
 * 1. A message over `messageBytesMax` is never parsed. Its event becomes `TOO_LARGE` under its
 *    own acknowledgement id, so the client hears `too-large` and the connection lives.
 * 2. Binary messages are not part of the protocol: the connection that sends one is cut.
 */

/** What an oversized event is renamed to; a client that says this itself hears the same. */
export const TOO_LARGE = "too-large";

/** Engine.IO message (4), Socket.IO event (2), the acknowledgement's id, then the JSON array. */
const EVENT = /^42(\d{0,16})\[/;
/** Binary events and acknowledgements announce how many attachments follow. */
const BINARY = /^4[56]/;
const PAYLOAD_SEPARATOR = "\u001e";

/** The packet to be parsed in the place of this one; undefined: cut the connection. */
export function admit(packet: string, messageBytesMax: number): string | undefined {
  if (BINARY.test(packet) || packet.startsWith("b")) {
    return undefined;
  }
  if (packet.length <= messageBytesMax / 3 || Buffer.byteLength(packet) <= messageBytesMax) {
    return packet;
  }
  const id = EVENT.exec(packet)?.[1];
  return id === undefined ? undefined : `42${id}["${TOO_LARGE}"]`;
}

/** A polling request's body: several packets. */
export function admitPayload(payload: string, messageBytesMax: number): string | undefined {
  const packets: string[] = [];
  for (const packet of payload.split(PAYLOAD_SEPARATOR)) {
    const admitted = admit(packet, messageBytesMax);
    if (admitted === undefined) {
      return undefined;
    }
    packets.push(admitted);
  }
  return packets.join(PAYLOAD_SEPARATOR);
}
