/** What stands in the way of what is kept on the floor, by its fields and the rows. */
import type { Refusal } from "../refusal.ts";
import {
  ASK_EVERY_MS,
  ATTEND_EVERY_MS,
  QUESTIONS_MAX,
  REACT_EVERY_MS,
  VOTE_EVERY_MS,
  floorBytes,
  floorOf,
  questionNamed,
} from "./class-question.ts";
import { type SessionContext, own, participantOf } from "./context.ts";
import type { SessionMessage } from "./messages.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { bytesOf } from "./size.ts";
import { standingIn } from "./standing.ts";

/**
 * Beside 6 MB of lesson and answers, and within the 8 MiB of a commit: two hundred questions, each
 * with the votes of a class of a hundred. A class of a thousand that votes for all of them is
 * refused here, and not whatever its session is sent.
 */
const FLOOR_BYTES_MAX = 1_000_000;

const OF_FLOOR = [
  "question.ask",
  "question.upvote",
  "question.pin",
  "question.unpin",
  "question.resolve",
  "question.remove",
  "reaction.send",
  "presence.set",
  "participant.nudge",
] as const satisfies readonly SessionMessage["type"][];

export type OfFloor = Extract<SessionMessage, { readonly type: (typeof OF_FLOOR)[number] }>;

export function isOfFloor(message: SessionMessage): message is OfFloor {
  return OF_FLOOR.some((type) => type === message.type);
}

export function floorRefusal(judged: Judged, message: OfFloor): Refusal | undefined {
  switch (message.type) {
    case "question.ask":
      return askRefusal(judged, message.text);
    case "question.upvote":
      return upvoteRefusal(judged, message.questionId);
    case "question.pin":
    case "question.unpin":
    case "question.resolve":
    case "question.remove":
      return questionNamed(judged.context, message.questionId) === undefined
        ? strange()
        : undefined;
    case "reaction.send":
      return reactionRefusal(judged);
    case "presence.set": {
      const last = own(floorOf(judged.context).attendedAt, speakerIn(judged));
      return paceRefusal(last, judged.at, ATTEND_EVERY_MS);
    }
    case "participant.nudge":
      return nudgeRefusal(judged.context, message);
  }
}

function askRefusal(judged: Judged, text: string): Refusal | undefined {
  const { context, at } = judged;
  const { questions, askedAt } = floorOf(context);
  if (context.settings.questions === "off") {
    return refuse("not-accepted", "Questions are switched off in this session.");
  }
  const speaker = speakerIn(judged);
  const paced = paceRefusal(own(askedAt, speaker), at, ASK_EVERY_MS);
  if (paced === undefined && questions.length >= QUESTIONS_MAX) {
    return refuse("not-accepted", `A session keeps ${QUESTIONS_MAX} questions, and has them.`);
  }
  return paced ?? fullRefusal(context, text);
}

/** What somebody cannot see, he cannot vote for: it does not exist for him. */
function upvoteRefusal(judged: Judged, questionId: string): Refusal | undefined {
  const question = questionNamed(judged.context, questionId);
  const isSeen = question?.shown === true || question?.participantId === speakerIn(judged);
  if (question === undefined || !isSeen) {
    return strange();
  }
  if (question.resolved) {
    return refuse("not-accepted", "This question is resolved: it takes no votes any more.");
  }
  const speaker = speakerIn(judged);
  const last = own(floorOf(judged.context).votedAt, speaker);
  return paceRefusal(last, judged.at, VOTE_EVERY_MS) ?? fullRefusal(judged.context, speaker);
}

function reactionRefusal(judged: Judged): Refusal | undefined {
  const { context, at } = judged;
  if (!context.settings.reactions) {
    return refuse("not-accepted", "Reactions are switched off in this session.");
  }
  return paceRefusal(own(floorOf(context).reactedAt, speakerIn(judged)), at, REACT_EVERY_MS);
}

function nudgeRefusal(
  context: SessionContext,
  { participantId, text }: Extract<OfFloor, { readonly type: "participant.nudge" }>,
): Refusal | undefined {
  if (participantOf(context, participantId) === undefined) {
    return invalid("/participantId", "Expected the id of a participant of this session");
  }
  return text === undefined ? undefined : fullRefusal(context, text);
}

function fullRefusal(context: SessionContext, more: string): Refusal | undefined {
  return floorBytes(context) + bytesOf(more) > FLOOR_BYTES_MAX
    ? refuse("too-large", "This session holds as many questions, votes and nudges as it can.")
    : undefined;
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
