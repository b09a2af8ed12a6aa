/** What a student sees of himself beside what everyone sees; while waiting or gone, little else. */
import type { ParticipantId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import { ownQuestion } from "./asking.ts";
import {
  type Participant,
  type Round,
  type SessionContext,
  own,
  rfc3339,
  rfc3339OrNull,
} from "./context.ts";
import { focused, groupAsked } from "./group-focus.ts";
import { ownGroup } from "./groups.ts";
import { countedRounds, pointsOf, ranking, resultIn } from "./leaderboard.ts";
import { resultFields } from "./marking.ts";
import { deadlineOf, isOfAudience, phaseOf, remainingMs } from "./round.ts";
import { roundView } from "./view-of-round.ts";

export function studentView(
  context: SessionContext,
  row: Participant,
  common: JsonObject,
): JsonObject {
  const { participantId } = row;
  return {
    ...common,
    me: meOf(context, row),
    results: countedRounds(context, "revealed")
      .filter((round) => isHis(round, participantId))
      .map((round) => ({ roundId: round.roundId, ...resultIn(round, participantId) })),
    round: currentRound(context, row),
  };
}

/** Until the host lets somebody in, and after he is gone: himself and the title. */
export function waitingView(context: SessionContext, row: Participant): JsonObject {
  return { title: context.title, me: meOf(context, row) };
}

function meOf(context: SessionContext, row: Participant): JsonObject {
  const { participantId, name, status } = row;
  const position = context.hands.indexOf(participantId);
  const isShown = context.settings.leaderboard !== "off" && status === "admitted";
  const place = isShown
    ? ranking(context).find((each) => each.participantId === participantId)
    : undefined;
  return {
    participantId,
    name,
    status,
    handPosition: position < 0 ? null : position + 1,
    ...toldOf(context, row),
    points: pointsOf(context, "revealed").get(participantId) ?? 0,
    rank: place?.rank ?? null,
    groupId: ownGroup(context, participantId)?.groupId ?? null,
    accommodation: { ...row.accommodation },
  };
}

/** What hosts said to him alone: in the view, as he may not have been there when they did. */
function toldOf({ floor }: SessionContext, { participantId }: Participant): JsonObject {
  if (floor === undefined) {
    return {};
  }
  const nudge = own(floor.nudges, participantId);
  return {
    nudge: nudge === undefined ? null : { at: rfc3339(nudge.at), text: nudge.text },
    calledAt: rfc3339OrNull(own(floor.calledAt, participantId) ?? null),
  };
}

/** His group's, if it has one; the class's otherwise. */
function currentRound(context: SessionContext, row: Participant): JsonObject | null {
  const group = groupAsked(context, row.participantId);
  const seen = group === undefined ? context : focused(context, group);
  return seen.round === null ? null : ownRound(seen, seen.round, row);
}

/** Not what another group is asked; but what he has from a group that he was moved out of. */
function isHis(round: Round, participantId: ParticipantId): boolean {
  return (
    isOfAudience(round, participantId) ||
    own(round.answers, participantId) !== undefined ||
    own(round.grades, participantId) !== undefined
  );
}

/** As it was revealed, and whether the points are a host's own by now. */
function resultOf(round: Round, participantId: ParticipantId): JsonObject {
  const graded = own(round.grades, participantId) !== undefined;
  return { ...resultFields(round, participantId), graded };
}

function ownRound(context: SessionContext, round: Round, row: Participant): JsonObject {
  const { participantId } = row;
  const deadline = deadlineOf(round, participantId);
  return {
    ...roundView(context, round),
    item: ownQuestion(round, participantId),
    deadlineAt: round.pausedAt === null ? rfc3339OrNull(deadline) : null,
    remainingMs: remainingMs(round, deadline),
    answer: own(round.answers, participantId)?.answer ?? null,
    draft: own(round.drafts, participantId)?.answer ?? null,
    result: phaseOf(round) === "revealed" ? resultOf(round, participantId) : null,
  };
}
