/**
 * The facts of a session: one constructor each, with exact fields and audiences.
 *
 * Owns the closed union `FactType`. Invariants:
 * LS10: No part of a fact before `round.revealed` that reaches a class or a board has a key in it.
 * LS13: No secret is in any fact for a class: join codes reach hosts and boards.
 * LS11: No fact leaves its audience: names reach hosts, and boards if names are shown there.
 */
import { type Fact, type FactPart, type StandingChange, reachOf } from "../fact.ts";
import type { ParticipantId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Standing } from "../principal.ts";
import {
  type Accommodation,
  type CloseReason,
  type Draft,
  type Given,
  type Host,
  type HostPresence,
  type Participant,
  type PauseReason,
  type SessionContext,
  rfc3339,
  rfc3339OrNull,
} from "./context.ts";
import { standingOf } from "./standing.ts";

export type FactType =
  | `session.${"scheduled" | "lobby-opened" | "started" | "paused" | "resumed" | "extended"}`
  | `session.${"ended" | "closed" | "archived" | "cancelled" | "expired"}`
  | "host.changed"
  | "admission.changed"
  | "settings.changed"
  | "code.rotated"
  | "step.presented"
  | SeatFactType
  | "participant.promoted"
  | "participant.demoted"
  | "participant.nudged"
  | `round.${"opened" | "extended" | "reopened" | "closed" | "locked" | "voided"}`
  | `round.${"dismissed" | "scored" | "revealed"}`
  | "draft.saved"
  | "answer.submitted"
  | "answer.amended"
  | "answer.graded"
  | "accommodation.changed"
  | "attendance.marked"
  | "hand.raised"
  | "hand.lowered"
  | "hand.called"
  | "hands.cleared"
  | `question.${"asked" | "upvoted" | "pinned" | "unpinned" | "resolved" | "removed"}`
  | "reaction.sent"
  | `groups.${"planned" | "moved" | "opened" | "announced" | "closing" | "merging" | "recalled"}`
  | "floor.changed";

export type SeatFactType =
  | `participant.${"joined" | "admitted" | "denied" | "left" | "removed" | "banned"}`
  | `participant.${"unbanned" | "renamed" | "connected" | "away" | "reconnecting" | "offline"}`;

/** What a projector may be told of a participant, if it may show names. */
const ON_BOARD: ReadonlySet<SeatFactType> = new Set([
  "participant.joined",
  "participant.renamed",
  "participant.left",
]);

export function fact(type: FactType, ...parts: readonly FactPart[]): Fact {
  return { type, parts };
}

export function toEveryone(fields: JsonObject = {}): FactPart {
  return { to: "everyone", fields };
}

export function toHosts(fields: JsonObject): FactPart {
  return { to: "hosts", fields };
}

export function toBoard(fields: JsonObject): FactPart {
  return { to: "board", fields };
}

export function toOne(participantId: ParticipantId, fields: JsonObject): FactPart {
  return { to: reachOf(participantId), fields };
}

export function scheduled(startsAt: number): Fact {
  return fact("session.scheduled", toEveryone({ startsAt: rfc3339(startsAt) }));
}

export function started(startedAt: number, endsBy: number): Fact {
  const fields = { startedAt: rfc3339(startedAt), endsBy: rfc3339(endsBy) };
  return fact("session.started", toEveryone(fields));
}

export function extended(endsBy: number): Fact {
  return fact("session.extended", toEveryone({ endsBy: rfc3339(endsBy) }));
}

export function ended(
  reason: "host" | "max-duration" | "tenant",
  waiting: readonly ParticipantId[],
): Fact {
  const own = waiting.map((each) => toOne(each, { reason }));
  return fact("session.ended", toEveryone({ reason }), ...own);
}

export function cancelled(reason: string | undefined, waiting: readonly ParticipantId[]): Fact {
  const fields = reason === undefined ? {} : { reason };
  const own = waiting.map((each) => toOne(each, fields));
  return fact("session.cancelled", toEveryone(fields), ...own);
}

export function paused(reason: PauseReason, perViewer: readonly FactPart[]): Fact {
  return fact("session.paused", toEveryone({ reason, remainingMs: null }), ...perViewer);
}

export function resumed(perViewer: readonly FactPart[]): Fact {
  return fact("session.resumed", toEveryone({ deadlineAt: null }), ...perViewer);
}

export function hostChanged(context: SessionContext, presence: HostPresence): Fact {
  return fact("host.changed", toEveryone({ host: hostFields(context, presence) }));
}

export function hostFields(context: SessionContext, presence: HostPresence): JsonObject {
  const host = context.hosts.find((each) => each.role === "host");
  return { userId: host?.userId ?? null, name: host?.name ?? null, presence };
}

export function codeRotated(joinCode: string): Fact {
  return fact("code.rotated", toHosts({ joinCode }), toBoard({ joinCode }));
}

export function stepPresented(step: JsonObject): Fact {
  return fact("step.presented", toEveryone(step));
}

/** `standing`: the fact changes who may see and do what, so those who watch are moved. */
export function seat(
  type: SeatFactType,
  row: Participant,
  {
    boardNames,
    moves,
    superseded = [],
  }: {
    readonly boardNames: boolean;
    readonly moves?: StandingChange["unwatch"] | "moved";
    readonly superseded?: readonly string[];
  },
): Fact {
  const { participantId, name, status } = row;
  const fields = { participantId, name, status };
  const parts = [toHosts(fields), toOne(participantId, fields)];
  if (boardNames && ON_BOARD.has(type)) {
    parts.push(toBoard(fields));
  }
  const standings = standingChanges(row, moves, superseded);
  return standings.length === 0 ? { type, parts } : { type, parts, standings };
}

function standingChanges(
  row: Participant,
  moves: StandingChange["unwatch"] | "moved" | undefined,
  superseded: readonly string[],
): StandingChange[] {
  const who = row.userId === null ? { participantId: row.participantId } : { userId: row.userId };
  const standing = standingOf(row) ?? null;
  if (superseded.length > 0) {
    return [{ who, standing, unwatch: "superseded", connections: superseded }];
  }
  if (moves === undefined) {
    return [];
  }
  return [moves === "moved" ? { who, standing } : { who, standing, unwatch: moves }];
}

/** Somebody became host or co-host, or is it no more; without a seat his own id names him. */
export function hostMoved(
  context: SessionContext,
  type: "participant.promoted" | "participant.demoted",
  moved: Host,
): Fact {
  const row = context.participants.find((each) => each.userId === moved.userId);
  const host = context.hosts.find((each) => each.userId === moved.userId);
  const fields = {
    participantId: row?.participantId ?? moved.userId,
    userId: moved.userId,
    name: moved.name,
    status: row?.status ?? null,
    role: host?.role ?? null,
  };
  const parts = [toHosts(fields)];
  if (row !== undefined) {
    parts.push(toOne(row.participantId, fields));
  }
  const asHosts = { audience: "hosts", since: 0 } as const;
  const after: Standing | undefined = moved.overseer
    ? { role: "overseer", ...asHosts }
    : standingOf(row);
  const standing = host === undefined ? (after ?? null) : { role: host.role, ...asHosts };
  return { type, parts, standings: [{ who: { userId: moved.userId }, standing }] };
}

export function roundOpened(fields: JsonObject, perViewer: readonly FactPart[]): Fact {
  return fact("round.opened", toEveryone(fields), ...perViewer);
}

export function roundClosed(roundId: string, closedAt: number, reason: CloseReason): Fact {
  return fact("round.closed", toEveryone({ roundId, closedAt: rfc3339(closedAt), reason }));
}

export function roundMoved(
  type: "round.extended" | "round.reopened",
  roundId: string,
  perViewer: readonly FactPart[],
): Fact {
  return fact(type, toEveryone({ roundId }), ...perViewer);
}

export function roundWord(
  type: "round.locked" | "round.voided" | "round.dismissed",
  roundId: string,
): Fact {
  return fact(type, toEveryone({ roundId }));
}

export function roundScored(roundId: string, forHosts: JsonObject): Fact {
  return fact("round.scored", toEveryone({ roundId }), toHosts(forHosts));
}

export function roundRevealed(fields: JsonObject, perViewer: readonly FactPart[]): Fact {
  return fact("round.revealed", toEveryone(fields), ...perViewer);
}

export function draftSaved(roundId: string, participantId: ParticipantId, draft: Draft): Fact {
  const fields = { roundId, answer: draft.answer, savedAt: rfc3339(draft.savedAt) };
  return fact("draft.saved", toOne(participantId, fields));
}

/** Of an anonymous session, hosts get the answer without who gave it and when. */
export function answered(
  type: "answer.submitted" | "answer.amended",
  of: { readonly roundId: string; readonly participantId: ParticipantId },
  { given, anonymous }: { readonly given: Given; readonly anonymous: boolean },
): Fact {
  const { answer, auto, atMs } = given;
  const fields = { ...of, answer, auto, atMs };
  return fact(
    type,
    toHosts(anonymous ? { roundId: of.roundId, answer, auto } : fields),
    toOne(of.participantId, fields),
  );
}

export function graded(fields: JsonObject, participantId: ParticipantId, anonymous: boolean): Fact {
  const own = toOne(participantId, fields);
  return anonymous ? fact("answer.graded", own) : fact("answer.graded", toHosts(fields), own);
}

export function accommodationChanged(
  participantId: ParticipantId,
  accommodation: Accommodation,
  deadlineAt: number | null | undefined,
): Fact {
  const fields = { participantId, ...accommodation };
  return fact(
    "accommodation.changed",
    toHosts(fields),
    toOne(
      participantId,
      deadlineAt === undefined ? fields : { ...fields, deadlineAt: rfc3339OrNull(deadlineAt) },
    ),
  );
}

export function attendanceMarked(participantId: ParticipantId, status: string | null): Fact {
  const fields = { participantId, status };
  return fact("attendance.marked", toHosts(fields), toOne(participantId, fields));
}

export function nudged(participantId: ParticipantId, text: string | undefined): Fact {
  const fields = text === undefined ? {} : { text };
  return fact("participant.nudged", toOne(participantId, fields));
}

export function hand(
  type: "hand.raised" | "hand.lowered" | "hand.called",
  participantId: ParticipantId,
  boardNames: boolean,
): Fact {
  const parts = [toHosts({ participantId }), toOne(participantId, { participantId })];
  if (type === "hand.called" && boardNames) {
    parts.push(toBoard({ participantId }));
  }
  return { type, parts };
}
