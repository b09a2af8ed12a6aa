/**
 * How the items of a session did, and the test they made together.
 *
 * Takers are those with a seat who answered, or were graded, at least once; what a taker was asked
 * and left blank earned nothing. How reliable the test was is said of what all of them were asked.
 * Invariants:
 * RP3: Nothing here stands beside a name; of an anonymous session no two answers are connected.
 */
import {
  type Participant,
  type Round,
  type RoundGroup,
  type SessionContext,
  own,
} from "../../machines/learning-session/context.ts";
import type { Answer } from "../../machines/learning-session/answer.ts";
import { attendanceOf } from "../../machines/learning-session/attendance.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { countedRounds } from "../../machines/learning-session/leaderboard.ts";
import { reportedRounds } from "../../machines/learning-session/report.ts";
import { pointsMaxOf } from "../../machines/learning-session/score.ts";
import { columnOf, isJudged, takersOf, wasAsked } from "./columns.ts";
import {
  type Column,
  alphaOf,
  completeOf,
  difficultyOf,
  discriminationOf,
  isDichotomous,
  maxesOf,
  meanOf,
  restOf,
  rounded,
  totalsOf,
  upperLowerOf,
} from "./statistics.ts";

export interface OptionAnalysis {
  readonly id: string;
  readonly text: string;
  /** Null: there is no right or wrong. */
  readonly correct: boolean | null;
  readonly count: number;
  /** Of those who answered. */
  readonly share: number | null;
  /** Points of who chose it in all other items, on average. */
  readonly meanRest: number | null;
}

export interface ItemAnalysis {
  readonly roundId: string;
  readonly stepId: string | null;
  readonly kind: Item["kind"];
  readonly prompt: string;
  readonly pointsMax: number;
  /** The group that was asked; null: the class. */
  readonly group: Pick<RoundGroup, "groupId" | "name"> | null;
  /** Those of the session's who were asked. */
  readonly takers: number;
  readonly answered: number;
  readonly difficulty: number | null;
  readonly discrimination: number | null;
  readonly upperLower: number | null;
  /** Null: the kind has none. */
  readonly options: readonly OptionAnalysis[] | null;
}

export interface Overall {
  readonly takers: number;
  /** What one could earn; where groups were asked apart, whoever was asked most. */
  readonly pointsMax: number;
  readonly pointsMean: number | null;
  readonly reliability: number | null;
  readonly reliabilityKind: "kr-20" | "alpha" | null;
  /** How many takers earned up to 10 %, 20 % … 100 % of the points; null: there were none. */
  readonly distribution: readonly number[] | null;
  readonly attendance: Readonly<Record<"present" | "late" | "absent" | "excused", number>>;
}

export interface Analysis {
  readonly items: readonly ItemAnalysis[];
  readonly overall: Overall;
}

export const BANDS = 10;

export function analysisOf(context: SessionContext): Analysis {
  const rounds = reportedRounds(context);
  const takers = takersOf(context, rounds);
  const columns = new Map(
    rounds.filter((round) => isJudged(round)).map((round) => [round, columnOf(round, takers)]),
  );
  const judged = [...columns.values()];
  return {
    items: rounds.map((round) => itemOf({ context, round, takers, columns })),
    overall: overallOf(context, takers, judged),
  };
}

/** What a seat earned of what there was, without a bonus; null: nothing, or nobody may know. */
export function earnedBy(
  context: SessionContext,
  seat: Participant,
  counts: "scored" | "revealed" = "scored",
): { readonly points: number; readonly max: number } | null {
  const rounds = countedRounds(context, counts);
  const took = takersOf({ participants: [seat] }, rounds).length > 0;
  const columns = rounds.filter(isJudged).map((round) => columnOf(round, [seat]));
  const [max = 0] = maxesOf(columns);
  return context.settings.anonymous || !took || max === 0
    ? null
    : { points: (totalsOf(columns)[0] ?? 0) / 100, max: max / 100 };
}

interface ItemParts {
  readonly context: SessionContext;
  readonly round: Round;
  readonly takers: readonly Participant[];
  readonly columns: ReadonlyMap<Round, Column>;
}

function itemOf({ context, round, takers, columns }: ItemParts): ItemAnalysis {
  const { item, roundId, stepId } = round;
  const judged = [...columns.values()];
  const column = columns.get(round);
  const answers = takers.map(({ participantId }) => own(round.answers, participantId)?.answer);
  const others = judged.filter((each) => each !== column && isShared(each, round, takers));
  const rest =
    context.settings.anonymous || others.length === 0
      ? undefined
      : restOf(judged, column ?? { max: 0, earned: [] });
  return {
    ...{ roundId, stepId, kind: item.kind, prompt: item.prompt, pointsMax: pointsMaxOf(item) },
    group: groupOf(round),
    takers: takers.filter((taker) => wasAsked(round, taker)).length,
    answered: answers.filter((answer) => answer !== undefined).length,
    difficulty: column === undefined ? null : rounded(difficultyOf(column)),
    discrimination: column === undefined ? null : rounded(discriminationOf(judged, column)),
    upperLower:
      column === undefined || others.length === 0 ? null : rounded(upperLowerOf(judged, column)),
    options: optionsOf(item)?.map((option) => chosenOf(option, answers, rest)) ?? null,
  };
}

/** Some of those who were asked this round were asked that item too. */
function isShared({ earned }: Column, round: Round, takers: readonly Participant[]): boolean {
  return takers.some((taker, index) => earned[index] !== null && wasAsked(round, taker));
}

function groupOf({ group }: Round): ItemAnalysis["group"] {
  return group === undefined ? null : { groupId: group.groupId, name: group.name };
}

type Option = Pick<OptionAnalysis, "id" | "text" | "correct">;

function optionsOf(item: Item): readonly Option[] | undefined {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return item.choices.map(({ id, text, correct }) => ({ id, text, correct }));
    case "poll":
      return item.choices.map(({ id, text }) => ({ id, text, correct: null }));
    case "true-false":
      return [true, false].map((value) => ({
        ...{ id: String(value), text: String(value), correct: item.correct === value },
      }));
    default:
      return undefined;
  }
}

function chosenOf(
  option: Option,
  answers: readonly (Answer | undefined)[],
  rest: readonly number[] | undefined,
): OptionAnalysis {
  const choosing = answers.flatMap((answer, taker) =>
    answer !== undefined && isChosen(option.id, answer) ? [taker] : [],
  );
  const answered = answers.filter((answer) => answer !== undefined).length;
  const mean = meanOf(choosing.flatMap((taker) => rest?.[taker] ?? []));
  return {
    ...option,
    count: choosing.length,
    share: answered === 0 ? null : rounded(choosing.length / answered),
    meanRest: mean === null ? null : rounded(mean / 100),
  };
}

function isChosen(id: string, answer: Answer): boolean {
  if ("choice" in answer) {
    return answer.choice === id;
  }
  if ("choices" in answer) {
    return answer.choices.includes(id);
  }
  return "value" in answer && typeof answer.value === "boolean" && String(answer.value) === id;
}

function overallOf(
  context: SessionContext,
  takers: readonly Participant[],
  columns: readonly Column[],
): Overall {
  const complete = completeOf(columns);
  const maxes = maxesOf(columns);
  const totals = totalsOf(columns);
  const shares = totals.flatMap((total, taker) => shareOf(total, maxes[taker] ?? 0) ?? []);
  const mean = meanOf(totals);
  const reliability = rounded(alphaOf(complete));
  const kind = isDichotomous(complete) ? "kr-20" : "alpha";
  return {
    takers: takers.length,
    pointsMax: (totals.length === 0 ? maxOf(columns) : Math.max(...maxes)) / 100,
    pointsMean: mean === null ? null : rounded(mean / 100),
    reliability,
    reliabilityKind: reliability === null ? null : kind,
    distribution: shares.length === 0 ? null : bandsOf(shares),
    attendance: attendanceIn(context),
  };
}

function shareOf(total: number, max: number): number | null {
  return max === 0 ? null : total / max;
}

/** A share at the edge of two bands is in the lower, and nothing is in the lowest. */
function bandsOf(shares: readonly number[]): readonly number[] {
  const bands = shares.map((share) =>
    Math.min(BANDS - 1, Math.max(0, Math.ceil(share * BANDS) - 1)),
  );
  return Array.from({ length: BANDS }, (_, band) => bands.filter((each) => each === band).length);
}

function attendanceIn(context: SessionContext): Overall["attendance"] {
  const marks = context.participants
    .filter(({ wasAdmitted }) => wasAdmitted)
    .map((row) => attendanceOf(context, row));
  const times = (mark: string) => marks.filter((each) => each === mark).length;
  return {
    ...{ present: times("present"), late: times("late") },
    ...{ absent: times("absent"), excused: times("excused") },
  };
}

function maxOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { max }) => sum + max, 0);
}
