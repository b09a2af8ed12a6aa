/** Lessons: kept by version, shared among teachers, hidden from everybody else; GIFT import. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { LESSON, type School, itemsOf, openSchool, parsePart, pathsOf } from "../support/school.ts";

const PATH = "/api/v1/lessons";

let school: School;
let teacher: string;
beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
});
afterAll(() => school.close());

async function made(json: object = LESSON): Promise<Readonly<Record<string, unknown>>> {
  const reply = await school.ask("POST", PATH, { token: teacher, json });
  expect(reply.status).toBe(201);
  return reply.body;
}

function imported(body: string, search = "?format=gift") {
  return school.ask("POST", `${PATH}/import${search}`, {
    token: teacher,
    body,
    type: "text/plain; charset=utf-8",
  });
}

describe("lessons", () => {
  test("a lesson comes back as it was sent, with an id, an owner and version 1", async () => {
    const lesson = await made();
    const { body } = await school.ask("GET", `${PATH}/${String(lesson["id"])}`, { token: teacher });
    expect(body).toEqual(lesson);
    expect(body).toMatchObject({ ...LESSON, version: 1, ownerId: "north-teacher", tags: [] });
  });

  test("steps without an id get one, and two of one id are refused by path", async () => {
    const step = { kind: "content", title: "T", body: "B" };
    const lesson = await made({ title: "Ids", steps: [step, step] });
    const steps: readonly unknown[] = Array.isArray(lesson["steps"]) ? lesson["steps"] : [];
    expect(new Set(steps.map((each) => parsePart(each)["id"])).size).toBe(2);
    const json = {
      title: "Ids",
      steps: [
        { ...step, id: "a" },
        { ...step, id: "a" },
      ],
    };
    const reply = await school.ask("POST", PATH, { token: teacher, json });
    expect([reply.status, pathsOf(reply)]).toEqual([422, ["/steps/1/id"]]);
  });

  test("a mistake deep inside an item is named by its path", async () => {
    const item = {
      kind: "single-choice",
      prompt: "?",
      choices: [
        { id: "a", text: "A", correct: true },
        { id: "b", text: 7, correct: false },
      ],
    };
    const broken = [
      [{ kind: "item", item }, "/steps/0/item/choices/1/text"],
      [{ kind: "item", item: { ...item, kind: "riddle" } }, "/steps/0/item/kind"],
      [{ kind: "item", item: { kind: "poll", prompt: "?", choices: [] } }, "/steps/0/item/choices"],
      [{ kind: "content", title: "T", body: "B", media: "x.png" }, "/steps/0/media"],
      [{ kind: "film" }, "/steps/0/kind"],
    ] as const;
    for (const [step, path] of broken) {
      const json = { title: "Broken", steps: [step] };
      const reply = await school.ask("POST", PATH, { token: teacher, json });
      expect([reply.status, pathsOf(reply)[0]]).toEqual([422, path]);
    }
  });

  test("PUT needs the version that was edited", async () => {
    const lesson = await made();
    const path = `${PATH}/${String(lesson["id"])}`;
    const change = { title: "Second", steps: [], version: 1 };
    const second = await school.ask("PUT", path, { token: teacher, json: change });
    const late = await school.ask("PUT", path, { token: teacher, json: change });
    expect(second.body).toMatchObject({ title: "Second", version: 2 });
    expect([late.status, late.body["code"], late.body["version"]]).toEqual([
      409,
      "version-conflict",
      2,
    ]);
    const none = await school.ask("PUT", path, { token: teacher, json: { title: "T", steps: [] } });
    expect([none.status, pathsOf(none)]).toEqual([422, ["/version"]]);
  });

  test("a deleted lesson is gone", async () => {
    const path = `${PATH}/${String((await made())["id"])}`;
    const once = { token: teacher, headers: { "idempotency-key": "delete-once" } };
    expect((await school.ask("DELETE", path, once)).status).toBe(204);
    expect((await school.ask("DELETE", path, once)).status).toBe(204);
    for (const method of ["GET", "DELETE"]) {
      expect((await school.ask(method, path, { token: teacher })).status).toBe(404);
    }
  });

  test("colleagues read, and only the author, admins and owners change", async () => {
    const path = `${PATH}/${String((await made())["id"])}`;
    const colleague = await school.tokenOf("north", "teacher2");
    const admin = await school.tokenOf("north", "admin");
    const json = { title: "Mine", steps: [], version: 1 };
    expect((await school.ask("GET", path, { token: colleague })).status).toBe(200);
    expect((await school.ask("PUT", path, { token: colleague, json })).status).toBe(403);
    expect((await school.ask("DELETE", path, { token: colleague })).status).toBe(403);
    expect((await school.ask("PUT", path, { token: admin, json })).status).toBe(200);
  });

  test("for students, guardians and other schools there are no lessons", async () => {
    const path = `${PATH}/${String((await made())["id"])}`;
    const student = await school.tokenOf("north", "student");
    const guardian = await school.tokenOf("north", "guardian");
    const south = await school.tokenOf("south", "teacher");
    for (const token of [student, guardian]) {
      expect((await school.ask("GET", PATH, { token })).status).toBe(404);
      expect((await school.ask("POST", PATH, { token, json: LESSON })).status).toBe(404);
    }
    for (const token of [student, guardian, south]) {
      for (const method of ["GET", "DELETE"]) {
        expect((await school.ask(method, path, { token })).status).toBe(404);
      }
    }
    expect((await school.ask("GET", PATH, { token: south })).body["items"]).toEqual([]);
  });

  test("lists can be narrowed to words of title and tags, and to a tag, in one school", async () => {
    const fresh = await openSchool();
    try {
      const token = await fresh.tokenOf("north", "teacher");
      const south = await fresh.tokenOf("south", "teacher");
      const lessons = [
        { title: "Flüsse Europas", tags: ["geo"] },
        { title: "Rivers of Asia", tags: ["geo", "big rivers"] },
        { title: "Fractions", tags: ["geometry"] },
      ];
      for (const { title, tags } of lessons) {
        await fresh.ask("POST", PATH, { token, json: { title, tags, steps: [] } });
      }
      const found = async (search: string, by = token) => {
        const reply = await fresh.ask("GET", `${PATH}?${search}`, { token: by });
        expect(reply.status).toBe(200);
        return itemsOf(reply).map((item) => item["title"]);
      };
      expect(await found("tag=geo")).toEqual(["Rivers of Asia", "Flüsse Europas"]);
      expect(await found("q=FL%C3%9CSSE")).toEqual(["Flüsse Europas"]);
      expect(await found("q=big+asia")).toEqual(["Rivers of Asia"]);
      expect(await found("q=geo&tag=big+rivers")).toEqual(["Rivers of Asia"]);
      expect(await found("q=geo+-asia&limit=1")).toEqual(["Flüsse Europas"]);
      expect(await found("q=%27%29%3B--+%26+%7C+%21+%28")).toEqual([]);
      expect(await found("tag=geo", south)).toEqual([]);
      expect((await fresh.ask("GET", `${PATH}?q=a%00`, { token })).status).toBe(422);
    } finally {
      await fresh.close();
    }
  });

  test("lists run newest first, a page at a time, without loss or doubles", async () => {
    const fresh = await openSchool();
    try {
      const token = await fresh.tokenOf("north", "teacher");
      for (const title of ["one", "two", "three", "four", "five"]) {
        await fresh.ask("POST", PATH, { token, json: { title, steps: [] } });
      }
      const titles: unknown[] = [];
      let search = "?limit=2";
      for (let page = 0; page < 3; page += 1) {
        const reply = await fresh.ask("GET", `${PATH}${search}`, { token });
        titles.push(...itemsOf(reply).map((each) => each["title"]));
        search = `?limit=2&after=${String(reply.body["next"])}`;
      }
      expect(titles).toEqual(["five", "four", "three", "two", "one"]);
      expect(search).toBe("?limit=2&after=null");
    } finally {
      await fresh.close();
    }
  });

  test("the same key makes one lesson, and other content under it is refused", async () => {
    const headers = { "idempotency-key": "lesson-once" };
    const ask = (title: string) =>
      school.ask("POST", PATH, { token: teacher, headers, json: { title, steps: [] } });
    const first = await ask("Once");
    const again = await ask("Once");
    const other = await ask("Other");
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect([other.status, other.body["code"]]).toEqual([422, "key-reused"]);
    const colleague = await school.tokenOf("north", "teacher2");
    const json = { title: "Hers", steps: [] };
    expect((await school.ask("POST", PATH, { token: colleague, headers, json })).status).toBe(201);
  });
});

describe("GIFT import", () => {
  test("a file becomes a lesson that can be taught", async () => {
    const reply = await imported("::Leaf:: What is green? { =Leaf ~Sky }\n\n::Sun:: A star. {T}\n");
    expect(reply.status).toBe(201);
    expect(reply.body["steps"]).toMatchObject([
      { kind: "item", item: { kind: "single-choice", prompt: "What is green?" } },
      { kind: "item", item: { kind: "true-false", correct: true } },
    ]);
    const json = { lessonId: reply.body["id"] };
    expect((await school.ask("POST", "/api/v1/sessions", { token: teacher, json })).status).toBe(
      201,
    );
  });

  test("a broken question is named with its line, and nothing is imported", async () => {
    const before = (await school.ask("GET", PATH, { token: teacher })).text;
    const reply = await imported("::Good:: Fine? {T}\n\n::Bad:: What { =a ~b\n");
    expect([reply.status, reply.body["code"]]).toEqual([422, "invalid"]);
    expect(String(reply.body["detail"])).toMatch(/line 3/i);
    expect((await school.ask("GET", PATH, { token: teacher })).text).toBe(before);
  });

  test("title and language can be given; another format is refused", async () => {
    const reply = await imported("Sun? {T}", "?format=gift&title=Mine&language=de");
    expect(reply.body).toMatchObject({ title: "Mine", language: "de" });
    const odd = await imported("Sun? {T}", "?format=qti");
    expect([odd.status, pathsOf(odd)]).toEqual([422, ["/format"]]);
    expect((await imported("Sun? {T}", "")).status).toBe(422);
    expect((await imported("NUL \0 {T}")).status).toBe(422);
    expect((await imported("x".repeat(1_100_000))).status).toBe(413);
  });
});
