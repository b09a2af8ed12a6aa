/** A polling session ends when it was silent too long, and not when a timer ran late or early. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { SocketData } from "../../src/channels/bun-socket.ts";
import { createEngine } from "../../src/channels/engine.ts";
import { LIMITS } from "../../src/channels/limits.ts";

/** So long that no timer of the engine fires while the test runs: only the clock below moves. */
const PERIOD_MS = 600_000;

let nowMs = 1_000_000;
let server: Bun.Server<SocketData>;
/** To the session that was opened last. */
let tell: (text: string) => void;

beforeAll(() => {
  const door = createEngine({
    corsOrigins: ["https://school.example"],
    clock: { now: () => nowMs },
    limits: { ...LIMITS, pingIntervalMs: PERIOD_MS, pingTimeoutMs: PERIOD_MS },
  });
  door.engine.on("connection", (session) => {
    tell = (text) => void session.write(text);
    session.on("data", (data) => void session.write(data));
  });
  server = Bun.serve<SocketData>({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, bun) => door.handle(request, bun),
    websocket: door.websocket,
  });
});

afterAll(() => server.stop(true));

function ask(sid: string, init: RequestInit = {}): Promise<Response> {
  const query = `EIO=4&transport=polling${sid === "" ? "" : `&sid=${sid}`}`;
  return fetch(`http://127.0.0.1:${server.port}/socket.io/?${query}`, init);
}

async function open(): Promise<string> {
  return parseOpen((await (await ask("")).text()).slice(1)).sid;
}

test("a session that exchanged nothing for interval and timeout is unknown, to pages too", async () => {
  const sid = await open();
  nowMs += 2 * PERIOD_MS;

  const headers = { origin: "https://school.example" };
  const responses = [
    await ask(sid, { headers }),
    await ask(sid, { headers, method: "POST", body: "4late" }),
  ];

  for (const response of responses) {
    expect(response.status).toBe(400);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://school.example");
    expect(await response.json()).toMatchObject({ code: 1 });
  }
});

test("every request begins the time anew", async () => {
  const sid = await open();

  for (let turn = 0; turn < 3; turn += 1) {
    nowMs += 2 * PERIOD_MS - 1;
    const sent = await ask(sid, { method: "POST", body: `4${turn}` });
    expect([sent.status, await (await ask(sid)).text()]).toEqual([200, `4${turn}`]);
  }
});

test("so does every answer, however long it was waited for", async () => {
  const sid = await open();
  const waiting = ask(sid);
  await ask(sid, { method: "POST", body: "3" });
  nowMs += 2 * PERIOD_MS - 1;
  tell("told");
  await waiting;
  nowMs += 2 * PERIOD_MS - 1;

  const sent = await ask(sid, { method: "POST", body: "4still here" });

  expect([sent.status, await (await ask(sid)).text()]).toEqual([200, "4still here"]);
});

function parseOpen(json: string): { readonly sid: string } {
  return JSON.parse(json) as { readonly sid: string };
}
