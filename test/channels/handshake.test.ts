/** Who is let in, with which words others are refused, and how long a token keeps a socket open. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseUserId } from "../../machines/ids.ts";
import { type Door, TEACHER, openDoor } from "../support/door.ts";
import { eventually } from "../support/eventually.ts";
import { Refused, connect } from "../support/talker.ts";

const revoked = new Set<string>();
let door: Door;

beforeAll(async () => {
  door = await openDoor({ revoked, limits: { verifyEveryMs: 50 } });
});

afterAll(() => door.close());

async function refusalOf(auth: object, url = door.url): Promise<unknown> {
  try {
    const talker = await connect(url, auth);
    talker.close();
    return undefined;
  } catch (error) {
    return error instanceof Refused ? error.data : error;
  }
}

describe("the handshake", () => {
  test("refuses a bad, odd, oversized or missing token with the code unauthenticated", async () => {
    const token = await door.token();
    const bad = [
      {},
      { token: "" },
      { token: 7 },
      { token: null },
      { token: `${token}x` },
      { token: token.slice(0, -4) },
      { token: ` ${token}` },
      { token: "a".repeat(9_000) },
      { token: { toString: "x" } },
      { token, admin: true },
    ];

    for (const auth of bad) {
      expect(await refusalOf(auth)).toEqual({ code: "unauthenticated" });
    }
  });

  test("takes an absent v for 1 and refuses unknown ones with what is supported", async () => {
    const token = await door.token();

    expect(await refusalOf({ token })).toBeUndefined();
    expect(await refusalOf({ token, v: 1 })).toBeUndefined();
    for (const v of [2, 0, "1", null, "x"]) {
      const expected = { code: "unsupported-version", supported: [1] };
      expect(await refusalOf({ token, v })).toEqual(expected);
    }
  });

  test("comes over polling as well as over WebSocket", async () => {
    const polling = await door.connect({}, { transports: ["polling"] });
    const upgraded = await door.connect({}, { transports: ["polling", "websocket"] });
    const actor = await door.born();

    const answers = await Promise.all([
      polling.ask("watch", { actor }),
      upgraded.ask("watch", { actor }),
    ]);
    await polling.ask("send", { actor, id: "p", command: { type: "add", n: 1 } });

    await eventually(() => polling.of("record").length + upgraded.of("record").length === 2);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    polling.close();
    upgraded.close();
  });

  test("a request that asks for the connection's end is answered so", async () => {
    const response = await fetch(`${door.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { connection: "close" },
    });

    expect(response.headers.get("connection")).toBe("close");
    expect(await response.text()).toStartWith('0{"sid"');
  });

  test("lets pages of the same origin and of configured ones in, and no others", async () => {
    const open = await openDoor({ corsOrigins: ["https://school.example"] });
    const ask = (origin: string): Promise<Response> =>
      fetch(`${open.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });

    const [configured, same, foreign] = await Promise.all([
      ask("https://school.example"),
      ask(open.url),
      ask("https://evil.example"),
    ]);

    expect(configured.headers.get("access-control-allow-origin")).toBe("https://school.example");
    expect([configured.status, same.status, foreign.status]).toEqual([200, 200, 403]);
    await open.close();
  });
});

describe("authenticate", () => {
  test("takes a fresh token of the same principal, and refuses anybody else's", async () => {
    const talker = await door.connect();
    const other = { ...TEACHER, userId: parseUserId("other") };

    const fresh = await talker.ask("authenticate", { token: await door.token() });
    const elses = await talker.ask("authenticate", {
      token: await door.token({ principal: other }),
    });
    const bad = await talker.ask("authenticate", { token: "x.y.z" });

    expect(fresh).toMatchObject({ ok: true });
    expect(elses.problem).toMatchObject({ code: "not-allowed", status: 403 });
    expect(bad.problem).toMatchObject({ code: "unauthenticated", status: 401 });
    expect(talker.ended()).toBeUndefined();
    talker.close();
  });

  test("a revoked token ends an open connection with bye expired", async () => {
    const talker = await door.connect({ family: "f-lost" });
    const stays = await door.connect();

    revoked.add("f-lost");

    await eventually(() => talker.ended() !== undefined, { withinMs: 9_000 });
    expect(talker.of("bye")).toEqual([expect.objectContaining({ reason: "expired" })]);
    expect(talker.ended()).toBe("io server disconnect");
    expect(stays.ended()).toBeUndefined();
    stays.close();
  }, 15_000);
});

describe("bye", () => {
  test("draining says so with retryAfterMs, ends every connection, and refuses new ones", async () => {
    const closing = await openDoor();
    const talker = await closing.connect();

    const closed = closing.channels.close({ reason: "draining", retryAfterMs: 250 });

    await eventually(() => talker.ended() !== undefined);
    const token = await closing.token();
    expect(talker.of("bye")).toHaveLength(1);
    expect(talker.of("bye")[0]).toMatchObject({ reason: "draining", retryAfterMs: 250 });
    expect(await refusalOf({ token }, closing.url)).toEqual({
      code: "draining",
      retryAfterMs: 250,
    });
    await closed;
    await closing.close();
  });
});
