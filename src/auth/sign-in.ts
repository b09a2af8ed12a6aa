/**
 * Signing in: a tenant's slug, an e-mail address and a password.
 *
 * Invariants:
 * 1. An unknown tenant, an unknown address, a wrong password and a disabled user get one answer,
 *    after the same work.
 * 2. Failures count against the account that was named, whether or not it exists; success forgets
 *    them. Guesses at the same time count as guesses one after the other: above the limit nobody
 *    is told whether the last of them was right.
 */
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import { findTenantBySlug } from "../../db/tenants.ts";
import { type Credentials, type User, findCredentials } from "../../db/users.ts";
import type { TenantId } from "../../machines/ids.ts";
import type { Limit } from "../http/limits.ts";
import { type Problem, problem } from "../problem.ts";
import type { Passwords } from "./passwords.ts";
import { type RefreshParts, type TokenPair, issueTokens } from "./refresh.ts";

export interface SignInParts extends RefreshParts {
  readonly passwords: Passwords;
  readonly failures: Limit;
}

export interface SignInAsk {
  readonly tenant: string;
  readonly email: string;
  readonly password: string;
}

export type SignedIn =
  | {
      readonly ok: true;
      readonly pair: TokenPair;
      readonly user: User;
      readonly tenantId: TenantId;
    }
  | { readonly ok: false; readonly problem: Problem };

const WRONG = "The school, the e-mail address or the password is wrong.";

export async function signIn(parts: SignInParts, ask: SignInAsk): Promise<SignedIn> {
  const slug = ask.tenant.trim().toLowerCase();
  const account = `${slug}/${ask.email.normalize("NFKC").trim().toLowerCase()}`;
  const limited = await parts.failures.ask(account);
  if (limited.problem !== undefined) {
    return { ok: false, problem: limited.problem };
  }
  const found = await find(parts, slug, ask.email);
  const right = await parts.passwords.matches(ask.password, found?.passwordHash);
  if (!right || found === undefined || found.user.disabledAt !== null) {
    const counted = await parts.failures.take(account);
    return { ok: false, problem: counted.problem ?? problem("unauthenticated", WRONG) };
  }
  const meanwhile = await parts.failures.ask(account);
  if (meanwhile.problem !== undefined) {
    return { ok: false, problem: meanwhile.problem };
  }
  await parts.failures.forget(account);
  const { user, tenantId } = found;
  const principal = { kind: "user", userId: user.id, role: user.role, name: user.name } as const;
  const holder = { kind: "user", userId: user.id } as const;
  const pair = await issueTokens(parts, tenantId, principal, holder);
  return { ok: true, pair, user, tenantId };
}

async function find(
  { db }: SignInParts,
  slug: string,
  email: string,
): Promise<(Credentials & { readonly tenantId: TenantId }) | undefined> {
  const tenant = await asPlatform(db, (tx) => findTenantBySlug(tx, slug));
  if (tenant === undefined) {
    return undefined;
  }
  const credentials = await asTenant(db, tenant.id, (tx) => findCredentials(tx, email));
  return credentials && { ...credentials, tenantId: tenant.id };
}
