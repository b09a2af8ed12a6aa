/**
 * One node as a process: the runtime on a Redis, and a load that it puts on itself, so that no
 * socket is between the two.
 */
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import { serveTasks } from "../child.ts";
import type { Made, NodeRun, NodeTask } from "../node-task.ts";
import { type Quiz, amending, openQuiz, quizAddress } from "../quiz.ts";
import { tenths } from "../row.ts";

/** Quizzes made at a time. */
const OPENING = 64;

const archive = createBareArchive();
let opened: { readonly runtime: Runtime } | undefined;
let quizzes: readonly Quiz[] = [];

serveTasks((task) => perform(decodeTask(task)));

async function perform(task: NodeTask): Promise<unknown> {
  switch (task.kind) {
    case "open":
      opened = { runtime: await openRuntime(task.url) };
      return undefined;
    case "fill":
      quizzes = await fill(runtimeOf(), task);
      return Promise.all(quizzes.map((quiz) => madeOf(runtimeOf(), quiz)));
    case "meet":
      quizzes = await meet(task);
      return undefined;
    case "run":
      return run(runtimeOf(), task);
  }
}

function runtimeOf(): Runtime {
  if (opened === undefined) {
    throw new Error("expected an opened runtime, found none");
  }
  return opened.runtime;
}

async function openRuntime(url: string): Promise<Runtime> {
  const log = createLog("error");
  const node = systemIds.next();
  const store = await openRedisStore({ url, clock: systemClock, log, node });
  const runtime = createRuntime({
    ...{ store, log, node, clock: systemClock, ids: systemIds, machines: MACHINES },
    ...{ alone: false, performers: {}, archive },
    roles: { worker: false, journal: false },
  });
  await runtime.start();
  return runtime;
}

async function fill(
  runtime: Runtime,
  task: Extract<NodeTask, { readonly kind: "fill" }>,
): Promise<readonly Quiz[]> {
  const made: Quiz[] = [];
  let next = task.first;
  const worker = async (): Promise<void> => {
    while (next < task.first + task.quizzes) {
      const index = next;
      next += 1;
      made[index - task.first] = await openQuiz(runtime, quizAddress(index), task.students);
    }
  };
  await Promise.all(Array.from({ length: OPENING }, worker));
  return made;
}

async function madeOf(runtime: Runtime, { address, roundId }: Quiz): Promise<Made> {
  const look = await runtime.look(address);
  return { roundId, epoch: look?.epoch ?? "" };
}

async function meet(task: Extract<NodeTask, { readonly kind: "meet" }>): Promise<readonly Quiz[]> {
  return Promise.all(
    task.made.map(async ({ roundId, epoch }, index) => {
      const address = quizAddress(task.first + index);
      await archive.announce(address, epoch);
      return { address, roundId, students: task.students };
    }),
  );
}

/** As many at a time as asked; each is the next command, to the next quiz, once it was answered. */
async function run(
  runtime: Runtime,
  task: Extract<NodeTask, { readonly kind: "run" }>,
): Promise<NodeRun> {
  const samples: number[] = [];
  let turn = 0;
  let refused = 0;
  const startsAt = performance.now() + task.warmMs;
  const endsAt = startsAt + task.ms;
  const worker = async (): Promise<void> => {
    for (let at = performance.now(); at < endsAt;) {
      const quiz = quizzes[turn % quizzes.length];
      if (quiz === undefined) {
        return;
      }
      const incoming = amending(quiz, Math.floor(turn / quizzes.length));
      turn += 1;
      const reply = await runtime.send(quiz.address, incoming);
      const answeredAt = performance.now();
      if (reply.kind !== "accepted") {
        refused += 1;
      } else if (at >= startsAt && answeredAt < endsAt) {
        samples.push(tenths(answeredAt - at));
      }
      at = answeredAt;
    }
  };
  await Promise.all(Array.from({ length: task.inFlight }, worker));
  return { samples, refused };
}

function decodeTask(task: unknown): NodeTask {
  return task as NodeTask;
}
