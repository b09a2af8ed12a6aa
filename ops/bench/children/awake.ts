/** A node that keeps many lessons awake, and says how much memory it has for how many of them. */
import { type Log, pause } from "../../../actors/clock.ts";
import { PACE } from "../../../actors/pace.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { createRuntime } from "../../../actors/runtime.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { systemClock, systemIds, systemProcess } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import type { AwakeTask } from "../awake-task.ts";
import { serveTasks } from "../child.ts";
import { openQuiz, quizAddress } from "../quiz.ts";

const OPENING = 64;
const WALK_EVERY_MS = 2_000;
const QUIET_MS = 45_000;

serveTasks((task) => run(decodeTask(task)));

async function run({ url, sessions, students }: AwakeTask) {
  // This archive keeps no records: whoever looks after an actor cannot, and would say so each time.
  const log: Log = { info: ignore, warn: ignore, error: ignore };
  const node = systemIds.next();
  const store = await openRedisStore({ url, clock: systemClock, log, node });
  const runtime = createRuntime({
    ...{ store, log, node, clock: systemClock, ids: systemIds, machines: MACHINES },
    ...{ alone: false, performers: {}, archive: createBareArchive() },
    roles: { worker: false, journal: true },
    pace: { ...PACE, walkEveryMs: WALK_EVERY_MS },
  });
  await runtime.start();
  const fill = async (first: number, count: number): Promise<void> => {
    for (let from = 0; from < count; from += OPENING) {
      const some = Array.from({ length: Math.min(OPENING, count - from) }, (_, index) =>
        openQuiz(runtime, quizAddress(first + from + index), students),
      );
      await Promise.all(some);
    }
    Bun.gc(true);
  };
  // What the code itself takes is there after the first few.
  await fill(0, OPENING);
  const [heapBefore, residentBefore] = [heapBytes(), systemProcess.residentBytes()];
  await fill(OPENING, sessions);
  // Copies in memory stay; what was garbage goes.
  for (const until = systemClock.now() + QUIET_MS; systemClock.now() < until;) {
    await pause(systemClock, WALK_EVERY_MS);
  }
  Bun.gc(true);
  return {
    heapBytes: heapBytes() - heapBefore,
    residentBytes: systemProcess.residentBytes(),
    grownBytes: systemProcess.residentBytes() - residentBefore,
  };
}

function ignore(): void {}

function heapBytes(): number {
  return process.memoryUsage().heapUsed;
}

function decodeTask(task: unknown): AwakeTask {
  return task as AwakeTask;
}
