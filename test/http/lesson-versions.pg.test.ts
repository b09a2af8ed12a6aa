/** Lessons over HTTP: versions, what sessions start from, sharing, copies, standards, search. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LESSON, type School, itemsOf, openSchool, parsePart, pathsOf } from "../support/school.ts";

const PATH = "/api/v1/lessons";

let school: School;
let teacher: string;
let colleague: string;
let admin: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
  colleague = await school.tokenOf("north", "teacher2");
  admin = await school.tokenOf("north", "admin");
});
afterAll(() => school.close());

const get = (path: string, token = teacher) => school.ask("GET", path, { token });
const put = (path: string, json: object, token = teacher) =>
  school.ask("PUT", path, { token, json });
const post = (path: string, json: object, token = teacher) =>
  school.ask("POST", path, { token, json });

async function made(more: object = {}) {
  const { status, body } = await post(PATH, { ...LESSON, ...more });
  expect(status).toBe(201);
  return { body, id: String(body["id"]), path: `${PATH}/${String(body["id"])}` };
}

describe("versions", () => {
  test("what is published stays readable and listed, whatever is edited after it", async () => {
    const { body, path, id } = await made({ title: "One" });
    expect(body).toMatchObject({ version: 1, publishedVersion: 1, basedOn: null });
    const draft = await put(path, { title: "Two", steps: [], version: 1 });
    expect(draft.body).toMatchObject({
      ...{ title: "Two", version: 2, status: "draft", publishedVersion: 1 },
      basedOn: { lessonId: id, version: 1 },
    });
    expect((await get(path)).body).toEqual(draft.body);
    const first = await get(`${path}/versions/1`);
    expect(first.body).toEqual({ ...body, updatedAt: expect.any(String) });
    const listed = await get(`${path}/versions`);
    expect(itemsOf(listed)).toMatchObject([
      { version: 2, title: "Two", status: "draft", publishedAt: null },
      { version: 1, title: "One", status: "published", publishedBy: "north-teacher" },
    ]);
    expect(itemsOf(listed)[0]).not.toHaveProperty("steps");
    const published = await put(path, { ...draft.body, status: "published" });
    expect(published.body).toMatchObject({ version: 3, publishedVersion: 3, status: "published" });
    expect((await get(`${path}/versions/1`)).body["title"]).toBe("One");
    for (const version of ["2", "4", "0", "x", "99999999999999999999"]) {
      expect([version, (await get(`${path}/versions/${version}`)).status]).toEqual([version, 404]);
    }
  });

  test("sessions start from what was published last, or from the version that is named", async () => {
    const { path, id } = await made({ title: "Taught" });
    await put(path, { title: "Not yet", steps: [], version: 1 });
    const started = async (json: object) => {
      const reply = await post("/api/v1/sessions", { lessonId: id, ...json });
      return [reply.status, parsePart(reply.body["view"])["title"] ?? pathsOf(reply)[0]];
    };
    expect(await started({})).toEqual([201, "Taught"]);
    expect(await started({ lessonVersion: 2 })).toEqual([201, "Not yet"]);
    expect(await started({ lessonVersion: 3 })).toEqual([404, "/lessonVersion"]);
    await put(path, { title: "Now", steps: [], version: 2, status: "published" });
    expect(await started({})).toEqual([201, "Now"]);
    expect(await started({ lessonVersion: 1 })).toEqual([201, "Taught"]);
    const draft = await made({ status: "draft", title: "Never published" });
    const first = await post("/api/v1/sessions", { lessonId: draft.id });
    expect(first.status).toBe(201);
  });

  test("a session says of which version it is, in its view, its report and its list", async () => {
    const { path, id } = await made({ title: "Said" });
    await put(path, { title: "Said again", steps: [], version: 1, status: "published" });
    for (const [json, version] of [
      [{}, 2],
      [{ lessonVersion: 1 }, 1],
    ] as const) {
      const reply = await post("/api/v1/sessions", { lessonId: id, ...json });
      expect(reply.body["view"]).toMatchObject({ lesson: { id, version } });
      const session = String(reply.body["id"]);
      const report = await get(`/api/v1/sessions/${session}/report`);
      expect(report.body["session"]).toMatchObject({ lessonId: id, lesson: { id, version } });
      const listed = itemsOf(await get("/api/v1/sessions")).find(
        (each) => parsePart(each)["id"] === session,
      );
      expect(listed).toMatchObject({ lessonId: id, lessonVersion: version });
    }
  });

  test("a deleted lesson's versions are gone with it, and a draft is exported as what it is", async () => {
    const { path } = await made({ title: "Exported" });
    await put(path, { title: "Exported", steps: [], version: 1 });
    const text = async (search: string) =>
      String((await get(`${path}/export?format=gift${search}`)).body["text"]);
    expect(await text("")).not.toContain("What makes a leaf green?");
    expect(await text("&version=1")).toContain("What makes a leaf green?");
    await school.ask("DELETE", path, { token: teacher });
    expect((await get(`${path}/versions`)).status).toBe(404);
    expect((await get(`${path}/versions/1`)).status).toBe(404);
  });
});

describe("sharing", () => {
  test("LV1: a private lesson is not there for colleagues, by whatever way they ask", async () => {
    const { path, id } = await made({ title: "Hidden gem", visibility: "private" });
    const ways = [
      ["GET", path],
      ["GET", `${path}/versions`],
      ["GET", `${path}/versions/1`],
      ["GET", `${path}/export?format=gift`],
      ["PUT", path, { title: "T", steps: [], version: 1 }],
      ["PUT", `${path}/visibility`, { visibility: "school" }],
      ["POST", `${path}/copy`, {}],
      ["DELETE", path],
      ["POST", "/api/v1/sessions", { lessonId: id }],
    ] as const;
    const student = await school.tokenOf("north", "student");
    const south = await school.tokenOf("south", "teacher");
    for (const token of [colleague, student, south]) {
      for (const [method, way, json] of ways) {
        const reply = await school.ask(method, way, { token, json });
        expect([method, way, reply.body["code"]]).toEqual([
          method,
          way,
          token === student && way.endsWith("sessions") ? "not-allowed" : "not-found",
        ]);
      }
    }
    const titles = async (token: string) =>
      itemsOf(await get(`${PATH}?q=%22hidden+gem%22`, token)).map((each) => each["title"]);
    expect(await titles(colleague)).toEqual([]);
    expect(await titles(teacher)).toEqual(["Hidden gem"]);
    expect(await titles(admin)).toEqual(["Hidden gem"]);
  });

  test("LV1: admins read a private lesson by office, and leave a line", async () => {
    const { path, id } = await made({ visibility: "private" });
    expect((await get(path, admin)).body).toMatchObject({ id, mayChange: true });
    const lines = school.log.events.filter(({ event }) => event === "lesson.read-by-office");
    const fields = { tenantId: "north", lessonId: id, userId: "north-admin" };
    expect(lines.map((line) => line.fields)).toContainEqual(fields);
  });

  test("LV2: what is shared is read by colleagues, and changed by its author and by office", async () => {
    const { path } = await made({ title: "Shared" });
    expect((await get(path, colleague)).body).toMatchObject({ mayChange: false, title: "Shared" });
    const json = { visibility: "private" };
    const refused = await put(`${path}/visibility`, json, colleague);
    expect([refused.status, refused.body["code"]]).toEqual([403, "not-allowed"]);
    const taken = await put(`${path}/visibility`, json, admin);
    expect(taken.body).toMatchObject({ visibility: "private", version: 1, status: "published" });
    expect((await get(path, colleague)).status).toBe(404);
    expect((await put(`${path}/visibility`, { visibility: "world" })).status).toBe(422);
    const kept = await put(path, { title: "Shared", steps: [], version: 1 });
    expect(kept.body).toMatchObject({ visibility: "private", version: 2 });
    const again = await put(path, { ...kept.body, visibility: "school" });
    expect(again.body).toMatchObject({ visibility: "school", version: 3 });
  });

  test("LV2: a copy is the copier's own private draft, and says what it was made of", async () => {
    const standards = [{ framework: "F", code: "1", steps: ["s2"] }];
    const { path, id, body } = await made({ title: "Origin", tags: ["t"], standards });
    const copy = await post(`${path}/copy`, {}, colleague);
    expect(copy.status).toBe(201);
    expect(copy.body).toMatchObject({
      ...{ title: "Origin", tags: ["t"], standards, steps: body["steps"], version: 1 },
      ...{ ownerId: "north-teacher2", status: "draft", visibility: "private", mayChange: true },
      basedOn: { lessonId: id, version: 1 },
    });
    await put(path, { title: "Newer", steps: [], version: 1 });
    const old = await post(`${path}/copy`, { version: 1, title: "Mine" }, colleague);
    expect(old.body).toMatchObject({ title: "Mine", basedOn: { version: 1 } });
    expect((await post(`${path}/copy`, { version: 9 }, colleague)).status).toBe(404);
    const mine = itemsOf(await get(`${PATH}?mine=true`, colleague));
    expect(mine.map((each) => each["title"])).toEqual(["Mine", "Origin"]);
    const own = `${PATH}/${String(copy.body["id"])}`;
    expect((await get(own)).status).toBe(404);
    const edit = await put(own, { ...copy.body, status: "published" }, colleague);
    expect(edit.body).toMatchObject({ version: 2, basedOn: { lessonId: id, version: 1 } });
  });
});

describe("standards", () => {
  test("come back as they were sent, narrow the list, and name steps that are there", async () => {
    const standards = [
      { framework: "CCSS", code: "3.NF.A.1", title: "Fractions", steps: ["s2", "s3"] },
      { framework: "CCSS", code: "3.NF.A.2" },
    ];
    const { body } = await made({ title: "Halves", standards });
    expect(body["standards"]).toEqual(standards);
    const titles = async (search: string) =>
      itemsOf(await get(`${PATH}?${search}`)).map((each) => each["title"]);
    expect(await titles("standard=3.NF.A.2")).toEqual(["Halves"]);
    expect(await titles("framework=CCSS&standard=3.NF.A.1")).toEqual(["Halves"]);
    expect(await titles("framework=NGSS&standard=3.NF.A.1")).toEqual([]);
    expect(await titles("q=3.nf.a.1")).toEqual(["Halves"]);
    const wrong: readonly (readonly [readonly object[], string])[] = [
      [[{ framework: "F", code: "1", steps: ["s9"] }], "/standards/0/steps/0"],
      [[{ framework: "F", code: "1", steps: ["s2", "s2"] }], "/standards/0/steps/1"],
      [
        [
          { framework: "F", code: "1" },
          { framework: "F", code: "1" },
        ],
        "/standards/1/code",
      ],
      [[{ framework: "F" }], "/standards/0/code"],
      [[{ framework: "F", code: "1", steps: [] }], "/standards/0/steps"],
    ];
    for (const [given, path] of wrong) {
      const reply = await post(PATH, { ...LESSON, standards: given });
      expect([reply.status, pathsOf(reply)]).toEqual([422, [path]]);
    }
  });
});

describe("search", () => {
  test("finds a lesson by the words of its steps, as they are in the newest version", async () => {
    const body = "Stalactites hang from the **ceiling**, `water` drips.";
    const steps = [{ id: "c", kind: "content", title: "Caves", body }];
    const { path } = await made({ title: "Underground", steps });
    const titles = async (q: string) =>
      itemsOf(await get(`${PATH}?q=${encodeURIComponent(q)}`)).map((each) => each["title"]);
    expect(await titles("stalactites CEILING water")).toEqual(["Underground"]);
    expect(await titles('"hang from" -ceiling')).toEqual([]);
    expect(await titles("content")).toEqual([]);
    await put(path, { title: "Above", steps: [], version: 1 });
    expect(await titles("stalactites")).toEqual([]);
  });
});
