/**
 * Bad input on every route: a problem document that names the field, nothing internal, and the
 * lesson goes on. The routes are those of the API's own document, so a new one is tried unasked.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { createConnection } from "node:net";
import { systemIds } from "../../src/platform.ts";
import {
  type MadeSession,
  type Reply,
  type School,
  command,
  openLobby,
  openSchool,
  parseObject,
  parsePart,
  pathsOf,
} from "../support/school.ts";
import { eventually } from "../support/eventually.ts";

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  readonly body: "json" | "plain" | "none";
  readonly fields: readonly string[];
}

let school: School;
let session: MadeSession;
let teacher: string;
let owner: string;
let guest: string;
let participantId: string;
let classId: string;
let operations: readonly Operation[];

beforeAll(async () => {
  school = await openSchool();
  teacher = await school.tokenOf("north", "teacher");
  owner = await school.tokenOf("north", "owner");
  session = await openLobby(school, teacher);
  const joined = await school.ask("POST", "/api/v1/join", {
    json: { code: session.code, name: "Ada" },
  });
  guest = String(joined.body["accessToken"]);
  participantId = String(joined.body["participantId"]);
  const json = { title: "7b" };
  const kept = await school.ask("POST", "/api/v1/classes", { token: teacher, json });
  classId = String(kept.body["id"]);
  operations = operationsOf(parseObject((await school.ask("GET", "/docs/json")).text));
});
afterAll(() => school.close());

describe("hostile input", () => {
  test("the API's document lists every route that is tried here", () => {
    expect(operations.length).toBeGreaterThanOrEqual(28);
    expect(operations.filter((each) => each.body === "json").length).toBeGreaterThanOrEqual(10);
  });

  test("no caller's route answers anybody without a good token", async () => {
    const [head = "", body = "", signature = ""] = teacher.split(".");
    const none = btoa(JSON.stringify({ alg: "none" })).replaceAll("=", "");
    const tokens = [undefined, "", "x", "a.b.c", `${head}.${body}.`, `${none}.${body}.`];
    const forged = [`${head}.${body}.${signature.slice(1)}A`, ` ${teacher}`, `${teacher}==`];
    for (const operation of operations.filter((each) => each.secured)) {
      for (const token of [...tokens, ...forged]) {
        const reply = await send(operation, { token });
        expectProblem(reply, [401], operation);
        expect(reply.body["code"]).toBe("unauthenticated");
        expect(reply.headers.get("www-authenticate")).toBe("Bearer");
      }
    }
  });

  test("another tenant's ids, a stranger's and nonsense are all the same: not found", async () => {
    const south = await school.tokenOf("south", "owner");
    const withIds = operations.filter((each) => each.path.includes("{"));
    for (const operation of withIds) {
      const json = validBodyFor(operation);
      for (const reply of [
        await send(operation, { token: south, json }),
        await send(operation, { token: owner, json, ids: () => "unknown" }),
        await send(operation, { token: owner, json, ids: () => "a%00b" }),
        await send(operation, { token: owner, json, ids: () => "%ff" }),
        await send(operation, { token: owner, json, ids: () => "..%2f..%2fetc" }),
        await send(operation, { token: owner, json, ids: () => "x".repeat(2_000) }),
      ]) {
        expectProblem(reply, [404], operation);
        expect(reply.body["code"]).toBe("not-found");
      }
    }
  });

  test("a body is judged only for somebody who may know of what it is about", async () => {
    const south = await school.tokenOf("south", "teacher");
    for (const operation of operations.filter((o) => o.path.includes("{") && o.body === "json")) {
      const reply = await send(operation, { token: south, body: "{" });
      expectProblem(reply, operation.path.includes("/users/") ? [403] : [404], operation);
    }
  });

  test("an unknown field is refused by its name", async () => {
    for (const operation of withJson()) {
      const json = { ...validBodyFor(operation), surprise: 1 };
      const reply = await send(operation, { token: tokenFor(operation), json });
      expectProblem(reply, [422], operation);
      expect(pathsOf(reply)).toContain("/surprise");
    }
  });

  test("__proto__, constructor and prototype are refused by name, at any depth", async () => {
    for (const operation of withJson()) {
      for (const [text, path] of [
        ['{"__proto__":{"role":"owner"}}', "/__proto__"],
        ['{"constructor":1}', "/constructor"],
        ['{"x":{"prototype":{}}}', "/x/prototype"],
      ] as const) {
        const reply = await send(operation, { token: tokenFor(operation), body: text });
        expectProblem(reply, [422], operation);
        expect(pathsOf(reply)).toContain(path);
      }
    }
  });

  test("NUL and lone surrogates are refused, with the field", async () => {
    for (const operation of withJson()) {
      const [field = "type"] = operation.fields;
      for (const text of ["a\\u0000b", "\\ud800", "x\\udc00y"]) {
        const body = `{"${field}":"${text}"}`;
        const reply = await send(operation, { token: tokenFor(operation), body });
        expectProblem(reply, [422], operation);
        expect(pathsOf(reply)).toContain(`/${field}`);
      }
    }
  });

  test("deep nesting is refused and never recursed into", async () => {
    for (const operation of withJson()) {
      const deep = `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`;
      const reply = await send(operation, { token: tokenFor(operation), body: deep });
      expectProblem(reply, [400, 422], operation);
    }
  });

  test("a string of a megabyte is too large or invalid, and the answer stays small", async () => {
    const long = "x".repeat(1_100_000);
    for (const operation of withJson()) {
      const [field = "type"] = operation.fields;
      const reply = await send(operation, { token: tokenFor(operation), json: { [field]: long } });
      expectProblem(reply, [413], operation);
      expect(reply.text.length).toBeLessThan(2_000);
    }
    const medium = { title: "x".repeat(900_000), steps: [] };
    const reply = await school.ask("POST", "/api/v1/lessons", { token: teacher, json: medium });
    expect(reply.status).toBe(422);
    expect(pathsOf(reply)).toEqual(["/title"]);
    expect(reply.text.length).toBeLessThan(1_000);
  });

  test("a body without its length is cut off at the limit while it streams", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new TextEncoder().encode("x".repeat(16_384)));
        if (sent > 1_000) {
          controller.close();
        }
      },
    });
    const answer = await fetch(`${school.url}/api/v1/sessions/${session.id}/commands`, {
      method: "POST",
      headers: { authorization: `Bearer ${teacher}`, "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(413);
    await answer.body?.cancel();
  });

  test("a body that is never finished is the client's failure, and no error of ours", async () => {
    const { hostname, port, host } = new URL(school.url);
    const requestId = systemIds.next();
    const head = [
      ...["POST /api/v1/auth/sign-in HTTP/1.1", `Host: ${host}`, `X-Request-Id: ${requestId}`],
      ...["Content-Type: application/json", "Content-Length: 1000", "Expect: 100-continue"],
    ];
    const socket = createConnection(Number(port), hostname);
    socket.write(`${head.join("\r\n")}\r\n\r\n{`);
    await once(socket, "data");
    socket.destroy();
    const about = () => school.log.events.filter((each) => each.fields["requestId"] === requestId);
    await eventually(() => about().length > 0);
    expect(about()).toMatchObject([{ event: "request.answered", fields: { status: 400 } }]);
  });

  test("wrong types are refused by field, whatever the type", async () => {
    const values = [null, true, 7, -1, 1.5, "x", [], [[]], {}, { a: 1 }, "", "💥"];
    const cases = withJson().flatMap((operation) =>
      operation.fields.flatMap((field) => values.map((value) => ({ operation, field, value }))),
    );
    for (const { operation, field, value } of cases) {
      const json = { ...validBodyFor(operation), [field]: value };
      const reply = await send(operation, { token: tokenFor(operation), json });
      expect(reply.status).toBeLessThan(500);
      expectClean(reply);
      const named = pathsOf(reply).some((path) => String(path).startsWith(`/${field}`));
      expect(reply.status !== 422 || named).toBe(true);
    }
    for (const operation of withJson()) {
      for (const value of [null, true, 7, "x", [], [{}]]) {
        const whole = await send(operation, { token: tokenFor(operation), json: value });
        expectProblem(whole, [422], operation);
      }
    }
  });

  test("what is not JSON is malformed, what is not said to be JSON unsupported", async () => {
    for (const operation of withJson()) {
      const token = tokenFor(operation);
      for (const body of ["{", "nope", '{"a":1}}', "\u00ff", "{'a':1}"]) {
        expectProblem(await send(operation, { token, body }), [400], operation);
      }
      for (const type of ["text/plain", "application/xml", "application/json; charset=utf-16"]) {
        const reply = await send(operation, { token, body: "{}", type });
        expectProblem(reply, [415], operation);
      }
    }
    const reply = await school.ask("POST", "/api/v1/lessons/import?format=gift", {
      token: teacher,
      body: "{}",
    });
    expect(reply.status).toBe(415);
  });

  test("an unknown or repeated query parameter is refused by name", async () => {
    for (const operation of operations.filter((each) => each.method === "GET" && each.secured)) {
      const unknown = await send(operation, { token: owner, search: "?surprise=1" });
      expectProblem(unknown, [422], operation);
      expect(pathsOf(unknown)).toContain("/surprise");
    }
    for (const search of ["limit=0", "limit=201", "limit=1e2", "limit=-1", "limit=x", "limit="]) {
      const reply = await school.ask("GET", `/api/v1/lessons?${search}`, { token: teacher });
      expect([reply.status, pathsOf(reply)]).toEqual([422, ["/limit"]]);
    }
    for (const search of ["after=%00", "after=nope", "after=1&after=2"]) {
      const reply = await school.ask("GET", `/api/v1/lessons?${search}`, { token: teacher });
      expect([reply.status, pathsOf(reply)]).toEqual([422, ["/after"]]);
    }
  });

  test("odd headers are refused or ignored", async () => {
    const path = `/api/v1/sessions/${session.id}/commands`;
    const json = { type: "hands.clear" };
    const key = { "idempotency-key": "k".repeat(201) };
    const long = await school.ask("POST", path, { token: teacher, json, headers: key });
    expect([long.status, pathsOf(long)]).toEqual([422, ["/idempotency-key"]]);
    const odd = { "x-request-id": "<script>", traceparent: "nonsense" };
    const reply = await school.ask("GET", "/api/v1/me", { token: teacher, headers: odd });
    expect(reply.status).toBe(200);
    expect(reply.headers.get("x-request-id")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("unknown paths and other methods are problem documents too", async () => {
    const unknown = await school.ask("GET", "/api/v1/nothing/%00/here");
    expectProblem(unknown, [404]);
    const method = await school.ask("DELETE", "/api/v1/auth/sign-in");
    expectProblem(method, [405]);
    expect(String(method.body["detail"])).toContain("POST");
  });

  test("after all of this the class goes on", async () => {
    await command(school, teacher, session.id, { type: "session.start" });
    await command(school, teacher, session.id, { type: "round.open", stepId: "s3" });
    const seen = await school.ask("GET", `/api/v1/sessions/${session.id}`, { token: guest });
    const { roundId } = parsePart(parsePart(seen.body["view"])["round"]);
    for (const stale of ["r999", "", "x".repeat(65), "__proto__"]) {
      const reply = await answer({ roundId: stale, answer: { value: true } });
      expect([409, 422]).toContain(reply.status);
      expectClean(reply);
    }
    const wrong = await answer({ roundId, answer: { value: "yes" } });
    expect([wrong.status, wrong.body["code"]]).toEqual([422, "bad-answer"]);
    expect((await answer({ roundId, answer: { value: true } })).status).toBe(200);
    expect(school.log.events.filter((each) => each.level === "error")).toEqual([]);
  });
});

function answer(fields: object): Promise<Reply> {
  return school.ask("POST", `/api/v1/sessions/${session.id}/commands`, {
    token: guest,
    json: { type: "answer.submit", ...fields },
  });
}

interface Sent {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly body?: string;
  readonly type?: string;
  readonly search?: string;
  readonly ids?: (name: string) => string;
}

function send(operation: Operation, { ids, search = "", ...rest }: Sent): Promise<Reply> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    ids === undefined ? idFor(operation, name) : ids(name),
  );
  const wanted = operation.path.endsWith("/import") && search === "" ? "?format=gift" : search;
  return school.ask(operation.method, `${path}${wanted}`, rest);
}

function idFor({ path }: Operation, name: string): string {
  if (name === "p") {
    return participantId;
  }
  if (path.includes("/classes/")) {
    return name === "id" ? classId : "north-student2";
  }
  if (path.includes("/lessons/")) {
    return session.lessonId;
  }
  return path.includes("/users/") ? "north-student2" : session.id;
}

/** Somebody who may send to this route. */
function tokenFor({ path, secured }: Operation): string | undefined {
  if (!secured) {
    return undefined;
  }
  return path.includes("/users") ? owner : teacher;
}

function withJson(): readonly Operation[] {
  return operations.filter((each) => each.body === "json");
}

function validBodyFor({ path, body, method }: Operation): Record<string, unknown> | undefined {
  if (body !== "json") {
    return undefined;
  }
  const last = path.split("/").at(-1) ?? "";
  const bodies: Readonly<Record<string, Record<string, unknown>>> = {
    commands: { type: "hands.clear" },
    lessons: { title: "A title", steps: [] },
    users: { email: `${systemIds.next()}@school.example`, name: "New", role: "student" },
    "sign-in": { tenant: "north", email: "nobody@school.example", password: "wrong" },
    refresh: { refreshToken: "unknown" },
    join: { code: "BBBBBB", name: "Eve" },
    sessions: { lessonId: session.lessonId },
    classes: { title: "A class" },
    members: { people: [{ email: "student@school.example" }] },
  };
  if (method === "PUT") {
    return { title: "A title", steps: [], version: 1 };
  }
  const patch = path.includes("/classes/") ? { title: "Other" } : { name: "Other" };
  return method === "PATCH" ? patch : (bodies[last] ?? {});
}

function expectProblem(reply: Reply, statuses: readonly number[], operation?: Operation): void {
  const where = operation === undefined ? "" : `${operation.method} ${operation.path}`;
  expect({ where, status: reply.status, text: reply.text }).toEqual({
    where,
    status: statuses.includes(reply.status) ? reply.status : (statuses[0] ?? 0),
    text: reply.text,
  });
  expect(reply.headers.get("content-type")).toContain("application/problem+json");
  expect(reply.body["type"]).toBe(`/problems/${String(reply.body["code"])}`);
  expect(reply.body["status"]).toBe(reply.status);
  expect(reply.body["requestId"]).toBe(reply.headers.get("x-request-id"));
  expectClean(reply);
}

/** No stack, query, path of a file or name of a library ever leaves. */
function expectClean(reply: Reply): void {
  expect(reply.text).not.toMatch(
    /\bat \w+ \(|node_modules|\.ts:\d|\/work\/|select |insert |kysely|elysia|postgres|typebox|SyntaxError|undefined/i,
  );
}

function operationsOf(document: Record<string, unknown>): readonly Operation[] {
  return Object.entries(parsePart(document["paths"])).flatMap(([path, methods]) =>
    Object.entries(parsePart(methods)).map(([method, each]) => {
      const operation = parsePart(each);
      const { security } = operation;
      const secured = Array.isArray(security) && security.length === 1;
      return { method: method.toUpperCase(), path, secured, ...bodyOf(operation) };
    }),
  );
}

function bodyOf(operation: Readonly<Record<string, unknown>>): Pick<Operation, "body" | "fields"> {
  const content = parsePart(parsePart(operation["requestBody"])["content"]);
  if ("text/plain" in content) {
    return { body: "plain", fields: [] };
  }
  if (!("application/json" in content)) {
    return { body: "none", fields: [] };
  }
  const { schema } = parsePart(content["application/json"]);
  return { body: "json", fields: Object.keys(parsePart(parsePart(schema)["properties"])) };
}
