/**
 * The archive of actors: one row each, with the envelope as text; `records.ts` has their lines.
 *
 * Owns what one flush may change. Invariants:
 * 1. DB13: an append is idempotent: it applies from the row's high-water mark + 1 on and never
 *    lowers it. Sent again, or late, it is `present` and changes nothing: nor may read models.
 * 2. DB14: records that do not chain on those archived are a `mismatch`: nothing is written.
 * 3. DB15: a parked actor takes no append until it is unparked.
 * 4. DB16: a line or envelope that Postgres cannot keep byte for byte is refused before anything
 *    is sent (`RowRefused`), so it stops one actor and not its batch.
 * 5. DB17: an append, or a seal, says when it knew the actor to be built again; where that has
 *    happened since, it is `moved`: what a slow flush carries may be another history.
 */
import { type Selectable, sql } from "kysely";
import { parseActorId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import { assertKeepable } from "./failure.ts";
import {
  type ActorKey,
  type AppendedRecord,
  RECORDS_MAX,
  insertingRecords,
  recordsOf,
} from "./records.ts";
import type { ActorsTable } from "./schema.ts";

export interface Announcement extends ActorKey {
  readonly epoch: string;
  /** The head of the chain before its first record. */
  readonly head0: string;
  readonly at: number;
}

export interface Append extends ActorKey {
  readonly seq: number;
  readonly head: string;
  readonly envelope: string;
  /** What the row said before anything else of this flush was read. */
  readonly over: string | undefined;
  /** It is built again, in this epoch; undefined: it lives on. */
  readonly rebuiltIn: string | undefined;
  readonly owedDueAt: number | undefined;
  /** Ascending by seq, without a gap, the last one `seq`. */
  readonly records: readonly AppendedRecord[];
  readonly at: number;
}

/** The head of the chain after one more line: the caller's, so that the hash is written once. */
export type ChainOn = (head: string, line: string) => string;

export interface ArchivedActor extends ActorKey {
  readonly resident: boolean;
  readonly epoch: string;
  readonly seq: number;
  readonly head: string;
  /** Empty: announced and never flushed. */
  readonly envelope: string;
  /** The epoch in which it was last built again; undefined: never. */
  readonly rebuiltIn: string | undefined;
  readonly owedDueAt: number | undefined;
  readonly parked: { readonly at: number; readonly reason: string } | undefined;
}

/** True: the row exists, resident, without records, in this epoch. False: the id is taken. */
export async function announceActor(tx: TenantTx, actor: Announcement): Promise<boolean> {
  const inserted = await tx.q
    .insertInto("actors")
    .values({
      tenant_id: tx.tenantId,
      kind: actor.kind,
      id: actor.id,
      resident: true,
      epoch: actor.epoch,
      seq: 0,
      head: actor.head0,
      envelope: "",
      updated_at: actor.at,
    })
    .onConflict((on) => on.doNothing())
    .returning("id")
    .executeTakeFirst();
  if (inserted !== undefined) {
    return true;
  }
  const there = await findActor(tx, actor);
  return there?.seq === 0 && there.epoch === actor.epoch;
}

/** Locks the row until the transaction ends: two flushes of one actor follow each other. */
export async function appendActor(
  tx: TenantTx,
  flush: Append,
  chainOn: ChainOn,
): Promise<"appended" | "present" | "mismatch" | "moved"> {
  assertKeepable(flush.envelope);
  flush.records.forEach((record) => assertKeepable(record.line));
  const row = await actorRow(tx, flush).forUpdate().executeTakeFirst();
  if (row === undefined || row.parked_at !== null) {
    return "mismatch";
  }
  if (flush.seq <= row.seq) {
    return (await isArchived(tx, flush, { row, chainOn })) ? "present" : "mismatch";
  }
  if (row.rebuilt_in !== (flush.over ?? null)) {
    return "moved";
  }
  const fresh = flush.records.filter((record) => record.seq > row.seq);
  const gapless = fresh.every((record, index) => record.seq === row.seq + 1 + index);
  const head = fresh.reduce((before, record) => chainOn(before, record.line), row.head);
  if (!gapless || row.seq + fresh.length !== flush.seq || head !== flush.head) {
    return "mismatch";
  }
  await sql`${insertingRecords(tx, flush, fresh)}
    update actors
       set seq = ${flush.seq}, head = ${flush.head}, envelope = ${flush.envelope},
           owed_due_at = ${flush.owedDueAt ?? null},
           rebuilt_in = ${flush.rebuiltIn ?? row.rebuilt_in},
           resident = true, updated_at = ${flush.at}
     where tenant_id = ${tx.tenantId} and kind = ${flush.kind} and id = ${flush.id}`.execute(tx.q);
  return "appended";
}

/** Visibly set aside: appends are refused until `unparkActor`. The first reason stays. */
export async function parkActor(
  tx: TenantTx,
  actor: ActorKey & { readonly reason: string; readonly at: number },
): Promise<boolean> {
  const result = await updating(tx, actor)
    .set({ parked_at: actor.at, parked_reason: actor.reason })
    .where("parked_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function unparkActor(tx: TenantTx, actor: ActorKey): Promise<boolean> {
  const result = await updating(tx, actor)
    .set({ parked_at: null, parked_reason: null })
    .where("parked_at", "is not", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function findActor(tx: TenantTx, actor: ActorKey): Promise<ArchivedActor | undefined> {
  const row = await actorRow(tx, actor).executeTakeFirst();
  return row && archivedOf(row);
}

type MarkColumn = "seq" | "head" | "resident" | "parked" | "rebuiltIn";

/** The high-water mark, without the bytes. */
export async function actorMark(
  tx: TenantTx,
  actor: ActorKey,
): Promise<Pick<ArchivedActor, MarkColumn> | undefined> {
  const row = await tx.q
    .selectFrom("actors")
    .select(["seq", "head", "resident", "rebuilt_in", "parked_at", "parked_reason"])
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "=", actor.kind)
    .where("id", "=", actor.id)
    .executeTakeFirst();
  return (
    row && {
      ...{ seq: row.seq, head: row.head, resident: row.resident, parked: parkedOf(row) },
      rebuiltIn: row.rebuilt_in ?? undefined,
    }
  );
}

/** Built again at the same moment: false where the row is at another, or was built again since. */
export async function resealActor(
  tx: TenantTx,
  actor: ActorKey & Pick<Append, "head" | "envelope" | "over" | "rebuiltIn">,
): Promise<boolean> {
  assertKeepable(actor.envelope);
  const result = await updating(tx, actor)
    .set({ envelope: actor.envelope, rebuilt_in: actor.rebuiltIn ?? null })
    .where("head", "=", actor.head)
    .where("rebuilt_in", "is not distinct from", actor.over ?? null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** False: no such actor. */
export async function setResident(
  tx: TenantTx,
  actor: ActorKey,
  resident: boolean,
): Promise<boolean> {
  const result = await updating(tx, actor).set({ resident }).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * A flush at or below the mark is one that came late, if its head chained on the lines archived
 * after it ends in the archived head; otherwise it is another history of the same length or less.
 */
async function isArchived(
  tx: TenantTx,
  flush: Append,
  archive: { readonly row: Selectable<ActorsTable>; readonly chainOn: ChainOn },
): Promise<boolean> {
  const { row, chainOn } = archive;
  let head = flush.head;
  let seq = flush.seq;
  while (seq < row.seq) {
    const lines = await recordsOf(tx, flush, { after: seq, limit: RECORDS_MAX });
    if (lines.length === 0) {
      return false;
    }
    head = lines.reduce((before, record) => chainOn(before, record.line), head);
    seq = lines.at(-1)?.seq ?? row.seq;
  }
  return head === row.head;
}

function actorRow(tx: TenantTx, actor: ActorKey) {
  return tx.q
    .selectFrom("actors")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "=", actor.kind)
    .where("id", "=", actor.id);
}

function updating(tx: TenantTx, actor: ActorKey) {
  return tx.q
    .updateTable("actors")
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "=", actor.kind)
    .where("id", "=", actor.id);
}

function archivedOf(row: Selectable<ActorsTable>): ArchivedActor {
  return {
    kind: row.kind,
    id: parseActorId(row.id),
    resident: row.resident,
    epoch: row.epoch,
    seq: row.seq,
    head: row.head,
    envelope: row.envelope,
    rebuiltIn: row.rebuilt_in ?? undefined,
    owedDueAt: row.owed_due_at ?? undefined,
    parked: parkedOf(row),
  };
}

function parkedOf(row: Pick<Selectable<ActorsTable>, "parked_at" | "parked_reason">) {
  return row.parked_at === null
    ? undefined
    : { at: row.parked_at, reason: row.parked_reason ?? "" };
}
