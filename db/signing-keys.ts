/** Signing keys of access tokens: the platform's, shared by all nodes and tenants. */
import { type Selectable, sql } from "kysely";
import type { PlatformTx } from "./as-tenant.ts";
import type { SigningKeysTable } from "./schema.ts";

/** Any number; it only has to differ from other advisory locks of this schema. */
const FIRST_KEY_LOCK = 7_266_001;

export interface SigningKey {
  readonly kid: string;
  /** JSON text. */
  readonly privateJwk: string;
  readonly publicJwk: string;
  readonly createdAt: number;
  readonly retiredAt: number | null;
}

/** All keys, newest first: sign with the first that is not retired, verify with any. */
export async function listSigningKeys(tx: PlatformTx): Promise<readonly SigningKey[]> {
  const rows = await tx.q
    .selectFrom("signing_keys")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("kid", "desc")
    .execute();
  return rows.map(signingKeyOf);
}

/**
 * The keys that hold, having added `candidate` if there was none: nodes that start together agree.
 */
export async function ensureSigningKey(
  tx: PlatformTx,
  candidate: Omit<SigningKey, "retiredAt">,
): Promise<readonly SigningKey[]> {
  await sql`select pg_advisory_xact_lock(${FIRST_KEY_LOCK})`.execute(tx.q);
  const keys = await listSigningKeys(tx);
  if (keys.some((key) => key.retiredAt === null)) {
    return keys;
  }
  await addSigningKey(tx, candidate);
  return listSigningKeys(tx);
}

export async function addSigningKey(
  tx: PlatformTx,
  key: Omit<SigningKey, "retiredAt">,
): Promise<void> {
  await tx.q
    .insertInto("signing_keys")
    .values({
      kid: key.kid,
      private_jwk: key.privateJwk,
      public_jwk: key.publicJwk,
      created_at: key.createdAt,
      retired_at: null,
    })
    .execute();
}

/** Signs no more; still verifies. */
export async function retireSigningKey(tx: PlatformTx, kid: string, at: number): Promise<void> {
  await tx.q
    .updateTable("signing_keys")
    .set({ retired_at: at })
    .where("kid", "=", kid)
    .where("retired_at", "is", null)
    .execute();
}

function signingKeyOf(row: Selectable<SigningKeysTable>): SigningKey {
  return {
    kid: row.kid,
    privateJwk: row.private_jwk,
    publicJwk: row.public_jwk,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  };
}
