/**
 * Points and ranks: pure functions of rounds and rows.
 *
 * Invariants:
 * LS7: No answer has negative points.
 * 1. Ranks are 1, 1, 3; equal rows stay in order of joining.
 */
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { type Participant, type Round, type SessionContext, own, roundsOf } from "./context.ts";
import { phaseOf } from "./round.ts";
import { pointsMaxOf, scoreOf } from "./score.ts";

/** `leaderboard: "top"` shows this many rows. */
const TOP_ROWS = 5;
/** The fastest right answer earns this share of its points on top, when speed counts. */
const SPEED_SHARE = 0.5;

export interface Result {
  readonly points: number;
  readonly correct: boolean | null;
}

export interface LeaderboardRow {
  readonly rank: number;
  readonly participantId: ParticipantId;
  readonly name: string | null;
  readonly points: number;
}

/** Rows never change once made, so what follows from one is worth computing once. */
const results = new WeakMap<Round, ReadonlyMap<ParticipantId, Result>>();
const rankings = new WeakMap<SessionContext, readonly LeaderboardRow[]>();

const NOTHING: Result = { points: 0, correct: null };

/** What a participant has from a round; a host's grade stands above the key. */
export function resultIn(round: Round, participantId: ParticipantId): Result {
  return resultsOf(round).get(participantId) ?? NOTHING;
}

/** Of everyone who answered or was graded. */
function resultsOf(round: Round): ReadonlyMap<ParticipantId, Result> {
  const known = results.get(round);
  if (known !== undefined) {
    return known;
  }
  const ids = new Set([...Object.keys(round.answers), ...Object.keys(round.grades)]);
  const made = new Map(
    [...ids].map(parseParticipantId).map((each) => [each, judged(round, each)] as const),
  );
  results.set(round, made);
  return made;
}

function judged(round: Round, participantId: ParticipantId): Result {
  const given = own(round.answers, participantId);
  const score = scoreOf(round.item, given?.answer);
  const grade = own(round.grades, participantId);
  if (grade !== undefined) {
    const right = score.correct === null ? null : grade.points >= pointsMaxOf(round.item);
    return { points: grade.points, correct: right };
  }
  const fast = given === undefined ? 0 : speedShare(round, participantId, given.atMs);
  return { points: twoPlaces(score.points * (1 + fast)), correct: score.correct };
}

/** Points of everyone who has any, from the rounds that count for whoever looks. */
export function pointsOf(
  context: SessionContext,
  counts: "revealed" | "scored",
): ReadonlyMap<ParticipantId, number> {
  const points = new Map<ParticipantId, number>();
  for (const round of countedRounds(context, counts)) {
    for (const [participantId, result] of resultsOf(round)) {
      points.set(participantId, twoPlaces((points.get(participantId) ?? 0) + result.points));
    }
  }
  return points;
}

export function countedRounds(
  context: SessionContext,
  counts: "revealed" | "scored",
): readonly Round[] {
  return roundsOf(context).filter((round) => {
    const phase = phaseOf(round);
    return phase === "revealed" || (counts === "scored" && phase === "scored");
  });
}

/** Everybody's rank, whatever the settings show of it. */
export function ranking(context: SessionContext): readonly LeaderboardRow[] {
  const known = rankings.get(context) ?? ranked(context);
  rankings.set(context, known);
  return known;
}

function ranked(context: SessionContext): readonly LeaderboardRow[] {
  const points = pointsOf(context, "revealed");
  const rows = context.participants
    .filter((row) => isRanked(row, points))
    .map((row) => ({ row, points: points.get(row.participantId) ?? 0 }))
    .sort((a, b) => b.points - a.points);
  let rank = 0;
  return rows.map(({ row, points }, index) => {
    rank = rows[index - 1]?.points === points ? rank : index + 1;
    return { rank, participantId: row.participantId, name: row.name, points };
  });
}

/** As the settings show it, and of an anonymous session not; `named`: with names. */
export function leaderboardOf(
  context: SessionContext,
  named: boolean,
): readonly LeaderboardRow[] | null {
  if (context.settings.leaderboard === "off" || context.settings.anonymous) {
    return null;
  }
  const rows = ranking(context);
  const shown = context.settings.leaderboard === "top" ? rows.slice(0, TOP_ROWS) : rows;
  return named ? shown : shown.map((row) => ({ ...row, name: null }));
}

function isRanked(row: Participant, points: ReadonlyMap<ParticipantId, number>): boolean {
  return row.status === "admitted" || (row.status === "left" && points.has(row.participantId));
}

/** None for those whose time is not the class's, and none without a limit to be faster than. */
function speedShare(round: Round, participantId: ParticipantId, atMs: number): number {
  const { limitMs, paceMs = limitMs } = round;
  if (!round.speedBonus || paceMs === null || own(round.terms, participantId)) {
    return 0;
  }
  return SPEED_SHARE * Math.max(0, 1 - atMs / paceMs);
}

function twoPlaces(points: number): number {
  return Math.round(points * 100) / 100;
}
