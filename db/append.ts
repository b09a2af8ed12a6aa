/**
 * Appends: what flushes bring of several actors, in three statements however many they are.
 *
 * Owns what a flush may change. Invariants:
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
import type { TenantTx } from "./as-tenant.ts";
import { assertKeepable } from "./failure.ts";
import {
  type ActorKey,
  type AppendedRecord,
  RECORDS_MAX,
  insertRecords,
  insertingRecords,
  recordsOf,
} from "./records.ts";
import type { ActorsTable } from "./schema.ts";

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

/** The head of the chain after these lines: the caller's, so that the hash is written once. */
export type ChainOver = (head: string, lines: readonly string[]) => Promise<string>;

export type Appended = "appended" | "present" | "mismatch" | "moved";

type Row = Selectable<ActorsTable>;

interface Accepted {
  readonly flush: Append;
  readonly row: Row;
  /** Those of its records that are not archived. */
  readonly fresh: readonly AppendedRecord[];
}

/**
 * What became of each, in their order; no actor may be among them twice. Locks their rows until the
 * transaction ends, always in one order: two flushes of one actor follow each other.
 */
export async function appendActors(
  tx: TenantTx,
  flushes: readonly Append[],
  chainOver: ChainOver,
): Promise<readonly Appended[]> {
  for (const { envelope, records } of flushes) {
    assertKeepable(envelope);
    records.forEach(({ line }) => assertKeepable(line));
  }
  const rows = await lockedRows(tx, flushes);
  const results: Appended[] = [];
  const accepted: Accepted[] = [];
  for (const flush of flushes) {
    const judged = await judge(tx, flush, { row: rows.get(nameOf(flush)), chainOver });
    if (typeof judged !== "string") {
      accepted.push(judged);
    }
    results.push(typeof judged === "string" ? judged : "appended");
  }
  if (accepted.length > 0) {
    await write(tx, accepted);
  }
  return results;
}

async function lockedRows(
  tx: TenantTx,
  actors: readonly ActorKey[],
): Promise<ReadonlyMap<string, Row>> {
  const rows = await tx.q
    .selectFrom("actors")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "in", [...new Set(actors.map(({ kind }) => kind))])
    .where("id", "in", [...new Set(actors.map(({ id }) => id))])
    .orderBy("kind")
    .orderBy("id")
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [nameOf(row), row]));
}

function nameOf({ kind, id }: { readonly kind: string; readonly id: string }): string {
  return `${kind}/${id}`;
}

async function judge(
  tx: TenantTx,
  flush: Append,
  archive: { readonly row: Row | undefined; readonly chainOver: ChainOver },
): Promise<Exclude<Appended, "appended"> | Accepted> {
  const { row, chainOver } = archive;
  if (row === undefined || row.parked_at !== null) {
    return "mismatch";
  }
  if (flush.seq <= row.seq) {
    return (await isArchived(tx, flush, { row, chainOver })) ? "present" : "mismatch";
  }
  if (row.rebuilt_in !== (flush.over ?? null)) {
    return "moved";
  }
  const fresh = flush.records.filter((record) => record.seq > row.seq);
  const gapless = fresh.every((record, index) => record.seq === row.seq + 1 + index);
  const head = await chainOver(row.head, linesOf(fresh));
  const fits = gapless && row.seq + fresh.length === flush.seq && head === flush.head;
  return fits ? { flush, row, fresh } : "mismatch";
}

async function write(tx: TenantTx, accepted: readonly Accepted[]): Promise<void> {
  const records = accepted.flatMap(({ flush: { kind, id }, fresh }) =>
    fresh.map((record) => ({ ...record, actor: { kind, id } })),
  );
  const last = await insertRecords(tx, records);
  const each = <Value>(of: (accepted: Accepted) => Value): readonly Value[] => accepted.map(of);
  await sql`${insertingRecords(tx, last)}
    update actors
       set seq = fresh.seq, head = fresh.head, envelope = fresh.envelope,
           owed_due_at = fresh.owed_due_at, rebuilt_in = fresh.rebuilt_in,
           resident = true, updated_at = fresh.updated_at
      from unnest(
             ${each(({ flush }) => flush.kind)}::text[],
             ${each(({ flush }) => flush.id)}::text[],
             ${each(({ flush }) => flush.seq)}::int[],
             ${each(({ flush }) => flush.head)}::text[],
             ${each(({ flush }) => flush.envelope)}::text[],
             ${each(({ flush }) => flush.owedDueAt ?? null)}::bigint[],
             ${each(({ flush, row }) => flush.rebuiltIn ?? row.rebuilt_in)}::text[],
             ${each(({ flush }) => flush.at)}::bigint[]
           ) as fresh (kind, id, seq, head, envelope, owed_due_at, rebuilt_in, updated_at)
     where tenant_id = ${tx.tenantId} and actors.kind = fresh.kind and actors.id = fresh.id`.execute(
    tx.q,
  );
}

/**
 * A flush at or below the mark is one that came late, if its head chained on the lines archived
 * after it ends in the archived head; otherwise it is another history of the same length or less.
 */
async function isArchived(
  tx: TenantTx,
  flush: Append,
  archive: { readonly row: Row; readonly chainOver: ChainOver },
): Promise<boolean> {
  const { row, chainOver } = archive;
  let head = flush.head;
  let seq = flush.seq;
  while (seq < row.seq) {
    const lines = await recordsOf(tx, flush, { after: seq, limit: RECORDS_MAX });
    if (lines.length === 0) {
      return false;
    }
    head = await chainOver(head, linesOf(lines));
    seq = lines.at(-1)?.seq ?? row.seq;
  }
  return head === row.head;
}

function linesOf(records: readonly { readonly line: string }[]): readonly string[] {
  return records.map(({ line }) => line);
}
