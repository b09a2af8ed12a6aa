/** The Redis store on a cluster of three masters, against the contract of stores. */
import { afterAll, beforeAll, describe } from "bun:test";
import type { Log } from "../../actors/clock.ts";
import { type RedisStore, openRedisStore } from "../../actors/redis/redis-store.ts";
import { systemClock } from "../../src/platform.ts";
import { storeContract } from "../contracts/store.ts";
import {
  CLUSTER_STARTS_MS,
  type TestCluster,
  startRedisCluster,
} from "../support/redis-cluster.ts";
import { redisOrSkip } from "../support/redis.ts";

const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

if (redisOrSkip("the Redis store on a cluster")) {
  describe("with a cluster", () => {
    let cluster: TestCluster;
    let nodes = 0;

    const open = (): Promise<RedisStore> =>
      openRedisStore({
        url: cluster.url,
        clock: systemClock,
        log: silent,
        node: `node${(nodes += 1)}`,
      });

    beforeAll(async () => {
      cluster = await startRedisCluster();
    }, CLUSTER_STARTS_MS);

    afterAll(() => cluster.stop());

    storeContract("Redis Cluster", {
      open: async () => {
        await cluster.empty();
        return [await open(), await open()];
      },
      reopen: open,
    });
  });
}
