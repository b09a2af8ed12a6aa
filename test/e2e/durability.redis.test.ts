/** A Redis that may lose what it acknowledged: refused in production, or taken by name. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseConfig } from "../../src/config.ts";
import { JUDGE_EVERY_MS } from "../../src/durability.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { startServer } from "../../src/server.ts";
import { eventually } from "../support/eventually.ts";
import { quietLog } from "../support/fake-clock.ts";
import { failureOf } from "../support/failure.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { type TestRedis, command, redisOrSkip, startRedis } from "../support/redis.ts";
import { parseScrape } from "../support/scrape.ts";

const FAULT =
  "expected appendfsync always, found everysec: a power cut loses what was acknowledged";

describe.skipIf(!redisOrSkip("a Redis that is not durable"))("in production", () => {
  let redis: TestRedis;
  let database: FreshDatabase;

  beforeAll(async () => {
    [redis, database] = await Promise.all([startRedis(), freshDatabase()]);
  });

  afterAll(async () => {
    await redis.stop();
    await database.drop();
  });

  async function start(appendfsync: string, more: Readonly<Record<string, string>> = {}) {
    await command(redis, ["CONFIG", "SET", "appendfsync", appendfsync]);
    const servers = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    const config = parseConfig({
      ...{ NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0", ...servers, ...more },
    });
    const log = quietLog();
    return {
      log,
      starting: startServer({ config, clock: systemClock, ids: systemIds, log }),
    };
  }

  /** What a node says of itself while it runs. */
  async function told(appendfsync: string, more: Readonly<Record<string, string>>) {
    const { log, starting } = await start(appendfsync, more);
    const server = await starting;
    const [ready, metrics] = await Promise.all([
      fetch(`${server.url}/readyz`).then((answer) => answer.json()),
      fetch(`${server.url}/metrics`).then((answer) => answer.text()),
    ]);
    await server.stop();
    const name = "toolboxai_store_durable";
    const gauge = parseScrape(metrics).get(name)?.samples.get(name);
    return { ready, gauge, lines: log.events.filter(({ event }) => event === "store.unsafe") };
  }

  test("C18: a server does not start on it, and says why and what would take it", async () => {
    const { starting } = await start("everysec");
    const failure = await failureOf(starting);

    expect(failure).toMatchObject({
      name: "StoreUnsafe",
      message: `this Redis would lose acknowledged answers: ${FAULT}. REDIS_DURABILITY=unsafe takes it all the same.`,
    });
  });

  test("C18: taken by its name, it is an error in the log, and told by readiness and metrics", async () => {
    const { ready, gauge, lines } = await told("everysec", { REDIS_DURABILITY: "unsafe" });

    expect(ready).toMatchObject({ status: "ready", acknowledged: "unsafe" });
    expect(gauge).toBe(0);
    expect(lines).toMatchObject([{ level: "error", fields: { faults: [FAULT] } }]);
  });

  test("C18: a durable one is told as such, also where another would have been taken", async () => {
    for (const REDIS_DURABILITY of ["required", "unsafe"]) {
      const { ready, gauge, lines } = await told("always", { REDIS_DURABILITY });

      expect(ready).toMatchObject({ status: "ready", acknowledged: "durable" });
      expect(gauge).toBe(1);
      expect(lines).toEqual([]);
    }
  });

  test(
    "C18: a Redis that is changed while a server runs makes it unready, until it is changed back",
    async () => {
      const { log, starting } = await start("always");
      const server = await starting;
      const readiness = async (): Promise<number> => (await fetch(`${server.url}/readyz`)).status;
      const before = await readiness();

      await command(redis, ["CONFIG", "SET", "appendonly", "no"]);
      await eventually(async () => (await readiness()) === 503);
      await command(redis, ["CONFIG", "SET", "appendonly", "yes"]);
      await eventually(async () => (await readiness()) === 200);
      await server.stop();

      expect(before).toBe(200);
      const fault = "expected appendonly yes, found no: a restart of Redis forgets everything";
      expect(log.events.filter(({ event }) => event.startsWith("store."))).toMatchObject([
        { level: "error", event: "store.unsafe", fields: { faults: [fault] } },
        { level: "info", event: "store.durable" },
      ]);
    },
    4 * JUDGE_EVERY_MS,
  );
});
