/**
 * Join codes: claimed before they are shown, one session each in the whole platform.
 *
 * Invariants:
 * 1. DB10: of any number of claims of one code one wins; only its owner releases it.
 */
import { type ActorId, type TenantId, parseActorId, parseTenantId } from "../machines/ids.ts";
import type { PlatformTx, TenantTx } from "./as-tenant.ts";

export interface CodeOfSession {
  readonly code: string;
  readonly sessionId: ActorId;
}

/** True: the code is this session's, now or since before. False: somebody else has it. */
export async function claimJoinCode(
  tx: TenantTx,
  claim: CodeOfSession & { readonly at: number },
): Promise<boolean> {
  const inserted = await tx.q
    .insertInto("join_codes")
    .values({
      code: claim.code,
      tenant_id: tx.tenantId,
      session_id: claim.sessionId,
      claimed_at: claim.at,
    })
    .onConflict((on) => on.doNothing())
    .returning("code")
    .executeTakeFirst();
  return inserted !== undefined || (await isOwner(tx, claim));
}

/** False: it was not this session's; nothing changed. */
export async function releaseJoinCode(tx: TenantTx, owned: CodeOfSession): Promise<boolean> {
  const result = await tx.q
    .deleteFrom("join_codes")
    .where("tenant_id", "=", tx.tenantId)
    .where("code", "=", owned.code)
    .where("session_id", "=", owned.sessionId)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** The way in, before the tenant is known. Ask the session whether the code is still its own. */
export async function findJoinCode(
  tx: PlatformTx,
  code: string,
): Promise<{ readonly tenantId: TenantId; readonly sessionId: ActorId } | undefined> {
  const row = await tx.q
    .selectFrom("join_codes")
    .select(["tenant_id", "session_id"])
    .where("code", "=", code)
    .executeTakeFirst();
  return row && { tenantId: parseTenantId(row.tenant_id), sessionId: parseActorId(row.session_id) };
}

async function isOwner(tx: TenantTx, claim: CodeOfSession): Promise<boolean> {
  const row = await tx.q
    .selectFrom("join_codes")
    .select("code")
    .where("tenant_id", "=", tx.tenantId)
    .where("code", "=", claim.code)
    .where("session_id", "=", claim.sessionId)
    .executeTakeFirst();
  return row !== undefined;
}
