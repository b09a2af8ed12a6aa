/**
 * What each viewer sees of the floor: whether it is open, and the questions of the class.
 *
 * Nothing at all of a session of version 1. Invariant:
 * LS11: Who asked reaches hosts, unless it was asked without a name; who voted, nobody; a question
 * that is not shown, hosts and its author.
 */
import type { StateValue } from "xstate";
import type { ParticipantId } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Standing } from "../principal.ts";
import { leafOf } from "./can.ts";
import { floorOf, shownFields, whoAsked } from "./class-question.ts";
import { type SessionContext, participantOf } from "./context.ts";

export function floorView(
  context: SessionContext,
  state: StateValue,
  standing: Standing,
): JsonObject {
  return context.floor === undefined
    ? {}
    : {
        floor: leafOf(state, "floor"),
        questions: questionsFor(context, standing),
        reactions: { ...context.floor.reactions },
      };
}

function questionsFor(
  context: SessionContext,
  { audience, participantId }: Standing,
): readonly JsonObject[] {
  const { questions } = floorOf(context);
  if (audience === "hosts") {
    return questionsForHosts(context);
  }
  return participantId === undefined
    ? questions.filter(({ shown }) => shown).map(shownFields)
    : questionsForOne(context, participantId);
}

export function questionsForHosts(context: SessionContext) {
  return floorOf(context).questions.map((each) => {
    const asker = whoAsked(context, each);
    const name = asker === null ? null : (participantOf(context, asker)?.name ?? null);
    return { ...shownFields(each), shown: each.shown, participantId: asker, name };
  });
}

export function questionsForOne(context: SessionContext, participantId: ParticipantId) {
  return floorOf(context)
    .questions.filter((each) => each.shown || each.participantId === participantId)
    .map((each) => ({
      ...shownFields(each),
      mine: each.participantId === participantId,
      upvoted: each.votes.includes(participantId),
    }));
}
