/**
 * The engine: bun-engine behind the size, origin and backpressure rules of this door.
 *
 * Owns what happens to bytes before Socket.IO sees them, and after. Where bun-engine is lenient
 * (writes that were dropped, bodies without a length, binary, failed probes), this file is not.
 */
import { Server as Engine } from "@socket.io/bun-engine";
import type { Server as BunServer, WebSocketHandler } from "bun";
import type { Clock } from "../../actors/clock.ts";
import { type BunSocket, type SocketData, isOfSession } from "./bun-socket.ts";
import { type FrameRules, admit, admitPayload } from "./frame.ts";
import type { ChannelLimits } from "./limits.ts";
import { isOriginAllowed } from "./origin.ts";
import { forgetFailedProbes } from "./probes.ts";
import { trackSessions } from "./sessions.ts";

export const PATH = "/socket.io/";
/** RFC 6455: binary was sent where only text is spoken; a message too big to process. */
const CLOSE_UNSUPPORTED = 1_003;
/** A long poll waits for a ping interval; the server's own idle time is shorter. */
const POLL_TIMEOUT_S = 30;
/** Above our own cut, so that `bye` still fits; below it nothing is ever dropped. */
const BACKPRESSURE_FACTOR = 4;

export interface EngineRules {
  readonly corsOrigins: readonly string[];
  readonly limits: ChannelLimits;
  readonly clock: Pick<Clock, "now">;
  /** Ours has no binary events; where the bare protocol is spoken, there may be some. */
  readonly binary?: FrameRules["binary"];
}

export interface ChannelEngine {
  readonly engine: Engine;
  handle(request: Request, server: BunServer<SocketData>): Promise<Response>;
  readonly websocket: WebSocketHandler<SocketData>;
  /** The WebSocket under a session's transport; undefined: it has none, or none any more. */
  socketUnder(transport: object): BunSocket | undefined;
  /** To every WebSocket that subscribed to the topic. */
  publish(topic: string, packet: string): void;
}

export function createEngine({
  corsOrigins,
  limits,
  clock,
  binary = "refused",
}: EngineRules): ChannelEngine {
  const sockets = new WeakMap<object, BunSocket>();
  let serving: BunServer<SocketData> | undefined;
  const frames: FrameRules = { messageBytesMax: limits.messageBytesMax, binary };
  const engine = new Engine({
    path: PATH,
    pingInterval: limits.pingIntervalMs,
    pingTimeout: limits.pingTimeoutMs,
    maxHttpBufferSize: limits.frameBytesMax,
    ...(corsOrigins.length === 0 ? {} : { cors: { origin: [...corsOrigins] } }),
  });

  forgetFailedProbes(engine);
  const visitOf = trackSessions(engine, clock, limits);

  const answer = async (request: Request, server: BunServer<SocketData>): Promise<Response> => {
    if (!isOriginAllowed(request, corsOrigins)) {
      return new Response(null, { status: 403 });
    }
    if (request.method !== "POST") {
      return engine.handleRequest(request, server);
    }
    const body = await readBody(request, limits.frameBytesMax);
    const admitted = body === undefined ? undefined : admitPayload(body, frames);
    if (admitted === undefined) {
      return new Response(null, { status: 413 });
    }
    const { url, headers } = request;
    const checked = new Request(url, { method: "POST", headers, body: admitted });
    return engine.handleRequest(checked, server);
  };

  return {
    engine,
    websocket: websocketOf(engine, { limits, frames, sockets }),
    socketUnder: (transport) => sockets.get(transport),
    publish: (topic, packet) => void serving?.publish(topic, packet),
    async handle(request, server) {
      serving = server;
      const visit = visitOf(request);
      if (visit.kind === "second-socket" && isOriginAllowed(request, corsOrigins)) {
        const isOpened = server.upgrade(request, { data: { spare: true } });
        return new Response(null, { status: isOpened ? 200 : 400 });
      }
      server.timeout(request, POLL_TIMEOUT_S);
      const response = await answer(visit.kind === "late" ? ofNobody(request) : request, server);
      visit.answered();
      // Bun closes without saying so, and old clients then fail on every second request.
      if (request.headers.get("connection")?.toLowerCase() === "close") {
        response.headers.set("connection", "close");
      }
      return response;
    },
  };
}

interface SocketRules {
  readonly limits: ChannelLimits;
  readonly frames: FrameRules;
  readonly sockets: WeakMap<object, BunSocket>;
}

function websocketOf(
  engine: Engine,
  { limits, frames, sockets }: SocketRules,
): WebSocketHandler<SocketData> {
  return {
    open(ws) {
      if (isOfSession(ws)) {
        sockets.set(ws.data.transport, ws);
        engine.onWebSocketOpen(ws);
      } else {
        ws.close();
      }
    },
    message(ws, message) {
      if (!isOfSession(ws)) {
        return;
      }
      const packet = admit(message, frames);
      if (packet === undefined) {
        ws.close(CLOSE_UNSUPPORTED);
      } else {
        engine.onWebSocketMessage(ws, packet);
      }
    },
    close(ws, code, reason) {
      if (isOfSession(ws)) {
        engine.onWebSocketClose(ws, code, reason);
      }
    },
    maxPayloadLength: limits.frameBytesMax,
    backpressureLimit: limits.unreadBytesMax * BACKPRESSURE_FACTOR,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
  };
}

/** A poll of a session that never was: ids of ours are longer. */
function ofNobody({ url, headers }: Request): Request {
  const address = new URL(url);
  address.searchParams.set("sid", "late");
  return new Request(address.href, { headers });
}

/** Never more than the limit and one chunk are held, whatever the length was said to be. */
async function readBody(request: Request, bytesMax: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = request.body;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > bytesMax) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
