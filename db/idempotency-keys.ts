/**
 * Idempotency keys of HTTP writes: the same key gives the same answer for a day.
 *
 * A write is claimed before it is done and settled with its answer. Commands to actors do not pass
 * here: their ids live in the actor.
 *
 * Invariants:
 * 1. DB11: of two requests with one key one does the work; the other gets its answer, or hears that
 *    it is under way.
 */
import type { TenantTx, PlatformTx } from "./as-tenant.ts";

/** As long as clients may repeat a write. */
export const KEY_LIFE_MS = 86_400_000;
/**
 * A claim without an answer for this long was left by a node that died: the next request takes it.
 */
export const CLAIM_LIFE_MS = 60_000;

export interface KeyClaim {
  /** Who asks: keys of two principals never meet. */
  readonly principal: string;
  readonly key: string;
  /** Of method, path and body. */
  readonly digest: string;
  readonly at: number;
}

export type Claimed =
  | { readonly kind: "claimed" }
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  /** Another request with this key is being worked on. */
  | { readonly kind: "under-way" }
  /** The key was used with other content. */
  | { readonly kind: "key-reused" };

/** `claimed`: do the work, then `settleKey`; or `releaseKey` if it was not done. */
export async function claimKey(tx: TenantTx, claim: KeyClaim): Promise<Claimed> {
  const fresh = {
    digest: claim.digest,
    status: null,
    body: null,
    created_at: claim.at,
  };
  const won = await tx.q
    .insertInto("idempotency_keys")
    .values({ tenant_id: tx.tenantId, principal: claim.principal, key: claim.key, ...fresh })
    .onConflict((on) =>
      on
        .columns(["tenant_id", "principal", "key"])
        .doUpdateSet(fresh)
        .where((eb) =>
          eb.or([
            eb("idempotency_keys.created_at", "<=", claim.at - KEY_LIFE_MS),
            eb.and([
              eb("idempotency_keys.status", "is", null),
              eb("idempotency_keys.digest", "=", claim.digest),
              eb("idempotency_keys.created_at", "<=", claim.at - CLAIM_LIFE_MS),
            ]),
          ]),
        ),
    )
    .returning("key")
    .executeTakeFirst();
  return won === undefined ? held(tx, claim) : { kind: "claimed" };
}

/** The answer that this key gives from now on. */
export async function settleKey(
  tx: TenantTx,
  claim: Pick<KeyClaim, "principal" | "key">,
  answer: { readonly status: number; readonly body: string },
): Promise<void> {
  await tx.q
    .updateTable("idempotency_keys")
    .set(answer)
    .where("tenant_id", "=", tx.tenantId)
    .where("principal", "=", claim.principal)
    .where("key", "=", claim.key)
    .execute();
}

/** The work was not done: the key is free again. */
export async function releaseKey(
  tx: TenantTx,
  claim: Pick<KeyClaim, "principal" | "key">,
): Promise<void> {
  await tx.q
    .deleteFrom("idempotency_keys")
    .where("tenant_id", "=", tx.tenantId)
    .where("principal", "=", claim.principal)
    .where("key", "=", claim.key)
    .where("status", "is", null)
    .execute();
}

/** The sweep of keys whose day is over. */
export async function deleteExpiredKeys(tx: PlatformTx, at: number): Promise<number> {
  const gone = await tx.q
    .deleteFrom("idempotency_keys")
    .where("created_at", "<=", at - KEY_LIFE_MS)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

async function held(tx: TenantTx, claim: KeyClaim): Promise<Claimed> {
  const row = await tx.q
    .selectFrom("idempotency_keys")
    .select(["digest", "status", "body"])
    .where("tenant_id", "=", tx.tenantId)
    .where("principal", "=", claim.principal)
    .where("key", "=", claim.key)
    .executeTakeFirst();
  if (row !== undefined && row.digest !== claim.digest) {
    return { kind: "key-reused" };
  }
  if (row === undefined || row.status === null) {
    return { kind: "under-way" };
  }
  return { kind: "answered", status: row.status, body: row.body ?? "" };
}
