/** Classes over HTTP: who sees and changes which, who is in one, and lists that are pasted. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Code } from "../../machines/refusal.ts";
import {
  LESSON,
  PASSWORD,
  type Reply,
  type School,
  itemsOf,
  openSchool,
  parsePart,
  pathsOf,
} from "../support/school.ts";

const PATH = "/api/v1/classes";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.close());

/** `person` is of north, or `south/person`. */
async function ask(person: string, method: string, path: string, json?: object) {
  const [tenant, name] = person.startsWith("south/")
    ? (["south", person.slice("south/".length)] as const)
    : (["north", person] as const);
  const token = await school.tokenOf(tenant, name);
  return school.ask(method, path, json === undefined ? { token } : { token, json });
}

/** By the teacher of `north`. */
async function newClass(more: object = {}): Promise<string> {
  const made = await ask("teacher", "POST", PATH, { title: "7b", ...more });
  expect(made.status).toBe(201);
  return `${PATH}/${String(made.body["id"])}`;
}

function expectProblem(reply: Reply, status: number, code: Code) {
  expect([reply.status, reply.body["code"]]).toEqual([status, code]);
}

const namesIn = async (path: string) =>
  itemsOf(await ask("owner", "GET", `${path}/members`)).map((each) => each["name"]);

describe("a class", () => {
  test("is made, renamed, archived and deleted by its teacher", async () => {
    const path = await newClass({ title: "  7b, Biology " });
    const look = await ask("teacher", "GET", path);
    expect(look.body).toMatchObject({
      ...{ title: "7b, Biology", ownerId: "north-teacher", visibility: "private" },
      ...{ members: 0, mayChange: true, archivedAt: null },
    });
    const listed = async (query = "") =>
      itemsOf(await ask("teacher", "GET", `${PATH}${query}`)).some(
        (each) => each["id"] === look.body["id"],
      );
    expect([await listed(), await listed("?archived=true")]).toEqual([true, false]);
    const changed = await ask("teacher", "PATCH", path, { title: "8b", archived: true });
    expect(changed.body).toMatchObject({ title: "8b", archivedAt: expect.any(String) });
    expect([await listed(), await listed("?archived=true")]).toEqual([false, true]);
    const taken = await ask("teacher", "PATCH", path, { archived: false });
    expect(taken.body).toMatchObject({ title: "8b", archivedAt: null });
    expect((await ask("teacher", "DELETE", path)).status).toBe(204);
    expectProblem(await ask("teacher", "GET", path), 404, "not-found");
    expectProblem(await ask("teacher", "DELETE", path), 404, "not-found");
  });

  test("names the field that is not as expected", async () => {
    for (const [json, field] of [
      [{ title: " " }, "/title"],
      [{ title: "x".repeat(81) }, "/title"],
      [{ title: "x", visibility: "world" }, "/visibility"],
      [{ title: "x", owner: "me" }, "/owner"],
    ] as const) {
      const reply = await ask("teacher", "POST", PATH, json);
      expect([reply.status, pathsOf(reply)]).toEqual([422, [field]]);
    }
    expect((await ask("teacher", "PATCH", await newClass(), {})).status).toBe(422);
    expect(pathsOf(await ask("teacher", "GET", `${PATH}?after=x`))).toEqual(["/after"]);
  });

  test("the key makes one class", async () => {
    const token = await school.tokenOf("north", "teacher");
    const headers = { "idempotency-key": "one-class" };
    const once = () => school.ask("POST", PATH, { token, json: { title: "Once" }, headers });
    const [first, again] = [await once(), await once()];
    expect([first.status, again.body]).toEqual([201, first.body]);
  });

  test("CL1: is not there for strangers, and to its students it is a title", async () => {
    const path = await newClass();
    await ask("teacher", "PUT", `${path}/members/north-student`);
    const strangers = ["teacher2", "student2", "guardian", "south/owner", "south/teacher"];
    for (const person of strangers) {
      for (const [method, rest] of [
        ["GET", ""],
        ["GET", "/members"],
        ["PATCH", ""],
        ["PUT", "/members/north-student2"],
        ["POST", "/members"],
        ["DELETE", ""],
      ] as const) {
        const json = method === "PATCH" ? { title: "Mine" } : { people: [{ email: "a@b" }] };
        const body = ["PATCH", "POST"].includes(method) ? json : undefined;
        const reply = await ask(person, method, `${path}${rest}`, body);
        expect([person, method, rest, reply.status]).toEqual([person, method, rest, 404]);
      }
    }
    const seen = await ask("student", "GET", path);
    expect(seen.body).toEqual({ id: path.slice(PATH.length + 1), title: "7b" });
    expect(itemsOf(await ask("student", "GET", PATH))).toEqual([seen.body]);
    expect(itemsOf(await ask("student2", "GET", PATH))).toEqual([]);
    expectProblem(await ask("student", "GET", `${path}/members`), 404, "not-found");
    expectProblem(await ask("student", "PATCH", path, { title: "x" }), 404, "not-found");
    expectProblem(await ask("guardian", "GET", PATH), 404, "not-found");
    expectProblem(await ask("student", "POST", PATH, { title: "x" }), 404, "not-found");
    expectProblem(await ask("student", "GET", "/api/v1/students?q=a"), 404, "not-found");
    await ask("teacher", "PATCH", path, { archived: true });
    expectProblem(await ask("student", "GET", path), 404, "not-found");
    expect(itemsOf(await ask("student", "GET", `${PATH}?archived=true`))).toEqual([]);
  });

  test("CL2: is seen by colleagues if shared, and changed by its owner and the office", async () => {
    const path = await newClass({ visibility: "school" });
    expect((await ask("teacher2", "GET", path)).body).toMatchObject({ mayChange: false });
    expect((await ask("teacher2", "GET", `${path}/members`)).status).toBe(200);
    expectProblem(await ask("teacher2", "PATCH", path, { title: "x" }), 403, "not-allowed");
    expectProblem(await ask("teacher2", "DELETE", path), 403, "not-allowed");
    const member = `${path}/members/north-student`;
    expectProblem(await ask("teacher2", "PUT", member), 403, "not-allowed");
    for (const person of ["admin", "owner"]) {
      expect((await ask(person, "PATCH", path, { title: person })).status).toBe(200);
      expect((await ask(person, "PUT", member)).status).toBe(204);
    }
    const hidden = await newClass();
    expect((await ask("admin", "GET", hidden)).body).toMatchObject({ mayChange: true });
    expect(school.log.events.some(({ event }) => event === "class.read-by-office")).toBe(true);
  });
});

describe("members", () => {
  test("are found among the school's students, added and removed, twice as once", async () => {
    const path = await newClass();
    const found = itemsOf(await ask("teacher", "GET", "/api/v1/students?q=STUDENT2"));
    expect(found).toMatchObject([{ userId: "north-student2", email: "student2@school.example" }]);
    const one = `${path}/members/north-student2`;
    for (const [method, after] of [
      ["PUT", 1],
      ["PUT", 1],
      ["DELETE", 0],
      ["DELETE", 0],
    ] as const) {
      expect((await ask("teacher", method, one)).status).toBe(204);
      expect((await ask("teacher", "GET", path)).body).toMatchObject({ members: after });
    }
    for (const nobody of ["north-teacher2", "south-student", "nobody"]) {
      expectProblem(await ask("teacher", "PUT", `${path}/members/${nobody}`), 404, "not-found");
    }
    expect(pathsOf(await ask("teacher", "GET", "/api/v1/students?q=%20"))).toEqual(["/q"]);
  });

  test("a list is added by address, and new students sign in with what is shown once", async () => {
    const path = await newClass();
    const people = [
      { email: "Student@School.example" },
      { email: "new1@school.example", name: " Nia " },
      { email: "NEW1@school.example", name: "Nia again" },
      { email: "new2@school.example", name: "Noa" },
    ];
    const token = await school.tokenOf("north", "admin");
    const headers = { "idempotency-key": "one-list" };
    const send = () => school.ask("POST", `${path}/members`, { token, json: { people }, headers });
    const [added, again] = [await send(), await send()];
    expect([added.status, again.body]).toEqual([200, added.body]);
    expect(await namesIn(path)).toEqual(["Nia", "Noa", "student of north"]);
    const made: readonly unknown[] = Array.isArray(added.body["made"]) ? added.body["made"] : [];
    expect(made.map((each) => parsePart(each)["name"])).toEqual(["Nia", "Noa"]);
    for (const each of made.map(parsePart)) {
      const json = { tenant: "north", email: each["email"], password: each["password"] };
      const signedIn = await school.ask("POST", "/api/v1/auth/sign-in", { json });
      expect(signedIn.body["user"]).toMatchObject({ role: "student", name: each["name"] });
    }
    expect((await ask("admin", "GET", `${path}/members`)).text).not.toContain("password");
    const second = await ask("teacher", "POST", `${path}/members`, { people });
    expect(second.body).toMatchObject({ made: [] });
  });

  test("CL3: a list with a mistake adds nobody and makes no account", async () => {
    const path = await newClass();
    const people = [
      { email: "fresh@school.example", name: "Fresh" },
      { email: "teacher2@school.example", name: "Colleague" },
      { email: "nameless@school.example" },
      { email: "bad@school.example", name: "\u202E" },
    ];
    const reply = await ask("owner", "POST", `${path}/members`, { people });
    expect([reply.status, pathsOf(reply)]).toEqual([
      422,
      ["/people/1/email", "/people/2/name", "/people/3/name"],
    ]);
    expect(await namesIn(path)).toEqual([]);
    expect(itemsOf(await ask("teacher", "GET", "/api/v1/students?q=fresh"))).toEqual([]);
    const many = Array.from({ length: 51 }, (_, n) => ({ email: `n${n}@x.example`, name: "N" }));
    const over = await ask("owner", "POST", `${path}/members`, { people: many });
    expect([over.status, pathsOf(over)]).toEqual([422, ["/people"]]);
  });

  test("CL4: a teacher adds who has an account, and makes none", async () => {
    const path = await newClass();
    const people = [
      { email: "student@school.example", name: "Whoever" },
      { email: "unknown@school.example", name: "Unknown" },
    ];
    const reply = await ask("teacher", "POST", `${path}/members`, { people });
    expect([reply.status, pathsOf(reply)]).toEqual([422, ["/people/1/email"]]);
    expect(await namesIn(path)).toEqual([]);
    const known = await ask("teacher", "POST", `${path}/members`, { people: people.slice(0, 1) });
    expect(known.body).toMatchObject({ items: [{ name: "student of north" }], made: [] });
  });

  test("two lists with the same new address at once make one account", async () => {
    const path = await newClass();
    const people = [{ email: "twice@school.example", name: "Twice" }];
    const replies = await Promise.all(
      [1, 2].map(() => ask("owner", "POST", `${path}/members`, { people })),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(replies.flatMap(({ body }) => body["made"])).toHaveLength(1);
    expect(await namesIn(path)).toEqual(["Twice"]);
  });
});

describe("a session", () => {
  test("starts for one's own class or a shared one, and for no other", async () => {
    const lesson = await ask("teacher", "POST", "/api/v1/lessons", LESSON);
    const lessonId = String(lesson.body["id"]);
    const start = (person: string, path: string) =>
      ask(person, "POST", "/api/v1/sessions", { lessonId, classId: path.slice(PATH.length + 1) });
    const [own, shared] = [await newClass(), await newClass({ visibility: "school" })];
    expect((await start("teacher", own)).status).toBe(201);
    expect((await start("teacher2", shared)).status).toBe(201);
    await ask("teacher", "PATCH", shared, { archived: true });
    for (const [person, path] of [
      ["teacher2", own],
      ["teacher", shared],
      ["teacher", `${PATH}/nothing`],
    ] as const) {
      const reply = await start(person, path);
      expect([reply.status, pathsOf(reply)]).toEqual([404, ["/classId"]]);
    }
  });
});

test("the password of an account that was there before stays", async () => {
  const path = await newClass();
  const people = [{ email: "student2@school.example", name: "Other" }];
  await ask("owner", "POST", `${path}/members`, { people });
  const json = { tenant: "north", email: "student2@school.example", password: PASSWORD };
  expect((await school.ask("POST", "/api/v1/auth/sign-in", { json })).status).toBe(200);
});
