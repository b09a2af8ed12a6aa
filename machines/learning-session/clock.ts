/**
 * The one timer of a round, and what each viewer is told of its deadline.
 *
 * Whatever may move the next interesting instant ends with `clocked`, which arms the timer again
 * only if that instant is another one.
 */
import type { FactPart } from "../fact.ts";
import type { ParticipantId } from "../ids.ts";
import { type Change, type TimerWish, changed } from "./change.ts";
import { type Round, type SessionContext, rfc3339OrNull } from "./context.ts";
import { toEveryone, toHosts, toOne } from "./facts.ts";
import {
  classDeadline,
  deadlineOf,
  isTicking,
  lastDeadline,
  nextInstant,
  remainingMs,
} from "./round.ts";

export const ROUND_TIMER = "round";

export function clocked(context: SessionContext): Change {
  const { round, at } = context;
  if (round === null) {
    return changed(context);
  }
  const { graceMs } = context.settings;
  const next = isTicking(round) ? nextInstant(round, admittedIds(context), { at, graceMs }) : null;
  // Not the instant that is past, when whoever kept the round open has gone: nobody was late.
  const dueAt = next === null ? null : Math.max(next, at);
  if (dueAt === round.dueAt) {
    return changed(context);
  }
  const timer: TimerWish =
    dueAt === null
      ? { kind: "cancel", id: ROUND_TIMER }
      : {
          kind: "arm",
          id: ROUND_TIMER,
          delayMs: dueAt - at,
          event: { type: "timer.round", roundId: round.roundId },
        };
  return changed({ ...context, round: { ...round, dueAt } }, [], { timers: [timer] });
}

export function admittedIds(context: SessionContext): readonly ParticipantId[] {
  return context.participants
    .filter((row) => row.status === "admitted")
    .map((row) => row.participantId);
}

/** `deadlineAt` as everyone, hosts, and each with time of his own may see it. */
export function deadlineParts(context: SessionContext, round: Round): FactPart[] {
  const last = lastDeadline(round, admittedIds(context));
  return [
    toEveryone({ deadlineAt: rfc3339OrNull(classDeadline(round)) }),
    toHosts({ lastDeadlineAt: rfc3339OrNull(last) }),
    ...ownTerms(context, round).map((each) =>
      toOne(each, { deadlineAt: rfc3339OrNull(deadlineOf(round, each)) }),
    ),
  ];
}

/** `remainingMs`, likewise, of a round that is frozen. */
export function remainingParts(context: SessionContext, round: Round): FactPart[] {
  return [
    toEveryone({ remainingMs: remainingMs(round, classDeadline(round)) }),
    ...ownTerms(context, round).map((each) =>
      toOne(each, { remainingMs: remainingMs(round, deadlineOf(round, each)) }),
    ),
  ];
}

function ownTerms(context: SessionContext, round: Round): readonly ParticipantId[] {
  return admittedIds(context).filter((each) => Object.hasOwn(round.terms, each));
}
