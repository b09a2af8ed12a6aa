/**
 * How the groups of a session did, each with those who were in it.
 *
 * A group is known by the rounds that were asked of it: one that was asked nothing left no trace.
 * Invariant:
 * RP6: Of an anonymous session nobody is named as of a group, and one alone is no group that did
 *   well or badly.
 */
import type {
  Participant,
  Round,
  RoundGroup,
  SessionContext,
} from "../../machines/learning-session/context.ts";
import { reportedRounds } from "../../machines/learning-session/report.ts";
import { columnOf, hasAnswered, isJudged, takersOf } from "./columns.ts";
import { maxesOf, meanOf, rounded, totalsOf } from "./statistics.ts";

export interface GroupMember {
  readonly participantId: string;
  readonly name: string;
  /** Of the group's rounds, as are the points, which have no bonus. */
  readonly answered: number;
  readonly points: number;
  readonly pointsMax: number;
}

export interface GroupResult {
  readonly groupId: string;
  readonly name: string;
  readonly rounds: readonly string[];
  /** Those of its people who answered anything there. */
  readonly takers: number;
  readonly pointsMean: number | null;
  readonly share: number | null;
  /** In order of joining; empty where the session is anonymous. */
  readonly members: readonly GroupMember[];
}

type Asked = Round & { readonly group: RoundGroup };

/** In the order in which they were first asked something. */
export function groupResultsOf(context: SessionContext): readonly GroupResult[] {
  const rounds = reportedRounds(context).filter(isOfGroup);
  const byGroup = Map.groupBy(rounds, ({ group }) => group.groupId);
  return [...byGroup.values()].flatMap((of) => resultOf(context, of) ?? []);
}

function isOfGroup(round: Round): round is Asked {
  return round.group !== undefined;
}

function resultOf(context: SessionContext, rounds: readonly Asked[]): GroupResult | undefined {
  const group = rounds.at(-1)?.group;
  if (group === undefined) {
    return undefined;
  }
  const { anonymous } = context.settings;
  const takers = takersOf(context, rounds);
  const columns = rounds.filter(isJudged).map((round) => columnOf(round, takers));
  const [totals, maxes] = [totalsOf(columns), maxesOf(columns)];
  const [earned, max] = [sumOf(totals), sumOf(maxes)];
  const isTold = !anonymous || takers.length > 1;
  const mean = isTold ? meanOf(totals) : null;
  return {
    ...{ groupId: group.groupId, name: group.name, takers: takers.length },
    rounds: rounds.map(({ roundId }) => roundId),
    pointsMean: mean === null ? null : rounded(mean / 100),
    share: isTold && max > 0 ? rounded(earned / max) : null,
    members: anonymous ? [] : membersOf(context, rounds).map((row) => memberOf(rounds, row)),
  };
}

/** Whoever was asked in one of its rounds, also if he was moved on later. */
function membersOf(context: SessionContext, rounds: readonly Asked[]): readonly Participant[] {
  const ids = new Set(rounds.flatMap(({ group }) => group.members));
  return context.participants.filter(
    (row) => ids.has(row.participantId) || rounds.some((round) => hasAnswered(round, row)),
  );
}

function memberOf(rounds: readonly Round[], row: Participant): GroupMember {
  const columns = rounds.filter(isJudged).map((round) => columnOf(round, [row]));
  return {
    ...{ participantId: row.participantId, name: row.name },
    answered: rounds.filter((round) => hasAnswered(round, row)).length,
    points: sumOf(totalsOf(columns)) / 100,
    pointsMax: sumOf(maxesOf(columns)) / 100,
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
