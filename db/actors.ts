/**
 * The archive of actors: one row each, with the envelope as text; `append.ts` writes what a flush
 * brings, `records.ts` has their lines.
 */
import type { Selectable } from "kysely";
import { parseActorId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import { assertKeepable } from "./failure.ts";
import type { Append } from "./append.ts";
import type { ActorKey } from "./records.ts";
import type { ActorsTable } from "./schema.ts";

export interface Announcement extends ActorKey {
  readonly epoch: string;
  /** The head of the chain before its first record. */
  readonly head0: string;
  readonly at: number;
}

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

type ActorMark = Pick<ArchivedActor, MarkColumn>;

/** The high-water marks, without the bytes, in the order of the actors. */
export async function actorMarks(
  tx: TenantTx,
  actors: readonly ActorKey[],
): Promise<readonly (ActorMark | undefined)[]> {
  const rows = await tx.q
    .selectFrom("actors")
    .select(["kind", "id", "seq", "head", "resident", "rebuilt_in", "parked_at", "parked_reason"])
    .where("tenant_id", "=", tx.tenantId)
    .where("kind", "in", [...new Set(actors.map(({ kind }) => kind))])
    .where("id", "in", [...new Set(actors.map(({ id }) => id))])
    .execute();
  return actors.map(({ kind, id }) => {
    const row = rows.find((each) => each.kind === kind && each.id === id);
    return (
      row && {
        ...{ seq: row.seq, head: row.head, resident: row.resident, parked: parkedOf(row) },
        rebuiltIn: row.rebuilt_in ?? undefined,
      }
    );
  });
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
