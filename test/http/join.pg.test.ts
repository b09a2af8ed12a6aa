/** Into a session: codes, names, accounts, pins, boards, and the way back to one's seat. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { WRONG_CODES } from "../../src/http/limits.ts";
import {
  type MadeSession,
  type Reply,
  type School,
  command,
  openLobby,
  openSchool,
  parsePart,
  pathsOf,
} from "../support/school.ts";
import { eventually } from "../support/eventually.ts";

let school: School;
let teacher: string;
let session: MadeSession;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
beforeEach(async () => {
  session = await openLobby(school, teacher);
});
afterAll(() => school.close());

function join(json: object, key?: string): Promise<Reply> {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return school.ask("POST", "/api/v1/join", { json, headers });
}

function look(token: unknown, id = session.id): Promise<Reply> {
  return school.ask("GET", `/api/v1/sessions/${id}`, { token: String(token) });
}

describe("guests", () => {
  test("a guest has tokens that are good for his seat alone", async () => {
    const other = await openLobby(school, teacher);
    const joined = await join({ code: session.code, name: "Ada" });

    expect(joined.status).toBe(201);
    expect(joined.body).toMatchObject({
      expiresInS: 900,
      sessionId: session.id,
      name: "Ada",
      status: "admitted",
    });
    const token = joined.body["accessToken"];
    expect((await look(token)).status).toBe(200);
    expect((await look(token, other.id)).status).toBe(404);
    for (const path of ["/lessons", `/lessons/${session.lessonId}`]) {
      expect((await school.ask("GET", `/api/v1${path}`, { token: String(token) })).status).toBe(
        404,
      );
    }
    const { body } = await school.ask("GET", "/api/v1/me", { token: String(token) });
    expect(body).toMatchObject({ kind: "guest", sessionId: session.id, name: "Ada", user: null });
  });

  test("case, spaces and hyphens of a code do not matter", async () => {
    const odd = ` ${session.code.toLowerCase().slice(0, 3)} - ${session.code.slice(3)} `;
    expect((await join({ code: odd, name: "Ada" })).status).toBe(201);
  });

  test("names are normalized, judged, and unique whatever their case", async () => {
    const first = await join({ code: session.code, name: "  Zoe\u0308 " });
    expect(first.body["name"]).toBe("Zo\u00eb");
    const taken = await join({ code: session.code, name: "ZO\u00cb" });
    expect([taken.status, taken.body["code"]]).toEqual([409, "name-taken"]);
    expect(taken.body["suggestion"]).toBeString();
    expect((await join({ code: session.code, name: taken.body["suggestion"] })).status).toBe(201);
    for (const name of ["", "   ", "a\u200bb", "a\u202eb", "a\tb", "x".repeat(41)]) {
      const odd = await join({ code: session.code, name });
      expect([odd.status, pathsOf(odd)]).toEqual([422, ["/name"]]);
    }
    const none = await join({ code: session.code });
    expect([none.status, pathsOf(none)]).toEqual([422, ["/name"]]);
  });

  test("the refresh token is the way back, and is not replaced", async () => {
    const joined = await join({ code: session.code, name: "Ada" });
    const json = { refreshToken: joined.body["refreshToken"] };
    const first = await school.ask("POST", "/api/v1/auth/refresh", { json });
    const second = await school.ask("POST", "/api/v1/auth/refresh", { json });

    expect(first.status).toBe(200);
    expect(Object.keys(first.body).sort()).toEqual(Object.keys(joined.body).sort());
    expect(second.body).toMatchObject({
      refreshToken: joined.body["refreshToken"],
      participantId: joined.body["participantId"],
      sessionId: session.id,
      name: "Ada",
      status: "admitted",
    });
    expect((await look(second.body["accessToken"])).status).toBe(200);
  });

  test("the same code, name and long key give the same seat; a short key does not", async () => {
    const key = "0123456789abcdef";
    const first = await join({ code: session.code, name: "Ada" }, key);
    const again = await join({ code: session.code, name: "Ada" }, key);
    const other = await join({ code: session.code, name: "Ada" }, `${key}x`);
    await join({ code: session.code, name: "Bea" }, "short");
    const short = await join({ code: session.code, name: "Bea" }, "short");

    expect(again.status).toBe(201);
    expect(again.body["participantId"]).toBe(first.body["participantId"]);
    expect((await look(again.body["accessToken"])).status).toBe(200);
    expect([other.status, short.status]).toEqual([409, 409]);
  });

  test("a code opens lobby and live; before it says when, after it is unknown", async () => {
    const json = { lessonId: session.lessonId, startsAt: "2031-05-04T09:00:00+02:00" };
    const made = await school.ask("POST", "/api/v1/sessions", { token: teacher, json });
    const early = await join({ code: made.body["joinCode"], name: "Ada" });
    expect([early.status, early.body["code"]]).toEqual([409, "not-open-yet"]);
    expect(early.body["startsAt"]).toBe("2031-05-04T07:00:00.000Z");

    await command(school, teacher, session.id, { type: "session.start" });
    expect((await join({ code: session.code, name: "Ada" })).status).toBe(201);
    await command(school, teacher, session.id, { type: "session.end" });
    const late = await join({ code: session.code, name: "Bea" });
    expect([late.status, late.body["code"]]).toEqual([404, "unknown-code"]);
  });

  test("approval lets wait, locked refuses, and neither gives a waiting guest the lesson", async () => {
    await command(school, teacher, session.id, { type: "admission.set", admission: "approval" });
    const waiting = await join({ code: session.code, name: "Ada" });
    expect([waiting.status, waiting.body["status"]]).toEqual([201, "waiting"]);
    const { body } = await look(waiting.body["accessToken"]);
    expect(Object.keys(parsePart(body["view"])).sort()).toEqual(["id", "me", "role", "title"]);

    await command(school, teacher, session.id, { type: "admission.set", admission: "locked" });
    const locked = await join({ code: session.code, name: "Bea" });
    expect([locked.status, locked.body["code"]]).toEqual([409, "admission-locked"]);
  });

  test("removal ends a guest's tokens", async () => {
    const joined = await join({ code: session.code, name: "Ada" });
    const { participantId, refreshToken } = joined.body;
    await command(school, teacher, session.id, { type: "participant.remove", participantId });
    await eventually(async () => {
      const json = { refreshToken };
      return (await school.ask("POST", "/api/v1/auth/refresh", { json })).status === 401;
    });
  });
});

describe("accounts", () => {
  test("a signed-in student joins with his own name, and is in already the second time", async () => {
    const token = await school.tokenOf("north", "student");
    const json = { code: session.code };
    expect((await look(token)).status).toBe(404);

    const first = await school.ask("POST", "/api/v1/join", { token, json });
    const second = await school.ask("POST", "/api/v1/join", { token, json });

    expect([first.status, first.body["name"]]).toEqual([201, "student of north"]);
    expect(second.status).toBe(200);
    expect(second.body["participantId"]).toBe(first.body["participantId"]);
    expect((await look(token)).status).toBe(200);
    const list = await eventually(async () => {
      const { body } = await school.ask("GET", "/api/v1/sessions", { token });
      return Array.isArray(body["items"]) && body["items"].length > 0 ? body["items"] : false;
    });
    expect(list).toMatchObject([{ id: session.id }]);
    expect(JSON.stringify(list)).not.toContain(session.code);
  });

  test("another school's student does not find the code", async () => {
    const token = await school.tokenOf("south", "student");
    const reply = await school.ask("POST", "/api/v1/join", { token, json: { code: session.code } });
    expect([reply.status, reply.body["code"]]).toEqual([404, "unknown-code"]);
  });

  test("a host takes no seat, but tries his lesson as a guest when he gives a name", async () => {
    const json = { code: session.code };
    expect((await school.ask("POST", "/api/v1/join", { token: teacher, json })).status).toBe(403);
    const named = { ...json, name: "Trial" };
    const tried = await school.ask("POST", "/api/v1/join", { token: teacher, json: named });
    expect([tried.status, tried.body["name"]]).toEqual([201, "Trial"]);
  });
});

describe("pins and boards", () => {
  test("a pin gives the seat back once, and ends its older tokens", async () => {
    const joined = await join({ code: session.code, name: "Ada" });
    const { participantId } = joined.body;
    const path = `/api/v1/sessions/${session.id}/participants/${String(participantId)}/pin`;
    const issued = await school.ask("POST", path, { token: teacher });
    const { pin } = issued.body;
    expect(issued.status).toBe(201);
    expect(String(pin)).toMatch(/^\d{6}$/);
    expect(issued.body["expiresAt"]).toBeString();

    const back = await join({ code: session.code, pin });
    expect([back.status, back.body["participantId"]]).toEqual([200, participantId]);
    expect((await look(back.body["accessToken"])).status).toBe(200);
    const old = { refreshToken: joined.body["refreshToken"] };
    expect((await school.ask("POST", "/api/v1/auth/refresh", { json: old })).status).toBe(401);
    expect((await join({ code: session.code, pin })).status).toBe(404);
    const { text } = await school.ask("GET", `/api/v1/sessions/${session.id}/records`, {
      token: teacher,
    });
    expect(text).not.toContain(String(pin));
  });

  test("five wrong tries void a pin", async () => {
    const joined = await join({ code: session.code, name: "Ada" });
    const path = `/api/v1/sessions/${session.id}/participants/${String(joined.body["participantId"])}/pin`;
    const { pin } = (await school.ask("POST", path, { token: teacher })).body;
    const wrong = pin === "000000" ? "000001" : "000000";
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await join({ code: session.code, pin: wrong })).status).toBe(404);
    }
    expect((await join({ code: session.code, pin })).status).toBe(404);
  });

  test("only hosts give pins and boards", async () => {
    const joined = await join({ code: session.code, name: "Ada" });
    const pin = `/api/v1/sessions/${session.id}/participants/${String(joined.body["participantId"])}/pin`;
    const board = `/api/v1/sessions/${session.id}/board`;
    const guest = String(joined.body["accessToken"]);
    const owner = await school.tokenOf("north", "owner");
    const colleague = await school.tokenOf("north", "teacher2");
    for (const path of [pin, board]) {
      expect((await school.ask("POST", path, { token: guest })).status).toBe(403);
      expect((await school.ask("POST", path, { token: owner })).status).toBe(403);
      expect((await school.ask("POST", path, { token: colleague })).status).toBe(404);
    }
    const unknown = pin.replace(String(joined.body["participantId"]), "nobody");
    expect((await school.ask("POST", unknown, { token: teacher })).status).toBe(404);
  });

  test("a board sees the class and may do nothing, until it is ended", async () => {
    const path = `/api/v1/sessions/${session.id}/board`;
    const board = await school.ask("POST", path, { token: teacher });
    expect(board.status).toBe(201);
    const token = String(board.body["accessToken"]);
    expect(board.body["url"]).toBe(`${school.url}/board/${session.id}#token=${token}`);
    const seen = await look(token);
    expect(seen.body["can"]).toEqual([]);
    expect(seen.body["view"]).toMatchObject({
      role: "board",
      joinCode: session.code,
      joinUrl: `${school.url}/join/${session.code}`,
    });

    const json = { refreshToken: board.body["refreshToken"] };
    const again = await school.ask("POST", "/api/v1/auth/refresh", { json });
    expect(Object.keys(again.body).sort()).toEqual(Object.keys(board.body).sort());
    expect((await school.ask("DELETE", path, { token: teacher })).status).toBe(204);
    expect((await school.ask("POST", "/api/v1/auth/refresh", { json })).status).toBe(401);
  });
});

test("wrong codes are counted per address, right ones never", async () => {
  const strict = await openSchool();
  try {
    const host = await strict.tokenOf("north", "teacher");
    const { code } = await openLobby(strict, host);
    const ask = (json: object) => strict.ask("POST", "/api/v1/join", { json });
    for (let seat = 0; seat < 30; seat += 1) {
      expect((await ask({ code, name: `Student ${seat}` })).status).toBe(201);
    }
    for (let wrong = 0; wrong < WRONG_CODES; wrong += 1) {
      expect((await ask({ code: "BBBBBB", name: "Eve" })).status).toBe(404);
    }
    const limited = await ask({ code: "BBBBBB", name: "Eve" });
    expect([limited.status, limited.body["code"]]).toEqual([429, "rate-limited"]);
    expect(Number(limited.headers.get("retry-after"))).toBeGreaterThan(0);
  } finally {
    await strict.close();
  }
}, 20_000);

test("codes guessed at the same time are as many as codes guessed one after the other", async () => {
  const strict = await openSchool();
  try {
    const { code } = await openLobby(strict, await strict.tokenOf("north", "teacher"));
    const ask = (each: string) =>
      strict.ask("POST", "/api/v1/join", { json: { code: each, name: "Eve" } });
    const wrong = (count: number) => Array.from({ length: count }, () => ask("BBBBBB"));
    await Promise.all(wrong(WRONG_CODES / 2));
    const replies = await Promise.all([...wrong(WRONG_CODES - 100), ask(code)]);
    expect(replies.at(-1)?.status).toBe(429);
    expect(replies.filter(({ status }) => status === 404)).toHaveLength(WRONG_CODES / 2);
  } finally {
    await strict.close();
  }
}, 20_000);
