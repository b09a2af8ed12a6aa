/** A node that keeps many lessons awake, and says how much memory it has for how many of them. */
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { createRuntime } from "../../../actors/runtime.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds, systemProcess } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import type { AwakeTask } from "../awake-task.ts";
import { serveTasks } from "../child.ts";
import { openQuiz, quizAddress } from "../quiz.ts";

const OPENING = 64;

serveTasks((task) => run(decodeTask(task)));

async function run({ url, sessions, students }: AwakeTask) {
  const log = createLog("error");
  const node = systemIds.next();
  const store = await openRedisStore({ url, clock: systemClock, log, node });
  const runtime = createRuntime({
    ...{ store, log, node, clock: systemClock, ids: systemIds, machines: MACHINES },
    ...{ alone: false, performers: {}, archive: createBareArchive() },
    roles: { worker: false, journal: false },
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
  return {
    heapBytes: heapBytes() - heapBefore,
    residentBytes: systemProcess.residentBytes(),
    grownBytes: systemProcess.residentBytes() - residentBefore,
  };
}

function heapBytes(): number {
  return process.memoryUsage().heapUsed;
}

function decodeTask(task: unknown): AwakeTask {
  return task as AwakeTask;
}
