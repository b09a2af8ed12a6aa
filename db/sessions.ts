/**
 * Sessions as lists show them: a read model of the session actors, written by the journal.
 *
 * Invariants:
 * 1. DB9: a row never goes back: an upsert with an older `seq` changes nothing.
 */
import { type Selectable, sql } from "kysely";
import { type ActorId, type UserId, parseActorId, parseUserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import { type Page, type Paged, isBeyond, pagedOf, rowsToAsk } from "./cursor.ts";
import type { SessionsTable } from "./schema.ts";

export interface SessionRow {
  readonly id: ActorId;
  readonly lessonId: string;
  /** Null: nobody said at its birth. */
  readonly lessonVersion: number | null;
  readonly hostUserId: UserId;
  readonly coHostUserIds: readonly UserId[];
  readonly title: string;
  readonly phase: string;
  readonly joinCode: string | null;
  readonly startsAt: number | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
  /** The seq of the actor that this row shows. */
  readonly seq: number;
}

/** Whose sessions: all of the tenant, those that somebody hosts, or those that he joined. */
export type SessionsOf =
  | { readonly who: "everyone" }
  | { readonly who: "host"; readonly userId: UserId }
  | { readonly who: "student"; readonly userId: UserId };

/** Which of the sessions that are over. */
export interface EndedOf {
  readonly hostedBy?: UserId;
  readonly joinedBy?: UserId;
  readonly lessonId?: string;
  readonly lessonVersion?: number;
  readonly classId?: string;
  readonly limit: number;
}

export async function upsertSession(tx: TenantTx, session: SessionRow): Promise<void> {
  const changing = {
    host_user_id: session.hostUserId,
    co_host_user_ids: [...session.coHostUserIds],
    title: session.title,
    phase: session.phase,
    join_code: session.joinCode,
    starts_at: session.startsAt,
    ended_at: session.endedAt,
    seq: session.seq,
  };
  await tx.q
    .insertInto("sessions")
    .values({
      tenant_id: tx.tenantId,
      id: session.id,
      lesson_id: session.lessonId,
      lesson_version: session.lessonVersion,
      created_at: session.createdAt,
      ...changing,
    })
    .onConflict((on) =>
      on
        .columns(["tenant_id", "id"])
        .doUpdateSet(changing)
        .where("sessions.seq", "<=", session.seq),
    )
    .execute();
}

export async function findSession(tx: TenantTx, id: ActorId): Promise<SessionRow | undefined> {
  const row = await tx.q
    .selectFrom("sessions")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && sessionOf(row);
}

/** Newest first. */
export async function listSessions(
  tx: TenantTx,
  page: Page & { readonly of: SessionsOf; readonly phase?: string },
): Promise<Paged<SessionRow>> {
  const { after, of, phase } = page;
  const rows = await tx.q
    .selectFrom("sessions")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where(ownedBy(tx, of))
    .$if(phase !== undefined, (q) => q.where("phase", "=", phase ?? ""))
    .where(isBeyond(after))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(rowsToAsk(page))
    .execute();
  return pagedOf(rows.map(sessionOf), page);
}

/** The last to end first. */
export async function endedSessions(
  tx: TenantTx,
  { hostedBy, joinedBy, lessonId, lessonVersion, classId, limit }: EndedOf,
): Promise<readonly SessionRow[]> {
  const of: readonly SessionsOf[] = [
    ...(hostedBy === undefined ? [] : [{ who: "host", userId: hostedBy } as const]),
    ...(joinedBy === undefined ? [] : [{ who: "student", userId: joinedBy } as const]),
  ];
  const rows = await tx.q
    .selectFrom("sessions")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("phase", "in", ["wrapup", "ended", "archived"])
    .where((eb) => eb.and(of.map((each) => ownedBy(tx, each))))
    .$if(lessonId !== undefined, (q) => q.where("lesson_id", "=", lessonId ?? ""))
    .$if(lessonVersion !== undefined, (q) => q.where("lesson_version", "=", lessonVersion ?? 0))
    .$if(classId !== undefined, (q) => q.where(heldFor(tx, classId ?? "")))
    .orderBy(sql`ended_at desc nulls last`)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(sessionOf);
}

function ownedBy(tx: TenantTx, of: SessionsOf) {
  switch (of.who) {
    case "everyone":
      return sql<boolean>`true`;
    case "host":
      return sql<boolean>`(host_user_id = ${of.userId} or co_host_user_ids @> array[${of.userId}::text])`;
    case "student":
      return sql<boolean>`exists (
        select from participants p
         where p.tenant_id = ${tx.tenantId} and p.session_id = sessions.id
           and p.user_id = ${of.userId})`;
  }
}

function heldFor(tx: TenantTx, classId: string) {
  return sql<boolean>`exists (
    select from class_sessions c
     where c.tenant_id = ${tx.tenantId} and c.session_id = sessions.id
       and c.class_id = ${classId})`;
}

function sessionOf(row: Selectable<SessionsTable>): SessionRow {
  return {
    id: parseActorId(row.id),
    lessonId: row.lesson_id,
    lessonVersion: row.lesson_version,
    hostUserId: parseUserId(row.host_user_id),
    coHostUserIds: row.co_host_user_ids.map(parseUserId),
    title: row.title,
    phase: row.phase,
    joinCode: row.join_code,
    startsAt: row.starts_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    seq: row.seq,
  };
}
