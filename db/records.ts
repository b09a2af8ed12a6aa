/**
 * Records of the archive, line by line as they were hashed, and the command ids that made them.
 *
 * Only `appendActors` writes them, after it has checked the chain.
 */
import { type RawBuilder, sql } from "kysely";
import type { ActorId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";

/** The most records that one call of `recordsOf` returns. */
export const RECORDS_MAX = 1_000;

/** Records of one statement: making more of them into text is felt by who waits for an answer. */
const INSERTED_MAX = 1_000;

/** An actor of the transaction's tenant. */
export interface ActorKey {
  readonly kind: string;
  readonly id: ActorId;
}

export interface AppendedRecord {
  readonly seq: number;
  readonly line: string;
  /** The command id that made it, if it had one. */
  readonly id?: { readonly idKey: string; readonly digest: string };
}

export interface KnownCommand {
  readonly idKey: string;
  readonly digest: string;
  readonly seq: number;
}

export interface ArchivedRecord {
  readonly seq: number;
  readonly line: string;
}

/** Every command id that the actor has accepted, by seq. */
export async function knownCommandsOf(
  tx: TenantTx,
  actor: ActorKey,
): Promise<readonly KnownCommand[]> {
  const rows = await tx.q
    .selectFrom("actor_ids")
    .select(["id_key", "digest", "seq"])
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "=", actor.kind)
    .where("id", "=", actor.id)
    .orderBy("seq")
    .execute();
  return rows.map((row) => ({ idKey: row.id_key, digest: row.digest, seq: row.seq }));
}

/** Records with seq > `after`, oldest first, at most `limit`. */
export async function recordsOf(
  tx: TenantTx,
  actor: ActorKey,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly ArchivedRecord[]> {
  return tx.q
    .selectFrom("records")
    .select(["seq", "line"])
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "=", actor.kind)
    .where("id", "=", actor.id)
    .where("seq", ">", page.after)
    .orderBy("seq")
    .limit(Math.min(page.limit, RECORDS_MAX))
    .execute();
}

/** A record, and whose it is. */
export type ActorsRecord = AppendedRecord & { readonly actor: ActorKey };

/** Inserts all but the last of them, which are for the statement of `appendActors`. */
export async function insertRecords(
  tx: TenantTx,
  records: readonly ActorsRecord[],
): Promise<readonly ActorsRecord[]> {
  let from = 0;
  for (; records.length - from > INSERTED_MAX; from += INSERTED_MAX) {
    const these = records.slice(from, from + INSERTED_MAX);
    await sql`${insertingRecords(tx, these)} select 1`.execute(tx.q);
  }
  return records.slice(from);
}

/** The beginning of that statement, which has the same few parameters for any number. */
export function insertingRecords(
  tx: TenantTx,
  records: readonly ActorsRecord[],
): RawBuilder<unknown> {
  const named = records.flatMap((record) =>
    record.id === undefined ? [] : [{ ...record, ...record.id }],
  );
  return sql`
    with kept as (
      insert into records (tenant_id, kind, id, seq, line)
      select ${tx.tenantId}, kind, id, seq, line
        from unnest(
          ${records.map(({ actor }) => actor.kind)}::text[],
          ${records.map(({ actor }) => actor.id)}::text[],
          ${records.map(({ seq }) => seq)}::int[],
          ${records.map(({ line }) => line)}::text[]
        ) as fresh (kind, id, seq, line)
    ), named as (
      insert into actor_ids (tenant_id, kind, id, id_key, digest, seq)
      select ${tx.tenantId}, kind, id, id_key, digest, seq
        from unnest(
          ${named.map(({ actor }) => actor.kind)}::text[],
          ${named.map(({ actor }) => actor.id)}::text[],
          ${named.map(({ idKey }) => idKey)}::text[],
          ${named.map(({ digest }) => digest)}::text[],
          ${named.map(({ seq }) => seq)}::int[]
        ) as fresh (kind, id, id_key, digest, seq)
      on conflict do nothing
    )`;
}
