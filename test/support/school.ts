/**
 * A whole server for tests of the doors: real Postgres, real store, real sockets, two schools.
 *
 * Both schools have the same e-mail addresses, so that every suite would notice a mix-up.
 */
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import { createTenant } from "../../db/tenants.ts";
import { createUser } from "../../db/users.ts";
import { type TenantId, parseTenantId, parseUserId } from "../../machines/ids.ts";
import { type Role, ROLES } from "../../machines/principal.ts";
import { parseConfig } from "../../src/config.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { type QuietLog, quietLog } from "./fake-clock.ts";
import { freshDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const PASSWORD = "correct horse battery";
/** One teacher who is a stranger to another's sessions, two students, one of each other role. */
const PEOPLE: readonly (readonly [name: string, role: Role])[] = [
  ...ROLES.map((role) => [role, role] as const),
  ["teacher2", "teacher"],
  ["student2", "student"],
];

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // Answers are judged field by field in assertions.
  readonly body: Record<string, unknown>;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface School {
  readonly server: RunningServer;
  readonly url: string;
  readonly db: Database;
  readonly log: QuietLog;
  ask(method: string, path: string, options?: AskOptions): Promise<Reply>;
  /** An access token, signed in over HTTP once a person. */
  tokenOf(tenant: "north" | "south", person: string): Promise<string>;
  close(): Promise<void>;
}

export async function openSchool(
  environment: Readonly<Record<string, string>> = {},
  /** Another way for the server to its database. */
  through: (url: string) => Promise<string> = (url) => Promise.resolve(url),
): Promise<School> {
  const database = await freshDatabase();
  const log = quietLog();
  const config = parseConfig({
    PORT: "0",
    DATA_DIR: temporaryDirectory("school"),
    DATABASE_URL: await through(database.url),
    REQUESTS_PER_MINUTE: "100000",
    ...environment,
  });
  const server = await startServer({ config, clock: systemClock, ids: systemIds, log });
  const hash = await Bun.password.hash(PASSWORD, {
    algorithm: "argon2id",
    memoryCost: 8,
    timeCost: 1,
  });
  for (const slug of ["north", "south"]) {
    await people(database.db, parseTenantId(slug), hash);
  }
  const tokens = new Map<string, Promise<string>>();
  const ask = asking(server.url);
  return {
    server,
    url: server.url,
    db: database.db,
    log,
    ask,
    tokenOf: (tenant, person) => {
      const key = `${tenant}/${person}`;
      const token = tokens.get(key) ?? signIn(ask, tenant, person);
      tokens.set(key, token);
      return token;
    },
    close: async () => {
      await server.stop();
      await database.drop();
    },
  };
}

function asking(url: string): School["ask"] {
  return async (method, path, options = {}) => {
    const { token, json, type } = options;
    const body = json === undefined ? options.body : JSON.stringify(json);
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": type ?? "application/json" }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") === true;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? parseObject(text) : {},
    };
  };
}

export function parseObject(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

/** A part of an answer as an object; of what is none: empty. */
export function parsePart(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** The `items` of a page. */
export function itemsOf(reply: Reply): readonly Readonly<Record<string, unknown>>[] {
  const items: readonly unknown[] = Array.isArray(reply.body["items"]) ? reply.body["items"] : [];
  return items.map(parsePart);
}

/** The paths that a problem document names. */
export function pathsOf(reply: Reply): readonly unknown[] {
  const errors: readonly unknown[] = Array.isArray(reply.body["errors"])
    ? reply.body["errors"]
    : [];
  return errors.map((each) => parsePart(each)["path"]);
}

async function signIn(ask: School["ask"], tenant: string, person: string): Promise<string> {
  const json = { tenant, email: `${person}@school.example`, password: PASSWORD };
  const { body, text } = await ask("POST", "/api/v1/auth/sign-in", { json });
  const token = body["accessToken"];
  if (typeof token !== "string") {
    throw new Error(`expected a token for ${person}, found ${text}`);
  }
  return token;
}

async function people(db: Database, tenantId: TenantId, passwordHash: string): Promise<void> {
  const at = systemClock.now();
  await asPlatform(db, (tx) =>
    createTenant(tx, {
      id: tenantId,
      slug: tenantId,
      name: `School ${tenantId}`,
      timeZone: "UTC",
      createdAt: at,
    }),
  );
  await asTenant(db, tenantId, async (tx) => {
    for (const [name, role] of PEOPLE) {
      const id = parseUserId(`${tenantId}-${name}`);
      const email = `${name}@school.example`;
      await createUser(tx, { id, email, name: `${name} of ${tenantId}`, role, passwordHash, at });
    }
  });
}

export const LESSON = {
  title: "Photosynthesis",
  language: "en",
  status: "published",
  steps: [
    { id: "s1", kind: "content", title: "Leaves", body: "Leaves are **green**." },
    {
      id: "s2",
      kind: "item",
      item: {
        kind: "single-choice",
        prompt: "What makes a leaf green?",
        points: 2,
        choices: [
          { id: "a", text: "Chlorophyll", correct: true },
          { id: "b", text: "Water", correct: false },
        ],
      },
    },
    {
      id: "s3",
      kind: "item",
      item: { kind: "true-false", prompt: "The sun is a star.", correct: true },
    },
  ],
} as const;

export interface MadeSession {
  readonly id: string;
  readonly code: string;
  readonly lessonId: string;
}

/** A session of `LESSON` by this teacher, in its lobby. */
export async function openLobby(school: School, teacher: string): Promise<MadeSession> {
  const lesson = await school.ask("POST", "/api/v1/lessons", { token: teacher, json: LESSON });
  const lessonId = String(lesson.body["id"]);
  const made = await school.ask("POST", "/api/v1/sessions", { token: teacher, json: { lessonId } });
  const id = String(made.body["id"]);
  await command(school, teacher, id, { type: "session.open-lobby" });
  return { id, code: String(made.body["joinCode"]), lessonId };
}

/** Sends a command that has to be accepted. */
export async function command(
  school: School,
  token: string,
  id: string,
  json: object,
): Promise<Record<string, unknown>> {
  const reply = await school.ask("POST", `/api/v1/sessions/${id}/commands`, { token, json });
  if (reply.status !== 200) {
    throw new Error(`expected ${JSON.stringify(json)} to be accepted, found ${reply.text}`);
  }
  return reply.body;
}
