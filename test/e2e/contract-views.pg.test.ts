/** What each audience is shown: the views, facts and reports of the contract, member by member. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type School, openSchool } from "../support/school.ts";
import { type Person, type Taught, at, factOf, lacking, listAt, teach } from "../support/taught.ts";

const ALL = [
  ...["role", "id", "title", "language", "startsAt", "startedAt", "endsBy", "settings", "counts"],
  ...["step", "round", "leaderboard"],
];
const ROUND = [
  ...["roundId", "stepId", "item", "phase", "openedAt", "limitMs", "deadlineAt", "remainingMs"],
  ...["answered", "expected", "key", "explanation", "counts"],
];
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let school: School;

beforeAll(async () => {
  school = await openSchool();
}, 60_000);

afterAll(() => school.close(), 30_000);

function keysOf(value: unknown): string[] {
  return Object.keys(typeof value === "object" && value !== null ? value : {});
}

async function boardOf(taught: Taught): Promise<Person> {
  const { token } = taught.teacher;
  const path = `/api/v1/sessions/${taught.id}/board`;
  const made = await school.ask("POST", path, { token });
  expect(made.status).toBe(201);
  expect(keysOf(made.body).toSorted()).toEqual([
    ...["accessToken", "expiresInS", "refreshToken", "url"],
  ]);
  return taught.person(String(made.body["accessToken"]));
}

describe("views", () => {
  test("creation answers with id, joinCode, seq, state, can and the host's view", async () => {
    const taught = await teach(school, { phase: "draft" });
    const { created } = taught;
    expect(lacking(created, ["id", "joinCode", "seq", "state", "can", "view", "now"])).toEqual([]);
    expect(at(created, "state", "phase")).toBe("draft");
    expect(at(created, "seq")).toBe(1);
    expect(created["joinCode"]).toMatch(/^[23456789BCDFGHJKMNPQRSTVWXYZ]{6}$/);
    const view = at(created, "view");
    expect(
      lacking(view, [
        ...ALL,
        ...["joinCode", "joinUrl", "admission", "lesson", "participants", "hands", "rounds"],
      ]),
    ).toEqual([]);
    expect(view).toMatchObject({
      ...{ role: "host", id: taught.id, title: "Every kind", language: "en", startsAt: null },
      ...{ startedAt: null, endsBy: null, counts: { admitted: 0, connected: 0 }, step: null },
      ...{ round: null, leaderboard: null, admission: "open", hands: [], rounds: [] },
      ...{ joinCode: created["joinCode"], participants: [] },
    });
    expect(String(at(view, "joinUrl"))).toContain(String(created["joinCode"]));
    expect(JSON.stringify(at(view, "lesson"))).toContain('"correct":true');
  });

  test("settings have the contract's defaults", async () => {
    const taught = await teach(school, { phase: "draft", settings: { graceMs: 1_500 } });
    expect(at(taught.created, "view", "settings")).toEqual({
      ...{ admission: "open", seatsMax: 500, amend: true, shuffleChoices: false },
      ...{ leaderboard: "top", boardNames: false, names: "typed", anonymous: false },
      ...{ speedBonus: false, pauseWhenHostLost: true, guests: true, questions: "moderated" },
      ...{ reactions: true, devices: 1, graceMs: 1_500, maxDurationMs: 14_400_000 },
      lateAfterMs: 300_000,
    });
  });

  test("a student sees all that everyone sees, and himself", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const view = await ada.view();
    expect(lacking(view, [...ALL, "me", "results"])).toEqual([]);
    for (const hidden of ["joinCode", "joinUrl", "lesson", "participants", "hands", "rounds"]) {
      expect(keysOf(view)).not.toContain(hidden);
    }
    expect(view).toMatchObject({
      ...{ role: "student", id: taught.id, results: [] },
      me: {
        ...{ participantId: ada.participantId, name: "Ada", status: "admitted" },
        ...{ handPosition: null, points: 0, groupId: null },
        accommodation: { multiplier: 1, extraMs: 0, untimed: false },
      },
    });
    expect(keysOf(at(view, "me"))).toContain("rank");
    expect(String(view["startedAt"])).toMatch(INSTANT);
    expect(String(view["endsBy"])).toMatch(INSTANT);
  });

  test("the host sees each participant with every member", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    expect(listAt(await taught.teacher.view(), "participants")).toMatchObject([
      {
        ...{ participantId: ada.participantId, userId: null, name: "Ada", status: "admitted" },
        ...{ connection: "offline", joinedAt: expect.stringMatching(INSTANT), points: 0 },
        accommodation: { multiplier: 1, extraMs: 0, untimed: false },
        ...{ groupId: null, attendance: "absent" },
      },
    ]);
  });

  test("who waits sees himself and the title only", async () => {
    const taught = await teach(school, { settings: { admission: "approval" } });
    const ada = await taught.join("Ada");
    expect(ada.joined["status"]).toBe("waiting");
    const { body } = await school.ask("GET", `/api/v1/sessions/${taught.id}`, {
      token: ada.token,
    });
    expect(at(body, "view", "me", "status")).toBe("waiting");
    expect(at(body, "view", "title")).toBe("Every kind");
    expect(keysOf(body["view"]).toSorted()).toEqual(["id", "me", "role", "title"]);
    expect((await ada.try({ type: "hand.raise" })).body["code"]).toBe("not-admitted");
  });

  test("a board sees the code and no names, has no seat and can nothing", async () => {
    const taught = await teach(school, { settings: { leaderboard: "full" } });
    const ada = await taught.join("Ada");
    const board = await boardOf(taught);
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await taught.score(roundId);
    await taught.teacher.send({ type: "round.reveal", roundId });
    const seen = await board.look();
    const view = seen["view"];
    expect(seen["can"]).toEqual([]);
    expect(lacking(view, [...ALL, "joinCode", "joinUrl", "admission"])).toEqual([]);
    expect(at(view, "role")).toBe("board");
    expect(at(view, "leaderboard")).toEqual([
      { rank: 1, participantId: ada.participantId, name: null, points: 2 },
    ]);
    await taught.teacher.send({ type: "settings.set", settings: { boardNames: true } });
    expect(at(await board.view(), "leaderboard", 0, "name")).toBe("Ada");
    const { token } = taught.teacher;
    const ended = await school.ask("DELETE", `/api/v1/sessions/${taught.id}/board`, { token });
    expect(ended.status).toBe(204);
    const after = await school.ask("GET", `/api/v1/sessions/${taught.id}`, { token: board.token });
    expect(after.status).toBe(401);
  });
});

describe("a round", () => {
  test("is shown without its key until it is revealed, and then with it", async () => {
    const taught = await teach(school, { settings: { leaderboard: "full" } });
    const [ada, ben] = [await taught.join("Ada"), await taught.join("Ben")];
    const opened = await taught.teacher.send({ type: "round.open", stepId: "single" });
    const fact = factOf(opened, "round.opened");
    const roundId = String(fact["roundId"]);
    expect(fact).toMatchObject({
      ...{ stepId: "single", limitMs: null, deadlineAt: null },
      openedAt: expect.stringMatching(INSTANT),
    });
    expect(at(fact, "item", "choices")).toEqual([
      { id: "a", text: "Chlorophyll" },
      { id: "b", text: "Water" },
    ]);
    const before = at(await ada.view(), "round");
    expect(lacking(before, [...ROUND, "answer", "draft", "result"])).toEqual([]);
    expect(before).toMatchObject({
      ...{ roundId, stepId: "single", phase: "open", limitMs: null, deadlineAt: null },
      ...{ remainingMs: null, answered: 0, expected: 0, key: null, explanation: null },
      ...{ counts: null, answer: null, draft: null, result: null },
    });
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await ben.send({ type: "answer.submit", roundId, answer: { choice: "b" } });
    expect(at(await ada.view(), "round")).toMatchObject({
      ...{ answered: 2, expected: 2, answer: { choice: "a" }, key: null, counts: null },
    });
    const hosts = at(await taught.teacher.view(), "round");
    expect(hosts).toMatchObject({
      key: { choices: ["a"], weights: { a: 1, b: 0 } },
      counts: { a: 1, b: 1 },
      lastDeadlineAt: null,
      answers: {
        [ada.participantId]: { answer: { choice: "a" }, auto: false, correct: true, points: 2 },
        [ben.participantId]: { answer: { choice: "b" }, auto: false, correct: false, points: 0 },
      },
    });
    expect(at(hosts, "answers", ada.participantId, "atMs")).toBeGreaterThanOrEqual(0);
    await taught.score(roundId);
    expect(at(await ada.view(), "round")).toMatchObject({ phase: "scored", key: null });
    const revealed = factOf(
      await taught.teacher.send({ type: "round.reveal", roundId }),
      "round.revealed",
    );
    expect(revealed).toMatchObject({
      ...{ roundId, key: { choices: ["a"] }, counts: { a: 1, b: 1 } },
      explanation: "Chlorophyll absorbs red and blue.",
      leaderboard: [
        { rank: 1, participantId: ada.participantId, name: "Ada", points: 2 },
        { rank: 2, participantId: ben.participantId, name: "Ben", points: 0 },
      ],
    });
    const view = await ben.view();
    expect(at(view, "round")).toMatchObject({
      ...{ phase: "revealed", key: { choices: ["a"] }, counts: { a: 1, b: 1 } },
      explanation: "Chlorophyll absorbs red and blue.",
      result: {
        ...{ answer: { choice: "b" }, auto: false, correct: false, points: 0 },
        feedback: "Water is clear.",
      },
    });
    expect(view["results"]).toEqual([{ roundId, correct: false, points: 0 }]);
    expect(at(view, "me")).toMatchObject({ points: 0, rank: 2 });
    expect(at(view, "leaderboard", 0, "name")).toBeNull();
    await taught.teacher.send({ type: "round.dismiss", roundId });
    const past = await taught.teacher.view();
    expect(past["round"]).toBeNull();
    expect(at(past, "rounds", 0, "roundId")).toBe(roundId);
  });

  test("of each kind has a question without a key, and the key's shape on reveal", async () => {
    const taught = await teach(school);
    const keys: Record<string, unknown> = {
      multiple: { choices: ["two", "three"], weights: { two: 0.5, three: 0.5, four: -0.5 } },
      weighted: { choices: ["cat", "bat"], weights: { cat: 0.75, bat: 0.25, ant: -1 } },
      boolean: { value: true },
      text: {
        accepted: [
          { text: "Paris", weight: 1 },
          { text: "Lutetia", weight: 0.5 },
        ],
      },
      numeric: {
        accepted: [
          { value: 3.14, tolerance: 0.01, weight: 1 },
          { min: 3, max: 4, weight: 0.5 },
        ],
      },
      matching: { pairs: { France: "Paris", Italy: "Rome" } },
      ordering: { order: ["i1", "i2", "i3"] },
      poll: null,
      open: null,
    };
    for (const [stepId, key] of Object.entries(keys)) {
      const roundId = await taught.open(stepId);
      const ada = await taught.join(`Ada ${stepId}`);
      const shown = JSON.stringify(at(await ada.view(), "round", "item"));
      for (const secret of ["correct", "weight", "feedback", "accepted", "rubric", '"pairs"']) {
        expect(shown).not.toContain(secret);
      }
      await taught.score(roundId);
      const fact = factOf(
        await taught.teacher.send({ type: "round.reveal", roundId }),
        "round.revealed",
      );
      expect({ stepId, key: fact["key"] }).toEqual({ stepId, key });
    }
    const roundId = await taught.open("matching");
    const item = at(await (await taught.join("Zoe")).view(), "round", "item");
    expect(listAt(item, "lefts")).toEqual(["France", "Italy"]);
    expect(listAt(item, "rights").map(String).toSorted()).toEqual(["Bern", "Paris", "Rome"]);
    await taught.score(roundId);
    await taught.open("ordering");
    const items = listAt(await taught.teacher.view(), "round", "item", "items");
    expect(items.map((each) => String(at(each, "id"))).toSorted()).toEqual(["i1", "i2", "i3"]);
  });

  test("an anonymous session has no answer beside a name: facts, view, report", async () => {
    const taught = await teach(school, { settings: { anonymous: true } });
    const ada = await taught.join("Ada");
    const host = await taught.teacher.watch();
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await taught.score(roundId);
    const { body } = await school.ask("GET", `/api/v1/sessions/${taught.id}/records?limit=200`, {
      token: taught.teacher.token,
    });
    const facts = listAt(body, "items").flatMap((record) => listAt(record, "facts"));
    const answered = facts.filter((each) => at(each, "type") === "answer.submitted");
    expect(answered).toMatchObject([{ roundId, answer: { choice: "a" } }]);
    expect(JSON.stringify(answered)).not.toContain(ada.participantId);
    expect(JSON.stringify(at(await taught.teacher.view(), "round"))).not.toContain(
      ada.participantId,
    );
    const report = await school.ask("GET", `/api/v1/sessions/${taught.id}/report`, {
      token: taught.teacher.token,
    });
    expect(JSON.stringify(report.body["participants"])).not.toContain("choice");
    const late = await taught.teacher.try({
      type: "settings.set",
      settings: { anonymous: false },
    });
    expect(late.status).toBe(409);
    host.close();
  });
});

describe("the report", () => {
  test("is session, rounds and participants, as JSON and as CSV", async () => {
    const taught = await teach(school);
    const [ada, ben] = [await taught.join("Ada"), await taught.join('=Ben,"B"')];
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await taught.score(roundId);
    const path = `/api/v1/sessions/${taught.id}/report`;
    const { token } = taught.teacher;
    const { body } = await school.ask("GET", path, { token });
    expect(keysOf(body).toSorted()).toEqual([
      ...["class", "groups", "items", "overall", "participants", "questions", "rounds", "session"],
    ]);
    expect(at(body, "session")).toMatchObject({ id: taught.id, title: "Every kind" });
    expect(listAt(body, "rounds")).toMatchObject([
      {
        ...{ roundId, stepId: "single", item: { kind: "single-choice" } },
        opened: expect.stringMatching(INSTANT),
        closed: expect.stringMatching(INSTANT),
      },
    ]);
    expect(listAt(body, "participants")).toMatchObject([
      {
        ...{ participantId: ada.participantId, name: "Ada", points: 2, attendance: "present" },
        answers: [{ roundId, answer: { choice: "a" }, correct: true, points: 2 }],
      },
      { participantId: ben.participantId, answers: [], points: 0, attendance: "absent" },
    ]);
    const accepted = await school.ask("GET", path, { token, headers: { accept: "text/csv" } });
    const asked = await school.ask("GET", `${path}?format=csv`, { token });
    expect(accepted.headers.get("content-type")).toContain("text/csv");
    expect(accepted.text).toBe(asked.text);
    expect(accepted.text.trim().split("\r\n")).toHaveLength(3);
    const early = await school.ask("GET", path, { token: ada.token });
    expect(early.status).toBe(409);
    await taught.teacher.send({ type: "session.end" });
    const unrevealed = await school.ask("GET", path, { token: ada.token });
    expect(listAt(unrevealed.body, "participants")).toMatchObject([
      { points: 0, answers: [{ answer: { choice: "a" }, correct: null, points: 0 }] },
    ]);
    expect(JSON.stringify(unrevealed.body)).not.toContain('"correct":true');
    expect(keysOf(unrevealed.body).toSorted()).toEqual([
      "participants",
      "questions",
      "rounds",
      "session",
    ]);
    await taught.teacher.send({ type: "round.reveal", roundId });
    const own = await school.ask("GET", path, { token: ada.token });
    expect(listAt(own.body, "participants")).toMatchObject([
      { name: "Ada", points: 2, answers: [{ correct: true, points: 2 }] },
    ]);
  });
});
