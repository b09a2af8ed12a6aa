/**
 * Seat pins: six digits that give somebody back the seat that is his, once, soon.
 *
 * Invariants:
 * 1. DB12: a pin opens its seat once, before it expires, and not after `WRONG_TRIES_MAX` wrong
 *    tries. A wrong pin names no seat, so it counts against every live pin of the session.
 */
import { sql } from "kysely";
import { type ActorId, type ParticipantId, parseParticipantId } from "../machines/ids.ts";
import type { PlatformTx, TenantTx } from "./as-tenant.ts";

/** Five guesses at a million pins. */
export const WRONG_TRIES_MAX = 5;

export interface NewPin {
  readonly sessionId: ActorId;
  readonly participantId: ParticipantId;
  readonly hash: string;
  readonly at: number;
  readonly expiresAt: number;
}

export interface PinTry {
  readonly sessionId: ActorId;
  readonly hash: string;
  readonly at: number;
}

/** Voids the seat's older pin. False: another seat of the session has the same pin: draw again. */
export async function issueSeatPin(tx: TenantTx, pin: NewPin): Promise<boolean> {
  await lockPins(tx, pin.sessionId);
  const same = await livePins(tx, pin.sessionId, pin.at)
    .select("participant_id")
    .where("hash", "=", pin.hash)
    .where("participant_id", "!=", pin.participantId)
    .executeTakeFirst();
  if (same !== undefined) {
    return false;
  }
  const columns = {
    hash: pin.hash,
    created_at: pin.at,
    expires_at: pin.expiresAt,
    wrong_tries: 0,
  };
  await tx.q
    .insertInto("seat_pins")
    .values({
      tenant_id: tx.tenantId,
      session_id: pin.sessionId,
      participant_id: pin.participantId,
      ...columns,
    })
    .onConflict((on) =>
      on.columns(["tenant_id", "session_id", "participant_id"]).doUpdateSet(columns),
    )
    .execute();
  return true;
}

/**
 * The seat, and its pin is used up; or undefined, which has to be committed: it was a wrong try.
 */
export async function takeSeatPin(
  tx: TenantTx,
  pinTry: PinTry,
): Promise<ParticipantId | undefined> {
  const { sessionId, hash, at } = pinTry;
  await lockPins(tx, sessionId);
  const found = await livePins(tx, sessionId, at)
    .select("participant_id")
    .where("hash", "=", hash)
    .executeTakeFirst();
  if (found === undefined) {
    await tx.q
      .updateTable("seat_pins")
      .set((eb) => ({ wrong_tries: eb("wrong_tries", "+", 1) }))
      .where("tenant_id", "=", tx.tenantId)
      .where("session_id", "=", sessionId)
      .execute();
    return undefined;
  }
  await tx.q
    .deleteFrom("seat_pins")
    .where("tenant_id", "=", tx.tenantId)
    .where("session_id", "=", sessionId)
    .where("participant_id", "=", found.participant_id)
    .execute();
  return parseParticipantId(found.participant_id);
}

/** The sweep of pins that nobody used. */
export async function deleteExpiredPins(tx: PlatformTx, at: number): Promise<number> {
  const gone = await tx.q.deleteFrom("seat_pins").where("expires_at", "<", at).executeTakeFirst();
  return Number(gone.numDeletedRows);
}

/** One try or issue at a time a session: parallel guesses are all counted. */
async function lockPins(tx: TenantTx, sessionId: ActorId): Promise<void> {
  const pins = `pins ${tx.tenantId} ${sessionId}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${pins}, 0))`.execute(tx.q);
}

function livePins(tx: TenantTx, sessionId: ActorId, at: number) {
  return tx.q
    .selectFrom("seat_pins")
    .where("tenant_id", "=", tx.tenantId)
    .where("session_id", "=", sessionId)
    .where("expires_at", ">", at)
    .where("wrong_tries", "<", WRONG_TRIES_MAX);
}
