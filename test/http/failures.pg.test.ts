/** When the world or the program says no: nothing internal is told, and the log has the words. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Socket, connect, createServer } from "node:net";
import { createApp } from "../../src/app.ts";
import { createPasswords } from "../../src/auth/passwords.ts";
import { createKeys } from "../../src/auth/keys.ts";
import { createTokens } from "../../src/auth/tokens.ts";
import { createDesk } from "../../src/desk.ts";
import { createLimits } from "../../src/http/limits.ts";
import type { AppParts } from "../../src/http/parts.ts";
import { MACHINES } from "../../machines/catalog.ts";
import { problem } from "../../src/problem.ts";
import { randomBelow, randomSecret, systemClock, systemIds } from "../../src/platform.ts";
import { eventually } from "../support/eventually.ts";
import { quietLog } from "../support/fake-clock.ts";
import { type School, openSchool, parseObject } from "../support/school.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

/** The same application on the school's database, with one part exchanged. */
async function appWith(parts: Partial<AppParts>) {
  const log = quietLog();
  const shared = { clock: systemClock, ids: systemIds, log };
  const { runtime } = school.server;
  const keys = await createKeys({ db: school.db, clock: systemClock, ids: systemIds });
  const app = createApp({
    ...shared,
    config: { corsOrigins: [] },
    db: school.db,
    runtime,
    desk: createDesk({
      ...{ runtime, machines: MACHINES, log, preparers: {} },
      now: () => systemClock.now(),
      publicUrl: () => school.url,
    }),
    keys,
    tokens: createTokens({ keys, ...shared }),
    passwords: createPasswords(),
    chance: { secret: randomSecret, below: randomBelow },
    limits: createLimits({ requestsPerMinute: 1_000 }),
    ...{ checks: [], isDurable: () => true },
    isDraining: () => false,
    gauges: [],
    channels: {
      stream: () =>
        Promise.resolve({ ok: false, problem: problem("draining", "No streams here.") }),
    },
    addressOf: () => undefined,
    publicUrl: () => school.url,
    ...parts,
  });
  const ask = async (path: string, token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return app.handle(new Request(`http://door.example${path}`, { headers }));
  };
  return { ask, log };
}

test("a bug is 500 without its words, and the log has them under the request's id", async () => {
  const failing = (): Promise<never> =>
    Promise.reject(new TypeError("cannot read secrets of /srv/app/node_modules/x.ts"));
  const { ask, log } = await appWith({
    keys: { current: failing, find: failing, jwks: failing },
  });
  const answer = await ask("/.well-known/jwks.json");
  const text = await answer.text();

  expect(answer.status).toBe(500);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  expect(text).not.toMatch(/secrets|node_modules|TypeError|\.ts/);
  const { requestId } = parseObject(text);
  const logged = log.events.find((each) => each.level === "error");
  expect(logged?.fields["requestId"]).toBe(requestId);
  expect(String(logged?.fields["error"])).toContain("cannot read secrets");
});

test("a node that is not ready names what is missing and when to ask again", async () => {
  const { ask } = await appWith({
    checks: [
      { name: "store", check: () => Promise.resolve() },
      { name: "postgres", check: () => Promise.reject(new Error("connect ECONNREFUSED 10.0.0.7")) },
    ],
  });
  const answer = await ask("/readyz");
  const text = await answer.text();
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(parseObject(text)).toMatchObject({ code: "unavailable", detail: "Not ready: postgres." });
  expect(text).not.toContain("10.0.0.7");
  expect((await ask("/livez")).status).toBe(200);
});

test("without its database the door says unavailable, and works again when it is back", async () => {
  let cut = (): void => undefined;
  let mend = (): void => undefined;
  const apart = await openSchool({}, async (url) => {
    const line = await lineTo(url);
    ({ cut, mend } = line);
    return line.url;
  });
  try {
    const token = await apart.tokenOf("north", "teacher");
    const ask = () => apart.ask("GET", "/api/v1/lessons", { token });
    expect((await ask()).status).toBe(200);
    cut();
    const reply = await ask();
    expect([reply.status, reply.body["code"]]).toEqual([503, "unavailable"]);
    expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(reply.text).not.toMatch(/kysely|pool|ECONN|driver|\.ts/i);
    mend();
    await eventually(async () => (await ask()).status === 200);
  } finally {
    await apart.close();
  }
});

/** A line to Postgres that can be cut: connections end, and new ones are refused. */
async function lineTo(url: string) {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy()).on("close", () => sockets.delete(socket));
      socket.pipe(other);
    }
    if (isCut) {
      near.destroy();
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  server.unref();
  const address = server.address();
  const near = new URL(url);
  near.hostname = "127.0.0.1";
  near.port = String(typeof address === "object" ? address?.port : "");
  return {
    url: near.href,
    cut: () => {
      isCut = true;
      for (const socket of sockets) {
        socket.destroy();
      }
    },
    mend: () => {
      isCut = false;
    },
  };
}

test("a Host that is no host is a problem document, not a page of source code", async () => {
  const { port } = new URL(school.url);
  for (const host of ["a b<>", "", "[::", "x:99999"]) {
    const answer = await raw(Number(port), `GET /livez HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(answer).toStartWith("HTTP/1.1 400 ");
    expect(answer).toContain('"code":"malformed"');
    expect(answer).not.toMatch(/\.ts|stack|html/);
  }
});

test("an old client that asks for the end of the connection is told so", async () => {
  const { port } = new URL(school.url);
  const answer = await raw(
    Number(port),
    "GET /livez HTTP/1.1\r\nHost: door.example\r\nConnection: close\r\n\r\n",
  );
  expect(answer.toLowerCase()).toContain("\r\nconnection: close\r\n");
});

/** What comes back for these bytes, up to the end of its body. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.write(bytes);
  try {
    await eventually(() => text.endsWith("}"));
    return text;
  } finally {
    socket.destroy();
  }
}
