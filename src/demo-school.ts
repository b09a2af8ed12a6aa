/**
 * The demo school: made on the first start of an empty embedded default, never in production.
 *
 * Invariants: made once and whole, in one transaction a tenant; an existing tenant is left alone.
 */
import { parseTenantId, parseUserId } from "../machines/ids.ts";
import type { Json } from "../machines/json.ts";
import type { Role } from "../machines/principal.ts";
import { asPlatform, asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { createLesson } from "../db/lessons.ts";
import { createTenant, findTenantBySlug, listTenants } from "../db/tenants.ts";
import { createUser, listUsers } from "../db/users.ts";
import type { Clock, Ids } from "../actors/clock.ts";
import { DEMO_LESSON } from "./demo-lesson.ts";
import { randomSecret } from "./platform.ts";

const SLUG = "demo";
const STUDENTS = 10;
/** 72 bits: it is printed once and typed by hand. */
const PASSWORD_BYTES = 9;

export interface DemoSchool {
  readonly tenant: string;
  readonly teacher: string;
  /** Only on the start that made it, and only if it was drawn. */
  readonly password: string | undefined;
}

interface Parts {
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly password: string | undefined;
}

/** Undefined: other schools live here, and this one was never made. */
export async function ensureDemoSchool(parts: Parts): Promise<DemoSchool | undefined> {
  const { db } = parts;
  const known = await asPlatform(db, (tx) => findTenantBySlug(tx, SLUG));
  const others = await asPlatform(db, (tx) => listTenants(tx, 1));
  if (known === undefined && others.length > 0) {
    return undefined;
  }
  const school = { tenant: SLUG, teacher: `teacher@${SLUG}.example` };
  if (known !== undefined) {
    const users = await asTenant(db, known.id, (tx) =>
      listUsers(tx, { limit: 1, after: undefined }),
    );
    if (users.items.length > 0) {
      return { ...school, password: undefined };
    }
  }
  const drawn = parts.password === undefined ? randomSecret(PASSWORD_BYTES) : undefined;
  await makeSchool(parts, parts.password ?? drawn ?? "");
  return { ...school, password: drawn };
}

async function makeSchool({ db, clock, ids }: Parts, password: string): Promise<void> {
  const at = clock.now();
  const tenantId = parseTenantId(SLUG);
  const passwordHash = await Bun.password.hash(password);
  await asPlatform(db, (tx) =>
    createTenant(tx, {
      id: tenantId,
      slug: SLUG,
      name: "Demo School",
      timeZone: "Europe/Berlin",
      createdAt: at,
    }),
  );
  await asTenant(db, tenantId, async (tx) => {
    const teacherId = parseUserId(ids.next());
    for (const { id = parseUserId(ids.next()), email, name, role } of peopleOf(teacherId)) {
      await createUser(tx, { id, email, name, role, passwordHash, at });
    }
    await createLesson(tx, {
      id: ids.next(),
      ownerId: teacherId,
      title: DEMO_LESSON.title,
      language: DEMO_LESSON.language,
      status: "published",
      steps: parseSteps(JSON.stringify(DEMO_LESSON.steps)),
      tags: DEMO_LESSON.tags,
      at,
    });
  });
}

interface Person {
  readonly id?: ReturnType<typeof parseUserId>;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

function peopleOf(teacherId: ReturnType<typeof parseUserId>): readonly Person[] {
  const students = Array.from({ length: STUDENTS }, (_, index) => ({
    email: `student${index + 1}@${SLUG}.example`,
    name: `Student ${index + 1}`,
    role: "student" as const,
  }));
  return [
    { email: `owner@${SLUG}.example`, name: "Olive Owner", role: "owner" },
    { id: teacherId, email: `teacher@${SLUG}.example`, name: "Tara Teacher", role: "teacher" },
    ...students,
  ];
}

function parseSteps(text: string): Json {
  return JSON.parse(text) as Json;
}
