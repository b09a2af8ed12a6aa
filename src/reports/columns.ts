/**
 * Rounds as columns of a test: who took part, who was asked what, and what each earned of it.
 *
 * What a group was asked is nothing that others left blank. A speed bonus says nothing of an item
 * and is left out; a grade stands above the key.
 */
import {
  type Participant,
  type Round,
  type SessionContext,
  own,
} from "../../machines/learning-session/context.ts";
import { isOfAudience } from "../../machines/learning-session/round.ts";
import { pointsMaxOf, scoreOf } from "../../machines/learning-session/score.ts";
import type { Column } from "./statistics.ts";

type Seat = Pick<Participant, "participantId">;

export function takersOf(
  { participants }: Pick<SessionContext, "participants">,
  rounds: readonly Round[],
): readonly Participant[] {
  return participants.filter(
    (row) => row.wasAdmitted && rounds.some((round) => hasAnswered(round, row)),
  );
}

/** Or was graded: what was handed in on paper counts. */
export function hasAnswered({ answers, grades }: Round, { participantId }: Seat): boolean {
  return [answers, grades].some((each) => Object.hasOwn(each, participantId));
}

/** Also whoever answered in a group and has left it since. */
export function wasAsked(round: Round, seat: Seat): boolean {
  return isOfAudience(round, seat.participantId) || hasAnswered(round, seat);
}

/** An open text is judged once each of its answers has a grade; a poll never is. */
export function isJudged({ item, answers, grades }: Round): boolean {
  if (item.kind === "poll" || pointsMaxOf(item) === 0) {
    return false;
  }
  const graded = Object.keys(grades).length > 0;
  return (
    item.kind !== "open-text" ||
    (graded && Object.keys(answers).every((each) => Object.hasOwn(grades, each)))
  );
}

export function columnOf(round: Round, takers: readonly Seat[]): Column {
  const max = Math.round(pointsMaxOf(round.item) * 100);
  const earned = takers.map((taker) => {
    const grade = own(round.grades, taker.participantId)?.points;
    const scored = scoreOf(round.item, own(round.answers, taker.participantId)?.answer).points;
    return wasAsked(round, taker) ? Math.round((grade ?? scored) * 100) : null;
  });
  return { max, earned };
}
