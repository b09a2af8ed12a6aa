/**
 * Scoring, revealing and grading: what answers are worth, and who is told when.
 */
import type { FactPart } from "../fact.ts";
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Stamp } from "../living.ts";
import { withRound } from "./asking.ts";
import { type Change, changed, then } from "./change.ts";
import { type Round, type SessionContext, own, roundOf } from "./context.ts";
import { graded, roundRevealed, roundScored, toBoard, toHosts, toOne } from "./facts.ts";
import { keyOf, withKey } from "./key.ts";
import { leaderboardOf, resultIn } from "./leaderboard.ts";
import type { EventOf } from "./messages.ts";
import { isOfAudience, phaseOf } from "./round.ts";
import { countsOf, feedbackOf } from "./score.ts";

/** When the round locks. */
export function scoreRound(context: SessionContext, { at }: Stamp): Change {
  return withRound(context, (round) => {
    const next = { ...round, scoredAt: at };
    return changed({ ...context, round: next }, [scored(context, next)]);
  });
}

/** `round.score`: again, perhaps by another key. What was revealed is revealed again. */
export function rescoreRound(context: SessionContext, event: EventOf<"round.score">): Change {
  const round = roundOf(context, event.roundId);
  if (round === undefined) {
    return changed(context);
  }
  const keyed = event.key === undefined ? round.item : withKey(round.item, event.key);
  if ("path" in keyed) {
    throw new TypeError("a round was scored by a key that does not fit");
  }
  const next = { ...round, item: keyed };
  const put = replaced(context, next);
  return changed(put, [
    scored(put, next),
    ...(phaseOf(next) === "revealed" ? [revealed(put, next)] : []),
  ]);
}

export function revealRound(context: SessionContext, { at }: Stamp): Change {
  return withRound(context, (round) => {
    const next = { ...round, revealedAt: at };
    const put = { ...context, round: next };
    return then(changed(put), (shown) => changed(shown, [revealed(shown, next)]));
  });
}

export function gradeAnswer(context: SessionContext, event: EventOf<"answer.grade">): Change {
  const round = roundOf(context, event.roundId);
  if (round === undefined) {
    return changed(context);
  }
  const { roundId, points } = event;
  const participantId = parseParticipantId(event.participantId);
  const grade = { points, comment: event.comment ?? null };
  const put = replaced(context, {
    ...round,
    grades: { ...round.grades, [participantId]: grade },
  });
  const comment = event.comment === undefined ? {} : { comment: event.comment };
  const fields = { roundId, participantId, points, ...comment };
  return changed(put, [graded(fields, participantId, context.settings.anonymous)]);
}

/** How everyone who was asked answered; who was asked and did not is blank. */
export function countsIn(context: SessionContext, round: Round): Record<string, number> {
  const given = Object.values(round.answers).map((each) => each.answer);
  const silent = context.participants.filter(
    (row) =>
      row.status === "admitted" &&
      isOfAudience(round, row.participantId) &&
      own(round.answers, row.participantId) === undefined,
  );
  return countsOf(round.item, [...given, ...silent.map(() => undefined)]);
}

/** A participant's own result, as `round.revealed` and his view show it. */
export function resultFields(round: Round, participantId: ParticipantId): JsonObject {
  const given = own(round.answers, participantId);
  const feedback = given === undefined ? null : feedbackOf(round.item, given.answer);
  const comment = own(round.grades, participantId)?.comment ?? null;
  return {
    answer: given?.answer ?? null,
    auto: given?.auto ?? false,
    ...resultIn(round, participantId),
    ...(feedback === null ? {} : { feedback }),
    ...(comment === null ? {} : { comment }),
  };
}

function scored(context: SessionContext, round: Round) {
  const ids = Object.keys(round.answers).map(parseParticipantId);
  const results = ids.map((participantId) => ({
    participantId,
    ...resultIn(round, participantId),
  }));
  return roundScored(round.roundId, {
    counts: countsIn(context, round),
    results: context.settings.anonymous ? [] : results,
  });
}

function revealed(context: SessionContext, round: Round) {
  const fields = {
    roundId: round.roundId,
    key: keyOf(round.item),
    explanation: round.item.explanation ?? null,
    counts: countsIn(context, round),
    leaderboard: rowsOf(context, false),
  };
  const named: FactPart[] = [toHosts({ leaderboard: rowsOf(context, true) })];
  if (context.settings.boardNames) {
    named.push(toBoard({ leaderboard: rowsOf(context, true) }));
  }
  const results = context.participants
    .filter((row) => row.status === "admitted" || Object.hasOwn(round.answers, row.participantId))
    .filter((row) => row.status === "admitted" || row.status === "left")
    .map(({ participantId }) =>
      toOne(participantId, { result: resultFields(round, participantId) }),
    );
  return roundRevealed(fields, [...named, ...results]);
}

/** The leaderboard as a fact carries it. */
export function rowsOf(context: SessionContext, named: boolean): readonly JsonObject[] | null {
  return leaderboardOf(context, named)?.map((row) => ({ ...row })) ?? null;
}

function replaced(context: SessionContext, round: Round): SessionContext {
  return context.round?.roundId === round.roundId
    ? { ...context, round }
    : {
        ...context,
        pastRounds: context.pastRounds.map((each) =>
          each.roundId === round.roundId ? round : each,
        ),
      };
}
