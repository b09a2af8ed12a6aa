/**
 * Refresh tokens, by hash: whom they open the door to, their families, rotation and revocation.
 *
 * Owns the rules of rotation; making tokens and hashing them is `src/auth`'s. Invariants:
 * 1. DB7: a user's token rotates once. For `ROTATION_GRACE_MS` it gives the same successor again;
 *    used later it revokes its whole family.
 * 2. DB8: tokens of guests and boards are not rotated; they end by expiry or revocation.
 * 3. Only hashes are stored. A successor is derived from the old token and the `salt` of its row,
 *    so neither a stolen database nor an old token alone tells it.
 */
import type { Selectable } from "kysely";
import {
  type ActorId,
  type ParticipantId,
  type TenantId,
  type UserId,
  parseActorId,
  parseParticipantId,
  parseTenantId,
  parseUserId,
} from "../machines/ids.ts";
import type { PlatformTx, TenantTx } from "./as-tenant.ts";
import type { RefreshTokensTable } from "./schema.ts";

/** A reply that was lost is asked for again within a minute; a thief seldom is that fast. */
export const ROTATION_GRACE_MS = 60_000;

/** Whom a token opens the door to. */
export type TokenHolder =
  | { readonly kind: "user"; readonly userId: UserId }
  | {
      readonly kind: "guest";
      readonly sessionId: ActorId;
      readonly participantId: ParticipantId;
    }
  | { readonly kind: "board"; readonly sessionId: ActorId; readonly boardId: string };

export interface NewToken {
  readonly hash: string;
  readonly family: string;
  readonly holder: TokenHolder;
  /** Random; with the plain token it makes the successor. */
  readonly salt: string;
  readonly at: number;
  readonly expiresAt: number;
}

export interface FoundToken {
  readonly tenantId: TenantId;
  readonly family: string;
  readonly holder: TokenHolder;
  readonly salt: string;
  readonly expiresAt: number;
}

export interface Rotation {
  readonly hash: string;
  readonly successor: {
    readonly hash: string;
    readonly salt: string;
    readonly expiresAt: number;
  };
  readonly at: number;
}

export type Rotated =
  /** The successor holds: fresh, or the same as a moment ago. */
  | { readonly kind: "rotated"; readonly again: boolean }
  /** Used after its grace: the family is revoked now. */
  | { readonly kind: "reused" }
  /** Never made, expired or revoked. */
  | { readonly kind: "unknown" };

export async function createRefreshToken(tx: TenantTx, token: NewToken): Promise<void> {
  await tx.q
    .insertInto("refresh_tokens")
    .values({
      tenant_id: tx.tenantId,
      hash: token.hash,
      family: token.family,
      ...holderColumns(token.holder),
      salt: token.salt,
      created_at: token.at,
      expires_at: token.expiresAt,
    })
    .execute();
}

/** The way in, before the tenant is known: live tokens only, used ones included. */
export async function findRefreshToken(
  tx: PlatformTx,
  hash: string,
  at: number,
): Promise<FoundToken | undefined> {
  const row = await tx.q
    .selectFrom("refresh_tokens")
    .selectAll()
    .where("hash", "=", hash)
    .where("expires_at", ">", at)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return (
    row && {
      tenantId: parseTenantId(row.tenant_id),
      family: row.family,
      holder: holderOf(row),
      salt: row.salt,
      expiresAt: row.expires_at,
    }
  );
}

/** For users' tokens. `reused` has to be committed: return it, never throw because of it. */
export async function rotateRefreshToken(tx: TenantTx, rotation: Rotation): Promise<Rotated> {
  const { hash, successor, at } = rotation;
  const row = await tx.q
    .selectFrom("refresh_tokens")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("hash", "=", hash)
    .where("kind", "=", "user")
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined || row.revoked_at !== null || row.expires_at <= at) {
    return { kind: "unknown" };
  }
  if (row.used_at !== null) {
    if (row.replaced_by === successor.hash && at - row.used_at <= ROTATION_GRACE_MS) {
      return { kind: "rotated", again: true };
    }
    await revokeFamily(tx, row.family, at);
    return { kind: "reused" };
  }
  await tx.q
    .updateTable("refresh_tokens")
    .set({ used_at: at, replaced_by: successor.hash })
    .where("tenant_id", "=", tx.tenantId)
    .where("hash", "=", hash)
    .execute();
  await createRefreshToken(tx, { ...successor, family: row.family, holder: holderOf(row), at });
  return { kind: "rotated", again: false };
}

/** Sign-out. The number of tokens that ended, here and below. */
export async function revokeFamily(tx: TenantTx, family: string, at: number): Promise<number> {
  return revoked(await revoking(tx, at).where("family", "=", family).executeTakeFirst());
}

/** A user disabled, or his password changed. */
export async function revokeUserTokens(tx: TenantTx, userId: UserId, at: number): Promise<number> {
  return revoked(await revoking(tx, at).where("user_id", "=", userId).executeTakeFirst());
}

export interface Seat {
  readonly sessionId: ActorId;
  readonly participantId: ParticipantId;
}

/** A guest removed, or his seat taken by a pin: every older way in ends. */
export async function revokeSeatTokens(tx: TenantTx, seat: Seat, at: number): Promise<number> {
  return revoked(
    await revoking(tx, at)
      .where("kind", "=", "guest")
      .where("session_id", "=", seat.sessionId)
      .where("seat_id", "=", seat.participantId)
      .executeTakeFirst(),
  );
}

export async function revokeBoardTokens(
  tx: TenantTx,
  sessionId: ActorId,
  at: number,
): Promise<number> {
  return revoked(
    await revoking(tx, at)
      .where("kind", "=", "board")
      .where("session_id", "=", sessionId)
      .executeTakeFirst(),
  );
}

/** The session is archived: guests and boards have nothing left to come back to. */
export async function revokeSessionTokens(
  tx: TenantTx,
  sessionId: ActorId,
  at: number,
): Promise<number> {
  return revoked(await revoking(tx, at).where("session_id", "=", sessionId).executeTakeFirst());
}

/** Which of these families still open a door: for tokens in hand and sockets already open. */
export async function liveFamilies(
  tx: TenantTx,
  families: readonly string[],
  at: number,
): Promise<ReadonlySet<string>> {
  if (families.length === 0) {
    return new Set();
  }
  const rows = await tx.q
    .selectFrom("refresh_tokens")
    .select("family")
    .distinct()
    .where("tenant_id", "=", tx.tenantId)
    .where("family", "in", families)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", at)
    .execute();
  return new Set(rows.map((row) => row.family));
}

/** The sweep: tokens that expired before `at` tell nobody anything. */
export async function deleteExpiredTokens(tx: PlatformTx, at: number): Promise<number> {
  const gone = await tx.q
    .deleteFrom("refresh_tokens")
    .where("expires_at", "<", at)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
}

function revoking(tx: TenantTx, at: number) {
  return tx.q
    .updateTable("refresh_tokens")
    .set({ revoked_at: at })
    .where("tenant_id", "=", tx.tenantId)
    .where("revoked_at", "is", null);
}

function revoked(result: { readonly numUpdatedRows: bigint }): number {
  return Number(result.numUpdatedRows);
}

type HolderColumns = Pick<
  Selectable<RefreshTokensTable>,
  "kind" | "user_id" | "session_id" | "seat_id"
>;

function holderColumns(holder: TokenHolder): HolderColumns {
  const { kind } = holder;
  switch (kind) {
    case "user":
      return { kind, user_id: holder.userId, session_id: null, seat_id: null };
    case "guest":
      return {
        kind,
        user_id: null,
        session_id: holder.sessionId,
        seat_id: holder.participantId,
      };
    case "board":
      return { kind, user_id: null, session_id: holder.sessionId, seat_id: holder.boardId };
  }
}

/** The table's check holds what `kind` promises, so the empty text never parses. */
function holderOf(row: HolderColumns): TokenHolder {
  const { kind } = row;
  if (kind === "user") {
    return { kind, userId: parseUserId(row.user_id ?? "") };
  }
  const sessionId = parseActorId(row.session_id ?? "");
  return kind === "guest"
    ? { kind, sessionId, participantId: parseParticipantId(row.seat_id ?? "") }
    : { kind, sessionId, boardId: row.seat_id ?? "" };
}
