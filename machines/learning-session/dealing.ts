/**
 * Dealing a class into groups: who goes where, by chance, by points, or because there is room.
 *
 * Invariants:
 * LS15: While split, groups partition the admitted; recall brings all back.
 * 1. Chance is a hash of the seat under the record that planned: a replay deals the same.
 * 2. Dealt groups differ by at most one in size.
 */
import type { ParticipantId } from "../ids.ts";
import type { Group, Participant, SessionContext } from "./context.ts";
import { pointsOf } from "./leaderboard.ts";
import { hash } from "./question.ts";

/** In the order in which they are dealt. */
export function shuffledSeats(
  seats: readonly ParticipantId[],
  seed: string,
): readonly ParticipantId[] {
  return seats
    .map((id) => ({ id, place: hash(`${seed}/${id}`) }))
    .toSorted((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

/** The best by points so far first; equal ones in order of joining. */
export function rankedSeats(
  context: SessionContext,
  seats: readonly ParticipantId[],
): readonly ParticipantId[] {
  const points = pointsOf(context, "scored");
  return seats.toSorted((a, b) => (points.get(b) ?? 0) - (points.get(a) ?? 0));
}

/** One after another into each group in turn. */
export function dealt(
  seats: readonly ParticipantId[],
  count: number,
): readonly (readonly ParticipantId[])[] {
  return piles(count, (pile) => seats.filter((_, index) => index % count === pile));
}

/** A snake draft: every other row is dealt backwards, so that no group has every first choice. */
export function drafted(
  seats: readonly ParticipantId[],
  count: number,
): readonly (readonly ParticipantId[])[] {
  return piles(count, (pile) =>
    seats.filter((_, index) => {
      const place = index % count;
      return (Math.floor(index / count) % 2 === 0 ? place : count - 1 - place) === pile;
    }),
  );
}

/** Of the admitted who have their place here. */
export function presentMembers(
  { participants }: Pick<SessionContext, "participants">,
  { members }: Pick<Group, "members">,
): readonly Participant[] {
  const known = new Set(members);
  return participants.filter((row) => row.status === "admitted" && known.has(row.participantId));
}

/** The first of the smallest. */
export function smallestOf(context: SessionContext, groups: readonly Group[]): Group | undefined {
  let smallest: { readonly group: Group; readonly size: number } | undefined;
  for (const group of groups) {
    const size = presentMembers(context, group).length;
    if (smallest === undefined || size < smallest.size) {
      smallest = { group, size };
    }
  }
  return smallest?.group;
}

function piles(
  count: number,
  pileOf: (pile: number) => readonly ParticipantId[],
): readonly (readonly ParticipantId[])[] {
  return Array.from({ length: count }, (_, pile) => pileOf(pile));
}
