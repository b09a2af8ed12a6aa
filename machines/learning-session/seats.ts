/**
 * Seats: who joins, waits, is admitted, leaves, is removed or banned, as changes of the rows.
 *
 * Owns what a move means for hands, presence and attendance; `participant.ts` says which moves
 * there are, and `refusal.ts` which are accepted now.
 */
import { type ParticipantId, parseParticipantId, parseUserId } from "../ids.ts";
import type { Stamp } from "../living.ts";
import { arrived, departed } from "./attendance.ts";
import { type Change, changed, then } from "./change.ts";
import { clocked } from "./clock.ts";
import {
  type Participant,
  type ParticipantStatus,
  type SessionContext,
  participantOf,
  seatOfUser,
  withParticipant,
} from "./context.ts";
import { type SeatFactType, attendanceMarked, nudged, seat } from "./facts.ts";
import { placed } from "./groups.ts";
import type { EventOf } from "./messages.ts";
import { clipped, freeName, nameKey, nameOf } from "./name.ts";
import { NO_ACCOMMODATION } from "./round.ts";
import { type SeatMove, cutOff, moved } from "./participant.ts";

type Named = EventOf<
  | "participant.admit"
  | "participant.deny"
  | "participant.remove"
  | "participant.ban"
  | "participant.unban"
>;

interface Moving {
  readonly fact: SeatFactType;
  readonly unwatch?: "removed" | "denied";
  readonly revokes?: boolean;
}

const MOVING = {
  "participant.admit": { move: "admit", fact: "participant.admitted" },
  "participant.deny": {
    move: "deny",
    fact: "participant.denied",
    unwatch: "denied",
    revokes: true,
  },
  "participant.remove": {
    move: "remove",
    fact: "participant.removed",
    unwatch: "removed",
    revokes: true,
  },
  "participant.ban": {
    move: "ban",
    fact: "participant.banned",
    unwatch: "removed",
    revokes: true,
  },
  "participant.unban": { move: "unban", fact: "participant.unbanned" },
} as const satisfies Record<Named["type"], Moving & { readonly move: SeatMove }>;

/** A new seat, or the way back to one's own. */
export function join(context: SessionContext, event: EventOf<"participant.join">): Change {
  const known = seatFor(context, event);
  return known === undefined ? newSeat(context, event) : comeBack(context, known, event);
}

/** The seat of whoever joins, if there is one already. */
export function seatFor(
  context: SessionContext,
  joining: { readonly participantId: string; readonly userId: string | null },
): Participant | undefined {
  const own =
    joining.userId === null ? undefined : seatOfUser(context, parseUserId(joining.userId));
  return own ?? participantOf(context, joining.participantId);
}

/** Into one's own seat again: by himself, or with a pin, which the platform has checked. */
export function rejoin(context: SessionContext, event: EventOf<"participant.rejoin">): Change {
  const row = participantOf(context, event.participantId);
  const status =
    row === undefined ? undefined : moved(row, rejoinMove(event), returns(context, row));
  return row === undefined || status === undefined
    ? changed(context)
    : moveTo(context, { row, status, seq: event.seq }, { fact: "participant.joined" });
}

/** Only a pin, in the platform's own name, opens the seat of somebody who was removed. */
export function rejoinMove({ by }: Pick<Stamp, "by">): SeatMove {
  return by.kind === "system" ? "rejoin" : "join";
}

export function moveSeat(context: SessionContext, event: Named): Change {
  const row = participantOf(context, event.participantId);
  const { move, ...moving } = MOVING[event.type];
  const status = row === undefined ? undefined : moved(row, move, true);
  if (row === undefined || status === undefined) {
    return changed(context);
  }
  const change = moveTo(context, { row, status, seq: event.seq }, moving);
  const guestBanned = event.type === "participant.ban" && row.userId === null;
  return guestBanned && context.settings.admission === "open"
    ? { ...change, told: [{ type: "told.admission", admission: "approval" }] }
    : change;
}

export function leave(context: SessionContext, event: EventOf<"participant.leave">): Change {
  const { by } = event;
  const row =
    by.kind === "guest" ? participantOf(context, by.participantId) : userSeat(context, by);
  const status = row === undefined ? undefined : moved(row, "leave", true);
  return row === undefined || status === undefined
    ? changed(context)
    : moveTo(context, { row, status, seq: event.seq }, { fact: "participant.left" });
}

export function rename(context: SessionContext, event: EventOf<"participant.rename">): Change {
  const row = participantOf(context, event.participantId);
  const name = nameOf(event.name);
  if (row === undefined || name === undefined || row.name === name) {
    return changed(context);
  }
  const next = { ...row, name };
  const { boardNames } = context.settings;
  return changed(withParticipant(context, next), [
    seat("participant.renamed", next, { boardNames }),
  ]);
}

export function nudge(context: SessionContext, event: EventOf<"participant.nudge">): Change {
  const participantId = parseParticipantId(event.participantId);
  const { floor } = context;
  const nudge = { at: event.at, text: event.text ?? null };
  const nudges = { ...floor?.nudges, [participantId]: nudge };
  const put = floor === undefined ? context : { ...context, floor: { ...floor, nudges } };
  return changed(put, [nudged(participantId, event.text)]);
}

export function markAttendance(context: SessionContext, event: EventOf<"attendance.mark">): Change {
  const row = participantOf(context, event.participantId);
  return row === undefined
    ? changed(context)
    : changed(withParticipant(context, { ...row, mark: event.status }), [
        attendanceMarked(row.participantId, event.status),
      ]);
}

export function namesTaken(context: SessionContext, except?: string): ReadonlySet<string> {
  return new Set(
    context.participants
      .filter((row) => row.participantId !== except)
      .map((row) => nameKey(row.name)),
  );
}

/** Admitted right away, or waiting for a host's word. */
function newSeat(context: SessionContext, event: EventOf<"participant.join">): Change {
  const taken = namesTaken(context);
  const generated = context.settings.names === "generated" && event.userId === null;
  const wanted = generated
    ? `Learner ${context.participants.length + 1}`
    : nameOf(clipped(event.name));
  const status: ParticipantStatus =
    context.settings.admission === "approval" ? "waiting" : "admitted";
  const row: Participant = {
    participantId: parseParticipantId(event.participantId),
    userId: event.userId === null ? null : parseUserId(event.userId),
    name: freeName(wanted ?? "Learner", taken),
    status,
    since: event.seq,
    connections: [],
    connection: "offline",
    joinedAt: event.at,
    wasAdmitted: status === "admitted",
    accommodation: NO_ACCOMMODATION,
    attendedMs: 0,
    attendingSince: null,
    arrivedAt: null,
    mark: null,
  };
  const put = { ...context, participants: [...context.participants, row] };
  const { boardNames } = context.settings;
  const fact = seat("participant.joined", row, { boardNames, moves: "moved" });
  return then(then(changed(put, [fact]), clocked), (next) =>
    placed(next, row.participantId, event.seq),
  );
}

function comeBack(context: SessionContext, row: Participant, { seq }: Stamp): Change {
  const status = moved(row, "join", returns(context, row));
  return status === undefined
    ? changed(context)
    : moveTo(context, { row, status, seq }, { fact: "participant.joined" });
}

/** Locked admission refuses new seats, never a return; approval asks again who never had it. */
function returns(context: SessionContext, row: Participant): boolean {
  return row.wasAdmitted || context.settings.admission === "open";
}

function moveTo(
  context: SessionContext,
  { row, status, seq }: { row: Participant; status: ParticipantStatus; seq: number },
  { fact, unwatch, revokes }: Moving,
): Change {
  if (row.status === status) {
    return changed(context);
  }
  const gone = status !== "admitted" && status !== "waiting";
  const put: Participant = {
    ...row,
    status,
    since: seq,
    wasAdmitted: row.wasAdmitted || status === "admitted",
  };
  const next: Participant = gone ? cutOff(departed(context, put)) : arrived(context, put);
  const hands = context.hands.filter((each) => status === "admitted" || each !== row.participantId);
  const moved = { ...withParticipant(context, next), hands };
  const { boardNames } = context.settings;
  const change = changed(moved, [seat(fact, next, { boardNames, moves: unwatch ?? "moved" })], {
    timers: gone ? [{ kind: "cancel", id: offlineTimer(row.participantId) }] : [],
    effects:
      revokes === true
        ? [{ type: "revokeSeat", params: { participantId: row.participantId } }]
        : [],
  });
  return then(then(change, clocked), (next) => placed(next, row.participantId, seq));
}

export function offlineTimer(participantId: ParticipantId): string {
  return `offline:${participantId}`;
}

function userSeat(context: SessionContext, by: Stamp["by"]): Participant | undefined {
  return by.kind === "user" ? seatOfUser(context, by.userId) : undefined;
}
