/**
 * A real Redis for tests: one of our own in a temporary directory, gone with the test process.
 *
 * Where there is no `redis-server` the suites that need one are skipped and say so loudly; under
 * CI=true that is a failure.
 */
import { type OwnRedis, redisBinary, startRedisIn } from "../../ops/servers/redis.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export { freePort } from "../../ops/servers/free-port.ts";
export { command } from "../../ops/servers/redis.ts";

export type TestRedis = OwnRedis;

/** Whether the Redis suites can run; throws under CI=true where they cannot. */
export function redisOrSkip(suite: string): boolean {
  if (redisBinary === null) {
    const sentence = `SKIPPED: ${suite} needs redis-server 7 or newer on the PATH and found none`;
    if (process.env["CI"] === "true") {
      throw new Error(sentence);
    }
    process.stderr.write(`\n*** ${sentence} ***\n\n`);
  }
  return redisBinary !== null;
}

/** `settings` come after the durable ones and win: `["--appendfsync", "everysec"]`. */
export function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  return startRedisIn(temporaryDirectory("redis"), settings);
}
