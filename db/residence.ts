/**
 * Where actors are, in all tenants at once: those that the store should have, and those that sleep
 * and owe something.
 *
 * Invariants:
 * 1. What sleeping actors owe is found by its due time, whoever addresses them or not (C7).
 * 2. Only the kinds that were asked for fill a page: another program's hide none behind them.
 */
import { sql } from "kysely";
import { type ActorId, type TenantId, parseActorId, parseTenantId } from "../machines/ids.ts";
import type { PlatformTx } from "./as-tenant.ts";
import type { ActorKey } from "./records.ts";

export interface PlacedActor extends ActorKey {
  readonly tenantId: TenantId;
  readonly id: ActorId;
}

export interface DueActor extends PlacedActor {
  readonly owedDueAt: number;
}

/** Sleeping actors that owe something before `before`, earliest first. */
export async function dueActors(
  tx: PlatformTx,
  due: { readonly before: number; readonly limit: number; readonly kinds: readonly string[] },
): Promise<readonly DueActor[]> {
  const rows = await tx.q
    .selectFrom("actors")
    .select(["tenant_id", "kind", "id", "owed_due_at"])
    .where("resident", "=", false)
    .where("parked_at", "is", null)
    .where("owed_due_at", "<", due.before)
    .where("kind", "in", due.kinds)
    .orderBy("owed_due_at")
    .limit(due.limit)
    .execute();
  return rows.map((row) => ({ ...placedOf(row), owedDueAt: row.owed_due_at ?? due.before }));
}

/** Resident actors after this one, in the order of their addresses; the birth of some may fail. */
export async function residentActors(
  tx: PlatformTx,
  page: {
    readonly after: PlacedActor | undefined;
    readonly limit: number;
    readonly kinds: readonly string[];
  },
): Promise<readonly PlacedActor[]> {
  const { after } = page;
  const rows = await tx.q
    .selectFrom("actors")
    .select(["tenant_id", "kind", "id"])
    .where("resident", "=", true)
    .where("kind", "in", page.kinds)
    .$if(after !== undefined, (query) =>
      query.where(
        sql<boolean>`(tenant_id, kind, id) > (${after?.tenantId}, ${after?.kind}, ${after?.id})`,
      ),
    )
    .orderBy("tenant_id")
    .orderBy("kind")
    .orderBy("id")
    .limit(page.limit)
    .execute();
  return rows.map(placedOf);
}

function placedOf(row: { tenant_id: string; kind: string; id: string }): PlacedActor {
  return { tenantId: parseTenantId(row.tenant_id), kind: row.kind, id: parseActorId(row.id) };
}
