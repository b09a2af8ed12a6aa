/** Fairness over a real Redis: two nodes with connections of their own fight over one actor. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Clock } from "../../actors/clock.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import type { ActorStore, Commit } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { chatter, contest, untold } from "../support/contenders.ts";
import { quietLog, sequentialIds } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { ADDRESS, HOST, saying, seqOf } from "../support/nodes.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";
import { tallyMachine } from "../support/tally.ts";

const COMMANDS = 8;
const LONG_MS = 60_000;
/** Of all nodes. */
const archive = createMemoryArchive();
const add = saying({ type: "add", n: 1 });

if (redisOrSkip("fairness")) {
  describe("two nodes at one Redis", () => {
    let redis: TestRedis;
    const open: RedisStore[] = [];

    beforeAll(async () => {
      redis = await startRedis();
    });

    afterAll(async () => {
      await Promise.all(open.map((store) => store.close()));
      await redis.stop();
    });

    const storeOf = async (node: string): Promise<RedisStore> => {
      const store = await openRedisStore({
        ...{ url: redis.url, clock: systemClock, log: quietLog(), node },
      });
      open.push(store);
      return store;
    };

    const fought = async (change?: (commit: Commit) => Commit) => {
      await command(redis, ["FLUSHALL"]);
      const stores = { quick: await storeOf("quick"), slow: await storeOf("slow") };
      const { quick, slow, fates } = contest(stores, systemClock, change);
      const [fast, late] = [nodeOf("quick", quick), nodeOf("slow", slow)];
      await fast.birth(ADDRESS, { type: "begin" }, HOST);
      let over = false;
      const chattering = chatter(
        () => fast.send(ADDRESS, add),
        () => over,
      );
      const replies: (string | number)[] = [];
      const waits: number[] = [];
      const beganAt = performance.now();
      for (let n = 0; n < COMMANDS; n += 1) {
        const sentAt = performance.now();
        replies.push(seqOf(await late.send(ADDRESS, add)));
        waits.push(performance.now() - sentAt);
      }
      const tookMs = performance.now() - beganAt;
      over = true;
      const others = await chattering;
      return { replies, fates, others, tookMs, worstMs: Math.max(...waits) };
    };

    test(
      "C11: one that is always a commit too late is let through, and else starved",
      async () => {
        const without = await fought(untold);
        const fair = await fought();

        const row = ({ others, tookMs, worstMs }: typeof fair) => [others, tookMs, worstMs];
        console.table({ without: row(without), fair: row(fair) });
        expect(without.replies.filter((reply) => reply === "busy")).toHaveLength(COMMANDS);
        expect(fair.replies.filter((reply) => typeof reply === "number")).toHaveLength(COMMANDS);
        // Three losses and a commit each; one more where its turn outlived a reservation.
        expect(fair.fates.length).toBeLessThanOrEqual(6 * COMMANDS);
        expect(fair.worstMs).toBeLessThan(without.worstMs);
        expect(fair.others).toBeGreaterThan(COMMANDS);
      },
      LONG_MS,
    );
  });
}

function nodeOf(node: string, store: ActorStore, clock: Clock = systemClock): Runtime {
  return createRuntime({
    ...{ store, clock, node },
    archive,
    machines: { session: [tallyMachine] },
    ids: sequentialIds(node),
    log: quietLog(),
    alone: false,
    performers: {},
    roles: { worker: false, journal: false },
  });
}
