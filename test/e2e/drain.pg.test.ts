/** A node that is told to stop: in order, in time, and with every request answered. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { join } from "node:path";
import { drain } from "../../src/drain.ts";
import { type ChildServer, createChildServer } from "../support/child-server.ts";
import { eventually } from "../support/eventually.ts";
import { createFakeClock, quietLog } from "../support/fake-clock.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { type TestRedis, redisOrSkip, startRedis } from "../support/redis.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("a drain", () => {
  test("DR1: goes on past a step that is late and one that fails, in order, and names both", async () => {
    const [clock, log] = [createFakeClock(), quietLog()];
    const begun: string[] = [];
    const step = (name: string, run: () => Promise<void>) => ({
      ...{ name, withinMs: 1_000 },
      run: () => {
        begun.push(name);
        return run();
      },
    });
    const done = drain(
      [
        step("late", () => new Promise(() => undefined)),
        step("failing", () => Promise.reject(new Error("no"))),
        step("good", () => Promise.resolve()),
      ],
      { clock, log },
    );
    const before = [...begun];
    await clock.advance(1_000);

    expect(await done).toEqual(["late", "failing"]);
    expect(before).toEqual(["late"]);
    expect(begun).toEqual(["late", "failing", "good"]);
    expect(log.events.map(({ event }) => event)).toEqual(["drain.late", "drain.failed"]);
  });
});

describe.skipIf(!redisOrSkip("the drain of a node"))("SIGTERM", () => {
  let database: FreshDatabase;
  let redis: TestRedis;
  let child: ChildServer;

  beforeAll(async () => {
    [database, redis] = await Promise.all([freshDatabase(), startRedis()]);
    const DATA_DIR = join(temporaryDirectory("drain"), "data");
    const urls = { DATABASE_URL: database.url, REDIS_URL: redis.url };
    child = createChildServer({ NODE_ENV: "test", DATA_DIR, ...urls });
  }, 60_000);

  afterAll(async () => {
    await child.kill();
    await redis.stop();
    await database.drop();
  }, 30_000);

  test("DR2: not ready first, requests in flight are answered, and the node ends with 0", async () => {
    await child.start();
    const halfSent = await slowRequest(child.url);

    child.signal("SIGTERM");
    const ready = await eventually(async () => {
      const response = await fetch(`${child.url}/readyz`);
      return response.status === 503 ? response : undefined;
    });
    const { code } = parseCode(await ready.json());
    const refused = eventually(() =>
      fetch(child.url).then(
        () => false,
        () => true,
      ),
    );
    await refused;
    halfSent.finish();
    const answer = await halfSent.answer;

    expect(code).toBe("draining");
    expect(ready.headers.get("connection")).toBe("close");
    expect(answer).toMatch(/^HTTP\/1\.1 (401|422|400) /);
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(await child.ended()).toBe(0);
  }, 60_000);

  test("DR2: a second signal ends at once", async () => {
    await child.start();
    const halfSent = await slowRequest(child.url);
    child.signal("SIGTERM");
    await eventually(async () => (await fetch(`${child.url}/readyz`)).status === 503);
    const from = performance.now();

    child.signal("SIGINT");

    expect(await child.ended()).toBe(1);
    expect(performance.now() - from).toBeLessThan(3_000);
    halfSent.finish();
  }, 60_000);
});

/** A sign-in of which the body's last byte is still to come. */
async function slowRequest(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  const body = JSON.stringify({ tenant: "none", email: "a@b.example", password: "wrong one" });
  let heard = "";
  socket.on("data", (chunk) => {
    heard += chunk.toString();
  });
  const answer = new Promise<string>((resolve) => socket.on("close", () => resolve(heard)));
  await new Promise<void>((resolve) => socket.on("connect", resolve));
  const head = [
    "POST /api/v1/auth/sign-in HTTP/1.1",
    `Host: ${hostname}:${port}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    "\r\n",
  ];
  socket.write(head.join("\r\n") + body.slice(0, -1));
  return { finish: () => void socket.write(body.slice(-1)), answer };
}

function parseCode(body: unknown) {
  return body as { readonly code: string };
}
