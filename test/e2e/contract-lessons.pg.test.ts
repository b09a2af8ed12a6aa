/** Lessons as the pages promise them: kept, replaced, imported, and what may be left out. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type School, openSchool, pathsOf } from "../support/school.ts";
import { STEPS, at, expectProblem, listAt } from "../support/taught.ts";

let school: School;

beforeAll(async () => {
  school = await openSchool();
}, 60_000);

afterAll(() => school.close(), 30_000);

describe("lessons", () => {
  test("are made, read, replaced by version, listed and deleted; students get 404", async () => {
    const token = await school.tokenOf("north", "teacher");
    const student = await school.tokenOf("north", "student");
    const json = { title: "Plants", language: "de-CH", steps: STEPS };
    const made = await school.ask("POST", "/api/v1/lessons", { token, json });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ ...json, version: 1, status: "draft" });
    const path = `/api/v1/lessons/${String(made.body["id"])}`;
    const read = await school.ask("GET", path, { token });
    expect(read.body).toEqual(made.body);
    expectProblem(await school.ask("GET", path, { token: student }), 404, "not-found");
    const change = { ...json, title: "Plants 2", version: 1 };
    const put = await school.ask("PUT", path, { token, json: change });
    expect(put.body).toMatchObject({ title: "Plants 2", version: 2 });
    const stale = await school.ask("PUT", path, { token, json: change });
    expectProblem(stale, 409, "version-conflict");
    const bare = await school.ask("PUT", path, { token, json });
    expectProblem(bare, 422, "invalid");
    expect(pathsOf(bare)).toEqual(["/version"]);
    const south = await school.tokenOf("south", "teacher");
    expectProblem(await school.ask("GET", path, { token: south }), 404, "not-found");
    expectProblem(await school.ask("DELETE", path, { token: south }), 404, "not-found");
    expect((await school.ask("DELETE", path, { token })).status).toBe(204);
    expectProblem(await school.ask("GET", path, { token }), 404, "not-found");
  });

  test("a lesson as it was read may be sent back changed", async () => {
    const token = await school.tokenOf("north", "teacher");
    const json = { title: "Plants", language: "en", status: "published", steps: STEPS };
    const { body } = await school.ask("POST", "/api/v1/lessons", { token, json });
    const path = `/api/v1/lessons/${String(body["id"])}`;
    const put = await school.ask("PUT", path, { token, json: { ...body, title: "Trees" } });
    expect(put.status).toBe(200);
    expect(put.body).toMatchObject({ title: "Trees", version: 2, status: "published" });
  });

  test("what api.md lets an item leave out may be left out", async () => {
    const token = await school.tokenOf("north", "teacher");
    const item = (more: object) => ({ kind: "item", item: { prompt: "?", points: 1, ...more } });
    const steps = [
      item({
        kind: "multiple-choice",
        choices: [
          { id: "a", text: "A", weight: 0.5 },
          { id: "b", text: "B", weight: 0.5 },
          { id: "c", text: "C", weight: -0.5 },
        ],
      }),
      item({
        kind: "single-choice",
        choices: [
          { id: "a", text: "A", correct: true },
          { id: "b", text: "B" },
        ],
      }),
      item({ kind: "short-text", accepted: [{ text: "yes" }] }),
      item({ kind: "numeric", accepted: [{ value: 3 }] }),
      item({ kind: "numeric", accepted: [{ min: 3, max: 4 }] }),
    ].map((step, index) => ({ id: `s${index}`, ...step }));
    const json = { title: "Lenient", language: "en", steps };
    const made = await school.ask("POST", "/api/v1/lessons", { token, json });
    expect({ status: made.status, errors: made.body["errors"] }).toEqual({
      status: 201,
      errors: undefined,
    });
  });

  test("an item that cannot be asked is refused by the field that is wrong", async () => {
    const token = await school.tokenOf("north", "teacher");
    const choices = ["a", "b"].map((id) => ({ id, text: id, correct: false }));
    const cases: readonly (readonly [object, string])[] = [
      [{ kind: "nope", prompt: "?" }, "/steps/0/item/kind"],
      [{ kind: "poll", prompt: "?", choices: [] }, "/steps/0/item/choices"],
      [{ kind: "single-choice", prompt: "?", choices }, "/steps/0/item/choices"],
      [{ kind: "true-false", prompt: "?" }, "/steps/0/item/correct"],
      [{ kind: "open-text", prompt: "?", media: [] }, "/steps/0/item/media"],
      [{ kind: "open-text", prompt: "?", limitMs: 4_999 }, "/steps/0/item/limitMs"],
    ];
    for (const [item, path] of cases) {
      const json = { title: "T", language: "en", steps: [{ id: "s", kind: "item", item }] };
      const reply = await school.ask("POST", "/api/v1/lessons", { token, json });
      expectProblem(reply, 422, "invalid");
      expect(pathsOf(reply)).toEqual([path]);
    }
  });

  test("GIFT is imported whole, or a broken question is named with its line", async () => {
    const token = await school.tokenOf("north", "teacher");
    const path = "/api/v1/lessons/import?format=gift";
    const body = "::Sun:: The sun is a star. {T}\n\nWhat is 1+1? {\n=2\n~3\n}\n";
    const type = "text/plain";
    const good = await school.ask("POST", path, { token, body, type });
    expect(good.status).toBe(201);
    expect(listAt(good.body, "steps")).toHaveLength(2);
    const broken = `${body}\nWhat? {\n=a\n~b\n`;
    const before = await school.ask("GET", "/api/v1/lessons?limit=200", { token });
    const bad = await school.ask("POST", path, { token, body: broken, type });
    expectProblem(bad, 422, "invalid");
    expect(String(bad.body["detail"])).toMatch(/line \d+/iu);
    expect(at(bad.body, "errors", 0, "line")).toBe(8);
    const after = await school.ask("GET", "/api/v1/lessons?limit=200", { token });
    expect(after.body).toEqual(before.body);
    const json = await school.ask("POST", path, { token, json: {} });
    expectProblem(json, 415, "unsupported-media-type");
  });

  test("a lesson of 1 MiB can be taught; a larger one is too-large", async () => {
    const token = await school.tokenOf("north", "teacher");
    const body = "é".repeat(5_000);
    const step = (id: number) => ({ id: `s${id}`, kind: "content", title: "T", body });
    const json = {
      title: "Large",
      language: "en",
      steps: Array.from({ length: 104 }, (_, n) => step(n)),
    };
    const made = await school.ask("POST", "/api/v1/lessons", { token, json });
    const lessonId = made.body["id"];
    const session = await school.ask("POST", "/api/v1/sessions", { token, json: { lessonId } });
    expect(session.status).toBe(201);
    const path = `/api/v1/sessions/${String(session.body["id"])}/commands`;
    const command = { type: "session.open-lobby" };
    expect((await school.ask("POST", path, { token, json: command })).status).toBe(200);
    const more = { ...json, steps: [...json.steps, step(104)] };
    const large = await school.ask("POST", "/api/v1/lessons", { token, json: more });
    expectProblem(large, 413, "too-large");
  });
});
