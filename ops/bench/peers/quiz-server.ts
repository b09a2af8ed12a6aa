/**
 * The quiz on our runtime and its Redis store, behind doors as thin as the peers' are: a program.
 *
 * Prints `ready PORT`; HTTP and Socket.IO are on that port. No sign-in, no schema, no Postgres.
 */
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import type { Address } from "../../../actors/address.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import type { Reply as RuntimeReply } from "../../../actors/reply.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import { parseActorId, parseParticipantId, parseTenantId } from "../../../machines/ids.ts";
import { SYSTEM } from "../../../machines/principal.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import { LivingQuiz, quizMachine } from "./quiz-machine.ts";
import type { Answer, Reply } from "./quiz.ts";

const TENANT = parseTenantId("bench");

const runtime = await startRuntime(process.env["PEER_REDIS"] ?? "");
const sockets = new Server<Record<string, (...args: never[]) => void>>();
const engine = new Engine({ path: "/socket.io/" });
sockets.bind(engine);
sockets.on("connection", (socket) => {
  socket.on("answer", async (command: Answer & { actor: string }, acknowledge: Acknowledge) => {
    acknowledge(await answer(command.actor, command));
  });
});
const { websocket } = engine.handler();
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  websocket,
  fetch: async (request, server) => {
    const { pathname } = new URL(request.url);
    return pathname === "/socket.io/"
      ? engine.handleRequest(request, server)
      : Response.json(await answer(pathname.slice(1), parseAnswer(await request.json())));
  },
});
console.log(`ready ${server.port}`);

type Acknowledge = (reply: Reply) => void;

async function startRuntime(url: string): Promise<Runtime> {
  const log = createLog("error");
  const node = systemIds.next();
  const store = await openRedisStore({ url, clock: systemClock, log, node });
  const runtime = createRuntime({
    ...{ store, log, node, clock: systemClock, ids: systemIds, archive: createBareArchive() },
    machines: { session: [quizMachine] },
    alone: false,
    performers: {},
    roles: { worker: false, journal: false },
  });
  await runtime.start();
  return runtime;
}

async function answer(actor: string, given: Answer): Promise<Reply> {
  const address: Address = { tenantId: TENANT, kind: "session", id: parseActorId(actor) };
  const { id, student, question, choice } = given;
  const send = (): Promise<RuntimeReply> =>
    runtime.send(address, {
      by: { kind: "guest", participantId: parseParticipantId(student) },
      message: { type: "answer", student, question, choice },
      rank: "class",
      id,
    });
  let reply = await send();
  if (reply.kind === "absent") {
    await runtime.birth(address, { type: "create" }, SYSTEM);
    reply = await send();
  }
  if (reply.kind === "accepted") {
    return { counted: true, counts: parseCounts(reply.record.facts[0]?.parts[0]?.fields) };
  }
  const living = reply.kind === "refused" ? reply.look?.living : undefined;
  if (!(living instanceof LivingQuiz)) {
    throw new Error(`expected a quiz's answer, found ${reply.kind}`);
  }
  return { counted: false, counts: living.quiz.counts };
}

function parseCounts(fields: unknown): readonly number[] {
  return (fields as { readonly counts: readonly number[] }).counts;
}

function parseAnswer(body: unknown): Answer {
  return body as Answer;
}
