/** The Redis store against the contract of stores, and what it alone promises. */
import { afterAll, beforeAll, describe } from "bun:test";
import type { Log } from "../../actors/clock.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { systemClock } from "../../src/platform.ts";
import { storeContract } from "../contracts/store.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

if (redisOrSkip("the Redis store")) {
  describe("with a Redis", () => {
    let redis: TestRedis;
    let nodes = 0;

    const open = (): Promise<RedisStore> =>
      openRedisStore({
        url: redis.url,
        clock: systemClock,
        log: silent,
        node: `node${(nodes += 1)}`,
      });

    beforeAll(async () => {
      redis = await startRedis();
    });

    afterAll(() => redis.stop());

    storeContract("Redis", {
      open: async () => {
        await command(redis, ["FLUSHALL"]);
        return [await open(), await open()];
      },
      reopen: open,
    });
  });
}
