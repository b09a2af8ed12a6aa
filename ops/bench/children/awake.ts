/**
 * A node that keeps many lessons awake beside very many that sleep, and says how much memory it has
 * for how many of them. It journals to a real Postgres, and looks after its actors meanwhile.
 */
import type { TenantId } from "../../../machines/ids.ts";
import { pause } from "../../../actors/clock.ts";
import { PACE } from "../../../actors/pace.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import type { ActorStore } from "../../../actors/store.ts";
import { connect } from "../../../db/connect.ts";
import { migrate } from "../../../db/migrate.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createArchive } from "../../../src/archive.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds, systemProcess } from "../../../src/platform.ts";
import { writeReadModel } from "../../../src/read-model.ts";
import { makeSchool } from "../../chaos/school.ts";
import type { AwakeTask } from "../awake-task.ts";
import { serveTasks } from "../child.ts";
import { openQuiz, quizAddress } from "../quiz.ts";
import { putToSleep } from "../sleepers.ts";

const OPENING = 64;
const WALK_EVERY_MS = 2_000;
const QUIET_MS = 45_000;

serveTasks((task) => run(decodeTask(task)));

async function run({ redisUrl, databaseUrl, sessions, students, asleep }: AwakeTask) {
  await migrate(databaseUrl);
  const db = connect(databaseUrl);
  const { tenantId } = await makeSchool(db);
  const [log, node] = [createLog("error"), systemIds.next()];
  const store = await openRedisStore({ url: redisUrl, clock: systemClock, log, node });
  const archive = createArchive({ db, clock: systemClock, readModel: writeReadModel });
  const runtime = createRuntime({
    ...{ store, archive, log, node, clock: systemClock, ids: systemIds, machines: MACHINES },
    ...{ alone: false, performers: {} },
    roles: { worker: false, journal: true },
    pace: { ...PACE, walkEveryMs: WALK_EVERY_MS },
  });
  await runtime.start();
  const fill = async (first: number, count: number): Promise<void> => {
    for (let from = 0; from < count; from += OPENING) {
      const some = Array.from({ length: Math.min(OPENING, count - from) }, (_, index) =>
        openQuiz(runtime, { ...quizAddress(first + from + index), tenantId }, students),
      );
      await Promise.all(some);
    }
  };
  // What the code itself takes is there after the first few.
  await fill(0, OPENING);
  await journaled(runtime, store, tenantId);
  await putToSleep(databaseUrl, asleep);
  Bun.gc(true);
  const [heapBefore, residentBefore] = [heapBytes(), systemProcess.residentBytes()];
  await fill(OPENING, sessions);
  await journaled(runtime, store, tenantId);
  // Copies in memory stay; what was garbage goes.
  await pause(systemClock, QUIET_MS);
  Bun.gc(true);
  const awake = Array.from({ length: sessions }, (_, index) =>
    runtime.peek({ ...quizAddress(OPENING + index), tenantId }),
  ).filter((look) => look !== undefined).length;
  if (awake < sessions) {
    throw new Error(`expected ${sessions} lessons awake, found ${awake}`);
  }
  return {
    heapBytes: heapBytes() - heapBefore,
    residentBytes: systemProcess.residentBytes(),
    grownBytes: systemProcess.residentBytes() - residentBefore,
  };
}

async function journaled(runtime: Runtime, store: ActorStore, tenantId: TenantId): Promise<void> {
  while ((await store.dirty(1)).length > 0) {
    await runtime.catchUp(tenantId);
  }
}

function heapBytes(): number {
  return process.memoryUsage().heapUsed;
}

function decodeTask(task: unknown): AwakeTask {
  return task as AwakeTask;
}
