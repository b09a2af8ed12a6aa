/** The types of Bun's WebSockets: those under a session of bun-engine, and those under none. */
import type { Server as Engine } from "@socket.io/bun-engine";
import type { ServerWebSocket } from "bun";

export type BunSocket = Parameters<Engine["onWebSocketOpen"]>[0];

/** A second WebSocket of a session: it is opened only to be closed. */
interface SpareData {
  readonly spare: true;
}

export type SocketData = BunSocket["data"] | SpareData;

export function isOfSession(ws: ServerWebSocket<SocketData>): ws is BunSocket {
  return "transport" in ws.data;
}
