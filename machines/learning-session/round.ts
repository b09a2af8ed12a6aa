/**
 * A round's clock: deadlines, pauses and locks as pure functions of its row.
 *
 * Owns `deadline(p) = startedAt + paused + limit × multiplier(p) + extra(p)`, never before the
 * floor that a time without any node gave. Invariants:
 * 1. The clock is data: no timer's state is read, so it survives any restart.
 * 2. While one round's clock runs, no deadline moves to an earlier instant (LS9), and a pause moves
 *    every deadline by exactly its length (LS8).
 */
import type { ParticipantId } from "../ids.ts";
import { type Accommodation, type Round, own } from "./context.ts";

export const NO_ACCOMMODATION: Accommodation = { multiplier: 1, extraMs: 0, untimed: false };

/** A timer that is later than this was not held up by a busy node: none lived. */
export const OVERDUE_AFTER_MS = 2_000;
/** What a round gets whose deadline passed while no node lived: clients reconnect within it. */
export const REPRIEVE_MS = 15_000;

export type RoundPhase = "open" | "grace" | "scored" | "revealed" | "voided";

export function phaseOf(round: Round): RoundPhase {
  if (round.voidedAt !== null) {
    return "voided";
  }
  if (round.revealedAt !== null) {
    return "revealed";
  }
  if (round.scoredAt !== null) {
    return "scored";
  }
  return round.closedAt === null ? "open" : "grace";
}

export function isTicking(round: Round): boolean {
  return phaseOf(round) === "open" && round.pausedAt === null;
}

export function termsOf(round: Round, participantId: ParticipantId): Accommodation {
  return own(round.terms, participantId) ?? NO_ACCOMMODATION;
}

/** The deadline of the class: of whoever has no terms of his own. */
export function classDeadline(round: Round): number | null {
  return deadlineUnder(round, NO_ACCOMMODATION);
}

export function deadlineOf(round: Round, participantId: ParticipantId): number | null {
  return deadlineUnder(round, termsOf(round, participantId));
}

export function deadlineUnder(round: Round, terms: Accommodation): number | null {
  if (round.limitMs === null || terms.untimed) {
    return null;
  }
  const paused = round.pausedTotalMs - round.pausedBeforeMs;
  const due = round.startedAt + paused + Math.round(round.limitMs * terms.multiplier);
  return Math.max(due + terms.extraMs, round.floorAt ?? 0);
}

/** The last deadline of these; null: somebody, or the class, has none. */
export function lastDeadline(round: Round, present: readonly ParticipantId[]): number | null {
  let last = classDeadline(round);
  for (const participantId of present) {
    if (last === null) {
      return null;
    }
    const due = isAsked(round, participantId) ? deadlineOf(round, participantId) : last;
    last = due === null ? null : Math.max(last, due);
  }
  return last;
}

/** Reopened for some, the others stay locked. */
export function isAsked(round: Round, participantId: ParticipantId): boolean {
  return round.only === null || round.only.includes(participantId);
}

/** The class is asked, or this participant's group. */
export function isOfAudience({ group }: Round, participantId: ParticipantId): boolean {
  return group === undefined || group.members.includes(participantId);
}

/** No answer of this participant is accepted any more; `at` counts as long as nothing is paused. */
export function isLockedFor(
  round: Round,
  participantId: ParticipantId,
  { at, graceMs }: { readonly at: number; readonly graceMs: number },
): boolean {
  if (!isAsked(round, participantId)) {
    return true;
  }
  const now = round.pausedAt ?? at;
  const deadline = deadlineOf(round, participantId);
  return (
    (deadline !== null && now >= deadline + graceMs) ||
    (round.closedAt !== null && at >= round.closedAt + graceMs)
  );
}

/** How long this round has been open at `at`, pauses left out. */
export function elapsedMs(round: Round, at: number): number {
  return Math.max(0, (round.pausedAt ?? at) - round.openedAt - round.pausedTotalMs);
}

/** Of a deadline while frozen: what is left of it. */
export function remainingMs(round: Round, deadline: number | null): number | null {
  return deadline === null || round.pausedAt === null || round.closedAt !== null
    ? null
    : Math.max(0, deadline - round.pausedAt);
}

export function frozen(round: Round, at: number): Round {
  return { ...round, pausedAt: at };
}

export function thawed(round: Round, at: number): Round {
  const pause = round.pausedAt === null ? 0 : at - round.pausedAt;
  return {
    ...round,
    pausedAt: null,
    pausedTotalMs: round.pausedTotalMs + pause,
    floorAt: round.floorAt === null ? null : round.floorAt + pause,
  };
}

/**
 * The next instant after `at` at which something happens by itself: somebody locks, or the last
 * deadline passes and the round closes.
 */
export function nextInstant(
  round: Round,
  present: readonly ParticipantId[],
  { at, graceMs }: { readonly at: number; readonly graceMs: number },
): number | null {
  const last = lastDeadline(round, present);
  const asked = present.filter((each) => own(round.terms, each) !== undefined);
  const deadlines = [classDeadline(round), ...asked.map((each) => deadlineOf(round, each))];
  let next = last;
  for (const deadline of deadlines) {
    const lock = deadline === null ? null : deadline + graceMs;
    if (lock !== null && lock > at && (next === null || lock < next)) {
      next = lock;
    }
  }
  return next;
}

/** Time that is not shorter than any of both, at this limit. */
export function better(round: Round, held: Accommodation, asked: Accommodation): Accommodation {
  if (held.untimed || asked.untimed) {
    return held.untimed ? held : asked;
  }
  const limitMs = round.limitMs ?? 0;
  const heldMs = limitMs * held.multiplier + held.extraMs;
  return limitMs * asked.multiplier + asked.extraMs > heldMs ? asked : held;
}
