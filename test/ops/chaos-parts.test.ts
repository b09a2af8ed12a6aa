/** Parts of a chaos run: its verdict, its calls that end, its streams, and the storm that fits. */
import { describe, expect, test } from "bun:test";
import { fetchWithin } from "../../ops/chaos/limited-fetch.ts";
import type { Heard } from "../../ops/chaos/history.ts";
import { tooFewFor } from "../../ops/chaos/open-files.ts";
import { post } from "../../ops/chaos/post.ts";
import type { Row } from "../../ops/chaos/run.ts";
import { eventsIn, readStream } from "../../ops/chaos/stream-reader.ts";
import { poll } from "../../ops/chaos/poller.ts";
import { table } from "../../ops/chaos/table.ts";
import { failuresOf } from "../../ops/chaos/verdict.ts";
import { createClient } from "../../src/client/client.ts";
import { eventually } from "../support/eventually.ts";
import { failureOf } from "../support/failure.ts";

const CALM: Row = {
  ...{ fault: "calm", strikes: 1, operations: 9, posted: 3, repeated: 1, acknowledged: 9 },
  ...{ failed: 0, lost: 0, duplicated: 0, reordered: 0, refused: 0 },
  ...{ unavailableP50Ms: 1, unavailableP99Ms: 2, unavailableMaxMs: 3 },
  ...{ notes: [], findings: [], broken: [] },
};

describe("the verdict", () => {
  test("is ok while nothing that was acknowledged is harmed", () => {
    expect(failuresOf(CALM, {})).toEqual([]);
    expect(failuresOf({ ...CALM, failed: 2 }, {})).toEqual([]);
    expect(failuresOf({ ...CALM, refused: 1 }, { damages: true })).toEqual([]);
  });

  test("is failed for each promise that was not kept", () => {
    for (const harm of ["lost", "duplicated", "reordered"] as const) {
      expect(failuresOf({ ...CALM, [harm]: 1 }, { damages: true })).toEqual([`1 ${harm}`]);
    }
    expect(failuresOf({ ...CALM, failed: 2 }, { failsNothing: true })).toHaveLength(1);
    expect(failuresOf({ ...CALM, refused: 1 }, {})).toHaveLength(1);
    expect(failuresOf({ ...CALM, operations: 0 }, {})).toHaveLength(1);
    expect(failuresOf({ ...CALM, broken: ["late"] }, {})).toEqual(["late"]);
  });

  test("stands in the table of every row, and is counted below", () => {
    const lines = table([
      [CALM, []],
      [{ ...CALM, fault: "emptied", lost: 2 }, ["2 lost"]],
    ]);

    expect(lines[1]).toMatch(/^calm +ok +1 +9 +3 +9 /);
    expect(lines[2]).toMatch(/^emptied +failed /);
    expect(lines.slice(-2)).toEqual(["emptied failed: 2 lost", "1 ok, 1 failed"]);
  });
});

describe("a storm", () => {
  test("is refused with a sentence when a process may not open that many files", () => {
    expect(tooFewFor(10_000, { nodes: 3, max: 20_000 })).toBeUndefined();
    expect(tooFewFor(10_000, { nodes: 3, max: 10_499 })).toContain("needs 10500 open files");
    // One node may meet all that come back before it has seen the others go.
    expect(tooFewFor(10_000, { nodes: 1, max: 20_000 })).toContain("needs 20500 open files");
  });

  test("fits with as many sockets as the sentence says", () => {
    for (const nodes of [1, 2, 3]) {
      const said = tooFewFor(10_000, { nodes, max: 3_000 }) ?? "";
      const fitting = Number(/ask for (\d+)/.exec(said)?.[1]);

      expect(tooFewFor(fitting, { nodes, max: 3_000 })).toBeUndefined();
      expect(tooFewFor(fitting + 1, { nodes, max: 3_000 })).toBeDefined();
    }
  });
});

describe("calls of a chaos run", () => {
  test("end when a server takes the request and never answers, or stops in the middle", async () => {
    const never = Bun.serve({
      port: 0,
      fetch: ({ url }) =>
        url.endsWith("/half")
          ? new Response(new ReadableStream({ start: (stream) => stream.enqueue("[") }))
          : new Promise<Response>(() => undefined),
    });

    const silent = await failureOf(fetchWithin(`${never.url.href}silent`, {}, 50));
    const half = await failureOf(
      fetchWithin(`${never.url.href}half`, {}, 50).then((answer) => answer.text()),
    );

    expect([silent, half].map((error) => (error instanceof Error ? error.name : ""))).toEqual([
      "TimeoutError",
      "TimeoutError",
    ]);
    await never.stop(true);
  });

  test("a command goes on under its id until it is answered", async () => {
    const keys: (string | null)[] = [];
    const server = Bun.serve({
      port: 0,
      fetch: ({ headers }) => {
        keys.push(headers.get("idempotency-key"));
        return keys.length < 3
          ? Response.json({ code: "busy", status: 503, retryAfterMs: 1 }, { status: 503 })
          : Response.json({ seq: 7 });
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    const word = { url, client: createClient({ url }), actor: "session/s1", id: "c1" };

    const answer = await post({ ...word, command: { type: "hand.raise" }, deadlineMs: 5_000 });

    expect(answer).toMatchObject({ ok: true, seq: 7 });
    expect(keys).toEqual(["c1", "c1", "c1"]);
    await server.stop(true);
  });
});

describe("a stream's reader", () => {
  test("takes whole events, and leaves what has only begun", () => {
    const text = 'id: 4\nevent: record\ndata: {"seq":4}\n\n:\n\nevent: bye\ndata: {}\n\nid: 5\nev';

    expect(eventsIn(text)).toEqual({
      events: [
        { id: "4", event: "record", data: '{"seq":4}' },
        { id: undefined, event: "bye", data: "{}" },
      ],
      left: "id: 5\nev",
    });
  });

  test("comes back with the last id, in the epoch that it was told", async () => {
    const asked: (readonly [string | null, string | null])[] = [];
    const server = Bun.serve({
      port: 0,
      fetch: ({ url, headers }) => {
        asked.push([headers.get("last-event-id"), new URL(url).searchParams.get("epoch")]);
        return new Response(
          asked.length === 1
            ? 'id: 3\nevent: view\ndata: {"seq":3,"epoch":"e1"}\n\nid: 4\nevent: record\ndata: {"seq":4}\n\n'
            : 'id: 5\nevent: record\ndata: {"seq":5}\n\n',
        );
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    const end = new AbortController();

    const reader = readStream({
      ...{ url, actor: "session/s1", http: createClient({ url }).http, signal: end.signal },
      accessToken: () => "token",
    });
    await eventually(() => reader.seq === 5);

    end.abort();
    expect(reader.watcher.heard.slice(0, 3)).toEqual([
      { kind: "reset", seq: 3 },
      { kind: "record", seq: 4 },
      { kind: "record", seq: 5 },
    ] satisfies Heard[]);
    expect(asked.slice(0, 2)).toEqual([
      [null, null],
      ["4", "e1"],
    ]);
    await server.stop(true);
  });
});

describe("a poller", () => {
  test("goes on from where the page looked, and asks again for what it could not read", async () => {
    const pages = [
      { items: [{ seq: 1 }], next: "2", seq: 2 },
      undefined,
      { items: [{ seq: 4 }], next: null, seq: 5 },
    ];
    const asked: string[] = [];
    const server = Bun.serve({
      port: 0,
      fetch: ({ url }) => {
        asked.push(new URL(url).searchParams.get("after") ?? "");
        const page = pages[asked.length - 1];
        return page === undefined
          ? Response.json({ code: "unknown", status: 400 }, { status: 400 })
          : Response.json(page);
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    const end = new AbortController();

    const poller = poll({
      ...{ url, actor: "session/s1", http: createClient({ url }).http, signal: end.signal },
      accessToken: () => "token",
    });
    await eventually(() => poller.seq === 5);

    end.abort();
    expect(poller.watcher.heard).toEqual([
      { kind: "reset", seq: 0 },
      { kind: "record", seq: 1 },
      { kind: "record", seq: 4 },
    ]);
    expect(asked.slice(0, 3)).toEqual(["0", "2", "2"]);
    expect(poller.watcher.reads?.map(({ seq }) => seq)).toEqual([5]);
    await server.stop(true);
  });
});
