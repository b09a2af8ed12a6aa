/**
 * The time of the groups: until their work, its last minute or the way back is over.
 *
 * One timer, armed for `grouping.endsAt`. It stands still with the lesson, as a round's does: what
 * begins in a pause begins frozen.
 * Invariants:
 * LS8: A pause of any length leaves the groups the time that they had, and nothing of theirs ends.
 */
import type { JsonObject } from "../json.ts";
import { type Change, type TimerWish, changed } from "./change.ts";
import { type Grouping, type SessionContext, rfc3339OrNull } from "./context.ts";

/** Time to come to an end in the groups, and to find the way back. */
export const CLOSING_MS = 60_000;
export const MERGING_MS = 30_000;

const GROUPS_TIMER = "groups";

/** From now on it lasts so long; null: until somebody ends it. */
export function lasting(context: SessionContext, durationMs: number | null): Change {
  const { at, pauseReason } = context;
  const isFrozen = durationMs !== null && pauseReason !== null;
  return withTime(context, {
    endsAt: durationMs === null ? null : at + durationMs,
    pausedAt: isFrozen ? at : null,
  });
}

export function freezeGroups(context: SessionContext): Change {
  const endsAt = context.grouping?.endsAt ?? null;
  return endsAt === null ? changed(context) : withTime(context, { endsAt, pausedAt: context.at });
}

export function thawGroups(context: SessionContext): Change {
  const { endsAt = null, pausedAt = null } = context.grouping ?? {};
  return endsAt === null || pausedAt === null
    ? changed(context)
    : withTime(context, { endsAt: endsAt + context.at - pausedAt, pausedAt: null });
}

/** A timer that came before its time is armed for it once more. */
export function waitOn(context: SessionContext): Change {
  return context.grouping === undefined || context.grouping === null
    ? changed(context)
    : withTime(context, context.grouping);
}

export function areGroupsDue({ grouping }: SessionContext, at: number): boolean {
  const { endsAt = null, pausedAt = null } = grouping ?? {};
  return endsAt !== null && pausedAt === null && at >= endsAt;
}

/** As facts and views have it: when it ends, or what is left of it in a pause. */
export function timeFields({ endsAt, pausedAt }: Pick<Grouping, "endsAt" | "pausedAt">) {
  return endsAt === null || pausedAt === null
    ? { endsAt: rfc3339OrNull(endsAt), remainingMs: null }
    : { endsAt: null, remainingMs: Math.max(0, endsAt - pausedAt) };
}

/** The same beside other fields, where the groups have a time at all. */
export function groupingFields({ grouping }: SessionContext): JsonObject {
  return (grouping?.endsAt ?? null) === null || grouping === undefined || grouping === null
    ? {}
    : { grouping: timeFields(grouping) };
}

function withTime(
  context: SessionContext,
  { endsAt, pausedAt }: Pick<Grouping, "endsAt" | "pausedAt">,
): Change {
  const { grouping, at } = context;
  if (grouping === undefined || grouping === null) {
    return changed(context);
  }
  const timer: TimerWish =
    endsAt === null || pausedAt !== null
      ? { kind: "cancel", id: GROUPS_TIMER }
      : {
          kind: "arm",
          id: GROUPS_TIMER,
          delayMs: Math.max(0, endsAt - at),
          event: { type: "timer.groups" },
        };
  const put = { ...context, grouping: { ...grouping, endsAt, pausedAt } };
  return changed(put, [], { timers: [timer] });
}
