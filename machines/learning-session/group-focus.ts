/**
 * A group looked at as a class of its own: its people, its round, and who hears of it.
 *
 * Owns which group a message is about, and what of a change made in it the session keeps and says.
 * Invariants:
 * LS11: No fact of a group's round reaches another group, or a board.
 */
import { type Fact, type FactPart, reachOf } from "../fact.ts";
import type { ParticipantId } from "../ids.ts";
import type { Change, TimerWish } from "./change.ts";
import { ROUND_TIMER } from "./clock.ts";
import type { Group, Round, SessionContext } from "./context.ts";
import { presentMembers } from "./dealing.ts";
import { toHosts, toOne } from "./facts.ts";
import { rowsOf } from "./marking.ts";
import type { EventOf, SessionEvent } from "./messages.ts";

type Word = EventOf<"told.group-round">["word"];

/** What is said to the round that one is in. */
const ANSWERS: ReadonlySet<string> = new Set(["answer.submit", "answer.amend", "draft.save"]);

/** What is for a group's round is told to the groups, and does not move the class's activity. */
export function addressed(context: SessionContext, event: SessionEvent): SessionEvent {
  if (event.type.startsWith("told.") || groupNamed(context, event) === undefined) {
    return event;
  }
  const { at, seq, by } = event;
  return { type: "told.group-round", word: parseWord(event), at, seq, by };
}

/**
 * The session as it is for the group that this message is about; otherwise as it is. An answer is
 * about what its giver is asked, whatever round it names.
 */
export function focusedFor(
  context: SessionContext,
  message: object,
  speaker: ParticipantId | undefined,
): SessionContext {
  const isAnswer = ANSWERS.has(parseAimed(message).type);
  const group = isAnswer ? groupAsked(context, speaker) : groupNamed(context, message);
  return group === undefined ? context : focused(context, group);
}

/** His group, while it has a round of its own. */
export function groupAsked(
  { grouping }: SessionContext,
  participantId: ParticipantId | undefined,
): Group | undefined {
  return grouping?.groups.find(
    ({ round, members }) =>
      round !== null && participantId !== undefined && members.includes(participantId),
  );
}

/**
 * The session as it is for this group: its people, and its round as the current one. The rounds of
 * others stay where they are, as points and sizes count them too.
 */
export function focused(context: SessionContext, group: Group): SessionContext {
  const { members, round } = group;
  const asked = new Set<string>([
    ...members,
    ...Object.keys(round?.answers ?? {}),
    ...Object.keys(round?.drafts ?? {}),
  ]);
  const participants = context.participants.filter((row) => asked.has(row.participantId));
  const others = withGroup(context, { ...group, round: null });
  return { ...others, participants, round };
}

/** A change that is made in the group, as one of the session. */
export function within(
  context: SessionContext,
  group: Group,
  change: (inner: SessionContext) => Change,
): Change {
  const inner = change(focused(context, group));
  const { round, pastRounds } = inner.context;
  const next = round === null ? null : tagged(round, group);
  const put = withGroup({ ...context, pastRounds }, { ...group, round: next });
  return {
    ...inner,
    context: put,
    facts: inner.facts.map((each) => keptWithin(put, group, each)),
    timers: inner.timers.map((timer) => timerOf(group, timer)),
  };
}

/** The fields by which a message may name a group. */
interface Aimed {
  readonly type: string;
  readonly roundId?: unknown;
  readonly groupId?: unknown;
}

/** The group of the round that is named, also of one that is past. */
export function groupNamed(
  { grouping, pastRounds }: SessionContext,
  message: object,
): Group | undefined {
  const { type, roundId, groupId } = parseAimed(message);
  const groups = grouping?.groups ?? [];
  if (type === "round.open") {
    return groups.find((each) => each.groupId === groupId);
  }
  if (typeof roundId !== "string") {
    return undefined;
  }
  const past = pastRounds.find((each) => each.roundId === roundId)?.group;
  return (
    groups.find(({ round }) => round?.roundId === roundId) ??
    (past === undefined
      ? undefined
      : (groups.find((each) => each.groupId === past.groupId) ?? { ...past, round: null }))
  );
}

function withGroup(context: SessionContext, group: Group): SessionContext {
  const { grouping } = context;
  if (grouping === undefined || grouping === null) {
    return context;
  }
  const groups = grouping.groups.map((each) => (each.groupId === group.groupId ? group : each));
  return { ...context, grouping: { ...grouping, groups } };
}

function tagged(round: Round, { groupId, name, members }: Group): Round {
  return round.group?.members === members ? round : { ...round, group: { groupId, name, members } };
}

/** Everyone is everyone in the group, and hosts; what is one person's own stays his. */
function keptWithin(context: SessionContext, group: Group, { type, parts }: Fact): Fact {
  const ids = presentMembers(context, group).map(({ participantId }) => participantId);
  const reaches = new Set<string>(ids.map(reachOf));
  const kept = parts.flatMap((part): readonly FactPart[] => {
    if (part.to === "everyone") {
      const fields = { ...part.fields, groupId: group.groupId };
      return [toHosts(fields), ...ids.map((each) => toOne(each, fields))];
    }
    const isTheirs = part.to === "hosts" || reaches.has(part.to) || !type.startsWith("round.");
    return part.to !== "board" && isTheirs ? [part] : [];
  });
  return {
    type,
    parts: type === "round.revealed" ? kept.map((part) => ranked(context, part)) : kept,
  };
}

/** Points are the class's, also those that were earned in a group. */
function ranked(context: SessionContext, part: FactPart): FactPart {
  const leaderboard = rowsOf(context, part.to === "hosts");
  return "leaderboard" in part.fields ? { ...part, fields: { ...part.fields, leaderboard } } : part;
}

function timerOf({ groupId }: Group, timer: TimerWish): TimerWish {
  return timer.id === ROUND_TIMER ? { ...timer, id: `${ROUND_TIMER}:${groupId}` } : timer;
}

function parseAimed(message: object): Aimed {
  return message as Aimed;
}

/** Only for what is not told among regions. */
function parseWord(event: SessionEvent): Word {
  return event as Word;
}
