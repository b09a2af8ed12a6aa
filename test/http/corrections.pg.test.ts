/** What a host corrects after a round, as the report has it: grades, comments, keys, attendance. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import {
  LESSON,
  type Reply,
  type School,
  command,
  itemsOf,
  openSchool,
  parsePart,
} from "../support/school.ts";

const OPEN = { id: "o1", kind: "item", item: { kind: "open-text", prompt: "Why?", points: 4 } };

let school: School;
let teacher: string;

beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});

afterAll(() => school.close());

interface Taught {
  readonly id: string;
  readonly guest: string;
  readonly participantId: string;
  readonly path: string;
}

/** A lesson with one student who has joined. */
async function taught(): Promise<Taught> {
  const json = { ...LESSON, steps: [...LESSON.steps, OPEN] };
  const lesson = await school.ask("POST", "/api/v1/lessons", { token: teacher, json });
  const wish = { lessonId: lesson.body["id"], settings: { graceMs: 0 } };
  const made = await school.ask("POST", "/api/v1/sessions", { token: teacher, json: wish });
  const id = String(made.body["id"]);
  await command(school, teacher, id, { type: "session.open-lobby" });
  const seat = await school.ask("POST", "/api/v1/join", {
    json: { code: made.body["joinCode"], name: "Ada" },
  });
  await command(school, teacher, id, { type: "session.start" });
  const { accessToken, participantId } = seat.body;
  return {
    id,
    guest: String(accessToken),
    participantId: String(participantId),
    path: `/api/v1/sessions/${id}/report`,
  };
}

async function asked({ id, guest }: Taught, stepId: string, answer: object): Promise<string> {
  const opened = await command(school, teacher, id, { type: "round.open", stepId });
  const roundId = String(parsePart(listed(opened["facts"])[0])["roundId"]);
  await command(school, guest, id, { type: "answer.submit", roundId, answer });
  await command(school, teacher, id, { type: "round.close", roundId });
  await eventually(async () => {
    const { body } = await school.ask("GET", `/api/v1/sessions/${id}`, { token: teacher });
    return parsePart(parsePart(body["view"])["round"])["phase"] === "scored";
  });
  return roundId;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const reportOf = ({ path }: Taught, token: string): Promise<Reply> =>
  school.ask("GET", path, { token });

const rowOf = (reply: Reply) => parsePart(listed(reply.body["participants"])[0]);

describe("what is corrected by hand", () => {
  test("a grade and its comment are in the report, in its table, and the student's after the end", async () => {
    const lesson = await taught();
    const { id, guest, participantId } = lesson;
    const roundId = await asked(lesson, "o1", { text: "Because." });
    const before = await reportOf(lesson, teacher);
    expect(rowOf(before)["answers"]).toMatchObject([{ points: 0, graded: false, comment: null }]);

    const grade = {
      type: "answer.grade",
      roundId,
      participantId,
      points: 2.5,
      comment: "=Say, why",
    };
    await command(school, teacher, id, grade);

    expect(rowOf(await reportOf(lesson, teacher))["answers"]).toMatchObject([
      { points: 2.5, graded: true, comment: "=Say, why" },
    ]);
    const csv = await school.ask("GET", `${lesson.path}?format=csv`, { token: teacher });
    expect(csv.text).toContain(`${roundId} atMs,${roundId} comment`);
    expect(csv.text).toContain(`,"'=Say, why"`);
    await command(school, teacher, id, { type: "session.end" });
    const hidden = await reportOf(lesson, guest);
    expect(rowOf(hidden)["answers"]).toMatchObject([{ points: 0, graded: false, comment: null }]);
    expect(hidden.text).not.toContain("Say");
    await command(school, teacher, id, { type: "session.resume" });
    await command(school, teacher, id, { type: "round.reveal", roundId });
    await command(school, teacher, id, { type: "session.end" });
    expect(rowOf(await reportOf(lesson, guest))["answers"]).toMatchObject([
      { points: 2.5, graded: true, comment: "=Say, why" },
    ]);
  });

  test("attendance is as measured, as marked, and as measured again", async () => {
    const lesson = await taught();
    const { id, participantId } = lesson;
    const mark = (status: string | null) =>
      command(school, teacher, id, { type: "attendance.mark", participantId, status });
    const found = async () => {
      const { attendance, attendanceMarked, attendanceMeasured } = rowOf(
        await reportOf(lesson, teacher),
      );
      return [attendance, attendanceMarked, attendanceMeasured];
    };

    expect(await found()).toEqual(["absent", false, "absent"]);
    await mark("excused");
    expect(await found()).toEqual(["excused", true, "absent"]);
    await mark("absent");
    expect(await found()).toEqual(["absent", true, "absent"]);
    await mark(null);
    expect(await found()).toEqual(["absent", false, "absent"]);
  });

  test("another key changes results, and neither the lesson nor a grade by hand", async () => {
    const lesson = await taught();
    const { id, participantId } = lesson;
    const roundId = await asked(lesson, "s2", { choice: "b" });
    const stepsOf = async (): Promise<unknown> => {
      const lessons = itemsOf(await school.ask("GET", "/api/v1/lessons", { token: teacher }));
      const [newest] = lessons;
      const path = `/api/v1/lessons/${String(newest?.["id"])}`;
      return (await school.ask("GET", path, { token: teacher })).body["steps"];
    };
    const before = await stepsOf();

    const scored = await command(school, teacher, id, {
      ...{ type: "round.score", roundId },
      key: { choices: ["a", "b"] },
    });

    expect(scored["facts"]).toMatchObject([
      { type: "round.scored", results: [{ participantId, correct: true, points: 2 }] },
    ]);
    expect(await stepsOf()).toEqual(before);
    await command(school, teacher, id, { type: "answer.grade", roundId, participantId, points: 1 });
    await command(school, teacher, id, { type: "round.score", roundId, key: { choices: ["a"] } });
    expect(rowOf(await reportOf(lesson, teacher))["answers"]).toMatchObject([
      { points: 1, correct: false, graded: true },
    ]);
  });
});
