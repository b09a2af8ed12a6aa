/**
 * Channels: the Socket.IO door, on the same port as HTTP, and what HTTP's open streams watch.
 *
 * Owns the handshake's place, the open connections, and their end. What an actor accepts is the
 * desk's and the machine's business; this door frames it. Invariants:
 * 1. Nobody is a socket before the token is verified; the handshake says no with a code.
 * 2. Socket.IO's own recovery stays off: it would send missed packets before authentication.
 *    Resuming is by `seq`, after it.
 * 3. Every document is encoded once for all who read the same bytes.
 * 4. A node that stood still for so long that others have declared it dead says `bye` to all its
 *    sockets when it wakes (C20): who comes back has a connection that nobody has closed for it.
 */
import type { Server as BunServer, WebSocketHandler } from "bun";
import { Server } from "socket.io";
import type { SocketData } from "./bun-socket.ts";
import { Connection } from "./connection.ts";
import { Crowds } from "./crowds.ts";
import { createEngine } from "./engine.ts";
import { createHandshake } from "./handshake.ts";
import { type ChannelLimits, LIMITS } from "./limits.ts";
import type { ChannelsParts } from "./parts.ts";
import { Presence } from "./presence.ts";
import { Rooms } from "./rooms.ts";
import { type StreamInput, type StreamOpened, Streams } from "./streams.ts";
import { createUnread } from "./unread.ts";
import type { Emitted, Inbound } from "./wire.ts";

/** A restarted node is back within a second or two. */
const RETRY_AFTER_MS = 1_000;
/** What sockets have asked is answered before they are handed off; a commit takes milliseconds. */
const ANSWER_WITHIN_MS = 1_000;
/** Presence is best told before the process goes; others repair it where it was not. */
const CLOSE_SETTLE_MS = 3_000;
/** Tokens verified at a time, so that a node of many sockets does not stall its class. */
const VERIFIED_AT_ONCE = 32;

export interface Channels {
  /** For every request whose path is `/socket.io/`. */
  handle(request: Request, server: BunServer<SocketData>): Promise<Response>;
  readonly websocket: WebSocketHandler<SocketData>;
  /** An HTTP answer that stays open, and watches as a socket does. */
  stream(input: StreamInput): Promise<StreamOpened>;
  /** How many sockets are open. */
  size(): number;
  /** How many streams are open. */
  streams(): number;
  /** Answers what was asked, says `bye` to all, and waits a little until presence is told. */
  close(why: { readonly reason: "draining"; readonly retryAfterMs?: number }): Promise<void>;
}

export function createChannels(parts: ChannelsParts): Channels {
  const { clock, log, config } = parts;
  const limits = { ...LIMITS, ...config.limits };
  const io = new Server<Inbound, Emitted>({
    serveClient: false,
    connectTimeout: limits.handshakeMs,
  });
  const connections = new Map<string, Connection>();
  const door = createEngine({ ...config, clock, limits });
  const unread = createUnread({ clock, limits, door }, (socket) => {
    log.warn("channel.slow", { socketId: socket.id });
    connections.get(socket.id)?.bye({ reason: "slow", retryAfterMs: RETRY_AFTER_MS });
  });
  const presence = new Presence(parts);
  const streams = new Streams({ parts, limits, retryAfterMs: RETRY_AFTER_MS }, () => rooms);
  const rooms: Rooms = new Rooms({
    ...parts,
    limits,
    presence,
    emit: streams.emitting(new Crowds({ io, door, unread }).emit),
    ended: (watch, actor) => (connections.get(watch.socketId) ?? streams).forget(watch, actor),
  });
  let drainingMs: number | undefined;
  const handshake = createHandshake(parts, () => drainingMs);

  io.bind(door.engine);
  io.use((socket, next) => void handshake.middleware(socket, next));
  io.on("connection", (socket) => {
    const holder = handshake.holderOf(socket);
    if (holder === undefined || drainingMs !== undefined) {
      socket.disconnect(true);
      return;
    }
    unread.guard(socket);
    connections.set(socket.id, new Connection(socket, holder, rooms, { parts, limits }));
    socket.on("disconnect", () => connections.delete(socket.id));
  });
  const stopSweeps = startSweeps(parts, limits, { connections, streams, rooms });

  return {
    handle: (request, server) => door.handle(request, server),
    websocket: door.websocket,
    stream: (input) => streams.open(input),
    size: () => connections.size,
    streams: () => streams.size,
    async close({ reason, retryAfterMs = RETRY_AFTER_MS }) {
      drainingMs = retryAfterMs;
      stopSweeps();
      streams.drain(retryAfterMs);
      const leaving = [...connections.values()].map((connection) =>
        connection.leave({ reason, retryAfterMs }, ANSWER_WITHIN_MS),
      );
      await Promise.all(leaving);
      await presence.settled(CLOSE_SETTLE_MS);
      door.engine.close();
    },
  };
}

function startSweeps(
  parts: ChannelsParts,
  limits: ChannelLimits,
  here: {
    readonly connections: ReadonlyMap<string, Connection>;
    readonly streams: Streams;
    readonly rooms: Rooms;
  },
): () => void {
  const { connections, streams, rooms } = here;
  const stopVerifying = every(parts, limits.verifyEveryMs, () =>
    verifyAll([...connections.values(), ...streams.all()]),
  );
  const stopComparing = every(parts, limits.compareEveryMs, () => rooms.compare());
  let awakeAt = parts.clock.now();
  const stopWaking = every(parts, limits.awakeEveryMs, async () => {
    const sleptMs = parts.clock.now() - awakeAt;
    awakeAt += sleptMs;
    if (sleptMs > limits.sleptMsMax) {
      parts.log.warn("channels.slept", { sleptMs });
      parts.runtime.rename();
      for (const each of [...connections.values(), ...streams.all()]) {
        each.bye({ reason: "draining", retryAfterMs: RETRY_AFTER_MS });
      }
    }
  });
  return () => {
    stopWaking();
    stopVerifying();
    stopComparing();
  };
}

async function verifyAll(all: readonly Pick<Connection, "verify">[]): Promise<void> {
  for (let from = 0; from < all.length; from += VERIFIED_AT_ONCE) {
    const some = all.slice(from, from + VERIFIED_AT_ONCE);
    await Promise.all(some.map((each) => each.verify()));
  }
}

/** One after the other, `periodMs` apart; a failure is logged, and the next one comes. */
function every(
  { clock, log }: Pick<ChannelsParts, "clock" | "log">,
  periodMs: number,
  act: () => Promise<void>,
): () => void {
  let stop = (): void => {};
  let isStopped = false;
  const schedule = (): void => {
    stop = clock.after(periodMs, () => {
      act()
        .catch((error: unknown) => log.warn("channels.sweep-failed", { error: String(error) }))
        .finally(() => {
          if (!isStopped) {
            schedule();
          }
        });
    });
  };
  schedule();
  return () => {
    isStopped = true;
    stop();
  };
}
