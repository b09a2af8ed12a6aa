/** The API's documents: valid by an independent validator, complete, and from our own origin. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { sessionMachine } from "../../machines/learning-session/machine.ts";
import { type School, openSchool, parseObject, parsePart } from "../support/school.ts";

let school: School;
let document: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  school = await openSchool();
  document = (await school.ask("GET", "/docs/json")).body;
});
afterAll(() => school.close());

function operations(): readonly (readonly [
  name: string,
  operation: Readonly<Record<string, unknown>>,
])[] {
  return Object.entries(parsePart(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(parsePart(methods)).map(
      ([method, each]) => [`${method} ${path}`, parsePart(each)] as const,
    ),
  );
}

test("the document is valid OpenAPI 3.0.3", async () => {
  const copy = parseObject(JSON.stringify(document));
  const { valid, errors } = await new Validator().validate(copy);
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(document["openapi"]).toBe("3.0.3");
});

test("nothing in it is of a newer JSON Schema, and every reference leads somewhere", () => {
  const text = JSON.stringify(document);
  const schemas = Object.keys(parsePart(parsePart(document["components"])["schemas"]));
  const references = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(text).not.toMatch(/"const":|"patternProperties":|"type":"null"|"\$id":/);
  expect(references.length).toBeGreaterThan(40);
  expect(references.filter((name) => !schemas.includes(name ?? ""))).toEqual([]);
});

test("every operation has a summary, a tag, a distinct id, and describes all its answers", () => {
  const ids = operations().map(([, operation]) => operation["operationId"]);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [name, operation] of operations()) {
    expect([name, operation["summary"], operation["tags"]]).toEqual([
      name,
      expect.any(String),
      [expect.any(String)],
    ]);
    const answers = Object.entries(parsePart(operation["responses"]));
    expect(answers.some(([status]) => status.startsWith("2"))).toBe(true);
    for (const [status, answer] of answers) {
      const { description, content } = parsePart(answer);
      expect(description).toEqual(expect.any(String));
      const isProblem = Number(status) >= 400;
      expect("application/problem+json" in parsePart(content)).toBe(isProblem);
    }
    expect(Object.keys(parsePart(operation["responses"]))).toContain("500");
  }
});

test("every operation with a body in text shows one to send", () => {
  for (const [name, operation] of operations()) {
    const content = parsePart(parsePart(operation["requestBody"])["content"]);
    for (const [type, shown] of Object.entries(content)) {
      if (type === "application/zip" || type.startsWith("image/")) {
        continue;
      }
      const { example, examples } = parsePart(shown);
      expect([name, example ?? examples]).toEqual([name, expect.anything()]);
    }
  }
});

test("the commands of a session are one union, told apart by type", () => {
  const schemas = parsePart(parsePart(document["components"])["schemas"]);
  const union = parsePart(schemas["SessionCommand"]);
  const mapping = Object.keys(parsePart(parsePart(union["discriminator"])["mapping"]));
  expect(mapping.sort()).toEqual(Object.keys(sessionMachine.commands).sort());
  expect(Array.isArray(union["oneOf"]) ? union["oneOf"].length : 0).toBe(mapping.length);
});

test("the page and everything that it loads come from our own origin", async () => {
  const page = await school.ask("GET", "/docs");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(loaded.length).toBe(4);
  for (const path of loaded) {
    expect(path).toStartWith("/docs/");
    const file = await school.ask("GET", path);
    expect([path, file.status]).toEqual([path, 200]);
    expect(file.text.length).toBeGreaterThan(100);
    expect(file.headers.get("x-request-id")).toBeString();
  }
  expect(page.text).not.toMatch(/https?:\/\//);
});
