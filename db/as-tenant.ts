/**
 * The two ways to a query: as one tenant, or as the platform for what has no tenant yet.
 *
 * Owns the settings that row-level security judges by. Invariants:
 * 1. DB2: the settings hold for one transaction: nothing set on a pooled connection outlives it.
 * 2. DB3: without a setting no row of any table is seen or written.
 * 3. Queries take a `TenantTx` or a `PlatformTx`, and only this file makes them.
 */
import { type Transaction, sql } from "kysely";
import type { TenantId } from "../machines/ids.ts";
import type { Database } from "./connect.ts";
import { failureOf } from "./failure.ts";
import type { Tables } from "./schema.ts";

/** A transaction that sees one tenant's rows. */
export interface TenantTx {
  readonly tenantId: TenantId;
  readonly q: Transaction<Tables>;
}

/** A transaction for look-ups without a tenant: slugs, join codes, tokens, keys, what is due. */
export interface PlatformTx {
  readonly platform: true;
  readonly q: Transaction<Tables>;
}

/** Commits when `work` resolves, rolls back when it throws; failures come out typed. */
export function asTenant<T>(
  db: Database,
  tenantId: TenantId,
  work: (tx: TenantTx) => Promise<T>,
): Promise<T> {
  return inTransaction(db, { tenant: tenantId, platform: "" }, (q) => work({ tenantId, q }));
}

/** As `asTenant`, but it reaches only the tables and verbs that have a platform policy. */
export function asPlatform<T>(db: Database, work: (tx: PlatformTx) => Promise<T>): Promise<T> {
  return inTransaction(db, { tenant: "", platform: "on" }, (q) => work({ platform: true, q }));
}

async function inTransaction<T>(
  db: Database,
  settings: { readonly tenant: string; readonly platform: string },
  work: (q: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  try {
    return await db.kysely.transaction().execute(async (q) => {
      await sql`select set_config('app.tenant', ${settings.tenant}, true),
                       set_config('app.platform', ${settings.platform}, true)`.execute(q);
      return work(q);
    });
  } catch (error) {
    throw failureOf(error);
  }
}
