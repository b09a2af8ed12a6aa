/**
 * How long `bun run rebuild` takes, the program from its start to its end: ten thousand lessons of
 * a class on a Redis that was emptied, and once more when all of them are sound.
 */
import { connect } from "../../../db/connect.ts";
import { migrate } from "../../../db/migrate.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { createRuntime } from "../../../actors/runtime.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createArchive } from "../../../src/archive.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { writeReadModel } from "../../../src/read-model.ts";
import { runRebuild } from "../../chaos/faults/rebuild.ts";
import { makeSchool } from "../../chaos/school.ts";
import { command, redisBinary, startRedisIn } from "../../servers/redis.ts";
import { Scope } from "../peers/scope.ts";
import { openClass, quizAddress } from "../quiz.ts";
import { type Figure, type Row, tenths } from "../row.ts";

const LESSONS = 10_000;
const STUDENTS = 30;
/** Lessons that are opened at the same time. */
const AT_ONCE = 100;
const PROMISED_MS = 60_000;

export const rebuild: Row = {
  name: "rebuild",
  about: `\`bun run rebuild\` of ${LESSONS} lessons of ${STUDENTS}, emptied and sound`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const scope = new Scope();
    try {
      const redis = await startRedisIn(scope.directory);
      scope.atEnd(() => redis.kill());
      const postgres = { url: await scope.postgres() };
      await openLessons({ redisUrl: redis.url, databaseUrl: postgres.url }, progress);
      await command(redis, ["FLUSHALL"]);
      const world = { redis, postgres };
      const emptied = await timed(() => runRebuild(world), `${LESSONS} mended`);
      const sound = await timed(() => runRebuild(world), `${LESSONS} sound`);
      return [
        figureOf(`${LESSONS} lessons, Redis emptied → rebuilt`, emptied),
        figureOf(`${LESSONS} lessons, all sound → looked at`, sound),
      ];
    } finally {
      await scope.end();
    }
  },
};

/** Each with its class, and all in the journal. */
async function openLessons(
  { redisUrl, databaseUrl }: { readonly redisUrl: string; readonly databaseUrl: string },
  progress: (line: string) => void,
): Promise<void> {
  await migrate(databaseUrl);
  const db = connect(databaseUrl);
  const { tenantId } = await makeSchool(db);
  const shared = { clock: systemClock, ids: systemIds, log: createLog("error") };
  const store = await openRedisStore({ ...shared, url: redisUrl, node: "bench" });
  const archive = createArchive({ db, clock: systemClock, readModel: writeReadModel });
  const runtime = createRuntime({
    ...{ ...shared, store, archive, machines: MACHINES, node: "bench", alone: false },
    ...{ performers: {}, roles: { worker: false, journal: true } },
  });
  for (let from = 0; from < LESSONS; from += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, nth) => ({
      ...quizAddress(from + nth),
      tenantId,
    }));
    await Promise.all(some.map((address) => openClass(runtime, address, STUDENTS)));
  }
  progress(`${LESSONS} lessons are open`);
  await runtime.stop();
  while ((await store.dirty(1)).length > 0) {
    await runtime.catchUp(tenantId);
  }
  progress("all of them are journaled");
  await store.close();
  await db.close();
}

async function timed(work: () => ReturnType<typeof runRebuild>, expected: string): Promise<number> {
  const startedAt = performance.now();
  const { code, said } = await work();
  if (code !== 0 || !said.includes(expected)) {
    throw new Error(`expected ${expected}, found ${code}: ${said.slice(0, 500)}`);
  }
  return performance.now() - startedAt;
}

function figureOf(name: string, ms: number): Figure {
  const of = `promised under ${PROMISED_MS} ms`;
  return { name, value: tenths(ms), unit: "ms", of, ratio: ms / PROMISED_MS };
}
