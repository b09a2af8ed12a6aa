/**
 * Questions of the class, and its reactions: what students put to the floor beside their hands.
 *
 * Owns the rows of `SessionContext.floor`, which a session of version 1 does not have.
 * Invariants:
 * 1. A question is shown to the class once a host has pinned it, or from the start where questions
 *    were `open` when it was asked; never before, whatever the settings become later. Unpinned, it
 *    stays shown: what was read is not unread. Removed, it is in nobody's view any more.
 * 2. Nobody of the class learns who asked, who voted, or who reacted (LS11).
 * 3. A participant counts once in a question's votes.
 * 4. Of an anonymous session hosts do not learn either who asked and who reacted, also not when its
 *    settings are others later.
 */
import type { Fact } from "../fact.ts";
import type { ParticipantId } from "../ids.ts";
import { speakerOf } from "./answering.ts";
import { type Change, changed } from "./change.ts";
import {
  type ClassQuestion,
  EMPTY_FLOOR,
  type Floor,
  type SessionContext,
  rfc3339,
} from "./context.ts";
import { fact, toBoard, toEveryone, toHosts, toOne } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { bytesOf } from "./size.ts";

/** The snapshot holds every question; more than these nobody reads in a lesson. */
export const QUESTIONS_MAX = 200;
/** Server time of receipt between two of one participant. */
export const ASK_EVERY_MS = 10_000;
export const VOTE_EVERY_MS = 500;
export const REACT_EVERY_MS = 1_000;
export const ATTEND_EVERY_MS = 1_000;
/** The row of a question, without its text and votes. */
const QUESTION_BYTES = 300;
/** The quotes and the comma of an id. */
const QUOTES_BYTES = 3;

/** Version 1 has no questions, and nothing here is ever reached in it. */
export function floorOf(context: SessionContext): Floor {
  return context.floor ?? EMPTY_FLOOR;
}

export function questionNamed(
  context: SessionContext,
  questionId: string,
): ClassQuestion | undefined {
  return floorOf(context).questions.find((each) => each.questionId === questionId);
}

export function askQuestion(context: SessionContext, event: EventOf<"question.ask">): Change {
  const question: ClassQuestion = {
    questionId: `q${event.seq}`,
    participantId: speakerOf(context, event),
    anonymous: context.settings.anonymous,
    text: event.text,
    askedAt: event.at,
    shown: context.settings.questions === "open",
    pinned: false,
    resolved: false,
    votes: [],
  };
  const fields = shownFields(question);
  const { participantId, shown, askedAt } = question;
  const forHosts = { ...fields, participantId: whoAsked(context, question) };
  const parts = [toHosts(forHosts), toOne(participantId, fields)];
  const facts = [fact("question.asked", ...(shown ? [toEveryone(fields)] : []), ...parts)];
  const floor = floorOf(context);
  const next = {
    ...floor,
    questions: [...floor.questions, question],
    askedAt: { ...floor.askedAt, [participantId]: askedAt },
  };
  return changed({ ...context, floor: next }, facts);
}

/** Once a participant: a second vote of the same changes nothing. */
export function upvoteQuestion(context: SessionContext, event: EventOf<"question.upvote">): Change {
  const voter = speakerOf(context, event);
  const floor = floorOf(context);
  const votedAt = { ...floor.votedAt, [voter]: event.at };
  const put = { ...context, floor: { ...floor, votedAt } };
  const question = questionNamed(context, event.questionId);
  if (question === undefined || question.votes.includes(voter)) {
    return changed(put);
  }
  const next = { ...question, votes: [...question.votes, voter] };
  const { questionId } = next;
  const fields = { questionId, upvotes: next.votes.length };
  const own = toOne(voter, { ...fields, upvoted: true });
  const seen = next.shown ? toEveryone(fields) : toHosts(fields);
  return changed(withQuestion(put, next), [fact("question.upvoted", seen, own)]);
}

/** Pinned is also approved: the whole question goes to those who had not seen it. */
export function pinQuestion(context: SessionContext, event: EventOf<"question.pin">): Change {
  const question = questionNamed(context, event.questionId);
  if (question === undefined || question.pinned) {
    return changed(context);
  }
  const next = { ...question, pinned: true, shown: true };
  return changed(withQuestion(context, next), [
    fact("question.pinned", toEveryone(shownFields(next))),
  ]);
}

/** Like all others again; whoever had it on the wall takes it from there. */
export function unpinQuestion(context: SessionContext, event: EventOf<"question.unpin">): Change {
  const question = questionNamed(context, event.questionId);
  return question?.pinned === true
    ? changed(withQuestion(context, { ...question, pinned: false }), [
        told("question.unpinned", question),
      ])
    : changed(context);
}

export function resolveQuestion(
  context: SessionContext,
  event: EventOf<"question.resolve">,
): Change {
  const question = questionNamed(context, event.questionId);
  return question === undefined || question.resolved
    ? changed(context)
    : changed(withQuestion(context, { ...question, resolved: true }), [
        told("question.resolved", question),
      ]);
}

/** Taken down, with its votes; the pace of who asked it goes on. */
export function removeQuestion(context: SessionContext, event: EventOf<"question.remove">): Change {
  const question = questionNamed(context, event.questionId);
  if (question === undefined) {
    return changed(context);
  }
  const floor = floorOf(context);
  const questions = floor.questions.filter((each) => each !== question);
  return changed({ ...context, floor: { ...floor, questions } }, [
    told("question.removed", question),
  ]);
}

/**
 * Hosts see whose it is, the wall that there is one, other students nothing;
 * everyone has the counter.
 */
export function sendReaction(context: SessionContext, event: EventOf<"reaction.send">): Change {
  const participantId = speakerOf(context, event);
  const { emoji, at } = event;
  const floor = floorOf(context);
  const reactedAt = { ...floor.reactedAt, [participantId]: at };
  const reactions = { ...floor.reactions, [emoji]: (floor.reactions[emoji] ?? 0) + 1 };
  return changed({ ...context, floor: { ...floor, reactions, reactedAt } }, [
    fact(
      "reaction.sent",
      toHosts(context.settings.anonymous ? { emoji } : { participantId, emoji }),
      toBoard({ emoji }),
      toOne(participantId, { participantId, emoji }),
    ),
  ]);
}

export function tellFloor(floor: "open" | "muted") {
  return (context: SessionContext): Change =>
    changed(context, [fact("floor.changed", toEveryone({ floor }))]);
}

/** To hosts; what was asked without a name stays so when the session has names later. */
export function whoAsked(
  { settings }: SessionContext,
  { anonymous, participantId }: ClassQuestion,
): ParticipantId | null {
  return anonymous || settings.anonymous ? null : participantId;
}

/** How large the questions with their votes, and the nudges, are: an estimate from above. */
export function floorBytes(context: SessionContext): number {
  const { questions, nudges } = floorOf(context);
  const asked = questions.reduce(
    (sum, { text, votes }) =>
      sum +
      QUESTION_BYTES +
      bytesOf(text) +
      votes.reduce((ids, id) => ids + id.length + QUOTES_BYTES, 0),
    0,
  );
  return Object.values(nudges).reduce((sum, { text }) => sum + bytesOf(text), asked);
}

/** What everyone may know of a question that is shown: never who asked. */
export function shownFields({ questionId, text, askedAt, pinned, resolved, votes }: ClassQuestion) {
  const upvotes = votes.length;
  return { questionId, text, askedAt: rfc3339(askedAt), upvotes, pinned, resolved };
}

/** To everyone who sees the question. */
function told(
  type: "question.unpinned" | "question.resolved" | "question.removed",
  { questionId, participantId, shown }: ClassQuestion,
): Fact {
  const fields = { questionId };
  const seen = shown ? toEveryone(fields) : toHosts(fields);
  return fact(type, seen, toOne(participantId, fields));
}

function withQuestion(context: SessionContext, row: ClassQuestion): SessionContext {
  const floor = floorOf(context);
  const questions = floor.questions.map((each) =>
    each.questionId === row.questionId ? row : each,
  );
  return { ...context, floor: { ...floor, questions } };
}
