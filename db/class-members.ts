/**
 * Who is in a class, and the students of a school that might be.
 *
 * Invariants:
 * DB23: A class has at most `MEMBERS_MAX` members, however many are added at once.
 * DB24: Only students are members; whoever is no student any more, or is deleted, is none.
 */
import { sql } from "kysely";
import { type UserId, parseUserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";

/** A year group, and half of the seats that the largest session has. */
export const MEMBERS_MAX = 500;
/** What a list to choose from shows; whoever is not in it is found by more letters. */
export const FOUND_MAX = 20;

export interface ClassMember {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
  readonly addedAt: number;
}

export interface Student {
  readonly userId: UserId;
  readonly name: string;
  readonly email: string;
}

/** By name; bounded by `MEMBERS_MAX`. */
export async function membersOf(tx: TenantTx, classId: string): Promise<readonly ClassMember[]> {
  const rows = await tx.q
    .selectFrom("class_members as m")
    .innerJoin("users as u", (on) =>
      on.onRef("u.tenant_id", "=", "m.tenant_id").onRef("u.id", "=", "m.user_id"),
    )
    .select(["u.id", "u.name", "u.email", "m.added_at"])
    .where("m.tenant_id", "=", tx.tenantId)
    .where("m.class_id", "=", classId)
    .where("u.role", "=", "student")
    .orderBy(sql`lower(u.name)`)
    .orderBy("u.id")
    .limit(MEMBERS_MAX)
    .execute();
  return rows.map(({ id, name, email, added_at }) => ({
    ...{ userId: parseUserId(id), name, email, addedAt: added_at },
  }));
}

/** Also before he is a student again, if he is none at the moment. */
export async function isMember(tx: TenantTx, classId: string, userId: string): Promise<boolean> {
  const row = await tx.q
    .selectFrom("class_members")
    .select("user_id")
    .where("tenant_id", "=", tx.tenantId)
    .where("class_id", "=", classId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Who is in it, those who are no students any more too. The class stays locked until the end of the
 * transaction, so that of two who fill it one is told. Undefined: no such class.
 */
export async function lockMembers(
  tx: TenantTx,
  classId: string,
): Promise<ReadonlySet<string> | undefined> {
  const found = await tx.q
    .selectFrom("classes")
    .select("id")
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", classId)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) {
    return undefined;
  }
  const rows = await tx.q
    .selectFrom("class_members")
    .select("user_id")
    .where("tenant_id", "=", tx.tenantId)
    .where("class_id", "=", classId)
    .execute();
  return new Set(rows.map((row) => row.user_id));
}

/** All of them or nobody; whoever is in it stays as he was added. */
export async function addMembers(
  tx: TenantTx,
  classId: string,
  { userIds, at }: { readonly userIds: readonly UserId[]; readonly at: number },
): Promise<"added" | "too-many" | "no-student" | undefined> {
  const there = await lockMembers(tx, classId);
  if (there === undefined) {
    return undefined;
  }
  const fresh = [...new Set<string>(userIds)].filter((each) => !there.has(each));
  if (there.size + fresh.length > MEMBERS_MAX) {
    return "too-many";
  }
  if (fresh.length > 0) {
    const students = await tx.q
      .selectFrom("users")
      .select("id")
      .where("tenant_id", "=", tx.tenantId)
      .where("id", "in", fresh)
      .where("role", "=", "student")
      .execute();
    if (students.length < fresh.length) {
      return "no-student";
    }
    const rows = fresh.map((each) => ({
      ...{ tenant_id: tx.tenantId, class_id: classId, user_id: each, added_at: at },
    }));
    await tx.q.insertInto("class_members").values(rows).execute();
  }
  return "added";
}

/** A second time it is as if he had been removed. */
export async function removeMember(tx: TenantTx, classId: string, userId: string): Promise<void> {
  await tx.q
    .deleteFrom("class_members")
    .where("tenant_id", "=", tx.tenantId)
    .where("class_id", "=", classId)
    .where("user_id", "=", userId)
    .execute();
}

/** Who may sign in, with these letters anywhere in name or address, by name. */
export async function findStudents(tx: TenantTx, letters: string): Promise<readonly Student[]> {
  const sought = letters.normalize("NFC").trim().toLowerCase();
  const rows = await tx.q
    .selectFrom("users")
    .select(["id", "name", "email"])
    .where("tenant_id", "=", tx.tenantId)
    .where("role", "=", "student")
    .where("disabled_at", "is", null)
    .where(
      sql<boolean>`(position(${sought} in lower(name)) > 0 or position(${sought} in email_key) > 0)`,
    )
    .orderBy(sql`lower(name)`)
    .orderBy("id")
    .limit(FOUND_MAX)
    .execute();
  return rows.map(({ id, name, email }) => ({ userId: parseUserId(id), name, email }));
}
