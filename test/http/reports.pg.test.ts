/** Reports over HTTP: what the class did as a whole, its charts, and who may see what. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type School, openSchool } from "../support/school.ts";
import { type Taught, at, expectProblem, listAt, teach } from "../support/taught.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

/** Ada is right and Bea wrong about `single`, which is scored and not revealed. */
async function scored(settings: object = {}) {
  const taught = await teach(school, { settings });
  const [ada, bea] = [await taught.join("Ada"), await taught.join("Bea")];
  const roundId = await taught.open("single");
  await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
  await bea.send({ type: "answer.submit", roundId, answer: { choice: "b" } });
  await taught.score(roundId);
  return { taught, ada, bea, roundId };
}

function get(taught: Taught, path: string, token = taught.teacher.token) {
  return school.ask("GET", `/api/v1/sessions/${taught.id}/report${path}`, { token });
}

describe("the report of a session", () => {
  test("says to hosts how each item did, and to nobody else", async () => {
    const { taught, ada, roundId } = await scored();
    const { body } = await get(taught, "");
    expect(listAt(body, "items")).toMatchObject([
      {
        ...{ roundId, stepId: "single", takers: 2, answered: 2, difficulty: 0.5 },
        ...{ discrimination: null, upperLower: null },
        options: [
          { id: "a", correct: true, count: 1, share: 0.5 },
          { id: "b", correct: false, count: 1, share: 0.5 },
        ],
      },
    ]);
    expect(at(body, "overall")).toMatchObject({
      ...{ takers: 2, pointsMax: 2, pointsMean: 1, reliability: null },
      distribution: [1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      attendance: { present: 2 },
    });
    await taught.teacher.send({ type: "session.end" });
    await taught.teacher.send({ type: "round.reveal", roundId });
    const own = await get(taught, "", ada.token);
    expect(Object.keys(own.body).toSorted()).toEqual([
      "participants",
      "questions",
      "rounds",
      "session",
    ]);
  });

  test("of an anonymous session has no answer beside a name in any of its forms", async () => {
    const { taught, ada, bea } = await scored({ anonymous: true });
    const { body } = await get(taught, "");
    expect(listAt(body, "participants")).toMatchObject([
      { name: "Ada", answers: [], points: null },
      { name: "Bea", answers: [], points: null },
    ]);
    const items = JSON.stringify([at(body, "items"), at(body, "overall")]);
    const charts = await Promise.all(
      ["points", "difficulty"].map(async (name) => (await get(taught, `/charts/${name}`)).text),
    );
    for (const said of [items, ...charts]) {
      expect([ada, bea].filter((each) => said.includes(each.participantId))).toEqual([]);
      expect(said).not.toMatch(/Ada|Bea/);
    }
    expect((await get(taught, "?format=csv")).text).not.toContain("choice");
  });
});

describe("charts", () => {
  test("are SVG for hosts", async () => {
    const { taught, roundId } = await scored();
    for (const path of ["points", "difficulty", `options?round=${roundId}`]) {
      const reply = await get(taught, `/charts/${path}`);
      expect([path, reply.status]).toEqual([path, 200]);
      expect(reply.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
      expect(reply.text).toStartWith("<svg ");
    }
  });

  test("are not for students, nor for other schools, nor of what is not there", async () => {
    const { taught, ada } = await scored();
    expectProblem(await get(taught, "/charts/points", ada.token), 409, "not-accepted");
    await taught.teacher.send({ type: "session.end" });
    expectProblem(await get(taught, "/charts/points", ada.token), 403, "not-allowed");
    const south = await school.tokenOf("south", "owner");
    expectProblem(await get(taught, "/charts/points", south), 404, "not-found");
    for (const path of ["pie", "options", "options?round=r999"]) {
      expectProblem(await get(taught, `/charts/${path}`), 404, "not-found");
    }
    expectProblem(await get(taught, "/charts/points?size=1"), 422, "invalid");
  });
});

/** A session with the student of `north` in it, who is right about `single`. */
async function ended(settings: object = {}, choice = "a") {
  const taught = await teach(school, { settings });
  const token = await school.tokenOf("north", "student");
  const json = { code: taught.code };
  const joined = await school.ask("POST", "/api/v1/join", { token, json });
  expect(joined.status).toBe(201);
  const student = taught.person(token, joined.body);
  const roundId = await taught.open("single");
  await student.send({ type: "answer.submit", roundId, answer: { choice } });
  await taught.score(roundId);
  await taught.teacher.send({ type: "session.end" });
  return { taught, roundId };
}

describe("over many sessions", () => {
  const report = async (id: string, person: string, tenant: "north" | "south" = "north") =>
    school.ask("GET", `/api/v1/users/${id}/report`, {
      token: await school.tokenOf(tenant, person),
    });
  const items = async (lesson: string, person: string, tenant: "north" | "south" = "north") =>
    school.ask("GET", `/api/v1/reports/items?lesson=${lesson}`, {
      token: await school.tokenOf(tenant, person),
    });

  test("a student grows over his sessions, of which an anonymous one has no points", async () => {
    const first = await ended({}, "b");
    const sessions = [first, await ended(), await ended({ anonymous: true })];
    const hidden = await report("north-student", "student");
    expect(listAt(hidden.body, "sessions").map((each) => at(each, "share"))).toEqual([
      ...[null, null, null],
    ]);
    for (const { taught, roundId } of sessions) {
      await taught.teacher.send({ type: "round.reveal", roundId });
    }
    const lessonId = String(at(first.taught.created, "view", "lesson", "id"));
    const { body } = await report("north-student", "student");
    expect(body).toMatchObject({
      userId: "north-student",
      sessions: [
        { sessionId: first.taught.id, points: 0, pointsMax: 2, share: 0, attendance: "present" },
        { points: 2, pointsMax: 2, share: 1 },
        { points: null, pointsMax: null, share: null },
      ],
      ...{ meanShare: 0.5, trend: 1, more: false, attendance: { present: 3 } },
    });
    for (const person of ["teacher", "owner", "admin"]) {
      expect((await report("north-student", person)).body).toEqual(body);
    }
    const pool = await items(lessonId, "teacher");
    // Beside these three there are those of the tests above, with Ada right and Bea wrong.
    const others = Number(pool.body["sessions"]) - 3;
    const takers = 3 + others * 2;
    const difficulty = Math.round(((2 + others) / takers) * 10_000) / 10_000;
    expect(pool.body).toMatchObject({
      ...{ lessonId, more: false },
      items: [{ stepId: "single", rounds: 3 + others, takers, answered: takers, difficulty }],
    });
    expect((await items(lessonId, "owner")).body).toEqual(pool.body);
    const ofVersion = async (version: number) =>
      (await items(`${lessonId}&version=${version}`, "teacher")).body;
    expect(await ofVersion(1)).toEqual({ ...pool.body, version: 1 });
    expect(await ofVersion(2)).toMatchObject({ version: 2, sessions: 0, items: [] });
    for (const [person, tenant] of [
      ["teacher2", "north"],
      ["owner", "south"],
    ] as const) {
      expect((await items(lessonId, person, tenant)).body).toMatchObject({
        sessions: 0,
        items: [],
      });
    }
  });

  test("students see their own only, teachers whom they taught, schools nobody else's", async () => {
    expectProblem(await report("north-student", "student2"), 404, "not-found");
    expectProblem(await report("north-student", "teacher2"), 404, "not-found");
    expectProblem(await report("north-student", "owner", "south"), 404, "not-found");
    expectProblem(await report("nobody", "owner"), 404, "not-found");
    expectProblem(await report("north-student", "guardian"), 403, "not-allowed");
    expectProblem(await items("any", "student"), 403, "not-allowed");
    const none = await school.ask("GET", "/api/v1/reports/items", {
      token: await school.tokenOf("north", "teacher"),
    });
    expectProblem(none, 422, "invalid");
  });
});

test("the report is a PDF by query and by header, with the same walls", async () => {
  const { taught, ada } = await scored();
  const accept = { accept: "application/pdf" };
  const path = `/api/v1/sessions/${taught.id}/report`;
  const asked = await school.ask("GET", path, { token: taught.teacher.token, headers: accept });
  const named = await get(taught, "?format=pdf");
  for (const reply of [asked, named]) {
    expect(reply.headers.get("content-type")).toBe("application/pdf");
    expect(reply.headers.get("content-disposition")).toContain(`report-${taught.id}.pdf`);
    expect(reply.text).toStartWith("%PDF-");
  }
  expectProblem(await get(taught, "?format=pdf", ada.token), 409, "not-accepted");
  const south = await school.tokenOf("south", "owner");
  expectProblem(await get(taught, "?format=pdf", south), 404, "not-found");
});

test("reports and charts on paper speak the language that is named, else that is accepted", async () => {
  const { taught } = await scored();
  const german = { "accept-language": "de-AT, en;q=0.5" };
  const asked = async (path: string) => {
    const url = `/api/v1/sessions/${taught.id}/report${path}`;
    const reply = await school.ask("GET", url, { token: taught.teacher.token, headers: german });
    return reply.text;
  };
  expect(await asked("?format=pdf")).toContain("/Lang (de)");
  expect(await asked("?format=pdf&language=ar")).toContain("/Lang (ar)");
  expect((await get(taught, "?format=pdf")).text).toContain("/Lang (en)");
  expect(await asked("/charts/difficulty")).toContain("Schwierigkeit der Aufgaben");
  expect(await asked("/charts/points?language=uk")).toContain("Розподіл балів");
  expect(await asked("?format=csv")).toStartWith("participantId,name,attendance,points");
  expectProblem(await get(taught, "?format=pdf&language=xx"), 422, "invalid");
});
