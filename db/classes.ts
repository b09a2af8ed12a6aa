/**
 * Classes: lists of students that outlive a session, and the sessions that were held for them.
 *
 * Who is in one is asked of `class-members.ts`. Invariants:
 * DB21: A private class is found by its owner and, by office, by admins and owners.
 * DB22: A session is for one class at most, and stays so: a second word changes nothing.
 */
import { type Selectable, sql } from "kysely";
import { type ActorId, type UserId, parseUserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import { type Page, type Paged, isBeyond, pagedOf, rowsToAsk } from "./cursor.ts";
import type { ClassVisibility, ClassesTable } from "./schema.ts";

/** A hundred a year for twenty years; a school that has as many deletes old ones. */
export const CLASSES_MAX = 2_000;

export interface SchoolClass {
  readonly id: string;
  readonly ownerId: UserId;
  readonly title: string;
  readonly visibility: ClassVisibility;
  readonly members: number;
  readonly createdAt: number;
  readonly archivedAt: number | null;
}

export type ClassTitle = Pick<SchoolClass, "id" | "title">;

export interface NewClass {
  readonly id: string;
  readonly ownerId: UserId;
  readonly title: string;
  readonly visibility: ClassVisibility;
  readonly at: number;
}

export interface ClassPatch {
  readonly title?: string;
  readonly visibility?: ClassVisibility;
  /** Null: taken up again. */
  readonly archivedAt?: number | null;
}

export interface ClassSearch {
  /** Somebody's own classes, and what is shared with the school; absent: all. */
  readonly seenBy?: UserId | undefined;
  /** Only those that he is in. */
  readonly memberId?: UserId | undefined;
  readonly archived: boolean;
}

export async function createClass(tx: TenantTx, made: NewClass): Promise<SchoolClass | "too-many"> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`classes ${tx.tenantId}`}, 0))`.execute(
    tx.q,
  );
  const { n } = await tx.q
    .selectFrom("classes")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tx.tenantId)
    .executeTakeFirstOrThrow();
  if (n >= CLASSES_MAX) {
    return "too-many";
  }
  const row = await tx.q
    .insertInto("classes")
    .values({
      tenant_id: tx.tenantId,
      id: made.id,
      owner_id: made.ownerId,
      title: made.title,
      visibility: made.visibility,
      created_at: made.at,
      archived_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return classOf({ ...row, members: 0 });
}

export async function findClass(tx: TenantTx, id: string): Promise<SchoolClass | undefined> {
  const row = await classesIn(tx).where("id", "=", id).executeTakeFirst();
  return row && classOf(row);
}

/** Newest first. */
export async function listClasses(
  tx: TenantTx,
  page: Page & ClassSearch,
): Promise<Paged<SchoolClass>> {
  const { seenBy, memberId, archived } = page;
  const rows = await classesIn(tx)
    .where("archived_at", archived ? "is not" : "is", null)
    .$if(seenBy !== undefined, (q) =>
      q.where((e) => e.or([e("owner_id", "=", seenBy ?? ""), e("visibility", "=", "school")])),
    )
    .$if(memberId !== undefined, (q) => q.where(hasMember(tx, memberId ?? "")))
    .where(isBeyond(page.after))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(rowsToAsk(page))
    .execute();
  return pagedOf(rows.map(classOf), page);
}

/** Only the fields that are there change. Undefined: no such class. */
export async function updateClass(
  tx: TenantTx,
  id: string,
  patch: ClassPatch,
): Promise<SchoolClass | undefined> {
  const { title, visibility, archivedAt } = patch;
  await tx.q
    .updateTable("classes")
    .set({
      id,
      ...(title !== undefined && { title }),
      ...(visibility !== undefined && { visibility }),
      ...(archivedAt !== undefined && { archived_at: archivedAt }),
    })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .execute();
  return findClass(tx, id);
}

/** With its list; the sessions that were held for it stay, and are of no class. */
export async function deleteClass(tx: TenantTx, id: string): Promise<boolean> {
  const result = await tx.q
    .deleteFrom("classes")
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/**
 * Before the session is born, so that none that was acknowledged has lost its class. Of a class
 * that is gone nothing is kept.
 */
export async function keepClassOfSession(
  tx: TenantTx,
  sessionId: ActorId,
  classId: string,
): Promise<void> {
  await tx.q
    .insertInto("class_sessions")
    .columns(["tenant_id", "session_id", "class_id"])
    .expression(
      tx.q
        .selectFrom("classes")
        .select(["tenant_id", sql<string>`${sessionId}::text`.as("session_id"), "id"])
        .where("tenant_id", "=", tx.tenantId)
        .where("id", "=", classId)
        .forKeyShare(),
    )
    .onConflict((on) => on.columns(["tenant_id", "session_id"]).doNothing())
    .execute();
}

export async function classOfSession(
  tx: TenantTx,
  sessionId: ActorId,
): Promise<SchoolClass | undefined> {
  const row = await classesIn(tx)
    .where(
      sql<boolean>`id = (
        select class_id from class_sessions s
         where s.tenant_id = ${tx.tenantId} and s.session_id = ${sessionId})`,
    )
    .executeTakeFirst();
  return row && classOf(row);
}

/** Of those of these sessions that are for a class. */
export async function classesOfSessions(
  tx: TenantTx,
  sessionIds: readonly ActorId[],
): Promise<ReadonlyMap<string, ClassTitle>> {
  const rows = await tx.q
    .selectFrom("class_sessions as s")
    .innerJoin("classes as c", (on) =>
      on.onRef("c.tenant_id", "=", "s.tenant_id").onRef("c.id", "=", "s.class_id"),
    )
    .select(["s.session_id", "c.id", "c.title"])
    .where("s.tenant_id", "=", tx.tenantId)
    .where("s.session_id", "in", sessionIds.length === 0 ? [""] : sessionIds)
    .execute();
  return new Map(rows.map(({ session_id, id, title }) => [session_id, { id, title }]));
}

function classesIn(tx: TenantTx) {
  return tx.q
    .selectFrom("classes")
    .selectAll()
    .select(
      sql<number>`(
        select count(*) from class_members m join users u on u.tenant_id = m.tenant_id
           and u.id = m.user_id and u.role = 'student'
         where m.tenant_id = classes.tenant_id and m.class_id = classes.id)`.as("members"),
    )
    .where("tenant_id", "=", tx.tenantId);
}

function hasMember(tx: TenantTx, userId: string) {
  return sql<boolean>`exists (
    select from class_members m
     where m.tenant_id = ${tx.tenantId} and m.class_id = classes.id and m.user_id = ${userId})`;
}

function classOf(row: Selectable<ClassesTable> & { readonly members: number }): SchoolClass {
  return {
    id: row.id,
    ownerId: parseUserId(row.owner_id),
    title: row.title,
    visibility: row.visibility,
    members: row.members,
    createdAt: row.created_at,
    archivedAt: row.archived_at,
  };
}
