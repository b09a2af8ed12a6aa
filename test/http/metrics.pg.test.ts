/** What `/metrics` says: well-formed, true, bounded, and nothing about anybody. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { io } from "socket.io-client";
import { expose } from "../../src/http/exposition.ts";
import { systemClock } from "../../src/platform.ts";
import { eventually } from "../support/eventually.ts";
import { listen } from "../support/listener.ts";
import { type School, openLobby, openSchool } from "../support/school.ts";
import { parseScrape } from "../support/scrape.ts";

let school: School;
let teacher: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
afterAll(() => school.close());

const REQUESTS = "toolboxai_http_requests_total";

async function scrape() {
  return parseScrape((await school.ask("GET", "/metrics")).text);
}

async function valueOf(name: string): Promise<number | undefined> {
  return (await scrape()).get(name)?.samples.get(name);
}

async function requestsOf(labels: string): Promise<number> {
  return (await scrape()).get(REQUESTS)?.samples.get(`${REQUESTS}{${labels}}`) ?? 0;
}

describe("the text", () => {
  test("is open, of its type, and every line of it has its place", async () => {
    const { status, headers, text } = await school.ask("GET", "/metrics");
    const families = parseScrape(text);

    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(headers.get("x-request-id")).toBeString();
    expect([...families.keys()]).toEqual([
      "process_start_time_seconds",
      "process_resident_memory_bytes",
      "toolboxai_channel_connections",
      "toolboxai_streams",
      "toolboxai_store_durable",
      ...["sound", "mended", "quarantined", "slept", "woken"].map(
        (each) => `toolboxai_upkeep_${each}`,
      ),
      "toolboxai_build_info",
      REQUESTS,
    ]);
  });

  test("nothing breaks out of a label or a help", () => {
    const hostile = 'a"} 1\nroot\\ 2';
    const text = expose([
      {
        ...{ name: "weather_total", help: `rain\n# TYPE x gauge \\`, type: "counter" },
        samples: [
          { labels: { at: hostile }, value: 1 },
          { labels: { at: "sea", of: "" }, value: 2.5 },
        ],
      },
      { name: "depth", help: "Deep.", type: "gauge", samples: [{ labels: {}, value: -Infinity }] },
    ]);

    const families = parseScrape(text);
    const weather = families.get("weather_total");

    expect([...families.keys()]).toEqual(["weather_total", "depth"]);
    expect([...(weather?.samples.values() ?? [])]).toEqual([1, 2.5]);
    expect(weather?.samples.has(String.raw`weather_total{at="a\"} 1\nroot\\ 2"}`)).toBe(true);
    expect(families.get("depth")?.samples.get("depth")).toBe(-Infinity);
  });

  test("the reader of these tests refuses what is not in order", () => {
    const bad = [
      "# HELP a A.\n# TYPE a gauge\na 1",
      "# TYPE a gauge\n# HELP a A.\na 1\n",
      "# HELP a A.\n# TYPE a gauge\na 1\na 1\n",
      "# HELP a A.\n# TYPE a gauge\nb 1\n",
      "# HELP a A.\n# TYPE a counter\na 1\n",
      '# HELP a A.\n# TYPE a gauge\na{b="\\x"} 1\n',
      "# HELP a A.\n# TYPE a gauge\na one\n",
    ];
    for (const text of bad) {
      expect(() => parseScrape(text)).toThrow();
    }
  });
});

describe("the numbers", () => {
  test("the process is of today and has memory", async () => {
    const now = systemClock.now() / 1_000;
    const startedAt = (await valueOf("process_start_time_seconds")) ?? 0;

    expect(startedAt).toBeLessThan(now);
    expect(startedAt).toBeGreaterThan(now - 24 * 3_600);
    expect(await valueOf("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
  });

  test("requests are counted by method, pattern and status", async () => {
    const { id } = await openLobby(school, teacher);
    const found = 'method="GET",route="/api/v1/sessions/:id",status="200"';
    const refused = 'method="GET",route="/api/v1/sessions/:id",status="401"';
    const before = await Promise.all([found, refused].map(requestsOf));

    await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
    await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
    await school.ask("GET", `/api/v1/sessions/${id}`);

    const after = await Promise.all([found, refused].map(requestsOf));
    expect(after).toEqual([Number(before[0]) + 2, Number(before[1]) + 1]);
  });

  test("open sockets and streams are counted while they are open", async () => {
    const { id } = await openLobby(school, teacher);
    const socket = io(school.url, { auth: { token: teacher }, forceNew: true });
    const url = `${school.url}/api/v1/sessions/${id}/stream`;
    const streams = [await listen(url, teacher), await listen(url, teacher)];
    await eventually(async () => (await valueOf("toolboxai_channel_connections")) === 1);
    const open = await valueOf("toolboxai_streams");

    socket.close();
    streams.forEach((stream) => stream.close());

    await eventually(async () => (await valueOf("toolboxai_channel_connections")) === 0);
    await eventually(async () => (await valueOf("toolboxai_streams")) === 0);
    expect(open).toBe(2);
    const opened = 'method="GET",route="/api/v1/sessions/:id/stream",status="200"';
    expect(await requestsOf(opened)).toBe(2);
  });

  test("nobody makes more of them by asking, and nothing in them is anybody's", async () => {
    const { id, code } = await openLobby(school, teacher);
    await school.ask("GET", "/wp-login.php");
    const once = (await scrape()).get(REQUESTS)?.samples.size;
    for (const path of ["/a", "/b?x=1", "/api/v1/nothing", `/api/v1/sessions/${id}/x`, "/%ff"]) {
      await school.ask("GET", path);
    }
    await fetch(`${school.url}/api/v1/me`, { method: "REPORT" });
    await fetch(`${school.url}/api/v1/me`, { method: "SEARCH" });

    const { text } = await school.ask("GET", "/metrics");
    const samples = parseScrape(text).get(REQUESTS)?.samples;

    expect(samples?.get(`${REQUESTS}{method="GET",route="none",status="404"}`)).toBe(6);
    expect((samples?.size ?? 0) - (once ?? 0)).toBeLessThanOrEqual(2);
    expect(text).not.toMatch(new RegExp(`north|south|school|teacher|${id}|${code}`));
  });
});
