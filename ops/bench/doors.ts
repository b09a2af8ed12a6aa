/**
 * The three doors of the fan-out row, over one session's records: ours, bare Socket.IO on the same
 * engine, and what Bun publishes by itself, which is the limit. Each says the same bytes.
 */
import { Server as Engine } from "@socket.io/bun-engine";
import type { Server as BunServer, WebSocketHandler } from "bun";
import { Server } from "socket.io";
import { actorName } from "../../actors/address.ts";
import { type ActorRecord, decodeRecord } from "../../actors/envelope.ts";
import type { Follower } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { MACHINES } from "../../machines/catalog.ts";
import { parseActorId } from "../../machines/ids.ts";
import type { SocketData } from "../../src/channels/bun-socket.ts";
import { createChannels } from "../../src/channels/channels.ts";
import { documentFor } from "../../src/channels/projection.ts";
import { type Caller, createDesk } from "../../src/desk.ts";
import { createLog } from "../../src/log.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import type { Quiz } from "./quiz.ts";

const HOUR_MS = 3_600_000;
const ROOM = "room";
const BOARD = { role: "board", audience: "board", since: 0 } as const;

export interface Door {
  readonly port: number;
  /** A stored record, to everybody who listens. */
  say(line: string): void;
  close(): Promise<void>;
}

export interface DoorParts {
  readonly runtime: Runtime;
  readonly quiz: Quiz;
  /** Whatever else is asked of the server: what the listeners have heard. */
  readonly onRequest: (request: Request) => Response;
}

/** Real channels; only the records come when they are said, not when they were committed. */
export function openOurs({ runtime, quiz, onRequest }: DoorParts): Door {
  const followers = new Set<Follower>();
  const held = heldBack(runtime, followers);
  const log = createLog("error");
  const desk = deskOf(held);
  const channels = createChannels({
    ...{ runtime: held, desk, machines: MACHINES, clock: systemClock, ids: systemIds, log },
    verify: async (token) => boardOf(quiz, token),
    config: { corsOrigins: [] },
  });
  const server = listen(channels.websocket, (request, self) =>
    isSocket(request) ? channels.handle(request, self) : onRequest(request),
  );
  return {
    port: portOf(server),
    say: (line) => {
      const record = decodeRecord(line);
      followers.forEach((follower) => follower.onRecord(record));
    },
    close: async () => {
      await channels.close({ reason: "draining" });
      await server.stop(true);
    },
  };
}

export function openSocketIo({ runtime, quiz, onRequest }: DoorParts): Door {
  const io = new Server({ serveClient: false });
  const engine = new Engine({ path: "/socket.io/" });
  io.bind(engine);
  io.on("connection", (socket) => {
    void socket.join(ROOM);
    socket.on("watch", (_, acknowledge: () => void) => acknowledge());
  });
  const { websocket } = engine.handler();
  const server = listen(websocket, (request, self) =>
    isSocket(request) ? engine.handleRequest(request, self) : onRequest(request),
  );
  const documentOf = documents(runtime, quiz);
  return {
    port: portOf(server),
    say: (line) => {
      io.to(ROOM).emit("record", documentOf(decodeRecord(line)));
    },
    close: async () => {
      engine.close();
      await server.stop(true);
    },
  };
}

export function openBun({ runtime, quiz, onRequest }: DoorParts): Door {
  const websocket: WebSocketHandler<SocketData> = {
    open: (ws) => {
      ws.subscribe(ROOM);
    },
    message: () => undefined,
  };
  const server = listen(websocket, (request, self) => {
    if (!isSocket(request)) {
      return onRequest(request);
    }
    return self.upgrade(request, { data: { spare: true } })
      ? new Response(null)
      : new Response(null, { status: 400 });
  });
  const documentOf = documents(runtime, quiz);
  return {
    port: portOf(server),
    say: (line) => {
      const document = documentOf(decodeRecord(line));
      server.publish(ROOM, `42${JSON.stringify(["record", document])}`);
    },
    close: () => server.stop(true),
  };
}

function documents(runtime: Runtime, { address }: Quiz): (record: ActorRecord) => unknown {
  const desk = deskOf(runtime);
  const of = { machines: MACHINES, kind: address.kind, actor: actorName(address) };
  return (record) => documentFor(desk, of, record, BOARD);
}

function deskOf(runtime: Runtime) {
  return createDesk({
    ...{ runtime, machines: MACHINES, preparers: {}, log: createLog("error") },
    ...{ now: () => systemClock.now(), publicUrl: () => "http://127.0.0.1" },
  });
}

function heldBack(runtime: Runtime, followers: Set<Follower>): Runtime {
  return {
    ...{ name: runtime.name, rename: () => runtime.rename() },
    ...{ upkept: () => runtime.upkept(), start: () => runtime.start() },
    ...{ stop: () => runtime.stop() },
    birth: (...asked) => runtime.birth(...asked),
    send: (...asked) => runtime.send(...asked),
    peek: (address) => runtime.peek(address),
    look: (address) => runtime.look(address),
    records: (...asked) => runtime.records(...asked),
    catchUp: (tenantId) => runtime.catchUp(tenantId),
    repair: (...asked) => runtime.repair(...asked),
    follow: async (address, follower) => {
      const look = await runtime.look(address);
      followers.add(follower);
      return look && { look, stop: () => followers.delete(follower) };
    },
  };
}

function boardOf({ address }: Quiz, token: string): Caller {
  const expiresAt = systemClock.now() + HOUR_MS;
  const principal = { kind: "board", boardId: token } as const;
  return { tenantId: address.tenantId, principal, boundTo: parseActorId(address.id), expiresAt };
}

function isSocket(request: Request): boolean {
  return request.url.includes("/socket.io/");
}

function listen(
  websocket: WebSocketHandler<SocketData>,
  handle: (
    request: Request,
    server: BunServer<SocketData>,
  ) => Response | undefined | Promise<Response | undefined>,
): BunServer<SocketData> {
  return Bun.serve<SocketData>({ port: 0, hostname: "127.0.0.1", websocket, fetch: handle });
}

function portOf(server: BunServer<SocketData>): number {
  return server.port ?? 0;
}
