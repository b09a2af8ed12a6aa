/**
 * How long a long session takes to come back: 5,000 records in Postgres and nothing in Redis, until
 * a node that has never seen it answers a look; and when only the node's memory is cold.
 */
import { connect } from "../../../db/connect.ts";
import type { Address } from "../../../actors/address.ts";
import { decodeEnvelope } from "../../../actors/envelope.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import type { ActorStore } from "../../../actors/store.ts";
import { migrate } from "../../../db/migrate.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createArchive } from "../../../src/archive.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { writeReadModel } from "../../../src/read-model.ts";
import { makeSchool } from "../../chaos/school.ts";
import { redisBinary } from "../../servers/redis.ts";
import { Scope } from "../peers/scope.ts";
import { accepted, amending, openQuiz, quizAddress } from "../quiz.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";

const RECORDS = 5_000;
const STUDENTS = 30;
const BATCH = 64;
const TIMES = 20;
const PROMISED_MS = 50;

export const rehydration: Row = {
  name: "rehydration",
  about: `a session of ${RECORDS} records, ${TIMES} times from cold`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const scope = new Scope();
    try {
      const place = await openPlace(scope);
      const address = await live(place);
      progress(`${RECORDS} records are written`);
      const asleep: number[] = [];
      const cold: number[] = [];
      for (let nth = 0; nth < TIMES; nth += 1) {
        await putToSleep(place, address);
        asleep.push(await timed(() => place.node().look(address)));
        cold.push(await timed(() => place.node().look(address)));
      }
      return [
        figureOf(`${RECORDS} records, asleep in Postgres → looked at`, asleep),
        figureOf(`${RECORDS} records, in Redis → looked at by another node`, cold),
      ];
    } finally {
      await scope.end();
    }
  },
};

interface Place {
  readonly store: ActorStore;
  readonly archive: ReturnType<typeof createArchive>;
  readonly tenantId: Address["tenantId"];
  /** One that has nothing in memory. */
  node(): Runtime;
}

async function openPlace(scope: Scope): Promise<Place> {
  const databaseUrl = await scope.postgres();
  await migrate(databaseUrl);
  const db = connect(databaseUrl, { poolMax: 4 });
  scope.atEnd(() => db.close());
  const { tenantId } = await makeSchool(db);
  const shared = { clock: systemClock, ids: systemIds, log: createLog("error") };
  const url = await scope.redis();
  const store = await openRedisStore({ ...shared, url, node: "bench" });
  scope.atEnd(() => store.close());
  const archive = createArchive({ db, clock: systemClock, readModel: writeReadModel });
  const node = (): Runtime =>
    createRuntime({
      ...{ ...shared, store, archive, machines: MACHINES, node: systemIds.next() },
      ...{ alone: false, performers: {}, roles: { worker: false, journal: false } },
    });
  return { store, archive, tenantId, node };
}

async function live(place: Place): Promise<Address> {
  const { tenantId } = place;
  const runtime = place.node();
  const address = { ...quizAddress(0), tenantId };
  const quiz = await openQuiz(runtime, address, STUDENTS);
  for (let turn = 0; turn < RECORDS; turn += BATCH) {
    const some = Array.from({ length: BATCH }, (_, index) => {
      const incoming = amending(quiz, turn + index);
      return runtime.send(address, incoming).then((reply) => accepted(reply, incoming.message));
    });
    await Promise.all(some);
  }
  await runtime.catchUp(tenantId);
  return address;
}

/** As the journal does when a session has ended. */
async function putToSleep({ store, archive }: Place, address: Address): Promise<void> {
  const { head } = decodeEnvelope(address, (await store.load(address)) ?? "");
  const evicted = await store.evict(address, head, systemClock.now());
  if (evicted !== "evicted") {
    throw new Error("expected the session to leave the store, and it was kept");
  }
  await archive.setResident(address, false);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  const found = await work();
  if (found === undefined) {
    throw new Error("expected the session, found none");
  }
  return performance.now() - startedAt;
}

function figureOf(name: string, samples: readonly number[]): Figure {
  const p99Ms = tenths(quantile(samples, 0.99));
  return {
    ...{ name, value: p99Ms, unit: "ms", of: `promised under ${PROMISED_MS} ms` },
    ...{ ratio: p99Ms / PROMISED_MS, p50Ms: tenths(quantile(samples, 0.5)), p99Ms },
  };
}
