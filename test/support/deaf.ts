/**
 * A client that speaks and never listens: a WebSocket on a bare TCP socket, which stops reading.
 */
import { randomBytes } from "node:crypto";
import { type Socket, connect } from "node:net";
import { eventually } from "./eventually.ts";

export interface Deaf {
  /** Asks so often that the answers fill every buffer on the way, unless the server stops it. */
  ask(packet: string, times: number): void;
  isCut(): boolean;
  close(): void;
}

/** Connected, authenticated, and from here on not reading. */
export async function connectDeaf(url: string, token: string): Promise<Deaf> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let heard = "";
  let isCut = false;
  socket.on("data", (chunk) => {
    heard += chunk.toString();
  });
  socket.on("close", () => {
    isCut = true;
  });
  socket.on("error", () => {
    isCut = true;
  });
  socket.write(
    [
      "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
      `Host: ${hostname}:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
      "Sec-WebSocket-Version: 13",
      "\r\n",
    ].join("\r\n"),
  );
  await eventually(() => heard.includes('0{"sid"'));
  say(socket, `40${JSON.stringify({ token })}`);
  await eventually(() => heard.includes('40{"sid"'));
  socket.pause();
  return {
    ask: (packet, times) => {
      for (let n = 0; n < times; n += 1) {
        say(socket, packet);
      }
    },
    isCut: () => isCut,
    close: () => void socket.destroy(),
  };
}

/** One masked text frame; the mask is zeros, which leaves the text as it is. */
function say(socket: Socket, text: string): void {
  const payload = Buffer.from(text);
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  socket.write(Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), payload]));
}
