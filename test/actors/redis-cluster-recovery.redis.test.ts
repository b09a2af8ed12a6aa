/** C1 on a Redis Cluster: a master that is emptied while it runs, under nodes that know more. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import { slotOf } from "../../actors/redis/cluster/slots.ts";
import { placeOf } from "../../actors/redis/names.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { parseActorId } from "../../machines/ids.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { Author, run } from "../contracts/author.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";
import { quietLog } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { ADDRESS, HOST } from "../support/nodes.ts";
import {
  CLUSTER_STARTS_MS,
  type TestCluster,
  startRedisCluster,
} from "../support/redis-cluster.ts";
import { type TestRedis, command, redisOrSkip } from "../support/redis.ts";
import { tallyMachine } from "../support/tally.ts";

const SLOW = 30_000;

if (redisOrSkip("the recovery of a Redis Cluster")) {
  describe("a master of a Redis Cluster that is emptied while it runs", () => {
    let cluster: TestCluster;
    let stores: RedisStore[] = [];
    let runtimes: Runtime[] = [];

    const open = async (node: string): Promise<RedisStore> => {
      const options = { url: cluster.url, clock: systemClock, log: quietLog(), node };
      const store = await openRedisStore(options);
      stores.push(store);
      return store;
    };

    const nodesOf = (names: readonly string[]): Promise<readonly Runtime[]> => {
      const archive = createMemoryArchive();
      return Promise.all(
        names.map(async (node) => {
          const runtime = createRuntime({
            ...{ store: await open(node), archive, machines: { session: [tallyMachine] } },
            ...{ clock: systemClock, ids: systemIds, log: quietLog(), node, alone: false },
            performers: {},
            roles: { worker: true, journal: false },
          });
          runtimes.push(runtime);
          await runtime.start();
          return runtime;
        }),
      );
    };

    const ownerOf = (address: Address): Promise<TestRedis> =>
      cluster.ownerOf(slotOf(placeOf(address).bucket));

    beforeAll(async () => {
      cluster = await startRedisCluster();
    }, CLUSTER_STARTS_MS);

    afterEach(async () => {
      await Promise.all(runtimes.map((runtime) => runtime.stop()));
      await Promise.all(stores.map((store) => store.close()));
      [stores, runtimes] = [[], []];
      await cluster.empty();
    });

    afterAll(() => cluster.stop());

    test(
      "C1: has every acknowledged record again, of both nodes, on whatever node asks",
      async () => {
        const [one = failing(), other = failing()] = await nodesOf(["a", "b"]);
        const addresses = run(1, 12).map((n) => ({ ...ADDRESS, id: parseActorId(`flushed${n}`) }));
        const owners = await Promise.all(addresses.map(ownerOf));
        const [emptied = failing()] = owners;
        for (const address of addresses) {
          await one.birth(address, { type: "begin" }, HOST);
          for (let n = 0; n < 6; n += 1) {
            await settled(n % 2 === 0 ? one : other, address, `add${n}`);
          }
        }

        await command(emptied, ["FLUSHALL"]);

        for (const address of addresses) {
          const again = await settled(other, address, "add2");
          const next = await settled(one, address, "next");
          expect([again, next]).toEqual([4, 8]);
          expect((await other.look(address))?.seq).toBe(8);
        }
        expect(owners).toContain(emptied);
        expect(new Set(owners).size).toBeGreaterThan(1);
      },
      SLOW,
    );

    test(
      "C1: is noticed where nobody asks for an actor, by every node alike, and the others go on",
      async () => {
        const [store, other] = [await open("a"), await open("b")];
        const authors = run(1, 12).map((n) => new Author(`noticed${n}`));
        await Promise.all(authors.map((author) => author.write(store)));
        const owners = await Promise.all(authors.map(({ address }) => ownerOf(address)));
        const [emptied = failing()] = owners;
        const told: string[][] = [[], []];
        const gate = Promise.withResolvers<void>();
        [store, other].forEach((each, at) =>
          each.onAnotherRun(async (found) => {
            told[at]?.push(found);
            await gate.promise;
          }),
        );

        await command(emptied, ["FLUSHALL"]);
        await eventually(() => told.every(({ length }) => length > 0));

        expect(told[0]).toEqual(told[1]);
        expect(told[0]).toHaveLength(1);
        for (const [at, author] of authors.entries()) {
          if (owners[at] === emptied) {
            expect(await failureOf(store.load(author.address))).toBeInstanceOf(StoreUnreachable);
          } else {
            expect(await store.load(author.address)).toBe(author.envelope);
          }
        }
        gate.resolve();
        await eventually(() => store.load(authors[0]?.address ?? ADDRESS).then(() => true));
        expect(store.runs().toSorted()).toEqual(other.runs().toSorted());
      },
      SLOW,
    );

    test("C1: makes no living node look dead by the beats that it lost", async () => {
      const [store, other] = [await open("a"), await open("b")];
      await Promise.all([store.beat("a", []), other.beat("b", [])]);
      const doubted: string[] = [];
      store.onAnotherRun(async (found) => void doubted.push(found));

      for (const master of cluster.masters) {
        await command(master, ["FLUSHALL"]);
      }

      expect(await failureOf(store.nodes())).toBeInstanceOf(StoreUnreachable);
      await eventually(() => new Set(doubted).size === cluster.masters.length);
    });
  });
}

/** Sends until it is answered, as clients do; the seq of its record. */
async function settled(runtime: Runtime, address: Address, id: string): Promise<number> {
  const message = { type: "add", n: 1 };
  let seq = 0;
  await eventually(async () => {
    const sent = runtime.send(address, { by: HOST, rank: "host", message, id });
    const reply = await sent.catch(() => undefined);
    seq = reply?.kind === "accepted" ? reply.record.seq : 0;
    return seq > 0;
  });
  return seq;
}

function failing(): never {
  throw new Error("expected nodes, and actors on every master, found fewer");
}
