/** C1 on the real thing: a Redis that comes back with less, under nodes that remember more. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Incoming } from "../../actors/reply.ts";
import { openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import { type ActorStore, StoreUnreachable } from "../../actors/store.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { Author } from "../contracts/author.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";
import { quietLog } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { ADDRESS, HOST } from "../support/nodes.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";
import { tallyMachine } from "../support/tally.ts";

const SLOW = 30_000;

if (redisOrSkip("the recovery of Redis")) {
  describe("a Redis that came back as another run", () => {
    const archive = { now: createMemoryArchive() };
    let redis: TestRedis;
    let stores: ActorStore[] = [];
    let runtimes: Runtime[] = [];

    const open = async (node: string): Promise<ActorStore> => {
      const options = { url: redis.url, clock: systemClock, log: quietLog(), node };
      const store = await openRedisStore(options);
      stores.push(store);
      return store;
    };

    const nodeOf = async (node: string): Promise<Runtime> => {
      const runtime = createRuntime({
        store: await open(node),
        archive: archive.now,
        machines: { session: [tallyMachine] },
        ...{ clock: systemClock, ids: systemIds, log: quietLog(), node, alone: false },
        performers: {},
        roles: { worker: true, journal: false },
      });
      runtimes.push(runtime);
      await runtime.start();
      return runtime;
    };

    beforeEach(async () => {
      redis = await startRedis();
      archive.now = createMemoryArchive();
    });

    afterEach(async () => {
      await Promise.all(runtimes.map((runtime) => runtime.stop()));
      await Promise.all(stores.map((store) => store.close()));
      [stores, runtimes] = [[], []];
      await redis.stop();
    });

    test(
      "has every acknowledged record again, of both nodes, and numbers go on",
      async () => {
        const nodes = [await nodeOf("a"), await nodeOf("b")] as const;
        await nodes[0].birth(ADDRESS, { type: "begin" }, HOST);
        const backup = await goBackup(redis);
        await Promise.all([1, 2].map(() => settled(nodes[0], "first")));
        for (let n = 0; n < 20; n += 1) {
          await settled(nodes[n % 2] ?? nodes[0], `add${n}`);
        }

        await backup.restore();

        const again = await settled(nodes[1], "add7");
        const next = await settled(nodes[0], "next");
        expect([again, next]).toEqual([10, 23]);
        const [one, other] = await Promise.all(nodes.map((node) => node.look(ADDRESS)));
        expect([one?.seq, other?.seq]).toEqual([23, 23]);
        const records = await nodes[1].records(ADDRESS, 0, 100);
        expect(records.map(({ seq }) => seq)).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
      },
      SLOW,
    );

    test(
      "that was emptied while it ran has every acknowledged record again, on whatever node asks",
      async () => {
        const nodes = [await nodeOf("a"), await nodeOf("b")] as const;
        await nodes[0].birth(ADDRESS, { type: "begin" }, HOST);
        for (let n = 0; n < 20; n += 1) {
          await settled(nodes[n % 2] ?? nodes[0], `add${n}`);
        }

        await command(redis, ["FLUSHALL"]);

        const again = await settled(nodes[1], "add7");
        const next = await settled(nodes[0], "next");
        expect([again, next]).toEqual([9, 22]);
        expect((await nodes[1].look(ADDRESS))?.seq).toBe(22);
      },
      SLOW,
    );

    test(
      "takes no node for gone because its beat was emptied away",
      async () => {
        const [store, other] = [await open("a"), await open("b")];
        await Promise.all([store.beat("a", []), other.beat("b", [])]);
        const known: (readonly string[])[] = [];
        store.onAnotherRun(async (_, direct) => {
          known.push((await direct.nodes()).map(({ node }) => node));
          await other.beat("b", []).catch(() => undefined);
        });
        await command(redis, ["FLUSHALL"]);

        const failure = await failureOf(store.nodes());

        expect(failure).toBeInstanceOf(StoreUnreachable);
        await eventually(async () => (await store.nodes().catch(() => [])).length > 0);
        expect(known).toEqual([[]]);
      },
      SLOW,
    );

    test(
      "is asked for nothing but what finds out what it lost, until that is done",
      async () => {
        const store = await open("a");
        const author = new Author("gated");
        await author.write(store);
        const gate = Promise.withResolvers<void>();
        const recovering: string[] = [];
        store.onAnotherRun(async (run, direct) => {
          await direct.beat("a", [`run:${run}`]);
          recovering.push(run, ...(await direct.nodes()).map(({ node }) => node));
          await gate.promise;
        });

        await redis.kill();
        await redis.restart();
        await eventually(() => recovering.length === 2);

        expect(await failureOf(store.load(author.address))).toBeInstanceOf(StoreUnreachable);
        expect(await failureOf(author.write(store))).toBeInstanceOf(StoreUnreachable);
        expect(store.runs()).toEqual(recovering.slice(0, 1));
        gate.resolve();
        await eventually(async () => (await store.load(author.address)) === author.envelope);
      },
      SLOW,
    );
  });
}

/** Sends until it is answered, as clients do; the seq of its record. */
async function settled(runtime: Runtime, id: string): Promise<number> {
  const incoming: Incoming = { by: HOST, rank: "host", message: { type: "add", n: 1 }, id };
  let seq = 0;
  await eventually(async () => {
    const reply = await runtime.send(ADDRESS, incoming).catch(() => undefined);
    seq = reply?.kind === "accepted" ? reply.record.seq : 0;
    return seq > 0;
  });
  return seq;
}

/** Redis as it is now, to go back to. */
async function goBackup(redis: TestRedis): Promise<{ restore(): Promise<void> }> {
  const [data, copy] = ["appendonlydir", "backup"].map((name) => join(redis.dir, name));
  if (data === undefined || copy === undefined) {
    throw new Error("expected two directories");
  }
  await redis.kill();
  await cp(data, copy, { recursive: true });
  await redis.restart();
  return {
    restore: async () => {
      await redis.kill();
      await rm(data, { recursive: true });
      await cp(copy, data, { recursive: true });
      await redis.restart();
    },
  };
}
