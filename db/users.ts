/**
 * Users: the people of a tenant who sign in. Guests are not users.
 *
 * Invariants:
 * 1. DB6: an address is unique within its tenant, whatever its case; other tenants may have it too.
 * 2. The hash of a password leaves only through `findCredentials`.
 */
import { type Selectable, sql } from "kysely";
import { type UserId, parseUserId } from "../machines/ids.ts";
import type { Role } from "../machines/principal.ts";
import type { TenantTx } from "./as-tenant.ts";
import { type Page, type Paged, isBeyond, pagedOf, rowsToAsk } from "./cursor.ts";
import type { UsersTable } from "./schema.ts";

export interface User {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly disabledAt: number | null;
}

export interface NewUser {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Null: cannot sign in by password. */
  readonly passwordHash: string | null;
  readonly at: number;
}

export interface UserPatch {
  readonly email?: string;
  readonly name?: string;
  readonly role?: Role;
  readonly passwordHash?: string;
  /** Null enables again. */
  readonly disabledAt?: number | null;
}

export interface Credentials {
  readonly user: User;
  readonly passwordHash: string | null;
}

export async function createUser(tx: TenantTx, user: NewUser): Promise<User | "email-taken"> {
  await lockAddress(tx, user.email);
  const row = await tx.q
    .insertInto("users")
    .values({
      tenant_id: tx.tenantId,
      id: user.id,
      email: user.email,
      email_key: emailKey(user.email),
      name: user.name,
      role: user.role,
      password_hash: user.passwordHash,
      created_at: user.at,
      disabled_at: null,
    })
    .onConflict((on) => on.columns(["tenant_id", "email_key"]).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? "email-taken" : userOf(row);
}

export async function findUser(tx: TenantTx, id: UserId): Promise<User | undefined> {
  const row = await tx.q
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && userOf(row);
}

/** The disabled too: the caller judges, after it has checked the password. */
export async function findCredentials(
  tx: TenantTx,
  email: string,
): Promise<Credentials | undefined> {
  const row = await tx.q
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("email_key", "=", emailKey(email))
    .executeTakeFirst();
  return row && { user: userOf(row), passwordHash: row.password_hash };
}

/** Who has one of these addresses; until the transaction ends nobody else takes one of them. */
export async function holdersOf(
  tx: TenantTx,
  emails: readonly string[],
): Promise<ReadonlyMap<string, User>> {
  const keys = [...new Set(emails.map(emailKey))].toSorted();
  for (const key of keys) {
    await lockAddress(tx, key);
  }
  const rows = await tx.q
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("email_key", "in", keys.length === 0 ? [""] : keys)
    .execute();
  return new Map(rows.map((row) => [row.email_key, userOf(row)]));
}

/** Newest first. */
export async function listUsers(
  tx: TenantTx,
  page: Page & { readonly role?: Role },
): Promise<Paged<User>> {
  const { after, role } = page;
  const rows = await tx.q
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .$if(role !== undefined, (q) => q.where("role", "=", role ?? "student"))
    .where(isBeyond(after))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(rowsToAsk(page))
    .execute();
  return pagedOf(rows.map(userOf), page);
}

/** Only the fields that are there change. Undefined: no such user. */
export async function updateUser(
  tx: TenantTx,
  id: UserId,
  patch: UserPatch,
): Promise<User | "email-taken" | undefined> {
  const { email } = patch;
  if (email !== undefined) {
    await lockAddress(tx, email);
    const holder = await findCredentials(tx, email);
    if (holder !== undefined && holder.user.id !== id) {
      return "email-taken";
    }
  }
  const row = await tx.q
    .updateTable("users")
    .set({
      id,
      ...(email !== undefined && { email, email_key: emailKey(email) }),
      ...(patch.name !== undefined && { name: patch.name }),
      ...(patch.role !== undefined && { role: patch.role }),
      ...(patch.passwordHash !== undefined && { password_hash: patch.passwordHash }),
      ...(patch.disabledAt !== undefined && { disabled_at: patch.disabledAt }),
    })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  return row && userOf(row);
}

/** Whoever takes an address waits for others who do, so that the loser hears `email-taken`. */
async function lockAddress(tx: TenantTx, email: string): Promise<void> {
  const address = `address ${tx.tenantId} ${emailKey(email)}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${address}, 0))`.execute(tx.q);
}

/**
 * For good: what he did in sessions stays there under the name it was done. False: no such user.
 */
export async function deleteUser(tx: TenantTx, id: UserId): Promise<boolean> {
  const result = await tx.q
    .deleteFrom("users")
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** How two addresses are compared. */
export function emailKey(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

function userOf(row: Selectable<UsersTable>): User {
  return {
    id: parseUserId(row.id),
    email: row.email,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    disabledAt: row.disabled_at,
  };
}
