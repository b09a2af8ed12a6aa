/**
 * What each viewer sees of the floor: whether it is open, and the questions of the class.
 *
 * Nothing at all of a session of version 1. Invariant:
 * LS11: Who asked and who voted reaches hosts; a question that is not shown, hosts and its author.
 */
import type { StateValue } from "xstate";
import type { JsonObject } from "../json.ts";
import type { Standing } from "../principal.ts";
import { leafOf } from "./can.ts";
import { shownFields } from "./class-question.ts";
import type { SessionContext } from "./context.ts";

export function floorView(
  context: SessionContext,
  state: StateValue,
  standing: Standing,
): JsonObject {
  return context.floor === undefined
    ? {}
    : { floor: leafOf(state, "floor"), questions: questionsFor(context, standing) };
}

function questionsFor(
  { floor, participants }: SessionContext,
  { audience, participantId }: Standing,
): readonly JsonObject[] {
  const questions = floor?.questions ?? [];
  if (audience === "hosts") {
    return questions.map((each) => ({
      ...shownFields(each),
      shown: each.shown,
      participantId: each.participantId,
      name: participants.find((row) => row.participantId === each.participantId)?.name ?? null,
    }));
  }
  return questions
    .filter((each) => each.shown || each.participantId === participantId)
    .map((each) => ({
      ...shownFields(each),
      ...(participantId === undefined
        ? {}
        : {
            mine: each.participantId === participantId,
            upvoted: each.votes.includes(participantId),
          }),
    }));
}
