/** What is left of a session for a teacher's records: per student, per round, attendance. */
import type { JsonObject } from "../json.ts";
import { attendanceFields, attendedMsOf, liveMsOf } from "./attendance.ts";
import {
  type Participant,
  type Round,
  type RoundGroup,
  type SessionContext,
  lessonOf,
  own,
  rfc3339OrNull,
} from "./context.ts";
import { countedRounds, pointsOf, resultIn } from "./leaderboard.ts";
import { countsIn } from "./marking.ts";
import { questionsForHosts } from "./view-of-floor.ts";

export interface Report {
  readonly session: JsonObject;
  readonly rounds: readonly JsonObject[];
  readonly participants: readonly ReportRow[];
  /** What the class asked, in order of asking; hosts learn of whom. */
  readonly questions: readonly ReportQuestion[];
}

export interface ReportQuestion {
  readonly questionId: string;
  readonly text: string;
  readonly askedAt: string;
  readonly upvotes: number;
  readonly pinned: boolean;
  readonly resolved: boolean;
  /** The class saw it; as `participantId` and `name` to hosts alone. */
  readonly shown?: boolean;
  /** Null: it was asked without a name. */
  readonly participantId?: string | null;
  readonly name?: string | null;
  /** To one of the class. */
  readonly mine?: boolean;
  readonly upvoted?: boolean;
}

export type ReportGroup = Pick<RoundGroup, "groupId" | "name">;

export interface ReportRow {
  readonly participantId: string;
  readonly name: string;
  /** In which he was asked something; none where the session is anonymous. */
  readonly groups: readonly ReportGroup[];
  readonly answers: readonly {
    readonly roundId: string;
    readonly answer: unknown;
    readonly correct: boolean | null;
    readonly points: number;
    readonly atMs: number | null;
    /** A host's own points stand above the key. */
    readonly graded: boolean;
    readonly comment: string | null;
  }[];
  readonly points: number | null;
  readonly attendance: string | null;
  readonly attendanceMarked: boolean;
  readonly attendanceMeasured: string | null;
  readonly attendedMs: number;
}

/** Those that were scored, in the order in which they were opened, in whatever group. */
export function reportedRounds(context: SessionContext): readonly Round[] {
  return countedRounds(context, "scored").toSorted((a, b) => a.openedAt - b.openedAt);
}

/** Rounds that were scored, in order; whoever had a seat, in order of joining. */
export function reportOf(context: SessionContext): Report {
  const rounds = reportedRounds(context);
  const points = pointsOf(context, "scored");
  const seated = context.participants.filter((row) => row.wasAdmitted);
  return {
    session: sessionFields(context),
    rounds: rounds.map((round) => roundFields(context, round)),
    participants: seated.map((row) => ({
      participantId: row.participantId,
      name: row.name,
      groups: context.settings.anonymous ? [] : groupsOf(rounds, row),
      answers: context.settings.anonymous ? [] : answersOf(rounds, row),
      points: context.settings.anonymous ? null : (points.get(row.participantId) ?? 0),
      ...attendanceFields(context, row),
      attendedMs: attendedMsOf(context, row),
    })),
    questions: questionsForHosts(context),
  };
}

function sessionFields(context: SessionContext): JsonObject {
  return {
    title: context.title,
    language: context.language,
    lessonId: context.lessonId,
    lesson: lessonOf(context),
    startsAt: rfc3339OrNull(context.startsAt),
    startedAt: rfc3339OrNull(context.startedAt),
    endedAt: rfc3339OrNull(context.endedAt),
    liveMs: liveMsOf(context),
  };
}

function roundFields(context: SessionContext, round: Round): JsonObject {
  return {
    roundId: round.roundId,
    stepId: round.stepId,
    group: round.group === undefined ? null : groupFields(round.group),
    item: round.item,
    opened: rfc3339OrNull(round.openedAt),
    closed: rfc3339OrNull(round.closedAt),
    counts: countsIn(context, round),
  };
}

function groupFields({ groupId, name }: RoundGroup) {
  return { groupId, name };
}

/** Also one that he was moved out of after he had answered. */
function groupsOf(
  rounds: readonly Round[],
  { participantId }: Participant,
): readonly ReportGroup[] {
  const found = rounds.flatMap(({ group, answers }) =>
    group !== undefined &&
    (group.members.includes(participantId) || own(answers, participantId) !== undefined)
      ? [[group.groupId, groupFields(group)] as const]
      : [],
  );
  return [...new Map(found).values()];
}

/** Also a grade without an answer: what was handed in on paper counts. */
function answersOf(rounds: readonly Round[], { participantId }: Participant): ReportRow["answers"] {
  return rounds.flatMap((round) => {
    const given = own(round.answers, participantId);
    const grade = own(round.grades, participantId);
    if (given === undefined && grade === undefined) {
      return [];
    }
    const { correct, points } = resultIn(round, participantId);
    const { roundId } = round;
    const { answer = null, atMs = null } = given ?? {};
    const judged = { graded: grade !== undefined, comment: grade?.comment ?? null };
    return [{ roundId, answer, correct, points, atMs, ...judged }];
  });
}
