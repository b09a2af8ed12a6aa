/**
 * Joining: from a code, and a name or an account or a pin, to a seat in a session.
 *
 * Owns everything before and after the machine's own judgement of a join. Invariants:
 * 1. Only wrong codes and pins count against an address; who has counted too many is not looked
 *    up any more, so that guessing ends, also of guesses at the same time.
 * 2. A guest who repeats code, name and key within `SAME_SEAT_MS` has the same seat: the seat's id
 *    comes from the three.
 * 3. The session itself is asked whether the code is still its own; a code that has had its time
 *    is as good as none.
 */
import type { Address } from "../../actors/address.ts";
import { sha256 } from "../../actors/envelope.ts";
import type { Look, Reply } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import { findJoinCode } from "../../db/join-codes.ts";
import { revokeSeatTokens } from "../../db/refresh-tokens.ts";
import { takeSeatPin } from "../../db/seat-pins.ts";
import { type ParticipantId, parseParticipantId } from "../../machines/ids.ts";
import { nameKey, nameOf } from "../../machines/learning-session/name.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";
import type { Limit } from "../http/limits.ts";
import { type SeatNow, joinCodeOf, seatIn } from "../http/seat.ts";
import { CODE_ALPHABET, CODE_LENGTH } from "../join-code.ts";
import { type Problem, problem, problemOfRefusal } from "../problem.ts";
import { pinHash } from "./pins.ts";
import { type RefreshParts, type TokenPair, issueTokens } from "./refresh.ts";
import type { VerifiedCaller } from "./tokens.ts";

/** A lost answer is asked for again within minutes; later the name is simply taken. */
const SAME_SEAT_MS = 10 * 60 * 1_000;
/** Shorter keys might be guessed or shared, and a key opens a seat. */
const KEY_CHARS_MIN = 16;
const ID_CHARS = 32;

export interface JoinParts extends RefreshParts {
  readonly runtime: Runtime;
  readonly wrongCodes: Limit;
}

export interface JoinAsk {
  readonly code: string;
  readonly name?: string;
  readonly pin?: string;
  readonly key?: string;
  /** Who is signed in, if anybody. */
  readonly caller?: VerifiedCaller;
  /** The address that wrong codes count against. */
  readonly from: string;
}

export type Joined =
  | {
      readonly ok: true;
      readonly fresh: boolean;
      readonly sessionId: string;
      readonly seat: SeatNow;
      readonly pair?: TokenPair;
    }
  | { readonly ok: false; readonly problem: Problem };

interface Door {
  readonly address: Address;
  readonly look: Look;
}

export async function join(parts: JoinParts, ask: JoinAsk): Promise<Joined> {
  const limited = await parts.wrongCodes.ask(ask.from);
  if (limited.problem !== undefined) {
    return refuse(limited.problem);
  }
  const door = await doorOf(parts, ask);
  if (door === undefined) {
    return wrongCode(parts, ask, "No session that can be joined has this code.");
  }
  const meanwhile = await parts.wrongCodes.ask(ask.from);
  if (meanwhile.problem !== undefined) {
    return refuse(meanwhile.problem);
  }
  if (ask.pin !== undefined) {
    return joinByPin(parts, ask, door, ask.pin);
  }
  return ask.caller?.principal.kind === "user"
    ? joinSignedIn(parts, door, ask.caller)
    : joinAsGuest(parts, ask, door);
}

/** Case, spaces and hyphens do not matter; undefined: no code at all. */
export function codeOf(text: string): string | undefined {
  const code = text.replaceAll(/[\s-]/g, "").toUpperCase();
  const fits = [...code].every((each) => CODE_ALPHABET.includes(each));
  return fits && code.length === CODE_LENGTH ? code : undefined;
}

async function doorOf(parts: JoinParts, ask: JoinAsk): Promise<Door | undefined> {
  const code = codeOf(ask.code);
  const found =
    code === undefined ? undefined : await asPlatform(parts.db, (tx) => findJoinCode(tx, code));
  const isOther = ask.caller !== undefined && ask.caller.tenantId !== found?.tenantId;
  if (found === undefined || isOther) {
    return undefined;
  }
  const address: Address = { tenantId: found.tenantId, kind: "session", id: found.sessionId };
  const look = await parts.runtime.look(address);
  return look !== undefined && joinCodeOf(look) === code ? { address, look } : undefined;
}

async function wrongCode({ wrongCodes }: JoinParts, ask: JoinAsk, why: string): Promise<Joined> {
  const state = await wrongCodes.take(ask.from);
  return refuse(state.problem ?? problem("unknown-code", why));
}

async function joinAsGuest(parts: JoinParts, ask: JoinAsk, { address }: Door): Promise<Joined> {
  const name = ask.name ?? "";
  const key = ask.key !== undefined && ask.key.length >= KEY_CHARS_MIN ? ask.key : undefined;
  const participantId = parseParticipantId(
    key === undefined ? parts.ids.next() : seatIdOf(address, name, key),
  );
  const principal: Principal = { kind: "guest", participantId };
  const reply = await parts.runtime.send(address, {
    by: principal,
    message: { type: "participant.join", participantId, name, userId: null },
    rank: "class",
    ...(key === undefined ? {} : { id: key }),
  });
  const seat = seatOfReply(reply, principal);
  if (!seat.ok) {
    return seat;
  }
  if (reply.kind === "accepted" && isStale(parts, reply)) {
    return refuse(problem("name-taken", "This name is taken in the session; choose another."));
  }
  return withTokens(parts, address, { participantId, seat: seat.value, fresh: true });
}

function seatIdOf(address: Address, name: string, key: string): string {
  const named = nameKey(nameOf(name) ?? name);
  return sha256(`seat\n${address.tenantId}\n${address.id}\n${named}\n${key}`).slice(0, ID_CHARS);
}

function isStale({ clock }: JoinParts, reply: Extract<Reply, { kind: "accepted" }>): boolean {
  return reply.duplicate && clock.now() - reply.record.at > SAME_SEAT_MS;
}

async function joinSignedIn(
  parts: JoinParts,
  { address, look }: Door,
  caller: VerifiedCaller,
): Promise<Joined> {
  const { principal } = caller;
  if (principal.kind !== "user" || principal.role === "guardian") {
    return refuse(problem("not-allowed", "Guardians do not join sessions."));
  }
  const before = look.living.standing(principal);
  const participantId = before?.participantId ?? parseParticipantId(parts.ids.next());
  const { userId, name } = principal;
  const isIn = before?.role === "student" || before?.role === "waiting";
  const message = { type: "participant.join", participantId, name, userId };
  const seat = isIn
    ? seatOfLook(look, principal)
    : seatOfReply(
        await parts.runtime.send(address, { by: principal, message, rank: "class" }),
        principal,
      );
  return seat.ok
    ? {
        ok: true,
        fresh: before?.participantId === undefined,
        sessionId: address.id,
        seat: seat.value,
      }
    : seat;
}

/** A wrong pin is like a wrong code. A right one ends the seat's older tokens, and opens it. */
async function joinByPin(
  parts: JoinParts,
  ask: JoinAsk,
  { address }: Door,
  pin: string,
): Promise<Joined> {
  const { tenantId, id: sessionId } = address;
  const at = parts.clock.now();
  const hash = pinHash(sessionId, pin);
  const participantId = await asTenant(parts.db, tenantId, (tx) =>
    takeSeatPin(tx, { sessionId, hash, at }),
  );
  if (participantId === undefined) {
    return wrongCode(parts, ask, "The code or the pin is not valid, or no longer.");
  }
  await asTenant(parts.db, tenantId, (tx) =>
    revokeSeatTokens(tx, { sessionId, participantId }, at),
  );
  parts.tokens.forget(tenantId);
  const principal: Principal = { kind: "guest", participantId };
  const message = { type: "participant.rejoin", participantId };
  const reply = await parts.runtime.send(address, { by: SYSTEM, message, rank: "class" });
  const seat = seatOfReply(reply, principal);
  return seat.ok
    ? withTokens(parts, address, { participantId, seat: seat.value, fresh: false })
    : seat;
}

async function withTokens(
  parts: JoinParts,
  { tenantId, id: sessionId }: Address,
  taken: { readonly participantId: ParticipantId; readonly seat: SeatNow; readonly fresh: boolean },
): Promise<Joined> {
  const { participantId, seat, fresh } = taken;
  const principal = { kind: "guest", participantId } as const;
  const pair = await issueTokens(parts, tenantId, principal, {
    kind: "guest",
    sessionId,
    participantId,
  });
  return { ok: true, fresh, sessionId, seat, pair };
}

type SeatRead =
  | { readonly ok: true; readonly value: SeatNow }
  | { readonly ok: false; readonly problem: Problem };

function seatOfReply(reply: Reply, principal: Principal): SeatRead {
  switch (reply.kind) {
    case "accepted":
      return seatOfLook(reply.look, principal);
    case "refused": {
      const { refusal } = reply;
      return refusal.code === "session-over"
        ? refuse(problem("unknown-code", "The session is over; its code opens nothing."))
        : refuse(problemOfRefusal(refusal, []));
    }
    case "absent":
      return refuse(problem("unknown-code", "No session that can be joined has this code."));
  }
}

function seatOfLook({ living }: Look, principal: Principal): SeatRead {
  const standing = living.standing(principal);
  const seat = standing === undefined ? undefined : seatIn(living.view(standing));
  if (seat === undefined) {
    return refuse(problem("not-allowed", "You are a host here, and hosts take no seat."));
  }
  switch (seat.status) {
    case "banned":
      return refuse(problem("banned", "You were banned from this session."));
    case "removed":
    case "denied":
      return refuse(problem("removed", "Only a host can let you in again."));
    default:
      return { ok: true, value: seat };
  }
}

function refuse(document: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: document };
}
