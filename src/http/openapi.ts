/**
 * The API's documents: what Elysia's plugin gathers from the routes, made valid OpenAPI 3.0.3.
 *
 * Owns the one place of corrections. `detailOf` describes a route completely (every answer, every
 * problem); `createDocument` gathers, names shared schemas, and turns JSON Schema into what 3.0.3
 * knows: no `const`, no type `null`, no `patternProperties`.
 */
import { swagger } from "@elysiajs/swagger";
import type { TSchema } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Code } from "../../machines/refusal.ts";
import { problem, statusOf } from "../problem.ts";
import { toOpenApi } from "./openapi-schema.ts";
import { IMAGE_TYPES } from "./body.ts";
import type { BodyKind, Described, Route } from "./route.ts";
import { ProblemShape } from "./shapes.ts";

export const TAGS = [
  { name: "Sign in", description: "Accounts of a school: tokens in, tokens out." },
  { name: "Join", description: "Into a session by its code, with or without an account." },
  { name: "Sessions", description: "Live lessons: state, commands, records, report." },
  { name: "Lessons", description: "Ordered lists of steps; teachers' material." },
  { name: "Classes", description: "Lists of students that outlive a session; for teachers." },
  { name: "Users", description: "The people of a school; for its owners and admins." },
  { name: "Health", description: "For balancers and operators." },
] as const;

const INTRO = `
**A lesson by hand.** *Sign in* as the teacher (\`POST /auth/sign-in\`), press **Authorize** and paste the
\`accessToken\`. List the lessons, \`POST /sessions\` with one's id, then send commands to it:
\`session.open-lobby\`, \`session.start\`, \`round.open\`, \`round.close\`, \`round.reveal\`, \`session.end\`. Students
\`POST /join\` with the \`joinCode\`. Every answer says in \`can\` what may be sent next.

Errors are problem documents (RFC 9457): the \`code\` never changes its name, \`errors\` name fields. Every write
takes an \`Idempotency-Key\`; of a command it is the command id.`;

/** What every route of a kind can answer beside its own problems. */
const ALWAYS: readonly Code[] = ["invalid", "internal", "unavailable"];
const WITH_CALLER: readonly Code[] = ["unauthenticated", "rate-limited"];
const WITH_BODY: readonly Code[] = ["malformed", "too-large", "unsupported-media-type"];

type Detail = Readonly<Record<string, unknown>>;

/** The operation object of a route, as Elysia's `detail`. */
export function detailOf(route: Route): Detail {
  const { docs } = route;
  return {
    summary: docs.summary,
    ...(docs.description === undefined ? {} : { description: docs.description }),
    tags: [docs.tag],
    operationId: operationIdOf(route),
    parameters: parametersOf(route),
    ...bodyOf(route),
    responses: { ...answersOf(docs.answers), ...problemsOf(route) },
    security: securityOf(route),
  };
}

/** The whole document; gathered once, since routes never change while a process lives. */
export async function createDocument(routes: readonly Route[], version: string): Promise<object> {
  const gathered = new Elysia().use(
    swagger({
      path: "/page",
      specPath: "/document",
      excludeStaticFile: false,
      exclude: ["/page", "/document"],
      documentation: {
        info: { title: "ToolboxAI", version, description: INTRO.trim(), license: { name: "MIT" } },
        servers: [{ url: "/" }],
        tags: [...TAGS],
        components: {
          securitySchemes: {
            bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
          },
        },
      },
    }),
  );
  for (const route of routes) {
    gathered.route(route.method, route.path, () => "", { detail: detailOf(route) });
  }
  const answer = await gathered.handle(new Request("http://openapi.invalid/document"));
  return toOpenApi(await answer.json());
}

function operationIdOf({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "" && word !== "api");
  const named = words.filter((word) => word !== "v1").map((word) => capital(word));
  return `${method.toLowerCase()}${named.join("")}`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function parametersOf(route: Route): readonly object[] {
  const inPath = [...route.path.matchAll(/:([a-zA-Z]+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
  }));
  const inQuery = Object.entries(route.query.properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: (route.query.required ?? []).includes(name),
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema,
  }));
  const key = {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description: "The same key gives the same answer.",
    schema: { type: "string", minLength: 1, maxLength: 200 },
  };
  const inHeader = Object.entries(route.docs.headers ?? {}).map(([name, schema]) => ({
    name,
    in: "header",
    required: false,
    ...(schema.description === undefined ? {} : { description: schema.description }),
    schema,
  }));
  const keys = route.keyed || route.docs.takesKey === true ? [key] : [];
  return [...inPath, ...inQuery, ...inHeader, ...keys];
}

function bodyOf({ bodyKind, bodySchema, bodyRequired, docs }: Route): Detail {
  if (bodyKind === "none" || bodySchema === undefined) {
    return {};
  }
  const types = BODY_TYPES[bodyKind];
  const examples = Object.entries(docs.examples ?? {}).map(
    ([name, value]) => [name, { value }] as const,
  );
  const shown = {
    schema: bodySchema,
    ...(docs.example === undefined ? {} : { example: docs.example }),
    ...(examples.length === 0 ? {} : { examples: named(examples) }),
  };
  return { requestBody: { required: bodyRequired, content: contentOf(types, shown) } };
}

const BODY_TYPES: Readonly<Record<Exclude<BodyKind, "none">, readonly string[]>> = {
  json: ["application/json"],
  file: ["text/plain", "application/zip"],
  image: IMAGE_TYPES,
};

/** The schema and the examples are those of a text; archives and pictures are bytes. */
function contentOf(types: readonly string[], shown: object): Detail {
  const binary = { schema: { type: "string", format: "binary" } };
  const entries = types.map((type): readonly [string, object] => [
    type,
    /^(?:application\/zip|image\/.*)$/.test(type) ? binary : shown,
  ]);
  return named(entries);
}

function answersOf(answers: Readonly<Record<number, Described>>): Detail {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]),
  );
}

/** As `Object.fromEntries`, which forgets what it was given. */
function named(entries: readonly (readonly [string, object])[]): Detail {
  return Object.fromEntries(entries);
}

function answerOf({ description, schema, example, also }: Described): object {
  const shown = { schema, ...(example === undefined ? {} : { example }) };
  const json = schema === undefined ? [] : [["application/json", shown] as const];
  const more = Object.entries(also ?? {}).map(
    ([type, text]) => [type, { schema: { type: "string" }, example: text }] as const,
  );
  const content = named([...json, ...more]);
  const hasContent = Object.keys(content).length > 0;
  return { description, headers: HEADERS, ...(hasContent ? { content } : {}) };
}

const HEADERS = {
  "X-Request-Id": {
    description: "The request's id: as it was sent, or else a new one.",
    schema: { type: "string" },
  },
};

function problemsOf(route: Route): Detail {
  const codes = new Set<Code>([
    ...ALWAYS,
    ...(route.access === "open" ? [] : WITH_CALLER),
    ...(route.bodyKind === "none" ? [] : WITH_BODY),
    ...(route.path.includes(":") ? (["not-found"] as const) : []),
    ...(route.keyed ? (["key-reused", "busy"] as const) : []),
    ...(route.docs.problems ?? []),
  ]);
  const byStatus = Map.groupBy(codes, statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [status, problemAnswerOf(status, of)]),
  );
}

function problemAnswerOf(status: number, codes: readonly Code[]): object {
  const examples = Object.fromEntries(
    codes.map((code) => [code, { value: { ...problem(code, "…"), requestId: "f3a9…" } }]),
  );
  const wait = status === 429 || status === 503;
  const retry = { description: "Seconds to wait.", schema: { type: "integer" } };
  return {
    description: codes.map((code) => `\`${code}\``).join(", "),
    headers: wait ? { ...HEADERS, "Retry-After": retry } : HEADERS,
    content: { "application/problem+json": { schema: asSchema(ProblemShape), examples } },
  };
}

function asSchema(schema: TSchema): TSchema {
  return schema;
}

function securityOf({ access }: Route): readonly object[] {
  switch (access) {
    case "open":
      return [];
    case "maybe":
      return [{}, { bearer: [] }];
    case "caller":
      return [{ bearer: [] }];
  }
}
