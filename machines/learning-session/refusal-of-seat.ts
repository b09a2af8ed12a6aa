/** What stands in the way of joining, and of moving somebody who has. */
import type { Refusal } from "../refusal.ts";
import {
  type Participant,
  type SessionContext,
  TEACHING,
  hostOf,
  participantOf,
  rfc3339OrNull,
  seatOfUser,
} from "./context.ts";
import { parseUserId } from "../ids.ts";
import type { SessionMessage } from "./messages.ts";
import { freeName, nameKey, nameOf } from "./name.ts";
import { moved } from "./participant.ts";
import { coHostNamed } from "./presence.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { SEAT_BYTES, STORED_BYTES_MAX, storedBytes } from "./size.ts";
import { namesTaken, rejoinMove, seatFor } from "./seats.ts";

type Of<T extends SessionMessage["type"]> = Extract<SessionMessage, { readonly type: T }>;

/** Seats ever taken, also by those who left: each is a row in every snapshot. */
const ROWS_MAX = 2_000;
/** A host and more co-hosts than a school has for one class. */
const HOSTS_MAX = 20;

const MOVE = {
  "participant.admit": "admit",
  "participant.deny": "deny",
  "participant.remove": "remove",
  "participant.ban": "ban",
  "participant.unban": "unban",
} as const;

export function joinRefusal(judged: Judged, message: Of<"participant.join">): Refusal | undefined {
  const { context, where } = judged;
  const row = seatFor(context, message);
  const shut = row === undefined ? undefined : shutOut(row);
  if (shut !== undefined) {
    return shut;
  }
  if (where.phase === "wrapup" || where.phase === "ended") {
    return refuse("session-over", "The session is over: nobody can join any more.");
  }
  if (where.phase === "draft" || where.phase === "scheduled") {
    const startsAt = rfc3339OrNull(context.startsAt);
    return refuse("not-open-yet", "The session is not open yet.", { more: { startsAt } });
  }
  return row === undefined ? newSeatRefusal(context, message) : undefined;
}

/** Those who cannot return by themselves. */
function shutOut(row: Participant): Refusal | undefined {
  if (row.status === "banned" || row.status === "removed") {
    return refuse(row.status, `You were ${row.status} from this session.`);
  }
  return row.status === "denied"
    ? refuse("not-admitted", "The host has not let you in.")
    : undefined;
}

function newSeatRefusal(
  context: SessionContext,
  message: Of<"participant.join">,
): Refusal | undefined {
  const { settings } = context;
  if (message.userId === null && !settings.guests) {
    return refuse("not-allowed", "This session takes no guests: sign in first.");
  }
  if (settings.admission === "locked") {
    return refuse("admission-locked", "Admission is locked: ask the host to open it.");
  }
  const seated = context.participants.filter(
    (row) => row.status === "admitted" || row.status === "waiting",
  ).length;
  const isLarge = storedBytes(context) + SEAT_BYTES > STORED_BYTES_MAX;
  if (seated >= settings.seatsMax || context.participants.length >= ROWS_MAX || isLarge) {
    return refuse("session-full", `All ${settings.seatsMax} seats are taken.`);
  }
  return settings.names === "generated" || message.userId !== null
    ? undefined
    : nameRefusal(context, message.name);
}

function nameRefusal(context: SessionContext, text: string, except?: string): Refusal | undefined {
  const name = nameOf(text);
  if (name === undefined) {
    return invalid("/name", "Expected 1 to 40 characters without control or invisible ones");
  }
  const taken = namesTaken(context, except);
  return taken.has(nameKey(name))
    ? refuse("name-taken", "Somebody here has this name already.", {
        more: { suggestion: freeName(name, taken) },
      })
    : undefined;
}

export function rejoinRefusal(
  { context, where, by }: Judged,
  message: Of<"participant.rejoin">,
): Refusal | undefined {
  const row = participantOf(context, message.participantId);
  if (row === undefined) {
    return invalid("/participantId", "Expected the id of a participant of this session");
  }
  if (moved(row, rejoinMove({ by }), true) === undefined) {
    return shutOut(row);
  }
  return where.phase === "wrapup" || where.phase === "ended"
    ? refuse("session-over", "The session is over: nobody can join any more.")
    : undefined;
}

export function moveRefusal(
  { context, where }: Judged,
  message: Of<keyof typeof MOVE>,
): Refusal | undefined {
  const row = participantOf(context, message.participantId);
  if (row === undefined) {
    return invalid("/participantId", "Expected the id of a participant of this session");
  }
  const move = MOVE[message.type];
  return moved(row, move, true) === undefined && where.phase !== "draft"
    ? refuse("not-accepted", `Expected somebody whom one can ${move}; this one is ${row.status}.`)
    : undefined;
}

export function renameRefusal(
  { context }: Judged,
  message: Of<"participant.rename">,
): Refusal | undefined {
  return participantOf(context, message.participantId) === undefined
    ? invalid("/participantId", "Expected the id of a participant of this session")
    : nameRefusal(context, message.name, message.participantId);
}

export function promoteRefusal(
  { context }: Judged,
  message: Of<"participant.promote">,
): Refusal | undefined {
  const userId = parseUserId(message.userId);
  const mayTeach = TEACHING.has(message.role ?? "");
  const seat = seatOfUser(context, userId);
  if (!mayTeach || hostOf(context, userId) !== undefined || context.hosts.length >= HOSTS_MAX) {
    return refuse("cannot-promote", "Expected a teacher, admin or owner who is no host here yet.");
  }
  return seat?.status === "banned"
    ? refuse("cannot-promote", "Expected somebody who was not banned.")
    : undefined;
}

export function demoteRefusal(
  { context }: Judged,
  message: Of<"participant.demote">,
): Refusal | undefined {
  return coHostNamed(context, message.participantId)?.role === "co-host"
    ? undefined
    : invalid("/participantId", "Expected the id of a co-host of this session");
}
