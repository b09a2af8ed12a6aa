/** Tenants: the schools. Made and found by slug by the platform; each sees its own row. */
import type { Selectable } from "kysely";
import { type TenantId, parseTenantId } from "../machines/ids.ts";
import type { PlatformTx, TenantTx } from "./as-tenant.ts";
import type { TenantsTable } from "./schema.ts";

export interface Tenant {
  readonly id: TenantId;
  readonly slug: string;
  readonly name: string;
  /** IANA, for display only. */
  readonly timeZone: string;
  readonly createdAt: number;
}

/** False: the id or the slug is taken; nothing was written. */
export async function createTenant(tx: PlatformTx, tenant: Tenant): Promise<boolean> {
  const inserted = await tx.q
    .insertInto("tenants")
    .values({
      tenant_id: tenant.id,
      slug: tenant.slug,
      name: tenant.name,
      time_zone: tenant.timeZone,
      created_at: tenant.createdAt,
    })
    .onConflict((on) => on.doNothing())
    .returning("tenant_id")
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function findTenantBySlug(tx: PlatformTx, slug: string): Promise<Tenant | undefined> {
  const row = await tx.q
    .selectFrom("tenants")
    .selectAll()
    .where("slug", "=", slug)
    .executeTakeFirst();
  return row && tenantOf(row);
}

/** At most `limit`, oldest first. */
export async function listTenants(tx: PlatformTx, limit: number): Promise<readonly Tenant[]> {
  const rows = await tx.q
    .selectFrom("tenants")
    .selectAll()
    .orderBy("created_at")
    .orderBy("tenant_id")
    .limit(limit)
    .execute();
  return rows.map(tenantOf);
}

/** Ids of at most `limit`, in their order, behind `after`; the first are behind none. */
export async function tenantsAfter(
  tx: PlatformTx,
  after: string,
  limit: number,
): Promise<readonly TenantId[]> {
  const rows = await tx.q
    .selectFrom("tenants")
    .select("tenant_id")
    .where("tenant_id", ">", after)
    .orderBy("tenant_id")
    .limit(limit)
    .execute();
  return rows.map((row) => parseTenantId(row.tenant_id));
}

/** The tenant that the transaction acts as. */
export async function findTenant(tx: TenantTx): Promise<Tenant | undefined> {
  const row = await tx.q
    .selectFrom("tenants")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .executeTakeFirst();
  return row && tenantOf(row);
}

function tenantOf(row: Selectable<TenantsTable>): Tenant {
  return {
    id: parseTenantId(row.tenant_id),
    slug: row.slug,
    name: row.name,
    timeZone: row.time_zone,
    createdAt: row.created_at,
  };
}
