/**
 * What hosts see beside what everyone sees: the lesson with its keys, the people, the answers.
 *
 * Of an anonymous session nothing here has an answer, or what it earned, beside a name.
 */
import type { JsonObject } from "../json.ts";
import { attendanceFields, attendedMsOf } from "./attendance.ts";
import { admittedIds } from "./clock.ts";
import {
  type Participant,
  type Round,
  type SessionContext,
  lessonOf,
  rfc3339,
  rfc3339OrNull,
} from "./context.ts";
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { groupOf } from "./groups.ts";
import { keyOf } from "./key.ts";
import { pointsOf, resultIn } from "./leaderboard.ts";
import { countsIn } from "./marking.ts";
import { lastDeadline } from "./round.ts";
import { roundView } from "./view-of-round.ts";

export function hostView(context: SessionContext, common: JsonObject): JsonObject {
  const points = pointsOf(context, "scored");
  return {
    ...common,
    joinCode: context.joinCode,
    admission: context.settings.admission,
    lesson: { ...lessonOf(context), title: context.title, steps: context.steps },
    hosts: context.hosts.map(({ userId, name, role }) => ({ userId, name, role })),
    participants: context.participants.map((row) => participantView(context, row, points)),
    hands: context.hands,
    round: context.round === null ? null : hostRound(context, context.round),
    rounds: context.pastRounds.map((round) => hostRound(context, round)),
  };
}

function participantView(
  context: SessionContext,
  row: Participant,
  points: ReadonlyMap<ParticipantId, number>,
): JsonObject {
  return {
    participantId: row.participantId,
    userId: row.userId,
    name: row.name,
    status: row.status,
    connection: row.connection,
    joinedAt: rfc3339(row.joinedAt),
    points: context.settings.anonymous ? null : (points.get(row.participantId) ?? 0),
    accommodation: { ...row.accommodation },
    groupId: groupOf(context, row.participantId)?.groupId ?? null,
    ...attendanceFields(context, row),
    attendedMs: attendedMsOf(context, row),
  };
}

export function hostRound(context: SessionContext, round: Round): JsonObject {
  return {
    ...roundView(context, round),
    key: keyOf(round.item),
    explanation: round.item.explanation ?? null,
    counts: countsIn(context, round),
    lastDeadlineAt:
      round.pausedAt === null ? rfc3339OrNull(lastDeadline(round, admittedIds(context))) : null,
    answers: context.settings.anonymous ? {} : answersOf(round),
  };
}

function answersOf(round: Round): JsonObject {
  return Object.fromEntries(
    Object.entries(round.answers).map(([id, { answer, auto, atMs }]) => {
      const { correct, points } = resultIn(round, parseParticipantId(id));
      return [id, { answer, auto, atMs, correct, points }];
    }),
  );
}
