/** Turns that overlap, over a real Redis: two busy nodes at one actor, each command once. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../actors/runtime.ts";
import type { ActorStore } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { quietLog, sequentialIds } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { ADDRESS, HOST, misbehaving, saying } from "../support/nodes.ts";
import { type TestRedis, redisOrSkip, startRedis } from "../support/redis.ts";
import { tallyMachine, totalOf } from "../support/tally.ts";

const IN_FLIGHT = 48;
const COMMANDS = 600;
/** Every so many-th is sent twice at once, as a client does that saw no answer. */
const TWICE_EVERY = 7;

/** How many commits of one actor were on their way at a time, at most. */
interface Watched {
  readonly store: ActorStore;
  readonly most: () => number;
}

function watched(store: RedisStore): Watched {
  let under = 0;
  let most = 0;
  const commit: ActorStore["commit"] = async (address, written) => {
    under += 1;
    most = Math.max(most, under);
    return store.commit(address, written).finally(() => {
      under -= 1;
    });
  };
  return { store: misbehaving<ActorStore>(store, { commit }), most: () => most };
}

if (redisOrSkip("turns")) {
  describe("two busy nodes at one Redis", () => {
    let redis: TestRedis;
    const stores: RedisStore[] = [];
    const archive = createMemoryArchive();

    beforeAll(async () => {
      redis = await startRedis();
    });

    afterAll(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await redis.stop();
    });

    const open = async (node: string): Promise<Watched & { readonly runtime: Runtime }> => {
      const log = quietLog();
      const store = await openRedisStore({ url: redis.url, clock: systemClock, log, node });
      stores.push(store);
      const seen = watched(store);
      const runtime = createRuntime({
        ...{ store: seen.store, archive, log, node, clock: systemClock, ids: sequentialIds(node) },
        ...{ machines: { session: [tallyMachine] }, alone: false, performers: {} },
        roles: { worker: false, journal: false },
      });
      return { ...seen, runtime };
    };

    /** The seq of each command, by its id; a resend must have the same. */
    const load = async (runtime: Runtime, name: string): Promise<ReadonlyMap<string, number>> => {
      const seqs = new Map<string, number>();
      let next = 0;
      const say = async (id: string): Promise<void> => {
        const reply = await runtime.send(ADDRESS, saying({ type: "add", n: 1 }, { id }));
        if (reply.kind !== "accepted") {
          throw new Error(`expected ${id} to be accepted, found ${reply.kind}`);
        }
        expect(seqs.get(id) ?? reply.record.seq).toBe(reply.record.seq);
        seqs.set(id, reply.record.seq);
      };
      const lane = async (): Promise<void> => {
        while (next < COMMANDS) {
          next += 1;
          const id = `${name}-${next}`;
          const times = next % TWICE_EVERY === 0 ? 2 : 1;
          await Promise.all(Array.from({ length: times }, () => say(id)));
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
      return seqs;
    };

    test("C5: turns overlap, and every command has one record, without a hole", async () => {
      const [one, other] = [await open("one"), await open("other")];
      await one.runtime.birth(ADDRESS, { type: "begin" }, HOST);

      const alone = await load(one.runtime, "alone");
      const both = await Promise.all([load(one.runtime, "one"), load(other.runtime, "other")]);

      const seqs = [alone, ...both].flatMap((each) => [...each.values()]);
      expect(seqs.toSorted((a, b) => a - b)).toEqual(seqs.map((_, at) => at + 2));
      const look = await other.runtime.look(ADDRESS);
      expect([look?.seq, totalOf(look?.living)]).toEqual([seqs.length + 1, seqs.length]);
      expect(one.most()).toBe(2);
      await Promise.all([one.runtime.stop(), other.runtime.stop()]);
    });
  });
}
