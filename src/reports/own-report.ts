/** What of a session's report is one student's own. */
import type { ParticipantId } from "../../machines/ids.ts";
import type { Round } from "../../machines/learning-session/context.ts";
import type { SessionLiving } from "../../machines/learning-session/machine.ts";
import { questionOf } from "../../machines/learning-session/question.ts";
import type { Report, ReportRow } from "../../machines/learning-session/report.ts";
import { questionsForOne } from "../../machines/learning-session/view-of-floor.ts";
import { phaseOf } from "../read-model.ts";

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
  return {
    ...report,
    rounds: report.rounds.map((fields) => {
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
