/** The lesson's rules, as a class over HTTP would come to feel them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { type Reply, type School, openSchool, pathsOf } from "../support/school.ts";
import { type Person, type Taught, at, factOf, listAt, teach } from "../support/taught.ts";

let school: School;

beforeAll(async () => {
  school = await openSchool();
}, 60_000);

afterAll(() => school.close(), 30_000);

function codeOf(reply: Reply): readonly unknown[] {
  return [reply.status, reply.body["code"]];
}

function answer(person: Person, roundId: string, given: object): Promise<Reply> {
  return person.try({ type: "answer.submit", roundId, answer: given });
}

async function factsOf(taught: Taught, person: Person, type: string): Promise<unknown[]> {
  const path = `/api/v1/sessions/${taught.id}/records?limit=200`;
  const { body } = await school.ask("GET", path, { token: person.token });
  return listAt(body, "items")
    .flatMap((record) => listAt(record, "facts"))
    .filter((fact) => at(fact, "type") === type);
}

describe("phases", () => {
  test("draft, lobby, running, paused, wrapup and back, each with its facts", async () => {
    const { teacher } = await teach(school, { phase: "draft" });
    const { can } = await teacher.look();
    for (const type of ["session.schedule", "session.open-lobby", "session.cancel"]) {
      expect(can).toContain(type);
    }
    expect(codeOf(await teacher.try({ type: "session.start" }))).toEqual([409, "not-accepted"]);
    const at3 = "2099-01-01T10:00:00.5+02:00";
    const scheduled = await teacher.send({ type: "session.schedule", startsAt: at3 });
    expect(factOf(scheduled, "session.scheduled")["startsAt"]).toBe("2099-01-01T08:00:00.500Z");
    factOf(await teacher.send({ type: "session.open-lobby" }), "session.lobby-opened");
    const started = factOf(await teacher.send({ type: "session.start" }), "session.started");
    const lasts = Date.parse(String(started["endsBy"])) - Date.parse(String(started["startedAt"]));
    expect(lasts).toBe(4 * 60 * 60 * 1_000);
    const extended = await teacher.send({ type: "session.extend", byMs: 60_000 });
    expect(Date.parse(String(factOf(extended, "session.extended")["endsBy"]))).toBe(
      Date.parse(String(started["endsBy"])) + 60_000,
    );
    const paused = await teacher.send({ type: "session.pause" });
    expect(factOf(paused, "session.paused")).toEqual({
      ...{ type: "session.paused", reason: "host", remainingMs: null },
    });
    const resumed = await teacher.send({ type: "session.resume" });
    expect(factOf(resumed, "session.resumed")).toMatchObject({ deadlineAt: null });
    const ended = await teacher.send({ type: "session.end" });
    expect(factOf(ended, "session.ended")["reason"]).toBe("host");
    expect(at(ended, "state", "phase")).toBe("wrapup");
    const again = await teacher.send({ type: "session.end" });
    expect(again["facts"]).toEqual([]);
    const back = await teacher.send({ type: "session.resume" });
    expect(at(back, "state", "phase")).toEqual({ live: "running" });
  });

  test("in wrapup hosts only correct; the class is told session-over", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const roundId = await taught.open("single");
    await answer(ada, roundId, { choice: "b" });
    await taught.teacher.send({ type: "session.end" });
    expect(at(await taught.teacher.look(), "state", "activity")).toBe("scored");
    expect(codeOf(await ada.try({ type: "hand.raise" }))).toEqual([409, "session-over"]);
    expect(codeOf(await answer(ada, roundId, { choice: "b" }))).toEqual([409, "session-over"]);
    const open = await taught.teacher.try({ type: "round.open", stepId: "poll" });
    expect(codeOf(open)).toEqual([409, "session-over"]);
    const key = { choices: ["b"] };
    const scored = await taught.teacher.send({ type: "round.score", roundId, key });
    expect(factOf(scored, "round.scored")["results"]).toEqual([
      { participantId: ada.participantId, points: 2, correct: true },
    ]);
    const { participantId } = ada;
    const graded = await taught.teacher.send({
      ...{ type: "answer.grade", roundId, participantId, points: 1.5, comment: "Nearly" },
    });
    expect(factOf(graded, "answer.graded")).toEqual({
      ...{ type: "answer.graded", roundId, participantId, points: 1.5, comment: "Nearly" },
    });
    await taught.teacher.send({ type: "attendance.mark", participantId, status: "excused" });
    await taught.teacher.send({ type: "round.reveal", roundId });
    expect(at(await ada.view(), "me", "points")).toBe(1.5);
    expect(await factsOf(taught, ada, "attendance.marked")).toEqual([
      { type: "attendance.marked", participantId, status: "excused" },
    ]);
  });

  test("session.cancel ends a lobby: over for everybody, and its code opens nothing", async () => {
    const taught = await teach(school, { phase: "lobby" });
    const cancelled = await taught.teacher.send({ type: "session.cancel", reason: "Ill" });
    expect(factOf(cancelled, "session.cancelled")["reason"]).toBe("Ill");
    expect(codeOf(await taught.teacher.try({ type: "session.start" }))).toEqual([
      ...[409, "session-over"],
    ]);
    const json = { code: taught.code, name: "Ada" };
    expect((await school.ask("POST", "/api/v1/join", { json })).status).toBe(404);
  });

  test("code.rotate gives hosts another code, and the old one opens nothing", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const rotated = await taught.teacher.send({ type: "code.rotate" });
    const code = String(factOf(rotated, "code.rotated")["joinCode"]);
    expect(code).not.toBe(taught.code);
    expect(await factsOf(taught, ada, "code.rotated")).toEqual([]);
    const old = await school.ask("POST", "/api/v1/join", {
      json: { code: taught.code, name: "B" },
    });
    expect(codeOf(old)).toEqual([404, "unknown-code"]);
    const fresh = await school.ask("POST", "/api/v1/join", { json: { code, name: "B" } });
    expect(fresh.status).toBe(201);
  });

  test("step.presented shows content, and of an item nothing but that it is one", async () => {
    const taught = await teach(school);
    const content = await taught.teacher.send({ type: "step.present", stepId: "intro" });
    expect(factOf(content, "step.presented")).toEqual({
      ...{ type: "step.presented", stepId: "intro", index: 0, kind: "content", title: "Leaves" },
      body: "Leaves are **green**.",
    });
    const item = await taught.teacher.send({ type: "step.present", stepId: "single" });
    expect(JSON.stringify(factOf(item, "step.presented"))).not.toContain("leaf");
    expect(at(await taught.teacher.view(), "step", "stepId")).toBe("single");
  });
});

describe("answers", () => {
  test("are refused in order: no round, wrong round, too late, already answered, bad", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    expect(codeOf(await answer(ada, "r1", { choice: "a" }))).toEqual([409, "round-not-open"]);
    const roundId = await taught.open("single");
    expect(codeOf(await answer(ada, "r1", { choice: "a" }))).toEqual([409, "wrong-round"]);
    const bad = await answer(ada, roundId, { choice: "zzz" });
    expect(codeOf(bad)).toEqual([422, "bad-answer"]);
    expect(pathsOf(bad)).toEqual(["/answer/choice"]);
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    const twice = await answer(ada, roundId, { choice: "zzz" });
    expect(codeOf(twice)).toEqual([409, "already-answered"]);
    expect(twice.body["answer"]).toEqual({ choice: "a" });
    await ada.send({ type: "answer.amend", roundId, answer: { choice: "b" } });
    expect(at(await ada.view(), "round", "answer")).toEqual({ choice: "b" });
    await taught.score(roundId);
    expect(codeOf(await answer(ada, roundId, { choice: "a" }))).toEqual([409, "too-late"]);
    const other = await taught.open("poll");
    expect(codeOf(await answer(ada, roundId, { choice: "a" }))).toEqual([409, "wrong-round"]);
    const open = await taught.teacher.try({ type: "round.open", stepId: "poll" });
    expect(codeOf(open)).toEqual([409, "round-already-open"]);
    await taught.teacher.send({ type: "round.void", roundId: other });
    expect(codeOf(await answer(ada, other, { choice: "tea" }))).toEqual([409, "round-not-open"]);
  });

  test("of another shape are bad-answer with the path", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const cases: readonly (readonly [string, object, string])[] = [
      ["single", { choice: 1 }, "/answer/choice"],
      ["multiple", { choices: ["two", "two"] }, "/answer/choices/1"],
      ["boolean", { value: "true" }, "/answer/value"],
      ["text", { text: "x".repeat(501) }, "/answer/text"],
      ["numeric", { value: "3" }, "/answer/value"],
      ["matching", { pairs: { Spain: "Rome" } }, "/answer/pairs/Spain"],
      ["ordering", { order: ["i1", "i2"] }, "/answer/order"],
      ["poll", { choice: "tea", more: 1 }, "/answer/more"],
      ["open", { text: "x".repeat(10_001) }, "/answer/text"],
    ];
    for (const [stepId, given, path] of cases) {
      const roundId = await taught.open(stepId);
      const bad = await answer(ada, roundId, given);
      expect({ stepId, code: codeOf(bad), paths: pathsOf(bad) }).toEqual({
        ...{ stepId, code: [422, "bad-answer"], paths: [path] },
      });
      await taught.teacher.send({ type: "round.void", roundId });
    }
  });

  test("earn their share of the points, clamped, two places; null where nothing is right", async () => {
    const taught = await teach(school);
    const cases: readonly (readonly [string, object, number, boolean | null])[] = [
      ["single", { choice: "a" }, 2, true],
      ["multiple", { choices: ["two", "three"] }, 3, true],
      ["multiple", { choices: ["two"] }, 1.5, false],
      ["multiple", { choices: ["two", "four"] }, 0, false],
      ["multiple", { choices: [] }, 0, false],
      ["weighted", { choices: ["cat"] }, 3, false],
      ["weighted", { choices: ["cat", "ant"] }, 0, false],
      ["boolean", { value: true }, 1, true],
      ["boolean", { value: false }, 0, false],
      ["text", { text: "  pARis " }, 2, true],
      ["text", { text: "lutetia" }, 1, false],
      ["numeric", { value: 3.15 }, 1, true],
      ["numeric", { value: 4 }, 0.5, false],
      ["numeric", { value: 4.01 }, 0, false],
      ["matching", { pairs: { France: "Paris", Italy: "Rome" } }, 2, true],
      ["matching", { pairs: { France: "Paris" } }, 1, false],
      ["ordering", { order: ["i1", "i2", "i3"] }, 1, true],
      ["ordering", { order: ["i2", "i1", "i3"] }, 0, false],
      ["poll", { choice: "tea" }, 0, null],
      ["open", { text: "Because" }, 0, null],
    ];
    const people: Person[] = [];
    for (const [index] of cases.entries()) {
      people.push(await taught.join(`P${index}`));
    }
    for (const stepId of new Set(cases.map(([each]) => each))) {
      const roundId = await taught.open(stepId);
      for (const [index, [each, given]] of cases.entries()) {
        const person = people[index];
        if (each === stepId && person !== undefined) {
          await person.send({ type: "answer.submit", roundId, answer: given });
        }
      }
      await taught.score(roundId);
    }
    const { token } = taught.teacher;
    const report = await school.ask("GET", `/api/v1/sessions/${taught.id}/report`, { token });
    const found = listAt(report.body, "participants").map((row, index) => [
      ...[cases[index]?.[0], cases[index]?.[1]],
      ...[at(row, "answers", 0, "points"), at(row, "answers", 0, "correct")],
    ]);
    expect(found).toEqual(cases.map((each) => [...each]));
  });

  test("drafts are handed in when the round locks, marked auto; an empty one is not", async () => {
    const taught = await teach(school);
    const [ada, ben] = [await taught.join("Ada"), await taught.join("Ben")];
    const roundId = await taught.open("text");
    const saved = await ada.send({ type: "draft.save", roundId, answer: { text: "Paris" } });
    expect(factOf(saved, "draft.saved")).toMatchObject({ roundId, answer: { text: "Paris" } });
    const fast = await ada.try({ type: "draft.save", roundId, answer: { text: "Pari" } });
    expect(fast.status).toBe(429);
    expect(fast.body["retryAfterMs"]).toBeGreaterThan(0);
    expect(fast.headers.get("retry-after")).toBe("1");
    await ben.send({ type: "draft.save", roundId, answer: { text: " " } });
    expect(at(await ada.view(), "round", "draft")).toEqual({ text: "Paris" });
    await taught.score(roundId);
    const facts = await factsOf(taught, taught.teacher, "answer.submitted");
    expect(facts).toMatchObject([
      { roundId, participantId: ada.participantId, answer: { text: "Paris" }, auto: true },
    ]);
    expect(at(await taught.teacher.view(), "round", "counts")).toEqual({
      ...{ right: 1, wrong: 0, blank: 1 },
    });
    expect(await factsOf(taught, ben, "draft.saved")).toHaveLength(1);
    expect(await factsOf(taught, taught.teacher, "draft.saved")).toEqual([]);
  });

  test("without settings.amend an answer stays", async () => {
    const taught = await teach(school, { settings: { amend: false } });
    const ada = await taught.join("Ada");
    const roundId = await taught.open("single");
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    const amend = await ada.try({ type: "answer.amend", roundId, answer: { choice: "b" } });
    expect(amend.status).toBe(409);
    expect(at(await ada.view(), "round", "answer")).toEqual({ choice: "a" });
  });
});

describe("rounds", () => {
  test("limitMs absent is the item's, null is none, else 5 s to 4 h", async () => {
    const taught = await teach(school);
    const item = { kind: "poll", prompt: "?", choices: ["a", "b"].map((id) => ({ id, text: id })) };
    const limits: readonly (readonly [object, number | null])[] = [
      [{ item: { ...item, limitMs: 6_000 } }, 6_000],
      [{ item: { ...item, limitMs: 6_000 }, limitMs: null }, null],
      [{ item, limitMs: 5_000 }, 5_000],
      [{ item }, null],
    ];
    for (const [more, limitMs] of limits) {
      const opened = await taught.teacher.send({ type: "round.open", ...more });
      const fact = factOf(opened, "round.opened");
      expect(fact).toMatchObject({ stepId: null, limitMs });
      const openedAt = Date.parse(String(fact["openedAt"]));
      const due = limitMs === null ? null : new Date(openedAt + limitMs).toISOString();
      expect(fact["deadlineAt"]).toBe(due);
      await taught.teacher.send({ type: "round.void", roundId: fact["roundId"] });
    }
    for (const limitMs of [4_999, 4 * 3_600_000 + 1, 5_000.5, "5000"]) {
      const bad = await taught.teacher.try({ type: "round.open", item, limitMs });
      expect(codeOf(bad)).toEqual([422, "invalid"]);
      expect(pathsOf(bad)).toEqual(["/limitMs"]);
    }
    const both = await taught.teacher.try({ type: "round.open", item, stepId: "poll" });
    expect(codeOf(both)).toEqual([422, "invalid"]);
    const step = await taught.teacher.try({ type: "round.open", stepId: "intro" });
    expect(codeOf(step)).toEqual([422, "invalid"]);
  });

  test("frozen by a pause: remainingMs and no deadlineAt; a pause costs nobody time", async () => {
    const taught = await teach(school);
    const ada = await taught.join("Ada");
    const roundId = await taught.open("single", { limitMs: 60_000 });
    const paused = await taught.teacher.send({ type: "session.pause" });
    const remaining = Number(factOf(paused, "session.paused")["remainingMs"]);
    expect(remaining).toBeGreaterThan(50_000);
    expect(remaining).toBeLessThanOrEqual(60_000);
    expect(at(await ada.view(), "round")).toMatchObject({
      ...{ deadlineAt: null, remainingMs: remaining },
    });
    expect(codeOf(await answer(ada, roundId, { choice: "a" }))).toEqual([409, "paused"]);
    await ada.send({ type: "draft.save", roundId, answer: { choice: "a" } });
    await ada.send({ type: "hand.raise" });
    const resumed = await taught.teacher.send({ type: "session.resume" });
    const deadlineAt = String(factOf(resumed, "session.resumed")["deadlineAt"]);
    expect(Date.parse(deadlineAt) - Date.parse(String(resumed["now"]))).toBeGreaterThan(
      remaining - 1_000,
    );
    expect(at(await ada.view(), "round")).toMatchObject({ deadlineAt, remainingMs: null });
    const longer = await taught.teacher.send({ type: "round.extend", roundId, byMs: 5_000 });
    expect(Date.parse(String(factOf(longer, "round.extended")["deadlineAt"]))).toBe(
      Date.parse(deadlineAt) + 5_000,
    );
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
  });

  test("extra time is seen by hosts and that student alone", async () => {
    const taught = await teach(school);
    const [ada, ben] = [await taught.join("Ada"), await taught.join("Ben")];
    const { participantId } = ada;
    const set = { type: "accommodation.set", participantId };
    expect((await taught.teacher.try({ ...set, multiplier: 0.5 })).status).toBe(422);
    expect((await taught.teacher.try({ ...set, multiplier: 11 })).status).toBe(422);
    await taught.teacher.send({ ...set, multiplier: 2 });
    const opened = await taught.teacher.send({
      ...{ type: "round.open", stepId: "single", limitMs: 60_000 },
    });
    const { deadlineAt, openedAt, roundId } = factOf(opened, "round.opened");
    const due = (ms: number) => new Date(Date.parse(String(openedAt)) + ms).toISOString();
    expect(deadlineAt).toBe(due(60_000));
    expect(await factsOf(taught, ada, "round.opened")).toMatchObject([
      { deadlineAt: due(120_000) },
    ]);
    expect(await factsOf(taught, ben, "round.opened")).toMatchObject([{ deadlineAt: due(60_000) }]);
    expect(at(await ada.view(), "round", "deadlineAt")).toBe(due(120_000));
    expect(at(await ben.view(), "round", "deadlineAt")).toBe(due(60_000));
    expect(at(await taught.teacher.view(), "round", "lastDeadlineAt")).toBe(due(120_000));
    expect(await factsOf(taught, ben, "accommodation.changed")).toEqual([]);
    const late = await taught.join("Zoe");
    expect(at(await late.view(), "round", "deadlineAt")).toBe(due(60_000));
    const more = await taught.teacher.send({ ...set, extraMs: 10_000 });
    expect(factOf(more, "accommodation.changed")).toMatchObject({ participantId, extraMs: 10_000 });
    const own = (await factsOf(taught, ada, "accommodation.changed")).at(-1);
    expect(own).toMatchObject({ deadlineAt: due(130_000) });
    await taught.teacher.send({ ...set, multiplier: 1, extraMs: 0 });
    expect(at(await ada.view(), "round", "deadlineAt")).toBe(due(130_000));
    await taught.teacher.send({ ...set, untimed: true });
    expect(at(await ada.view(), "round", "deadlineAt")).toBeNull();
    expect(at(await taught.teacher.view(), "round", "lastDeadlineAt")).toBeNull();
    await taught.teacher.send({ type: "round.close", roundId });
  });

  test("close starts grace: reveal is round-closing with retryAfterMs, answers still count", async () => {
    const taught = await teach(school, { settings: { graceMs: 300 } });
    const ada = await taught.join("Ada");
    const roundId = await taught.open("single");
    const closed = await taught.teacher.send({ type: "round.close", roundId });
    expect(factOf(closed, "round.closed")).toMatchObject({ roundId, reason: "host" });
    const early = await taught.teacher.try({ type: "round.reveal", roundId });
    expect(codeOf(early)).toEqual([409, "round-closing"]);
    expect(early.body["retryAfterMs"]).toBeGreaterThan(0);
    await ada.send({ type: "answer.submit", roundId, answer: { choice: "a" } });
    await eventually(async () => at(await taught.teacher.look(), "state", "activity") === "scored");
    await taught.teacher.send({ type: "round.reveal", roundId });
    const twice = await taught.teacher.try({ type: "round.reveal", roundId });
    expect(codeOf(twice)).toEqual([409, "already-revealed"]);
    const reopen = await taught.teacher.try({ type: "round.reopen", roundId, limitMs: null });
    expect(codeOf(reopen)).toEqual([409, "already-revealed"]);
  });

  test("each student's reveal has his own result; ranks are 1, 1, 3 in order of joining", async () => {
    const taught = await teach(school, { settings: { leaderboard: "full" } });
    const [ada, ben, cleo] = [
      await taught.join("Ada"),
      await taught.join("Ben"),
      await taught.join("Cleo"),
    ];
    const roundId = await taught.open("boolean");
    await ada.send({ type: "answer.submit", roundId, answer: { value: false } });
    await ben.send({ type: "answer.submit", roundId, answer: { value: true } });
    await cleo.send({ type: "answer.submit", roundId, answer: { value: true } });
    await taught.score(roundId);
    const revealed = await taught.teacher.send({ type: "round.reveal", roundId });
    const rows = listAt(factOf(revealed, "round.revealed"), "leaderboard");
    expect(rows.map((row) => [at(row, "rank"), at(row, "name"), at(row, "points")])).toEqual([
      [1, "Ben", 1],
      [1, "Cleo", 1],
      [3, "Ada", 0],
    ]);
    const [own] = await factsOf(taught, ada, "round.revealed");
    expect(own).toMatchObject({
      ...{ roundId, key: { value: true }, counts: { true: 2, false: 1 }, explanation: null },
      result: { answer: { value: false }, auto: false, correct: false, points: 0 },
    });
    expect(JSON.stringify(own)).not.toContain("Ben");
    expect(JSON.stringify(own)).toContain(ben.participantId);
  });
});

describe("hands", () => {
  test("queue in order; hosts see who, each student his own place", async () => {
    const taught = await teach(school);
    const [ada, ben] = [await taught.join("Ada"), await taught.join("Ben")];
    await ada.send({ type: "hand.raise" });
    await ben.send({ type: "hand.raise" });
    expect((await taught.teacher.view())["hands"]).toEqual([ada.participantId, ben.participantId]);
    expect(at(await ben.view(), "me", "handPosition")).toBe(2);
    const { participantId } = ada;
    const called = await taught.teacher.send({ type: "hand.call", participantId });
    expect(factOf(called, "hand.called")).toEqual({ type: "hand.called", participantId });
    expect(await factsOf(taught, ben, "hand.raised")).toEqual([
      { type: "hand.raised", participantId: ben.participantId },
    ]);
    const other = await ada.try({ type: "hand.lower", participantId: ben.participantId });
    expect(codeOf(other)).toEqual([403, "not-allowed"]);
    await ben.send({ type: "hand.lower" });
    expect((await taught.teacher.view())["hands"]).toEqual([]);
  });
});
