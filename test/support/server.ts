/**
 * A whole server in this process: real Postgres, a SQLite store on disk, HTTP and channels on a
 * free port, and two schools with the same people, so that every suite can try the wrong one.
 */
import { join } from "node:path";
import { type TenantId, type UserId, parseTenantId, parseUserId } from "../../machines/ids.ts";
import type { Json } from "../../machines/json.ts";
import type { Role } from "../../machines/principal.ts";
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import { createLesson } from "../../db/lessons.ts";
import { createTenant } from "../../db/tenants.ts";
import { createUser } from "../../db/users.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { DEMO_LESSON } from "../../src/demo-lesson.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { type QuietLog, quietLog } from "./fake-clock.ts";
import { freshDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export const PASSWORD = "correct horse battery";

export interface School {
  readonly slug: string;
  readonly tenantId: TenantId;
  readonly lessonId: string;
  readonly users: Readonly<Record<"owner" | "teacher" | "student", UserId>>;
}

export interface SchoolServer {
  readonly url: string;
  readonly server: RunningServer;
  readonly db: Database;
  readonly log: QuietLog;
  /** Two schools whose people have the same names, addresses and password. */
  readonly schools: readonly [School, School];
  /** An access token by signing in over HTTP. */
  signIn(school: School, who: keyof School["users"]): Promise<string>;
  stop(): Promise<void>;
}

export async function startSchoolServer(more: Partial<Config> = {}): Promise<SchoolServer> {
  const database = await freshDatabase();
  const log = quietLog();
  const config: Config = {
    ...parseConfig({ NODE_ENV: "test", PORT: "0", DATABASE_URL: database.url }),
    dataDir: join(temporaryDirectory("server"), "data"),
    ...more,
  };
  const server = await startServer({ config, clock: systemClock, ids: systemIds, log });
  const hash = await Bun.password.hash(PASSWORD, {
    algorithm: "argon2id",
    timeCost: 1,
    memoryCost: 8,
  });
  const schools = [
    await makeSchool(database.db, "north", hash),
    await makeSchool(database.db, "south", hash),
  ] as const;
  return {
    url: server.url,
    server,
    db: database.db,
    log,
    schools,
    signIn: (school, who) => signIn(server.url, school, who),
    stop: async () => {
      await server.stop();
      await database.drop();
    },
  };
}

async function signIn(url: string, school: School, who: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      tenant: school.slug,
      email: `${who}@school.example`,
      password: PASSWORD,
    }),
  });
  const body: unknown = await response.json();
  if (typeof body !== "object" || body === null || !("accessToken" in body)) {
    throw new Error(`expected to sign in, found ${JSON.stringify(body)}`);
  }
  return String(body.accessToken);
}

export async function makeSchool(
  db: Database,
  slug: string,
  passwordHash: string,
): Promise<School> {
  const tenantId = parseTenantId(slug);
  const at = systemClock.now();
  await asPlatform(db, (tx) =>
    createTenant(tx, {
      id: tenantId,
      slug,
      name: `School ${slug}`,
      timeZone: "UTC",
      createdAt: at,
    }),
  );
  return asTenant(db, tenantId, async (tx) => {
    const add = async (role: Role): Promise<UserId> => {
      const id = parseUserId(systemIds.next());
      await createUser(tx, {
        ...{ id, role, passwordHash, at },
        email: `${role}@school.example`,
        name: `The ${role}`,
      });
      return id;
    };
    const users = {
      owner: await add("owner"),
      teacher: await add("teacher"),
      student: await add("student"),
    };
    const lesson = await createLesson(tx, {
      id: systemIds.next(),
      ownerId: users.teacher,
      title: DEMO_LESSON.title,
      language: DEMO_LESSON.language,
      status: "published",
      steps: parseSteps(JSON.stringify(DEMO_LESSON.steps)),
      tags: DEMO_LESSON.tags,
      at,
    });
    return { slug, tenantId, lessonId: lesson.id, users };
  });
}

function parseSteps(text: string): Json {
  return JSON.parse(text) as Json;
}
