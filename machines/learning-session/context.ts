/**
 * What a session remembers: the rows of its snapshot, all of it plain JSON.
 *
 * Owns the persisted shape; changing it means a new machine version. Times are ms since 1970.
 * Where somebody is (phase, admission, activity) is the statechart's; what happened is here.
 */
import type { ParticipantId, RoundId, UserId } from "../ids.ts";
import type { Principal } from "../principal.ts";
import type { Answer } from "./answer.ts";
import type { Item, Step } from "./item.ts";
import { indexOf } from "./seat-index.ts";
import type { Settings } from "./settings.ts";

export type ParticipantStatus = "waiting" | "admitted" | "left" | "removed" | "banned" | "denied";
export type Connection = "connected" | "away" | "reconnecting" | "offline";
export type AttendanceMark = "present" | "late" | "absent" | "excused";
export type CloseReason = "host" | "deadline" | "session-ended";
export type PauseReason = "host" | "host-lost";
export type HostPresence = "absent" | "present" | "grace" | "lost";

export interface Accommodation {
  readonly multiplier: number;
  readonly extraMs: number;
  readonly untimed: boolean;
}

export interface Host {
  readonly userId: UserId;
  readonly name: string;
  readonly role: "host" | "co-host";
  /** Owner or admin of the tenant: who sees all of it also when he is a co-host no more. */
  readonly overseer: boolean;
  /** The live connections, oldest first. */
  readonly connections: readonly string[];
}

export interface Participant {
  readonly participantId: ParticipantId;
  readonly userId: UserId | null;
  readonly name: string;
  readonly status: ParticipantStatus;
  /** The seq of the record that admitted, or else last moved, this participant. */
  readonly since: number;
  /** The live connections, oldest first; presence is whether there are any. */
  readonly connections: readonly string[];
  /** Those whose page is hidden; absent: none, as always in version 1. */
  readonly hidden?: readonly string[];
  readonly connection: Connection;
  readonly joinedAt: number;
  readonly wasAdmitted: boolean;
  readonly accommodation: Accommodation;
  /** Connected during live time: until now, and since when it counts (null: it does not). */
  readonly attendedMs: number;
  readonly attendingSince: number | null;
  /** When the class first had this participant connected, in live time. */
  readonly arrivedAt: number | null;
  readonly mark: AttendanceMark | null;
}

export interface Grade {
  readonly points: number;
  readonly comment: string | null;
}

export interface Given {
  readonly answer: Answer;
  /** Handed in by itself, from a draft. */
  readonly auto: boolean;
  readonly atMs: number;
}

export interface Draft {
  readonly answer: Answer;
  readonly savedAt: number;
  readonly atMs: number;
}

export interface Round {
  readonly roundId: RoundId;
  readonly stepId: string | null;
  readonly item: Item;
  /** Choices are shown to each in an order of their own. */
  readonly shuffled: boolean;
  readonly speedBonus: boolean;
  readonly openedAt: number;
  /** When the clock was last started: opening, or reopening. */
  readonly startedAt: number;
  readonly limitMs: number | null;
  /** What speed is measured by, once the limit is that of a reopening. */
  readonly paceMs?: number | null;
  readonly pausedAt: number | null;
  readonly pausedTotalMs: number;
  /** `pausedTotalMs` when the clock was last started. */
  readonly pausedBeforeMs: number;
  /** No deadline is earlier: the time given after no node lived. */
  readonly floorAt: number | null;
  /** Reopened for these only; null: for everyone. */
  readonly only: readonly ParticipantId[] | null;
  /** Those who have other time than the class. */
  readonly terms: Readonly<Record<ParticipantId, Accommodation>>;
  readonly answers: Readonly<Record<ParticipantId, Given>>;
  readonly drafts: Readonly<Record<ParticipantId, Draft>>;
  readonly grades: Readonly<Record<ParticipantId, Grade>>;
  /** When the one timer of this round is due; null: none is armed. */
  readonly dueAt: number | null;
  readonly closedAt: number | null;
  readonly scoredAt: number | null;
  readonly revealedAt: number | null;
  readonly voidedAt: number | null;
  /** Asked of one group; absent: of the class. */
  readonly group?: RoundGroup;
}

/** Whose round it is, as it was when somebody of the group last came or went. */
export interface RoundGroup {
  readonly groupId: string;
  readonly name: string;
  readonly members: readonly ParticipantId[];
}

/** A question of a student to the class, not an item of the lesson. */
export interface ClassQuestion {
  readonly questionId: string;
  readonly participantId: ParticipantId;
  /** Asked under the word that nobody would learn by whom. */
  readonly anonymous: boolean;
  readonly text: string;
  readonly askedAt: number;
  /** The class may see it. */
  readonly shown: boolean;
  readonly pinned: boolean;
  readonly resolved: boolean;
  readonly votes: readonly ParticipantId[];
}

/** What a host said to one participant, so that he hears it also when he was not there. */
export interface Nudge {
  readonly at: number;
  readonly text: string | null;
}

export interface Floor {
  /** In order of asking. */
  readonly questions: readonly ClassQuestion[];
  /** How many of each were sent. */
  readonly reactions: Readonly<Record<string, number>>;
  /** When each last asked, voted, reacted, and said whether he is away. */
  readonly askedAt: Readonly<Record<ParticipantId, number>>;
  readonly votedAt: Readonly<Record<ParticipantId, number>>;
  readonly reactedAt: Readonly<Record<ParticipantId, number>>;
  readonly attendedAt: Readonly<Record<ParticipantId, number>>;
  /** The last one to each; when each was called, until he raises his hand again. */
  readonly nudges: Readonly<Record<ParticipantId, Nudge>>;
  readonly calledAt: Readonly<Record<ParticipantId, number>>;
}

export const EMPTY_FLOOR: Floor = {
  questions: [],
  reactions: {},
  askedAt: {},
  votedAt: {},
  reactedAt: {},
  attendedAt: {},
  nudges: {},
  calledAt: {},
};

export type GroupStrategy = "random" | "balanced" | "by-hand" | "self-selected";

export interface Group {
  readonly groupId: string;
  readonly name: string;
  /** Whoever has his place here, also while he is not admitted. */
  readonly members: readonly ParticipantId[];
  readonly round: Round | null;
}

export interface Grouping {
  readonly strategy: GroupStrategy;
  readonly groups: readonly Group[];
  /** Null: planned. */
  readonly openedAt: number | null;
  /** When what is now ends by itself: the work, the warning, the way back. */
  readonly endsAt: number | null;
  /** Since when that time stands still; null: it runs, or there is none. */
  readonly pausedAt: number | null;
  readonly announcement: { readonly text: string; readonly at: number } | null;
}

export interface SessionContext {
  /** The time of the last step. */
  readonly at: number;
  readonly title: string;
  readonly language: string;
  readonly lessonId: string;
  /** Which version of the lesson these steps are; absent: nobody said. */
  readonly lessonVersion?: number;
  readonly steps: readonly Step[];
  readonly stepId: string | null;
  readonly joinCode: string;
  readonly settings: Settings;
  readonly startsAt: number | null;
  readonly startedAt: number | null;
  readonly endsBy: number | null;
  readonly endedAt: number | null;
  readonly pauseReason: PauseReason | null;
  /** Live time: until now, and since when it runs (null: it does not). */
  readonly liveMs: number;
  readonly liveSince: number | null;
  /** The host first, then co-hosts in order of promotion. */
  readonly hosts: readonly Host[];
  /** In order of joining. */
  readonly participants: readonly Participant[];
  /** The queue of raised hands, first come first. */
  readonly hands: readonly ParticipantId[];
  readonly round: Round | null;
  readonly pastRounds: readonly Round[];
  /** Since version 2; absent: a session of version 1. */
  readonly floor?: Floor;
  /** Absent or null: the class is whole, as always in version 1. */
  readonly grouping?: Grouping | null;
}

/** Safe for any id, also `__proto__`. */
export function own<Value>(rows: Readonly<Record<string, Value>>, id: string): Value | undefined {
  return Object.hasOwn(rows, id) ? rows[id] : undefined;
}

export function without<Value>(
  rows: Readonly<Record<ParticipantId, Value>>,
  id: ParticipantId,
): Readonly<Record<ParticipantId, Value>> {
  if (!Object.hasOwn(rows, id)) {
    return rows;
  }
  const rest = { ...rows };
  delete rest[id];
  return rest;
}

export function participantOf(
  { participants }: SessionContext,
  participantId: string,
): Participant | undefined {
  return participants[indexOf(participants).byId.get(participantId) ?? -1];
}

export function seatOfUser(
  { participants }: SessionContext,
  userId: UserId,
): Participant | undefined {
  return participants[indexOf(participants).byUser.get(userId) ?? -1];
}

export function hostOf(context: SessionContext, userId: UserId): Host | undefined {
  return context.hosts.find((each) => each.userId === userId);
}

/** The roles of a school whose people may host. */
export const TEACHING: ReadonlySet<string> = new Set(["teacher", "admin", "owner"]);

/** The host who speaks. Whoever no longer teaches at the school hosts nothing any more. */
export function hostSpeaking(context: SessionContext, by: Principal): Host | undefined {
  return by.kind === "user" && TEACHING.has(by.role) ? hostOf(context, by.userId) : undefined;
}

export function roundOf(context: SessionContext, roundId: string): Round | undefined {
  return context.round?.roundId === roundId
    ? context.round
    : context.pastRounds.find((each) => each.roundId === roundId);
}

/** Every round of the session: past ones first, then those that are current. */
export function roundsOf({ pastRounds, round, grouping }: SessionContext): readonly Round[] {
  const ofGroups = (grouping?.groups ?? []).flatMap((group) => group.round ?? []);
  return round === null && ofGroups.length === 0
    ? pastRounds
    : [...pastRounds, ...(round === null ? [] : [round]), ...ofGroups];
}

export function withParticipant(context: SessionContext, row: Participant): SessionContext {
  return {
    ...context,
    participants: context.participants.map((each) =>
      each.participantId === row.participantId ? row : each,
    ),
  };
}

export function lessonOf({ lessonId, lessonVersion }: SessionContext) {
  return { id: lessonId, version: lessonVersion ?? null };
}

export function rfc3339(at: number): string {
  return new Date(at).toISOString();
}

export function rfc3339OrNull(at: number | null): string | null {
  return at === null ? null : rfc3339(at);
}
