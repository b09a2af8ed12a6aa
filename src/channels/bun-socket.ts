/** The types of Bun's WebSocket as bun-engine uses it. */
import type { Server as Engine } from "@socket.io/bun-engine";

export type BunSocket = Parameters<Engine["onWebSocketOpen"]>[0];
export type SocketData = BunSocket["data"];
