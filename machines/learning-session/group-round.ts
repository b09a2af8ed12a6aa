/**
 * The round of one group: everything that a round of the class is, for those who are in it.
 *
 * The changes of rounds are made where the group is looked at as a class (`group-focus.ts`). Each
 * group has at most one current round; its phase is in its rows, as the activity region is the
 * class's.
 */
import type { Stamp } from "../living.ts";
import { saveDraft, takeAnswer } from "./answering.ts";
import * as asking from "./asking.ts";
import { type Change, type TimerWish, changed, then } from "./change.ts";
import { admittedIds, clocked } from "./clock.ts";
import type { Group, Round, SessionContext } from "./context.ts";
import { groupNamed, within } from "./group-focus.ts";
import { gradeAnswer, rescoreRound, revealRound, scoreRound } from "./marking.ts";
import type { EventOf } from "./messages.ts";
import { OVERDUE_AFTER_MS, lastDeadline, phaseOf } from "./round.ts";

type Word = EventOf<"told.group-round">["word"];

export function groupRound(context: SessionContext, event: EventOf<"told.group-round">): Change {
  const { word } = event;
  const group = groupNamed(context, word);
  return group === undefined
    ? changed(context)
    : within(context, group, (inner) => withTerms(context, roundWord(inner, word, group), word));
}

/** Also of those who are not in the group yet: who is moved there keeps his time. */
function withTerms(context: SessionContext, change: Change, { type }: Word): Change {
  const { round } = change.context;
  const begins = type === "round.open" || type === "round.reopen";
  return begins && round !== null
    ? {
        ...change,
        context: { ...change.context, round: { ...round, terms: asking.termsNow(context) } },
      }
    : change;
}

/** Who is in which group is another matter now: the last deadlines may be others. */
export function clockedGroups(context: SessionContext): Change {
  return eachRound(context, (inner) => clocked(inner));
}

export function reprieveGroups(context: SessionContext, stamp: Stamp): Change {
  return eachRound(context, (inner) =>
    isLate(inner.round, stamp.at) ? asking.reprieve(inner, stamp) : changed(inner),
  );
}

export function isLate(round: Round | null, at: number): boolean {
  return round !== null && round.dueAt !== null && at > round.dueAt + OVERDUE_AFTER_MS;
}

export function closeGroupRounds(context: SessionContext, stamp: Stamp): Change {
  return eachRound(context, (inner, group) =>
    inner.round !== null && phaseOf(inner.round) === "open"
      ? closed(inner, stamp, { group, reason: "host" })
      : changed(inner),
  );
}

/** Whatever they are at, it is closed and scored, and past. */
export function endGroupRounds(context: SessionContext, stamp: Stamp): Change {
  return eachRound(context, (inner, group) => {
    const phase = inner.round === null ? "scored" : phaseOf(inner.round);
    const locked =
      phase === "open" || phase === "grace"
        ? then(
            then(asking.closeRound("session-ended")(inner, stamp), (next) => locking(next, stamp)),
            (next) => changed(next, [], { timers: [{ kind: "cancel", id: graceTimer(group) }] }),
          )
        : changed(inner);
    return then(locked, asking.dismissRound);
  });
}

/** Of each group with a round, one after the other. */
export function eachRound(
  context: SessionContext,
  change: (inner: SessionContext, group: Group) => Change,
): Change {
  const ids = (context.grouping?.groups ?? []).map(({ groupId }) => groupId);
  return ids.reduce(
    (before, groupId) =>
      then(before, (next) => {
        const group = next.grouping?.groups.find((each) => each.groupId === groupId);
        return group === undefined || group.round === null
          ? changed(next)
          : within(next, group, (inner) => change(inner, group));
      }),
    changed(context),
  );
}

function roundWord(inner: SessionContext, word: Word, group: Group): Change {
  switch (word.type) {
    case "round.open":
      return asking.openRound(inner, word);
    case "round.close":
      return closed(inner, word, { group, reason: "host" });
    case "round.extend":
      return asking.extendRound(inner, word);
    case "round.reopen":
      return asking.reopenRound(inner, word);
    case "round.reveal":
      return revealRound(inner, word);
    case "round.void":
      return then(asking.voidRound(inner, word), (next) =>
        changed(next, [], { timers: [{ kind: "cancel", id: graceTimer(group) }] }),
      );
    case "round.dismiss":
      return asking.dismissRound(inner);
    case "round.score":
      return rescoreRound(inner, word);
    case "answer.grade":
      return gradeAnswer(inner, word);
    case "answer.submit":
    case "answer.amend":
      return takeAnswer(inner, word);
    case "draft.save":
      return saveDraft(inner, word);
    case "timer.round":
      return due(inner, word, group);
    case "timer.grace":
      return inner.round !== null && phaseOf(inner.round) === "grace"
        ? locking(inner, word)
        : changed(inner);
    default:
      return changed(inner);
  }
}

/** As the activity region does: past the last deadline the round closes. */
function due(inner: SessionContext, word: Stamp, group: Group): Change {
  const { round } = inner;
  const last = round === null ? null : lastDeadline(round, admittedIds(inner));
  const isOpen = round !== null && phaseOf(round) === "open" && round.pausedAt === null;
  const handed = isOpen ? asking.roundDue(inner) : changed(inner);
  return isOpen && last !== null && word.at >= last
    ? then(handed, (next) => closed(next, word, { group, reason: "deadline" }))
    : handed;
}

function closed(
  inner: SessionContext,
  stamp: Stamp,
  { group, reason }: { readonly group: Group; readonly reason: "host" | "deadline" },
): Change {
  const roundId = inner.round?.roundId ?? "";
  const timer: TimerWish = {
    kind: "arm",
    id: graceTimer(group),
    delayMs: inner.settings.graceMs,
    event: { type: "timer.grace", roundId },
  };
  return then(asking.closeRound(reason)(inner, stamp), (next) =>
    changed(next, [], { timers: [timer] }),
  );
}

function locking(inner: SessionContext, stamp: Stamp): Change {
  return then(asking.lockRound(inner), (next) => scoreRound(next, stamp));
}

function graceTimer({ groupId }: Group): string {
  return `grace:${groupId}`;
}
