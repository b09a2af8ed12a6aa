/**
 * Upgraded: which sessions of the engine have a WebSocket already.
 *
 * A second WebSocket of such a session is opened and closed, and the session goes on; bun-engine
 * alone would answer with a status, which some clients take for a failure of the whole host.
 */
import type { Server as Engine } from "@socket.io/bun-engine";

export type IsSecondSocket = (request: Request) => boolean;

export function trackUpgraded(engine: Engine): IsSecondSocket {
  const transports = new Map<string, () => string>();
  engine.on("connection", (session) => {
    transports.set(session.id, () => session.transport.name);
    session.once("close", () => transports.delete(session.id));
  });

  return (request) => {
    if (!request.headers.has("upgrade")) {
      return false;
    }
    const asked = new URL(request.url).searchParams;
    return (
      asked.get("transport") === "websocket" &&
      transports.get(asked.get("sid") ?? "")?.() === "websocket"
    );
  };
}
