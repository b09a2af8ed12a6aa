/**
 * What the pages read of a session's views: the fields of the contract that they show.
 *
 * Fields that an older server does not send are optional; what depends on them is then not shown.
 */
import type { JsonObject } from "../../machines/json.ts";
import type { Item, ItemKind, Step } from "../../machines/learning-session/item.ts";
import type { Settings } from "../../machines/learning-session/settings.ts";

export interface Named {
  readonly id: string;
  readonly text: string;
}

/** An item without its key, as `round.item` is for everybody. */
export interface Question {
  readonly kind: ItemKind;
  readonly prompt: string;
  readonly points: number;
  readonly choices?: readonly Named[];
  readonly items?: readonly Named[];
  readonly lefts?: readonly string[];
  readonly rights?: readonly string[];
}

export interface Answer {
  readonly choice?: string;
  readonly choices?: readonly string[];
  readonly value?: boolean | number;
  readonly text?: string;
  readonly pairs?: Readonly<Record<string, string>>;
  readonly order?: readonly string[];
}

export interface Key {
  readonly choices?: readonly string[];
  readonly weights?: Readonly<Record<string, number>>;
  readonly value?: boolean;
  readonly accepted?: readonly {
    readonly text?: string;
    readonly value?: number;
    readonly min?: number;
    readonly max?: number;
    readonly tolerance?: number;
    readonly weight: number;
    readonly feedback?: string;
    readonly wildcards?: true;
  }[];
  readonly pairs?: Readonly<Record<string, string>>;
  readonly order?: readonly string[];
}

export type RoundPhase = "open" | "grace" | "locked" | "scored" | "revealed";

export interface RoundView {
  readonly roundId: string;
  readonly stepId: string | null;
  readonly item: Question;
  readonly phase: RoundPhase;
  readonly limitMs: number | null;
  readonly deadlineAt: string | null;
  readonly remainingMs: number | null;
  readonly answered: number;
  readonly expected: number;
  readonly key: Key | null;
  readonly explanation: string | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

export interface Result {
  readonly answer: Answer | null;
  readonly auto: boolean;
  readonly correct: boolean | null;
  readonly points: number;
  readonly graded?: boolean;
  readonly feedback?: string;
  readonly comment?: string;
}

export interface OwnRound extends RoundView {
  readonly answer: Answer | null;
  readonly draft: Answer | null;
  readonly result: Result | null;
}

export interface GivenAnswer {
  readonly answer: Answer;
  readonly auto: boolean;
  readonly correct: boolean | null;
  readonly points: number;
}

export interface HostRound extends RoundView {
  readonly lastDeadlineAt: string | null;
  readonly answers: Readonly<Record<string, GivenAnswer>>;
}

export interface LeaderboardRow {
  readonly rank: number;
  readonly participantId: string;
  readonly name: string | null;
  readonly points: number;
}

export interface ShownStep {
  readonly stepId: string;
  readonly index: number;
  readonly kind: string;
  readonly title?: string;
  readonly body?: string;
}

interface CommonView {
  readonly title: string;
  readonly language: string;
  readonly settings: Settings;
  readonly counts: { readonly admitted: number; readonly connected: number };
  readonly step: ShownStep | null;
  readonly leaderboard: readonly LeaderboardRow[] | null;
  /** Of sessions from version 2 on. */
  readonly questions?: readonly AskedQuestion[];
  readonly floor?: string;
  readonly reactions?: Readonly<Record<string, number>>;
}

export interface AskedQuestion {
  readonly questionId: string;
  readonly text: string;
  readonly askedAt: string;
  readonly upvotes: number;
  readonly pinned: boolean;
  readonly resolved: boolean;
  /** To students: is it his own, and has he voted? */
  readonly mine?: boolean;
  readonly upvoted?: boolean;
  /** To hosts: does the class see it, and who asked? */
  readonly shown?: boolean;
  readonly name?: string | null;
}

export interface Accommodation {
  readonly multiplier: number;
  readonly extraMs: number;
  readonly untimed: boolean;
}

export interface Me {
  readonly participantId: string;
  readonly name: string;
  readonly status: string;
  readonly handPosition: number | null;
  /** Of sessions from version 2 on: what hosts said to him alone. */
  readonly nudge?: { readonly at: string; readonly text: string | null } | null;
  readonly calledAt?: string | null;
  readonly points: number;
  readonly rank: number | null;
  readonly groupId: string | null;
}

/** A group as its people and those who choose see it. */
export interface GroupCount {
  readonly groupId: string;
  readonly name: string;
  readonly members: number;
}

export interface Grouping {
  readonly phase: "planned" | "split" | "closing" | "merging";
  readonly strategy: string;
  readonly endsAt: string | null;
  /** What was left when a pause began; null: nothing is paused. */
  readonly remainingMs: number | null;
  readonly announcement: { readonly text: string; readonly announcedAt: string } | null;
}

export interface StudentView extends Partial<CommonView> {
  readonly group?: GroupCount | null;
  readonly grouping?: (Grouping & { readonly groups?: readonly GroupCount[] }) | null;
  readonly me?: Me;
  readonly round?: OwnRound | null;
}

export interface BoardView extends CommonView {
  readonly joinCode: string;
  readonly joinUrl?: string;
  readonly admission: string;
  readonly round: RoundView | null;
}

export interface Participant {
  readonly participantId: string;
  readonly name: string;
  readonly status: string;
  readonly connection: string;
  readonly points: number | null;
  readonly accommodation: Accommodation;
  readonly groupId: string | null;
  readonly attendance?: string | null;
  readonly attendanceMarked?: boolean;
  readonly attendanceMeasured?: string | null;
}

export interface HostGroup {
  readonly groupId: string;
  readonly name: string;
  readonly members: readonly string[];
  readonly round: HostRound | null;
}

export interface HostView extends CommonView {
  readonly grouping?: (Grouping & { readonly groups: readonly HostGroup[] }) | null;
  /** RFC 3339; null where nobody has said when. */
  readonly startsAt?: string | null;
  readonly joinCode: string;
  readonly joinUrl?: string;
  readonly admission: string;
  readonly lesson: { readonly id: string; readonly steps: readonly Step[] };
  readonly participants: readonly Participant[];
  readonly hands: readonly string[];
  readonly round: HostRound | null;
  readonly rounds: readonly HostRound[];
}

export function parseStudentView(view: JsonObject): StudentView {
  return view;
}

/** Undefined before the first look. */
export function parseHostView(view: JsonObject): HostView | undefined {
  return "lesson" in view ? (view as unknown as HostView) : undefined;
}

/** Undefined before the first look. */
export function parseBoardView(view: JsonObject): BoardView | undefined {
  return "title" in view ? (view as unknown as BoardView) : undefined;
}

/** An item of a lesson as a student would be asked it; sorted where the class's is shuffled. */
export function questionOf(item: Item): Question {
  const { kind, prompt, points = 1 } = item;
  const base = { kind, prompt, points };
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
    case "poll":
      return { ...base, choices: item.choices.map(({ id, text }) => ({ id, text })) };
    case "ordering":
      return { ...base, items: item.items.toSorted((a, b) => (a.text < b.text ? -1 : 1)) };
    case "matching": {
      const rights = new Set([...item.pairs.map(({ right }) => right), ...(item.extra ?? [])]);
      return { ...base, lefts: item.pairs.map(({ left }) => left), rights: [...rights].toSorted() };
    }
    default:
      return base;
  }
}
