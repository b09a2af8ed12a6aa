/**
 * The door as the protocol suites expect it: the engine of the channels, exactly as a node runs it,
 * with the suites' short times, and the few handlers that they talk to in place of a desk.
 *
 * `/engine.io/` says back what it hears. `/socket.io/` has the namespaces `/` and `/custom`, says
 * who came in `auth`, and answers `message` and `message-with-ack`.
 */
import type { Server as BunServer } from "bun";
import { Server } from "socket.io";
import type { SocketData } from "../../src/channels/bun-socket.ts";
import { type ChannelEngine, createEngine } from "../../src/channels/engine.ts";
import { type ChannelLimits, LIMITS } from "../../src/channels/limits.ts";
import { systemClock } from "../../src/platform.ts";

/** What the suites were written for: they wait for a ping, and compare these numbers. */
const SUITE_LIMITS: ChannelLimits = {
  ...LIMITS,
  frameBytesMax: 1_000_000,
  pingIntervalMs: 300,
  pingTimeoutMs: 200,
  handshakeMs: 1_000,
};

const REFUSED = { corsOrigins: [], clock: systemClock, limits: SUITE_LIMITS } as const;
const ADMITTED = { ...REFUSED, binary: "admitted" } as const;

/** `refused` is what our own channels are; the suites send binary too. */
export function startProtocolServer(
  port: number,
  binary: "admitted" | "refused" = "admitted",
): BunServer<SocketData> {
  const rules = binary === "admitted" ? ADMITTED : REFUSED;
  const echo = createEcho(rules);
  const talk = createTalk(rules);
  return Bun.serve<SocketData>({
    port,
    hostname: "localhost",
    websocket: talk.websocket,
    fetch: (request, server) => {
      const { pathname } = new URL(request.url);
      if (pathname.startsWith("/engine.io/")) {
        return echo.handle(request, server);
      }
      return pathname.startsWith("/socket.io/")
        ? talk.handle(request, server)
        : new Response(null, { status: 404 });
    },
  });
}

type Rules = typeof REFUSED | typeof ADMITTED;

function createEcho(rules: Rules): ChannelEngine {
  const door = createEngine(rules);
  door.engine.on("connection", (session) => {
    session.on("data", (data) => void session.write(data));
  });
  return door;
}

/** Nothing about what arrives is known: it is only sent back. */
interface Heard {
  message: (...args: unknown[]) => void;
  /** The last one acknowledges, if the client asked for that. */
  "message-with-ack": (...args: unknown[]) => void;
}

interface Said {
  auth: (auth: object) => void;
  "message-back": (...args: unknown[]) => void;
}

function createTalk(rules: Rules): ChannelEngine {
  const door = createEngine(rules);
  const io = new Server<Heard, Said>({
    serveClient: false,
    connectTimeout: SUITE_LIMITS.handshakeMs,
  });
  io.bind(door.engine);
  for (const namespace of [io.of("/"), io.of("/custom")]) {
    namespace.on("connection", (socket) => {
      socket.emit("auth", socket.handshake.auth);
      socket.on("message", (...args) => void socket.emit("message-back", ...args));
      socket.on("message-with-ack", (...args) => {
        parseAcknowledge(args.pop())?.(...args);
      });
      socket.on("error", () => undefined);
    });
  }
  return door;
}

type Acknowledge = (...args: unknown[]) => void;

function parseAcknowledge(last: unknown): Acknowledge | undefined {
  return typeof last === "function" ? (last as Acknowledge) : undefined;
}
