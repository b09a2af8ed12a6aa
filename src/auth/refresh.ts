/**
 * Refresh tokens: made, turned into fresh access tokens, rotated, ended.
 *
 * Owns the plain tokens, which are never stored. Invariants:
 * 1. A user's successor is made from the old token and the salt of its row, so a repeated refresh
 *    within the grace gives the very same successor, on any node, and nothing is kept to do so.
 * 2. A disabled user's token opens nothing.
 */
import type { Clock, Ids } from "../../actors/clock.ts";
import { sha256 } from "../../actors/envelope.ts";
import { type TenantTx, asPlatform, asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import {
  type FoundToken,
  type TokenHolder,
  createRefreshToken,
  findRefreshToken,
  revokeFamily,
  rotateRefreshToken,
} from "../../db/refresh-tokens.ts";
import { type User, findUser } from "../../db/users.ts";
import type { TenantId } from "../../machines/ids.ts";
import type { Chance } from "./chance.ts";
import type { Grant, Tokens } from "./tokens.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** A teacher who signs in once a month stays signed in. */
export const USER_TTL_MS = 30 * DAY_MS;
/** Longer than any session lives after its lobby opened; it is ended when that is archived. */
export const SEAT_TTL_MS = 90 * DAY_MS;
/** As many as a sha256 takes; nobody guesses them. */
const SECRET_BYTES = 32;
/** `randomSecret(32)` and a successor are 43 characters. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface RefreshParts {
  readonly db: Database;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly chance: Chance;
}

/** What every way in gives back. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInS: number;
}

export type Refreshed =
  | {
      readonly kind: "user";
      readonly pair: TokenPair;
      readonly user: User;
      readonly tenantId: TenantId;
    }
  | {
      readonly kind: "seat";
      readonly pair: TokenPair;
      readonly tenantId: TenantId;
      readonly holder: Exclude<TokenHolder, { readonly kind: "user" }>;
    }
  | { readonly kind: "unknown" };

/** A new family: somebody signed in or took a seat. */
export async function issueTokens(
  parts: RefreshParts,
  tenantId: TenantId,
  principal: Grant["principal"],
  holder: TokenHolder,
): Promise<TokenPair> {
  const { db, tokens, clock, ids, chance } = parts;
  const refreshToken = chance.secret(SECRET_BYTES);
  const family = ids.next();
  const at = clock.now();
  const expiresAt = at + (holder.kind === "user" ? USER_TTL_MS : SEAT_TTL_MS);
  const salt = chance.secret(SECRET_BYTES);
  await asTenant(db, tenantId, (tx) =>
    createRefreshToken(tx, { hash: sha256(refreshToken), family, holder, salt, at, expiresAt }),
  );
  const bound = holder.kind === "user" ? {} : { boundTo: holder.sessionId };
  return { ...(await tokens.sign({ tenantId, principal, family, ...bound })), refreshToken };
}

export async function refresh(parts: RefreshParts, token: string): Promise<Refreshed> {
  if (!TOKEN.test(token)) {
    return { kind: "unknown" };
  }
  const at = parts.clock.now();
  const found = await asPlatform(parts.db, (tx) => findRefreshToken(tx, sha256(token), at));
  if (found === undefined) {
    return { kind: "unknown" };
  }
  return found.holder.kind === "user"
    ? refreshUser(parts, token, found)
    : refreshSeat(parts, token, { ...found, holder: found.holder });
}

/** Ends the family of this refresh token; a token that is nobody's is left at that. */
export async function endTokens(parts: RefreshParts, token: string): Promise<void> {
  const at = parts.clock.now();
  const found = TOKEN.test(token)
    ? await asPlatform(parts.db, (tx) => findRefreshToken(tx, sha256(token), at))
    : undefined;
  if (found !== undefined) {
    await asTenant(parts.db, found.tenantId, (tx) => revokeFamily(tx, found.family, at));
    parts.tokens.forget(found.tenantId);
  }
}

async function refreshUser(
  parts: RefreshParts,
  token: string,
  found: FoundToken,
): Promise<Refreshed> {
  const { tenantId, family } = found;
  const refreshToken = successorOf(token, found.salt);
  const user = await asTenant(parts.db, tenantId, (tx) =>
    rotate(parts, tx, { token, refreshToken, found }),
  );
  if (user === undefined) {
    parts.tokens.forget(tenantId);
    return { kind: "unknown" };
  }
  const principal = { kind: "user", userId: user.id, role: user.role, name: user.name } as const;
  const signed = await parts.tokens.sign({ tenantId, principal, family });
  return { kind: "user", pair: { ...signed, refreshToken }, user, tenantId };
}

/** The user, if the rotation holds: one transaction, so that a reuse is always written down. */
async function rotate(
  { clock, chance }: RefreshParts,
  tx: TenantTx,
  turn: { readonly token: string; readonly refreshToken: string; readonly found: FoundToken },
): Promise<User | undefined> {
  const { holder, family } = turn.found;
  const at = clock.now();
  const successor = {
    hash: sha256(turn.refreshToken),
    salt: chance.secret(SECRET_BYTES),
    expiresAt: at + USER_TTL_MS,
  };
  const rotated = await rotateRefreshToken(tx, { hash: sha256(turn.token), successor, at });
  if (rotated.kind !== "rotated" || holder.kind !== "user") {
    return undefined;
  }
  const user = await findUser(tx, holder.userId);
  if (user === undefined || user.disabledAt !== null) {
    await revokeFamily(tx, family, at);
    return undefined;
  }
  return user;
}

async function refreshSeat(
  parts: RefreshParts,
  token: string,
  found: FoundToken & { readonly holder: Exclude<TokenHolder, { readonly kind: "user" }> },
): Promise<Refreshed> {
  const { tenantId, family, holder } = found;
  const principal =
    holder.kind === "guest"
      ? ({ kind: "guest", participantId: holder.participantId } as const)
      : ({ kind: "board", boardId: holder.boardId } as const);
  const signed = await parts.tokens.sign({
    tenantId,
    principal,
    family,
    boundTo: holder.sessionId,
  });
  return { kind: "seat", pair: { ...signed, refreshToken: token }, tenantId, holder };
}

function successorOf(token: string, salt: string): string {
  return new Bun.CryptoHasher("sha256", salt).update(token).digest("base64url");
}
