/**
 * Groups of a class: planned, opened, spoken to and recalled, as changes of the session's rows.
 *
 * Owns `SessionContext.grouping`, which a session of version 1 does not have.
 * Invariants:
 * LS15: While split, groups partition the admitted; recall brings all back.
 * 1. Who comes late goes to the smallest group; who comes back, to his own.
 * 2. Who is in which group reaches hosts; a student knows his own group and how many are in it.
 */
import type { Fact, FactPart, StandingChange } from "../fact.ts";
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Stamp } from "../living.ts";
import { type Change, changed, then } from "./change.ts";
import { admittedIds } from "./clock.ts";
import {
  type Group,
  type GroupStrategy,
  type Grouping,
  type Participant,
  type SessionContext,
  participantOf,
  rfc3339,
  withParticipant,
} from "./context.ts";
import {
  dealt,
  drafted,
  presentMembers,
  rankedSeats,
  shuffledSeats,
  smallestOf,
} from "./dealing.ts";
import { fact, toEveryone, toHosts, toOne } from "./facts.ts";
import { closeGroupRounds, clockedGroups, endGroupRounds } from "./group-round.ts";
import { CLOSING_MS, MERGING_MS, lasting, timeFields } from "./group-time.ts";
import type { EventOf } from "./messages.ts";
import { standingOf } from "./standing.ts";

export function groupOf(
  { grouping }: SessionContext,
  participantId: ParticipantId,
): Group | undefined {
  return grouping?.groups.find(({ members }) => members.includes(participantId));
}

export function planGroups(context: SessionContext, event: EventOf<"groups.plan">): Change {
  const grouping: Grouping = {
    strategy: event.strategy,
    groups: plannedGroups(context, event),
    openedAt: null,
    endsAt: null,
    pausedAt: null,
    announcement: null,
  };
  const put = { ...context, grouping };
  const fields = { strategy: grouping.strategy, ...choicesOf(put, grouping) };
  return changed(put, [
    fact("groups.planned", toEveryone(fields), toHosts({ groups: groupFields(grouping) })),
  ]);
}

/** How many groups a plan makes; hosts name them, or say how many or how large. */
export function countOf(
  context: SessionContext,
  { count, size, groups }: Pick<EventOf<"groups.plan">, "count" | "size" | "groups">,
): number {
  const bySize = Math.max(1, Math.ceil(admittedIds(context).length / (size ?? 1)));
  return groups?.length ?? count ?? bySize;
}

export function moveToGroup(context: SessionContext, event: EventOf<"groups.move">): Change {
  const row = participantOf(context, event.participantId);
  return row === undefined ? changed(context) : movedTo(context, row, event);
}

/** Whoever has no place yet gets one where there is most room. */
export function openGroups(context: SessionContext, event: EventOf<"groups.open">): Change {
  const { grouping } = context;
  if (grouping === undefined || grouping === null) {
    return changed(context);
  }
  const opened: SessionContext = { ...context, grouping: { ...grouping, openedAt: event.at } };
  const all = admittedIds(opened).reduce((put, each) => withPlace(put, each), opened);
  const rows = moved(all, admittedIds(all), event.seq);
  return then(lasting(rows.context, event.durationMs ?? null), (put) => {
    const word = timeWord("groups.opened", put, [
      toHosts({ groups: groupFields(put.grouping) }),
      ...admittedIds(put).map((each) => toOne(each, ownFields(put, each))),
    ]);
    return changed(put, [{ ...word, standings: rows.standings }]);
  });
}

export function announce(context: SessionContext, event: EventOf<"groups.announce">): Change {
  const { grouping } = context;
  const announcement = { text: event.text, at: event.at };
  return grouping === undefined || grouping === null
    ? changed(context)
    : changed({ ...context, grouping: { ...grouping, announcement } }, [
        fact("groups.announced", toEveryone({ text: event.text, announcedAt: rfc3339(event.at) })),
      ]);
}

/** By a host, or because the time is over: a minute to come to an end. */
export function warn(context: SessionContext): Change {
  return then(lasting(context, CLOSING_MS), (put) =>
    changed(put, [timeWord("groups.closing", put)]),
  );
}

/** The work is over: what is open in the groups closes, and they come back. */
export function merge(context: SessionContext, stamp: Stamp): Change {
  const told = then(lasting(context, MERGING_MS), (put) =>
    changed(put, [timeWord("groups.merging", put)]),
  );
  return then(told, (next) => closeGroupRounds(next, stamp));
}

/** The class is whole again; a plan that was not opened is gone without a trace. */
export function reunite(context: SessionContext, stamp: Stamp): Change {
  const wasSplit = (context.grouping?.openedAt ?? null) !== null;
  const ended = then(endGroupRounds(context, stamp), (over) => lasting(over, null));
  return then(ended, (over) => {
    const whole: SessionContext = { ...over, grouping: null };
    const rows = moved(whole, wasSplit ? admittedIds(whole) : [], stamp.seq);
    const word = fact("groups.recalled", toEveryone());
    return changed(rows.context, [{ ...word, standings: rows.standings }]);
  });
}

/** Somebody is admitted: to his own group, or else to the smallest. */
export function placed(context: SessionContext, participantId: ParticipantId, seq: number): Change {
  const { grouping } = context;
  const row = participantOf(context, participantId);
  if (grouping === undefined || grouping === null || row === undefined) {
    return changed(context);
  }
  const isDealt = grouping.strategy === "random" || grouping.strategy === "balanced";
  const goes = row.status === "admitted" && (grouping.openedAt !== null || isDealt);
  const group = goes
    ? (groupOf(context, participantId) ?? smallestOf(context, grouping.groups))
    : undefined;
  return group === undefined || group.members.includes(participantId)
    ? clockedGroups(context)
    : movedTo(context, row, { groupId: group.groupId, seq });
}

/** The groups as hosts see them in a fact. */
export function groupFields(grouping: Grouping | null | undefined): JsonObject[] {
  return (grouping?.groups ?? []).map(({ groupId, name, members }) => ({ groupId, name, members }));
}

/** What a class that chooses for itself has to know of the groups. */
export function choicesOf(
  context: SessionContext,
  grouping: Grouping | null | undefined,
): JsonObject {
  return grouping?.strategy === "self-selected"
    ? { groups: grouping.groups.map((group) => countedFields(context, group)) }
    : {};
}

/** His group as a student knows it; before the opening only one that he chose himself. */
export function ownGroup(context: SessionContext, participantId: ParticipantId): Group | undefined {
  const { grouping } = context;
  const isKnown = (grouping?.openedAt ?? null) !== null || grouping?.strategy === "self-selected";
  return isKnown ? groupOf(context, participantId) : undefined;
}

export function countedFields(context: SessionContext, group: Group): JsonObject {
  const { groupId, name } = group;
  return { groupId, name, members: presentMembers(context, group).length };
}

function plannedGroups(context: SessionContext, event: EventOf<"groups.plan">): readonly Group[] {
  const count = countOf(context, event);
  const { strategy } = event;
  const piles = pilesOf(context, { strategy, count, seed: `plan${event.seq}` });
  return Array.from({ length: count }, (_, index): Group => {
    const named = event.groups?.[index];
    const byHand = strategy === "by-hand" ? named?.participantIds?.map(parseParticipantId) : [];
    return {
      groupId: `g${event.seq}-${index + 1}`,
      name: named?.name.trim() ?? String(index + 1),
      members: piles[index] ?? byHand ?? [],
      round: null,
    };
  });
}

function pilesOf(
  context: SessionContext,
  { strategy, count, seed }: { strategy: GroupStrategy; count: number; seed: string },
): readonly (readonly ParticipantId[])[] {
  const seats = admittedIds(context);
  if (strategy === "random") {
    return dealt(shuffledSeats(seats, seed), count);
  }
  return strategy === "balanced" ? drafted(rankedSeats(context, seats), count) : [];
}

function movedTo(
  context: SessionContext,
  { participantId }: Participant,
  { groupId, seq }: { readonly groupId: string; readonly seq: number },
): Change {
  const before = groupOf(context, participantId);
  if (before?.groupId === groupId) {
    return changed(context);
  }
  const put = inGroup(context, participantId, groupId);
  const isKnown = ownGroup(put, participantId) !== undefined;
  const rows = moved(put, isKnown ? [participantId] : [], seq);
  const after = groupOf(put, participantId);
  const told = isKnown
    ? [before, after].flatMap((group) =>
        group === undefined ? [] : countParts(put, group.groupId),
      )
    : [];
  const own = isKnown ? [toOne(participantId, { participantId })] : [];
  const choices = choicesOf(put, put.grouping);
  const everyone = "groups" in choices ? [toEveryone(choices)] : [];
  const hosts = toHosts({ participantId, groupId, groups: groupFields(put.grouping) });
  const word = fact("groups.moved", ...everyone, hosts, ...told, ...own);
  return then(changed(rows.context, [{ ...word, standings: rows.standings }]), clockedGroups);
}

/** How many they are now, to each who is in it. */
function countParts(context: SessionContext, groupId: string) {
  const group = context.grouping?.groups.find((each) => each.groupId === groupId);
  return group === undefined
    ? []
    : presentMembers(context, group).map(({ participantId }) =>
        toOne(participantId, countedFields(context, group)),
      );
}

function ownFields(context: SessionContext, participantId: ParticipantId): JsonObject {
  const group = groupOf(context, participantId);
  return group === undefined ? {} : countedFields(context, group);
}

function withPlace(context: SessionContext, participantId: ParticipantId): SessionContext {
  const group =
    groupOf(context, participantId) ?? smallestOf(context, context.grouping?.groups ?? []);
  return group === undefined ? context : inGroup(context, participantId, group.groupId);
}

function inGroup(
  context: SessionContext,
  participantId: ParticipantId,
  groupId: string,
): SessionContext {
  const { grouping } = context;
  if (grouping === undefined || grouping === null) {
    return context;
  }
  const groups = grouping.groups.map((group) => {
    const others = group.members.filter((each) => each !== participantId);
    return { ...group, members: group.groupId === groupId ? [...others, participantId] : others };
  });
  return { ...context, grouping: { ...grouping, groups } };
}

/** They see another part of the session from this record on. */
function moved(
  context: SessionContext,
  ids: readonly ParticipantId[],
  seq: number,
): { readonly context: SessionContext; readonly standings: readonly StandingChange[] } {
  const rows = ids.flatMap((each) => participantOf(context, each) ?? []);
  const next = rows.map((row) => ({ ...row, since: seq }));
  return {
    context: next.reduce(withParticipant, context),
    standings: next.map((row) => ({
      who: row.userId === null ? { participantId: row.participantId } : { userId: row.userId },
      standing: standingOf(row) ?? null,
    })),
  };
}

/** Something begins, and this is how long it lasts. */
function timeWord(
  type: "groups.opened" | "groups.closing" | "groups.merging",
  { grouping }: SessionContext,
  parts: readonly FactPart[] = [],
): Fact {
  const time = grouping === undefined || grouping === null ? {} : timeFields(grouping);
  return fact(type, toEveryone(time), ...parts);
}
