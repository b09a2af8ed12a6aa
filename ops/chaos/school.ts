/** The school of a chaos run: a teacher and a lesson, made in the database of its own. */
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import { createLesson } from "../../db/lessons.ts";
import { createTenant } from "../../db/tenants.ts";
import { createUser } from "../../db/users.ts";
import { type TenantId, parseTenantId, parseUserId } from "../../machines/ids.ts";
import { randomSecret, systemClock, systemIds } from "../../src/platform.ts";

/** Cheap: the password guards a database that is gone in a minute. */
const HASHING = { algorithm: "argon2id", timeCost: 1, memoryCost: 8 } as const;

const STEP = { id: "s1", kind: "content", title: "Welcome", body: "Ready?" };

export interface ChaosSchool {
  readonly tenantId: TenantId;
  readonly lessonId: string;
  readonly teacher: {
    readonly tenant: string;
    readonly email: string;
    readonly password: string;
  };
}

/** In a database that a node has migrated. */
export async function makeSchool(db: Database): Promise<ChaosSchool> {
  const at = systemClock.now();
  const tenantId = parseTenantId(systemIds.next());
  const teacherId = parseUserId(systemIds.next());
  const lessonId = systemIds.next();
  const email = "teacher@chaos.example";
  const password = randomSecret(16);
  const passwordHash = await Bun.password.hash(password, HASHING);
  await asPlatform(db, (tx) =>
    createTenant(tx, {
      ...{ id: tenantId, slug: "chaos", name: "Chaos", timeZone: "UTC", createdAt: at },
    }),
  );
  await asTenant(db, tenantId, async (tx) => {
    const teacher = { id: teacherId, email, name: "Tara", role: "teacher" } as const;
    await createUser(tx, { ...teacher, passwordHash, at });
    await createLesson(tx, {
      ...{ id: lessonId, ownerId: teacherId, title: "Chaos", language: "en" },
      ...{ status: "published", at, tags: [], steps: [STEP] },
    });
  });
  return { tenantId, lessonId, teacher: { tenant: "chaos", email, password } };
}
