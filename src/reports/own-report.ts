/**
 * What of a session's report is one student's own.
 *
 * Invariant:
 * LS11: Of a round of another group, and of who asked or voted, a student reads nothing.
 */
import type { ParticipantId } from "../../machines/ids.ts";
import { type Round, roundsOf } from "../../machines/learning-session/context.ts";
import type { SessionLiving } from "../../machines/learning-session/machine.ts";
import { questionOf } from "../../machines/learning-session/question.ts";
import type { Report, ReportRow } from "../../machines/learning-session/report.ts";
import { questionsForOne } from "../../machines/learning-session/view-of-floor.ts";
import { phaseOf } from "../read-model.ts";
import { wasAsked } from "./columns.ts";

/**
 * Of a round that was not revealed a student has the question alone: no key, no counts, and as long
 * as it may still be revealed no result.
 */
export function ownOf(
  report: Report,
  { context, state }: SessionLiving,
  participantId: ParticipantId,
): Report {
  const unrevealed = [...context.pastRounds, ...(context.round === null ? [] : [context.round])]
    .filter((round) => round.revealedAt === null)
    .map((round) => [round.roundId, round] as const);
  const closed = new Map<unknown, Round>(unrevealed);
  const apart = roundsOf(context).filter((round) => !wasAsked(round, { participantId }));
  const ofOthers = new Set<unknown>(apart.map(({ roundId }) => roundId));
  return {
    ...report,
    rounds: report.rounds
      .filter((fields) => !ofOthers.has(fields["roundId"]))
      .map((fields) => {
        const round = closed.get(fields["roundId"]);
        return round === undefined
          ? fields
          : { ...fields, item: questionOf(round.item), counts: null };
      }),
    participants: report.participants
      .filter((row) => row.participantId === participantId)
      .map((row) => (phaseOf(state) === "wrapup" ? withoutResults(row, closed) : row)),
    questions: questionsForOne(context, participantId),
  };
}

function withoutResults(row: ReportRow, of: ReadonlyMap<unknown, Round>): ReportRow {
  const answers = row.answers.map((each) =>
    of.has(each.roundId)
      ? { ...each, correct: null, points: 0, graded: false, comment: null }
      : each,
  );
  const points = answers.reduce((sum, each) => sum + each.points, 0);
  return { ...row, answers, points: row.points === null ? null : Math.round(points * 100) / 100 };
}
