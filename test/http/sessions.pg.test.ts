/** Sessions over HTTP: commands and their ids, records, lists, reports, and who may see what. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type MadeSession,
  type Reply,
  type School,
  command,
  itemsOf,
  openLobby,
  openSchool,
  parsePart,
} from "../support/school.ts";
import { eventually } from "../support/eventually.ts";

let school: School;
let teacher: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
afterAll(() => school.close());

function send(id: string, json: object, token = teacher, key?: string): Promise<Reply> {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return school.ask("POST", `/api/v1/sessions/${id}/commands`, { token, json, headers });
}

async function joined(session: MadeSession, name: string): Promise<string> {
  const json = { code: session.code, name };
  return String((await school.ask("POST", "/api/v1/join", { json })).body["accessToken"]);
}

/** A session in which `name` answered `s2` rightly, which is scored and not revealed. */
async function scored(name: string): Promise<MadeSession & { readonly guest: string }> {
  const session = await openLobby(school, teacher);
  const guest = await joined(session, name);
  const { id } = session;
  await command(school, teacher, id, { type: "settings.set", settings: { graceMs: 0 } });
  await command(school, teacher, id, { type: "session.start" });
  const opened = await command(school, teacher, id, { type: "round.open", stepId: "s2" });
  const [fact] = Array.isArray(opened["facts"]) ? opened["facts"] : [];
  const { roundId } = parsePart(fact);
  await command(school, guest, id, { type: "answer.submit", roundId, answer: { choice: "a" } });
  await command(school, teacher, id, { type: "round.close", roundId });
  await eventually(async () => {
    const { body } = await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
    return parsePart(parsePart(body["view"])["round"])["phase"] === "scored";
  });
  return { ...session, guest };
}

describe("making and looking", () => {
  test("a session is a draft with a copy of the lesson, its code and what may be sent", async () => {
    const session = await openLobby(school, teacher);
    const json = { lessonId: session.lessonId, title: "Own title", settings: { seatsMax: 30 } };
    const made = await school.ask("POST", "/api/v1/sessions", { token: teacher, json });

    expect(made.status).toBe(201);
    expect(Object.keys(made.body).sort()).toEqual(
      ["can", "id", "joinCode", "now", "seq", "state", "view"].sort(),
    );
    expect(made.body).toMatchObject({
      seq: 1,
      state: { phase: "draft" },
      view: { id: made.body["id"], role: "host", title: "Own title", settings: { seatsMax: 30 } },
    });
    expect(String(made.body["joinCode"])).toMatch(/^[2-9BCDFGHJKMNPQRSTVWXYZ]{6}$/);
    expect(made.body["can"]).toContain("session.open-lobby");
    const path = `/api/v1/sessions/${String(made.body["id"])}`;
    const { joinCode, state, can, view } = made.body;
    const seen = await school.ask("GET", path, { token: teacher });
    expect(seen.body).toMatchObject({ id: made.body["id"], seq: 1, state, can, view });
    expect(parsePart(seen.body["view"])["joinCode"]).toBe(joinCode);
  });

  test("the same key makes one session, with one code", async () => {
    const { lessonId } = await openLobby(school, teacher);
    const headers = { "idempotency-key": "session-once" };
    const ask = () =>
      school.ask("POST", "/api/v1/sessions", { token: teacher, headers, json: { lessonId } });
    const [first, ...others] = await Promise.all([ask(), ask(), ask()]);
    expect(first.status).toBe(201);
    for (const other of [...others, await ask()]) {
      expect(other.body).toEqual(first.body);
    }
  });

  test("lessons of others, starts that are none, and callers who do not teach are refused", async () => {
    const { lessonId } = await openLobby(school, teacher);
    const ask = (token: string, json: object) =>
      school.ask("POST", "/api/v1/sessions", { token, json });
    const south = await school.tokenOf("south", "teacher");
    const student = await school.tokenOf("north", "student");
    expect((await ask(south, { lessonId })).status).toBe(404);
    expect((await ask(student, { lessonId })).status).toBe(403);
    for (const startsAt of ["tomorrow", "2031-01-01", "2031-01-01T10:00:00", "2031-13-01T10:00Z"]) {
      const reply = await ask(teacher, { lessonId, startsAt });
      expect([reply.status, reply.body["errors"]]).toMatchObject([422, [{ path: "/startsAt" }]]);
    }
    const settings = { seatsMax: 1_001, cheat: true };
    const { body } = await ask(teacher, { lessonId, settings });
    expect(body["errors"]).toMatchObject([
      { path: "/settings/cheat" },
      { path: "/settings/seatsMax" },
    ]);
  });

  test("a teacher lists his own, an owner the school's, nobody another school's", async () => {
    const { id, code } = await openLobby(school, teacher);
    const listed = async (token: string, search = "") =>
      itemsOf(await school.ask("GET", `/api/v1/sessions${search}`, { token }));
    expect((await listed(teacher))[0]).toMatchObject({
      id,
      title: "Photosynthesis",
      joinCode: code,
    });
    await eventually(async () => {
      const [first] = await listed(teacher, "?phase=lobby");
      return first?.["id"] === id;
    });
    expect((await listed(await school.tokenOf("north", "owner")))[0]).toMatchObject({ id });
    expect(await listed(await school.tokenOf("north", "teacher2"))).toEqual([]);
    expect(await listed(await school.tokenOf("south", "owner"))).toEqual([]);
    expect(
      (await school.ask("GET", "/api/v1/sessions?phase=never", { token: teacher })).status,
    ).toBe(422);
  });
});

describe("commands", () => {
  test("the key is the command id: one effect, the same answer, other content refused", async () => {
    const { id } = await openLobby(school, teacher);
    const first = await send(id, { type: "session.start" }, teacher, "start-1");
    await send(id, { type: "session.pause" });
    const again = await send(id, { type: "session.start" }, teacher, "start-1");
    const other = await send(id, { type: "session.resume" }, teacher, "start-1");

    expect(first.body).toMatchObject({ duplicate: false, facts: [{ type: "session.started" }] });
    expect(again.body).toMatchObject({
      duplicate: true,
      seq: first.body["seq"],
      facts: first.body["facts"],
      state: { phase: { live: "paused" } },
    });
    expect([other.status, other.body["code"]]).toEqual([422, "key-reused"]);
  });

  test("a refusal says what is accepted, and equals can", async () => {
    const { id } = await openLobby(school, teacher);
    const refused = await send(id, { type: "session.pause" });
    const { body } = await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
    expect([refused.status, refused.body["code"]]).toEqual([409, "not-accepted"]);
    expect(refused.body["accepts"]).toEqual(body["can"]);
  });

  test("expectedSeq refuses what was decided on an older look", async () => {
    const { id } = await openLobby(school, teacher);
    const moved = await send(id, { type: "session.start", expectedSeq: 1 });
    expect([moved.status, moved.body["code"]]).toEqual([409, "moved-on"]);
    expect((await send(id, { type: "session.start", expectedSeq: 2 })).status).toBe(200);
  });

  test("only hosts drive, and a stranger of the same school finds nothing", async () => {
    const session = await openLobby(school, teacher);
    const guest = await joined(session, "Ada");
    const colleague = await school.tokenOf("north", "teacher2");
    const owner = await school.tokenOf("north", "owner");
    expect((await send(session.id, { type: "session.start" }, guest)).status).toBe(403);
    expect((await send(session.id, { type: "session.start" }, owner)).status).toBe(403);
    expect((await send(session.id, { type: "session.start" }, colleague)).status).toBe(404);
  });

  test("words that only the platform says are no commands", async () => {
    const session = await openLobby(school, teacher);
    const guest = await joined(session, "Ada");
    for (const token of [teacher, guest]) {
      for (const type of [
        "session.create",
        "participant.rejoin",
        "connection.opened",
        "timer.round",
      ]) {
        const reply = await send(session.id, { type }, token);
        expect([reply.status, reply.body["errors"]]).toMatchObject([422, [{ path: "/type" }]]);
      }
      const json = { type: "participant.join", participantId: "p", name: "Eve", userId: null };
      const reply = await send(session.id, json, token);
      expect([403, 422]).toContain(reply.status);
    }
  });
});

describe("records", () => {
  test("pages go on from seq, and everybody has his own facts", async () => {
    const session = await openLobby(school, teacher);
    const ada = await joined(session, "Ada");
    const bea = await joined(session, "Bea");
    await command(school, ada, session.id, { type: "hand.raise" });
    const path = `/api/v1/sessions/${session.id}/records`;
    const all: unknown[] = [];
    let after = 0;
    for (let page = 0; page < 5; page += 1) {
      const reply = await school.ask("GET", `${path}?after=${after}&limit=1`, { token: teacher });
      all.push(...itemsOf(reply));
      after = Number(reply.body["seq"]);
    }
    expect(all.map((each) => parsePart(each)["seq"])).toEqual([1, 2, 3, 4, 5].slice(-all.length));
    expect((await school.ask("GET", path, { token: ada })).text).toContain("hand.raised");
    const others = await school.ask("GET", path, { token: bea });
    expect(others.text).not.toContain("hand.raised");
    expect(others.text).not.toContain("Ada");
    expect(others.body).toMatchObject({ next: null, seq: 5 });
    const beyond = await school.ask("GET", `${path}?after=5`, { token: teacher });
    expect(beyond.body).toMatchObject({ items: [], next: null, seq: 5 });
  });
});

test("owners and admins leave a line with all they read of a session, teachers with nothing", async () => {
  const { id } = await openLobby(school, teacher);
  const admin = await school.tokenOf("north", "admin");
  const lines = () =>
    school.log.events.filter(
      ({ event, fields }) => event === "overseer.read" && fields["actor"] === `session/${id}`,
    );
  for (const path of ["", "/records", "/report"]) {
    const before = lines().length;
    await school.ask("GET", `/api/v1/sessions/${id}${path}`, { token: teacher });
    expect([path, lines().length]).toEqual([path, before]);
    const reply = await school.ask("GET", `/api/v1/sessions/${id}${path}`, { token: admin });
    expect([path, reply.status, lines().length]).toEqual([path, 200, before + 1]);
  }
  expect(lines()[0]?.fields).toMatchObject({ tenantId: "north", userId: "north-admin" });
});

describe("the report", () => {
  test("hosts have every row; JSON and CSV say the same", async () => {
    const { id } = await scored("Ada");
    const path = `/api/v1/sessions/${id}/report`;
    const json = await school.ask("GET", path, { token: teacher });
    const accept = { accept: "text/csv" };
    const csv = await school.ask("GET", path, { token: teacher, headers: accept });
    const asked = await school.ask("GET", `${path}?format=csv`, { token: teacher });

    expect(json.body).toMatchObject({
      session: { id, title: "Photosynthesis" },
      rounds: [{ stepId: "s2", item: { kind: "single-choice" } }],
      participants: [
        {
          name: "Ada",
          points: 2,
          answers: [{ answer: { choice: "a" }, correct: true, points: 2 }],
        },
      ],
    });
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(asked.text).toBe(csv.text);
    const [head, row] = csv.text.trim().split("\r\n");
    expect(head).toMatch(/^participantId,name,attendance,points,r\d+ answer/);
    expect(row).toContain('"{""choice"":""a""}",true,2,');
  });

  test("no name is a formula to a spreadsheet", async () => {
    const { id } = await scored('=HYPERLINK("http://evil.example")');
    const csv = await school.ask("GET", `/api/v1/sessions/${id}/report?format=csv`, {
      token: teacher,
    });
    expect(csv.text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(csv.text).not.toMatch(/(^|,)"?[=+@-]/m);
  });

  test("a student has his own row, once it has ended, without keys that were not revealed", async () => {
    const { id, guest, ...session } = await scored("Ada");
    const bea = await joined({ id, ...session }, "Bea");
    const path = `/api/v1/sessions/${id}/report`;
    const early = await school.ask("GET", path, { token: guest });
    expect([early.status, early.body["code"]]).toEqual([409, "not-accepted"]);
    const stranger = await school.tokenOf("north", "student");
    expect((await school.ask("GET", path, { token: stranger })).status).toBe(404);

    await command(school, teacher, id, { type: "session.end" });
    const late = await school.ask("GET", path, { token: bea });
    expect(late.body["participants"]).toMatchObject([{ name: "Bea", answers: [], points: 0 }]);
    expect(late.body["rounds"]).toMatchObject([
      {
        item: {
          choices: [
            { id: "a", text: "Chlorophyll" },
            { id: "b", text: "Water" },
          ],
        },
      },
    ]);
    expect(late.text).not.toContain("correct");
    expect(late.text).not.toContain("Ada");
  });
});

describe("every answer", () => {
  test("carries the request's id, echoes a sane one, and forbids caching and framing", async () => {
    const headers = {
      "x-request-id": "client-made-42",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };
    const reply = await school.ask("GET", "/api/v1/me", { token: teacher, headers });
    expect(reply.headers.get("x-request-id")).toBe("client-made-42");
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
    const logged = school.log.events.findLast((each) => each.event === "request.answered");
    expect(logged?.fields).toMatchObject({
      requestId: "client-made-42",
      traceId: "0af7651916cd43dd8448eb211c80319c",
      route: "/api/v1/me",
      status: 200,
    });
  });

  test("echoes Connection: close", async () => {
    const headers = { connection: "close" };
    const reply = await school.ask("GET", "/livez", { headers });
    expect(reply.headers.get("connection")).toBe("close");
  });

  test("the node says whether it is alive and ready", async () => {
    expect((await school.ask("GET", "/livez")).body).toEqual({ status: "ok" });
    expect((await school.ask("GET", "/readyz")).body).toMatchObject({ status: "ready" });
  });
});

test("other origins are let in by CORS_ORIGINS alone", async () => {
  const open = await openSchool({ CORS_ORIGINS: "https://app.example" });
  try {
    const from = (origin: string) => ({ headers: { origin } });
    const known = await open.ask("GET", "/livez", from("https://app.example"));
    const other = await open.ask("GET", "/livez", from("https://evil.example"));
    const preflight = await open.ask("OPTIONS", "/api/v1/join", from("https://app.example"));
    expect(known.headers.get("access-control-allow-origin")).toBe("https://app.example");
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("Idempotency-Key");
  } finally {
    await open.close();
  }
});
