/** Ours, as the peers are measured: the quiz on our runtime, over either of two thin doors. */
import { join } from "node:path";
import { overHttp, overSocketIo } from "./plugs.ts";
import type { Peer } from "./quiz.ts";
import type { Scope } from "./scope.ts";

const PROGRAM = join(import.meta.dir, "quiz-server.ts");
const DURABILITY = "Redis with appendfsync always, before the acknowledgement";

export const oursOverHttp: Peer = {
  name: "ours: quiz on the runtime, HTTP (fsynced Redis)",
  durability: DURABILITY,
  lacks: undefined,
  door: "http",
  isOurs: true,
  start: async (scope) => {
    const port = await startQuizServer(scope);
    return overHttp((actor) => `http://127.0.0.1:${port}/${actor}`);
  },
};

export const oursOverSocketIo: Peer = {
  name: "ours: quiz on the runtime, Socket.IO (fsynced Redis)",
  durability: DURABILITY,
  lacks: undefined,
  door: "socket",
  isOurs: true,
  start: async (scope, plan) =>
    overSocketIo(scope, `http://127.0.0.1:${await startQuizServer(scope)}`, plan),
};

async function startQuizServer(scope: Scope): Promise<string> {
  const env = { PEER_REDIS: await scope.redis() };
  return scope.child([process.execPath, PROGRAM], { env, ready: /ready (\d+)/ });
}
