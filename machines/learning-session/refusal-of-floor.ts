/** What stands in the way of a question, a vote or a reaction, by its fields and the rows. */
import type { Refusal } from "../refusal.ts";
import {
  ASK_EVERY_MS,
  QUESTIONS_MAX,
  REACT_EVERY_MS,
  floorOf,
  questionNamed,
} from "./class-question.ts";
import { own } from "./context.ts";
import type { SessionMessage } from "./messages.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { standingIn } from "./standing.ts";

const OF_FLOOR = [
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.resolve",
  "reaction.send",
] as const satisfies readonly SessionMessage["type"][];

type OfFloor = Extract<SessionMessage, { readonly type: (typeof OF_FLOOR)[number] }>;

export function isOfFloor(message: SessionMessage): message is OfFloor {
  return OF_FLOOR.some((type) => type === message.type);
}

export function floorRefusal(judged: Judged, message: OfFloor): Refusal | undefined {
  switch (message.type) {
    case "question.ask":
      return askRefusal(judged);
    case "question.upvote":
      return upvoteRefusal(judged, message.questionId);
    case "question.pin":
    case "question.resolve":
      return questionNamed(judged.context, message.questionId) === undefined
        ? strange()
        : undefined;
    case "reaction.send":
      return reactionRefusal(judged);
  }
}

function askRefusal(judged: Judged): Refusal | undefined {
  const { context, at } = judged;
  const { questions } = floorOf(context);
  if (context.settings.questions === "off") {
    return refuse("not-accepted", "Questions are switched off in this session.");
  }
  const speaker = speakerIn(judged);
  const last = questions.findLast(({ participantId }) => participantId === speaker);
  const paced = paceRefusal(last?.askedAt, at, ASK_EVERY_MS);
  return paced === undefined && questions.length >= QUESTIONS_MAX
    ? refuse("not-accepted", `A session keeps ${QUESTIONS_MAX} questions, and this one has them.`)
    : paced;
}

/** What somebody cannot see, he cannot vote for: it does not exist for him. */
function upvoteRefusal(judged: Judged, questionId: string): Refusal | undefined {
  const question = questionNamed(judged.context, questionId);
  const isSeen = question?.shown === true || question?.participantId === speakerIn(judged);
  if (question === undefined || !isSeen) {
    return strange();
  }
  return question.resolved
    ? refuse("not-accepted", "This question is resolved: it takes no votes any more.")
    : undefined;
}

function reactionRefusal(judged: Judged): Refusal | undefined {
  const { context, at } = judged;
  if (!context.settings.reactions) {
    return refuse("not-accepted", "Reactions are switched off in this session.");
  }
  return paceRefusal(own(floorOf(context).reactedAt, speakerIn(judged)), at, REACT_EVERY_MS);
}

function speakerIn({ context, by }: Judged): string {
  return standingIn(context, by)?.participantId ?? "";
}

function paceRefusal(last: number | undefined, at: number, everyMs: number): Refusal | undefined {
  const retryAfterMs = last === undefined ? 0 : last + everyMs - at;
  return retryAfterMs > 0
    ? refuse("rate-limited", `One is taken every ${everyMs / 1_000} s.`, { more: { retryAfterMs } })
    : undefined;
}

function strange(): Refusal {
  return invalid("/questionId", "Expected the id of a question of this session");
}
