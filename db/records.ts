/**
 * Records of the archive, line by line as they were hashed, and the command ids that made them.
 *
 * Only `appendActor` writes them, after it has checked the chain.
 */
import type { ActorId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";

/** Rows of one statement: far below the 65,535 parameters that Postgres takes. */
const ROWS_MAX = 1_000;
/** The most records that one call of `recordsOf` returns. */
export const RECORDS_MAX = 1_000;

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

/** For `appendActor` alone. */
export async function insertRecords(
  tx: TenantTx,
  actor: ActorKey,
  records: readonly AppendedRecord[],
): Promise<void> {
  for (let from = 0; from < records.length; from += ROWS_MAX) {
    const part = records.slice(from, from + ROWS_MAX);
    const key = { tenant_id: tx.tenantId, kind: actor.kind, id: actor.id };
    await tx.q
      .insertInto("records")
      .values(part.map(({ seq, line }) => ({ ...key, seq, line })))
      .execute();
    const ids = part.flatMap(({ seq, id }) =>
      id === undefined ? [] : [{ ...key, id_key: id.idKey, digest: id.digest, seq }],
    );
    if (ids.length > 0) {
      await tx.q
        .insertInto("actor_ids")
        .values(ids)
        .onConflict((on) => on.doNothing())
        .execute();
    }
  }
}
