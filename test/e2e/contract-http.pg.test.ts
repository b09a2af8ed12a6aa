/** The HTTP door as its pages promise it: joining, tokens, keys, lists, problems. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Reply, type School, openSchool, parsePart, pathsOf } from "../support/school.ts";
import { STEPS, at, expectProblem, listAt, teach } from "../support/taught.ts";

let school: School;

beforeAll(async () => {
  school = await openSchool();
}, 60_000);

afterAll(() => school.close(), 30_000);

function join(json: object, more: { token?: string; key?: string } = {}): Promise<Reply> {
  return school.ask("POST", "/api/v1/join", {
    json,
    ...(more.token === undefined ? {} : { token: more.token }),
    ...(more.key === undefined ? {} : { headers: { "idempotency-key": more.key } }),
  });
}

describe("joining", () => {
  test("a guest gets tokens and his seat: 201 with every field", async () => {
    const taught = await teach(school, { phase: "lobby" });
    const reply = await join({ code: taught.code, name: "  Ada  " });
    expect(reply.status).toBe(201);
    expect(structuredClone(reply.body)).toEqual({
      ...{ accessToken: expect.any(String), refreshToken: expect.any(String) },
      ...{ expiresInS: expect.any(Number), sessionId: taught.id, name: "Ada" },
      ...{ participantId: expect.any(String), status: "admitted" },
    });
  });

  test("a code's case, spaces and hyphens do not matter", async () => {
    const { code } = await teach(school, { phase: "lobby" });
    const typed = ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `;
    expect((await join({ code: typed, name: "Ada" })).status).toBe(201);
    expectProblem(await join({ code: "222222", name: "Ada" }), 404, "unknown-code");
  });

  test("the same code, name and key of 16 characters give the same seat", async () => {
    const { code } = await teach(school, { phase: "lobby" });
    const key = "0123456789abcdef";
    const [first, again] = [
      await join({ code, name: "Ada" }, { key }),
      await join({ code, name: "Ada" }, { key }),
    ];
    expect(again.status).toBe(201);
    expect(again.body["participantId"]).toBe(first.body["participantId"]);
    expectProblem(await join({ code, name: "Ada" }), 409, "name-taken");
  });

  test("names are unique ignoring case, and a taken one comes with a suggestion", async () => {
    const { code } = await teach(school, { phase: "lobby" });
    await join({ code, name: "Ada" });
    const taken = await join({ code, name: "ＡＤＡ" });
    expectProblem(taken, 409, "name-taken");
    expect(typeof taken.body["suggestion"]).toBe("string");
    expect((await join({ code, name: String(taken.body["suggestion"]) })).status).toBe(201);
  });

  test("a name has 1 to 40 characters, none of them control, bidi or zero-width", async () => {
    const { code } = await teach(school, { phase: "lobby" });
    for (const name of ["", " ", "x".repeat(41), "a\u202eb", "a\u200bb", "a\u0007b"]) {
      const reply = await join({ code, name });
      expectProblem(reply, 422, "invalid");
      expect(pathsOf(reply)).toEqual(["/name"]);
    }
    expect((await join({ code, name: "é".repeat(40) })).status).toBe(201);
  });

  test("before the lobby: 409 not-open-yet with startsAt; after the end: 404", async () => {
    const token = await school.tokenOf("north", "teacher");
    const lesson = await school.ask("POST", "/api/v1/lessons", {
      token,
      json: { title: "T", language: "en", steps: [] },
    });
    const json = { lessonId: lesson.body["id"], startsAt: "2099-01-01T10:00:00+02:00" };
    const made = await school.ask("POST", "/api/v1/sessions", { token, json });
    expect(at(made.body, "state", "phase")).toBe("scheduled");
    const early = await join({ code: String(made.body["joinCode"]), name: "Ada" });
    expectProblem(early, 409, "not-open-yet");
    expect(early.body["startsAt"]).toBe("2099-01-01T08:00:00.000Z");
    const wrong = ["2099-01-01T10:00:00", "2099-02-30T10:00:00Z", "2001-01-01T10:00:00Z", "soon"];
    for (const startsAt of wrong) {
      const bad = { ...json, startsAt };
      const refused = await school.ask("POST", "/api/v1/sessions", { token, json: bad });
      expectProblem(refused, 422, "invalid");
      expect(pathsOf(refused)).toEqual(["/startsAt"]);
    }

    const taught = await teach(school);
    await taught.teacher.send({ type: "session.end" });
    expectProblem(await join({ code: taught.code, name: "Ada" }), 404, "unknown-code");
  });

  test("locked admission refuses new seats, never a return", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    await ada.send({ type: "participant.leave" });
    await taught.teacher.send({ type: "admission.set", admission: "locked" });
    expectProblem(await join({ code: taught.code, name: "Ben" }), 409, "admission-locked");
    await ada.send({ type: "participant.join" });
    expect(at(await ada.view(), "me", "status")).toBe("admitted");
  });

  test("a signed-in student joins by code alone: 201, then 200 with the same seat", async () => {
    const taught = await teach(school);
    const token = await school.tokenOf("north", "student");
    const path = `/api/v1/sessions/${taught.id}`;
    expectProblem(await school.ask("GET", path, { token }), 404, "not-found");
    const first = await join({ code: taught.code }, { token });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({
      ...{ sessionId: taught.id, name: "student of north", status: "admitted" },
    });
    const again = await join({ code: taught.code }, { token });
    expect(again.status).toBe(200);
    expect(again.body["participantId"]).toBe(first.body["participantId"]);
    expect((await school.ask("GET", path, { token })).status).toBe(200);
    const listed = await school.ask("GET", "/api/v1/sessions", { token });
    expect(listed.status).toBe(200);
    const stranger = await school.tokenOf("south", "student");
    expectProblem(await join({ code: taught.code }, { token: stranger }), 404, "unknown-code");
  });

  test("a pin gives the seat back, once, and ends its older tokens", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const path = `/api/v1/sessions/${taught.id}/participants/${ada.participantId}/pin`;
    expectProblem(await school.ask("POST", path, { token: ada.token }), 403, "not-allowed");
    const made = await school.ask("POST", path, { token: taught.teacher.token });
    expect(Object.keys(made.body).toSorted()).toEqual(["expiresAt", "pin"]);
    expect(made.body["pin"]).toMatch(/^\d{6}$/);
    const pin = String(made.body["pin"]);
    const back = await join({ code: taught.code, pin });
    expect(structuredClone(back.body)).toMatchObject({
      ...{ sessionId: taught.id, participantId: ada.participantId, name: "Ada" },
      ...{ status: "admitted", accessToken: expect.any(String), refreshToken: expect.any(String) },
    });
    expect((await join({ code: taught.code, pin })).status).toBe(404);
    const old = await school.ask("POST", "/api/v1/auth/refresh", {
      json: { refreshToken: ada.joined["refreshToken"] },
    });
    expectProblem(old, 401, "unauthenticated");
    const records = await school.ask("GET", `/api/v1/sessions/${taught.id}/records?limit=200`, {
      token: taught.teacher.token,
    });
    expect(records.text).not.toContain(`"${pin}"`);
    const stale = await school.ask("GET", `/api/v1/sessions/${taught.id}`, { token: ada.token });
    expect(stale.status).toBe(401);
  });
});

describe("tokens", () => {
  test("a guest's refresh answers with the fields of joining, and is not rotated", async () => {
    const taught = await teach(school);
    const { joined } = await taught.join("Ada");
    const json = { refreshToken: joined["refreshToken"] };
    const reply = await school.ask("POST", "/api/v1/auth/refresh", { json });
    expect(reply.status).toBe(200);
    expect(structuredClone(reply.body)).toEqual({ ...joined, accessToken: expect.any(String) });
    const again = await school.ask("POST", "/api/v1/auth/refresh", { json });
    expect(again.body["refreshToken"]).toBe(joined["refreshToken"]);
  });

  test("a guest's tokens are good for that seat alone", async () => {
    const [one, other] = [await teach(school), await teach(school)];
    const ada = await one.join("Ada");
    for (const path of [`/sessions/${other.id}`, `/sessions/${other.id}/records`]) {
      const reply = await school.ask("GET", `/api/v1${path}`, { token: ada.token });
      expectProblem(reply, 404, "not-found");
    }
    for (const path of ["/lessons", "/users"]) {
      const { status } = await school.ask("GET", `/api/v1${path}`, { token: ada.token });
      expect([403, 404]).toContain(status);
    }
    const me = await school.ask("GET", "/api/v1/me", { token: ada.token });
    expect(me.body).toMatchObject({ participantId: ada.participantId, sessionId: one.id });
  });

  test("a user's refresh token rotates; the previous one gives the same successor", async () => {
    const json = {
      tenant: "north",
      email: "admin@school.example",
      password: "correct horse battery",
    };
    const signedIn = await school.ask("POST", "/api/v1/auth/sign-in", { json });
    expect(signedIn.status).toBe(200);
    expect(structuredClone(signedIn.body)).toMatchObject({
      ...{ accessToken: expect.any(String), refreshToken: expect.any(String) },
      ...{ expiresInS: expect.any(Number) },
      user: { email: "admin@school.example", role: "admin", name: "admin of north" },
    });
    const asked = { json: { refreshToken: signedIn.body["refreshToken"] } };
    const first = await school.ask("POST", "/api/v1/auth/refresh", asked);
    const again = await school.ask("POST", "/api/v1/auth/refresh", asked);
    expect(first.body["refreshToken"]).not.toBe(signedIn.body["refreshToken"]);
    expect(again.body["refreshToken"]).toBe(first.body["refreshToken"]);
    const token = String(first.body["accessToken"]);
    const out = await school.ask("POST", "/api/v1/auth/sign-out", { token, json: {} });
    expect(out.status).toBeLessThan(300);
    const ended = await school.ask("POST", "/api/v1/auth/refresh", {
      json: { refreshToken: first.body["refreshToken"] },
    });
    expectProblem(ended, 401, "unauthenticated");
  });

  test("sign-in says the same of a wrong password, address and tenant", async () => {
    const right = { tenant: "north", email: "teacher@school.example", password: "x" };
    for (const json of [
      right,
      { ...right, email: "no@school.example" },
      { ...right, tenant: "no" },
    ]) {
      const reply = await school.ask("POST", "/api/v1/auth/sign-in", { json });
      expectProblem(reply, 401, "unauthenticated");
    }
    const missing = await school.ask("POST", "/api/v1/auth/sign-in", { json: { tenant: "north" } });
    expectProblem(missing, 422, "invalid");
    expect(pathsOf(missing)).toEqual(["/email", "/password"]);
  });
});

describe("keys", () => {
  test("the same key gives the same session; with another body it is key-reused", async () => {
    const token = await school.tokenOf("north", "teacher");
    const lesson = await school.ask("POST", "/api/v1/lessons", {
      token,
      json: { title: "Keyed", language: "en", steps: STEPS },
    });
    const headers = { "idempotency-key": "make it once" };
    const json = { lessonId: lesson.body["id"] };
    const first = await school.ask("POST", "/api/v1/sessions", { token, json, headers });
    const again = await school.ask("POST", "/api/v1/sessions", { token, json, headers });
    expect([again.status, again.body["id"]]).toEqual([201, first.body["id"]]);
    const other = { ...json, title: "Other" };
    const reused = await school.ask("POST", "/api/v1/sessions", { token, json: other, headers });
    expectProblem(reused, 422, "key-reused");
  });

  test("a command id has one effect: facts of then, state of now; else key-reused", async () => {
    const taught = await teach(school, { phase: "lobby" });
    const key = "k".repeat(200);
    const first = await taught.teacher.send({ type: "session.start" }, key);
    expect(first["duplicate"]).toBe(false);
    await taught.teacher.send({ type: "session.pause" });
    const again = await taught.teacher.send({ type: "session.start" }, key);
    expect(again).toMatchObject({
      ...{ duplicate: true, seq: first["seq"], facts: first["facts"] },
      state: { phase: { live: "paused" } },
    });
    expect(again["can"]).toContain("session.resume");
    expectProblem(await taught.teacher.try({ type: "session.end" }, key), 422, "key-reused");
    const refused = await taught.teacher.try({ type: "session.start" }, "refused");
    expectProblem(refused, 409, "not-accepted");
    expect((await taught.teacher.try({ type: "session.resume" }, "refused")).status).toBe(200);
    expectProblem(
      await taught.teacher.try({ type: "session.pause" }, "k".repeat(201)),
      422,
      "invalid",
    );
  });

  test("expectedSeq: an actor that is further is moved-on", async () => {
    const taught = await teach(school, { phase: "lobby" });
    const { seq } = await taught.teacher.look();
    const expectedSeq = Number(seq);
    await taught.teacher.send({ type: "session.start", expectedSeq });
    const late = await taught.teacher.try({ type: "session.pause", expectedSeq });
    expectProblem(late, 409, "moved-on");
  });
});

describe("lists and records", () => {
  test("records come oldest first in pages, and seq is how far a page looked", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const path = `/api/v1/sessions/${taught.id}/records`;
    const page = (query: string, token = taught.teacher.token) =>
      school.ask("GET", `${path}${query}`, { token });
    const whole = await page("?limit=200");
    expect(Object.keys(whole.body).toSorted()).toEqual(["items", "next", "now", "seq"]);
    const items = listAt(whole.body, "items");
    expect(Object.keys(parsePart(items[0])).toSorted()).toEqual(["at", "facts", "seq"]);
    const seqs = items.map((each) => Number(at(each, "seq")));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    const two = await page("?limit=2");
    expect(two.body["seq"]).toBe(2);
    expect(two.body["next"]).not.toBeNull();
    const rest = await page(`?after=${String(two.body["seq"])}&limit=200`);
    expect(rest.body["seq"]).toBe(whole.body["seq"]);
    expect(rest.body["next"]).toBeNull();
    const own = await page("?limit=1", ada.token);
    expect(own.body).toMatchObject({ items: [], seq: 1 });
    const beyond = await page("?after=900");
    expect(beyond.body).toMatchObject({ items: [], next: null, seq: 900 });
    for (const query of ["?limit=0", "?limit=201", "?after=x", "?limit=1.5", "?foo=1"]) {
      expectProblem(await page(query), 422, "invalid");
    }
  });

  test("what was just done is in the lists: a phase, a student's joining, a co-host", async () => {
    const taught = await teach(school);
    const student = await school.tokenOf("north", "student2");
    const coHost = await school.tokenOf("north", "teacher2");
    await join({ code: taught.code }, { token: student });
    await taught.teacher.send({ type: "participant.promote", userId: "north-teacher2" });
    for (const token of [taught.teacher.token, student, coHost]) {
      const live = await school.ask("GET", "/api/v1/sessions?phase=live&limit=1", { token });
      expect(listAt(live.body, "items")).toMatchObject([{ id: taught.id, phase: "live" }]);
    }
  });

  test("sessions are listed newest first, by phase, a page at a time", async () => {
    const [older, newer] = [await teach(school), await teach(school, { phase: "draft" })];
    const token = older.teacher.token;
    const first = await school.ask("GET", "/api/v1/sessions?limit=1", { token });
    expect(listAt(first.body, "items")).toMatchObject([{ id: newer.id }]);
    const next = String(first.body["next"]);
    const second = await school.ask("GET", `/api/v1/sessions?limit=1&after=${next}`, { token });
    expect(listAt(second.body, "items")).toMatchObject([{ id: older.id }]);
    const drafts = await school.ask("GET", "/api/v1/sessions?phase=draft&limit=200", { token });
    const phases = listAt(drafts.body, "items").map((each) => at(each, "phase"));
    expect(new Set(phases)).toEqual(new Set(["draft"]));
    const other = await school.tokenOf("south", "teacher");
    const none = await school.ask("GET", "/api/v1/sessions", { token: other });
    expect(none.body).toEqual({ items: [], next: null });
    const bad = await school.ask("GET", "/api/v1/sessions?after=zzz", { token });
    expectProblem(bad, 422, "invalid");
  });
});

describe("two schools", () => {
  test("never see each other, whatever the route", async () => {
    const taught = await teach(school);
    const { participantId } = await taught.join("Ada");
    const token = await school.tokenOf("south", "owner");
    const lessonId = String(at(taught.created, "view", "lesson", "id"));
    const session = `/api/v1/sessions/${taught.id}`;
    const lesson = `/api/v1/lessons/${lessonId}`;
    const user = "/api/v1/users/north-teacher";
    const change = { title: "x", language: "en", steps: [], version: 1 };
    const routes: readonly (readonly [string, string, object?])[] = [
      ["GET", session],
      ["GET", `${session}/records`],
      ["GET", `${session}/report`],
      ["GET", `${session}/report/charts/points`],
      ["POST", `${session}/commands`, { type: "session.end" }],
      ["POST", `${session}/participants/${participantId}/pin`, {}],
      ["POST", `${session}/board`, {}],
      ["DELETE", `${session}/board`],
      ["POST", "/api/v1/sessions", { lessonId }],
      ["GET", lesson],
      ["PUT", lesson, change],
      ["DELETE", lesson],
      ["GET", user],
      ["GET", `${user}/report`],
      ["PATCH", user, { name: "X" }],
      ["DELETE", user],
    ];
    for (const [method, path, json] of routes) {
      const reply = await school.ask(method, path, { token, json });
      expect({ method, path, status: reply.status }).toEqual({ method, path, status: 404 });
      expect(reply.body["code"]).toBe("not-found");
    }
    const sessions = await school.ask("GET", "/api/v1/sessions?limit=200", { token });
    const lessons = await school.ask("GET", "/api/v1/lessons?limit=200", { token });
    expect([...listAt(sessions.body, "items"), ...listAt(lessons.body, "items")]).toEqual([]);
  });
});

describe("problems", () => {
  test("each has its status, in the order of the contract", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const path = `/api/v1/sessions/${taught.id}/commands`;
    const { token } = taught.teacher;
    const post = (more: object) => school.ask("POST", path, more);
    expectProblem(await post({ json: { type: "nope" } }), 401, "unauthenticated");
    const south = await school.tokenOf("south", "teacher");
    expectProblem(await post({ token: south, json: { type: "nope" } }), 404, "not-found");
    const notHis = { token: ada.token, json: { type: "round.open", nope: 1 } };
    expectProblem(await post(notHis), 403, "not-allowed");
    expectProblem(await post({ token, body: "{", type: "application/json" }), 400, "malformed");
    expectProblem(
      await post({ token, body: "x", type: "text/plain" }),
      415,
      "unsupported-media-type",
    );
    const unknown = await post({ token, json: { type: "session.pause", __typo: 1 } });
    expectProblem(unknown, 422, "invalid");
    expect(pathsOf(unknown)).toEqual(["/__typo"]);
    const large = { token, json: { type: "session.pause", x: "x".repeat(70_000) } };
    expectProblem(await post(large), 413, "too-large");
    const refused = await post({ token, json: { type: "session.start" } });
    expectProblem(refused, 409, "not-accepted");
    expect(refused.body["accepts"]).toEqual((await taught.teacher.look())["can"]);
    expectProblem(await school.ask("GET", "/api/v1/nothing", { token }), 404, "not-found");
    expectProblem(await school.ask("GET", "/api/v1/sessions/x", { token }), 404, "not-found");
  });

  test("every answer carries X-Request-Id, a wait carries Retry-After", async () => {
    const answers = [await school.ask("GET", "/livez"), await school.ask("GET", "/api/v1/me")];
    for (const { headers } of answers) {
      expect(headers.get("x-request-id")).toMatch(/.{8,}/);
    }
  });
});
