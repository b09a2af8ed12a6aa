/** A class and its sessions: who is expected, who never came, and the report over them all. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type School, openSchool, parsePart } from "../support/school.ts";
import { type Taught, at, expectProblem, listAt, teach } from "../support/taught.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

const get = async (path: string, person = "teacher", tenant: "north" | "south" = "north") =>
  school.ask("GET", `/api/v1/${path}`, { token: await school.tokenOf(tenant, person) });

/** Of the teacher of `north`, with both its students in it. */
async function newClass(more: object = {}): Promise<string> {
  const token = await school.tokenOf("north", "teacher");
  const json = { title: "7b", ...more };
  const made = await school.ask("POST", "/api/v1/classes", { token, json });
  const id = String(made.body["id"]);
  for (const student of ["north-student", "north-student2"]) {
    await school.ask("PUT", `/api/v1/classes/${id}/members/${student}`, { token });
  }
  return id;
}

async function join(taught: Taught, person: string) {
  const token = await school.tokenOf("north", person);
  const joined = await school.ask("POST", "/api/v1/join", { token, json: { code: taught.code } });
  expect(joined.status).toBe(201);
  return taught.person(token, joined.body);
}

/** A session for the class, in which the first student answers. */
async function held(classId: string, choice = "a") {
  const taught = await teach(school, { classId });
  const student = await join(taught, "student");
  const roundId = await taught.open("single");
  await student.send({ type: "answer.submit", roundId, answer: { choice } });
  await taught.score(roundId);
  return taught;
}

describe("in a session", () => {
  test("CL6: hosts see who of the class has not come, students do not", async () => {
    const taught = await teach(school, { classId: await newClass(), phase: "lobby" });
    const path = `sessions/${taught.id}/class`;
    expect(at((await get(path)).body, "class")).toMatchObject({
      ...{ title: "7b", members: 2 },
      expected: [
        { userId: "north-student2", attendance: null },
        { userId: "north-student", attendance: null },
      ].toReversed(),
    });
    await join(taught, "student");
    const { body } = await get(path, "owner");
    expect(listAt(body, "class", "expected")).toEqual([
      { userId: "north-student2", name: "student2 of north", attendance: null },
    ]);
    expectProblem(await get(path, "student"), 403, "not-allowed");
    expectProblem(await get(path, "student2"), 404, "not-found");
    expectProblem(await get(path, "teacher2"), 404, "not-found");
    expectProblem(await get(path, "owner", "south"), 404, "not-found");
    const listed = async (person: string) =>
      listAt((await get("sessions", person)).body, "items").find(
        (each) => at(each, "id") === taught.id,
      );
    expect(at(await listed("teacher"), "class")).toMatchObject({ title: "7b" });
    expect(Object.keys(parsePart(await listed("student")))).not.toContain("class");
    const none = await teach(school);
    expect((await get(`sessions/${none.id}/class`)).body).toEqual({ class: null });
  });

  test("the report has who never came as absent, in all its forms, for hosts alone", async () => {
    const taught = await held(await newClass({ title: "Biology" }));
    const path = `sessions/${taught.id}/report`;
    const { body } = await get(path);
    expect(at(body, "class", "expected")).toEqual([
      { userId: "north-student2", name: "student2 of north", attendance: "absent" },
    ]);
    expect(at(body, "overall", "attendance")).toMatchObject({ present: 1, absent: 1 });
    const lines = (await get(`${path}?format=csv`)).text.split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[2]).toStartWith(",student2 of north,absent,,");
    expect((await get(`${path}?format=pdf`)).text).toStartWith("%PDF-");
    await taught.teacher.send({ type: "session.end" });
    expect((await get(path, "student")).text).not.toMatch(/student2|Biology|"class"/);
  });

  test("the report of a session for no class says so", async () => {
    const taught = await teach(school);
    expect((await get(`sessions/${taught.id}/report`)).body["class"]).toBeNull();
  });
});

describe("over its sessions", () => {
  test("a class has attendance and points by session and student, and growth", async () => {
    const classId = await newClass();
    const path = `classes/${classId}/report`;
    expect((await get(path)).body).toMatchObject({ classId, sessions: [], more: false });
    for (const choice of ["b", "a"]) {
      const taught = await held(classId, choice);
      await taught.teacher.send({ type: "session.end" });
    }
    const { body } = await get(path);
    expect(body).toMatchObject({
      ...{ classId, title: "7b", more: false, meanShare: 0.5, trend: 1 },
      sessions: [
        { title: "Every kind", meanShare: 0, attendance: { present: 1, absent: 1 } },
        { title: "Every kind", meanShare: 1, attendance: { present: 1, absent: 1 } },
      ],
      students: [
        {
          ...{ userId: "north-student", meanShare: 0.5, trend: 1 },
          ...{ attendance: { present: 2, absent: 0 } },
          sessions: [
            { attendance: "present", points: 0, pointsMax: 2, share: 0 },
            { attendance: "present", points: 2, pointsMax: 2, share: 1 },
          ],
        },
        {
          ...{ userId: "north-student2", meanShare: null, attendance: { absent: 2 } },
          sessions: [{ attendance: "absent", share: null }, { attendance: "absent" }],
        },
      ],
    });
    const csv = await get(`${path}?format=csv`);
    expect(csv.text.split("\r\n")).toHaveLength(4);
    expect(csv.text).toContain("north-student2,student2 of north,,0,0,2,0,absent,,,absent,,");
    const svg = await get(`${path}?format=svg`);
    expect(svg.headers.get("content-type")).toBe("image/svg+xml; charset=utf-8");
    expect(svg.text).toContain("Share of points by session");
    expect((await get(path, "owner")).body).toEqual(body);
  });

  test("CL8: to share a class is not to share what was done in it", async () => {
    const classId = await newClass({ visibility: "school" });
    const path = `classes/${classId}/report`;
    await (await held(classId)).teacher.send({ type: "session.end" });
    expect(listAt((await get(path)).body, "sessions")).toHaveLength(1);
    const colleague = await get(path, "teacher2");
    expect([colleague.status, colleague.body["sessions"]]).toEqual([200, []]);
    expectProblem(await get(path, "student"), 404, "not-found");
    expectProblem(await get(path, "owner", "south"), 404, "not-found");
    expectProblem(await get(`classes/${await newClass()}/report`, "teacher2"), 404, "not-found");
  });
});
