/**
 * The engine's sessions: what a request that names one meets before bun-engine sees it.
 *
 * Invariants:
 * 1. A second WebSocket of a session that has one is opened and closed, and the session goes on;
 *    bun-engine alone would answer with a status, which some clients take for a failure.
 * 2. A polling session that exchanged nothing for a ping's interval and timeout is over, also when
 *    a busy node's timer has not said so yet.
 */
import type { Server as Engine } from "@socket.io/bun-engine";
import type { Clock } from "../../actors/clock.ts";
import type { ChannelLimits } from "./limits.ts";

interface Session {
  readonly transport: () => string;
  /** When a request came or was answered. */
  exchangedAt: number;
}

export interface Visit {
  readonly kind: "plain" | "second-socket" | "late";
  /** The request was answered. */
  answered(): void;
}

const PLAIN: Visit = { kind: "plain", answered: () => undefined };

export function trackSessions(
  engine: Engine,
  clock: Pick<Clock, "now">,
  { pingIntervalMs, pingTimeoutMs }: ChannelLimits,
): (request: Request) => Visit {
  const sessions = new Map<string, Session>();
  engine.on("connection", (socket) => {
    sessions.set(socket.id, {
      transport: () => socket.transport.name,
      exchangedAt: clock.now(),
    });
    socket.once("close", () => sessions.delete(socket.id));
  });

  return (request) => {
    const asked = new URL(request.url).searchParams;
    const session = sessions.get(asked.get("sid") ?? "");
    if (session === undefined) {
      return PLAIN;
    }
    if (session.transport() === "websocket") {
      const isSocket = request.headers.has("upgrade") && asked.get("transport") === "websocket";
      return isSocket ? { ...PLAIN, kind: "second-socket" } : PLAIN;
    }
    const now = clock.now();
    if (now - session.exchangedAt >= pingIntervalMs + pingTimeoutMs) {
      return { ...PLAIN, kind: "late" };
    }
    session.exchangedAt = now;
    const answered = (): void => {
      session.exchangedAt = clock.now();
    };
    return { kind: "plain", answered };
  };
}
