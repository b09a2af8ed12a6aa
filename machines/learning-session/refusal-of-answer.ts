/**
 * What stands in the way of an answer, a draft or a grade.
 *
 * Invariants:
 * LS3: One counted answer per round and participant, under any interleaving of connections.
 * LS6: No answer is accepted outside open and grace, nor carried into the next round.
 */
import type { ParticipantId } from "../ids.ts";
import type { Refusal } from "../refusal.ts";
import { answerError, draftError } from "./answer.ts";
import { speakerOf } from "./answering.ts";
import { type Round, own, participantOf, roundOf } from "./context.ts";
import type { SessionMessage } from "./messages.ts";
import { wrongRound } from "./refusal-of-round.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { isLockedFor, phaseOf } from "./round.ts";
import { pointsMaxOf } from "./score.ts";
import { STORED_BYTES_MAX, bytesOf, storedBytes } from "./size.ts";

type Of<T extends SessionMessage["type"]> = Extract<SessionMessage, { readonly type: T }>;
type AnswerMessage = Of<"answer.submit" | "answer.amend" | "draft.save">;

/** The server takes one draft a second and participant. */
const DRAFT_EVERY_MS = 1_000;

export function answerRefusal(judged: Judged, message: AnswerMessage): Refusal | undefined {
  const { context, at } = judged;
  const { round, settings } = context;
  if (round === null) {
    return refuse("round-not-open", "There is no current round.");
  }
  if (round.roundId !== message.roundId) {
    return wrongRound(round.roundId);
  }
  const participantId = speakerOf(context, judged);
  const phase = phaseOf(round);
  if (
    (phase !== "open" && phase !== "grace") ||
    isLockedFor(round, participantId, { at, graceMs: settings.graceMs })
  ) {
    return refuse("too-late", "The round is locked for you: the time is over.");
  }
  return (
    onceRefusal(judged, round, message) ??
    shapeRefusal(round, message) ??
    sizeRefusal(judged, round, message)
  );
}

/** Others' answers, each small, still fit when a long text no longer does. */
function sizeRefusal({ context }: Judged, { item }: Round, message: AnswerMessage) {
  const isText = item.kind === "open-text" || item.kind === "short-text";
  return isText && storedBytes(context) + bytesOf(message.answer) > STORED_BYTES_MAX
    ? refuse("too-large", "This session holds as much text as it can: write less.")
    : undefined;
}

/** There is one answer: the first one, or with `amend` the last one. */
function onceRefusal(judged: Judged, round: Round, message: AnswerMessage): Refusal | undefined {
  const participantId = speakerOf(judged.context, judged);
  const given = own(round.answers, participantId);
  if (message.type === "answer.amend") {
    return amendRefusal(judged, given !== undefined);
  }
  if (given !== undefined) {
    return refuse("already-answered", "Your answer to this round has been accepted already.", {
      more: { answer: given.answer },
    });
  }
  return message.type === "draft.save" ? rateRefusal(judged, round, participantId) : undefined;
}

function amendRefusal({ context }: Judged, hasAnswered: boolean): Refusal | undefined {
  if (!context.settings.amend) {
    return refuse("not-accepted", "Answers cannot be amended in this session.");
  }
  return hasAnswered
    ? undefined
    : refuse("not-accepted", "There is no answer to amend: send answer.submit.");
}

function rateRefusal(
  { at }: Judged,
  round: Round,
  participantId: ParticipantId,
): Refusal | undefined {
  const savedAt = own(round.drafts, participantId)?.savedAt;
  const retryAfterMs = savedAt === undefined ? 0 : savedAt + DRAFT_EVERY_MS - at;
  return retryAfterMs > 0
    ? refuse("rate-limited", "A draft is taken once a second.", { more: { retryAfterMs } })
    : undefined;
}

function shapeRefusal(round: Round, message: AnswerMessage): Refusal | undefined {
  const error =
    message.type === "draft.save"
      ? draftError(round.item, message.answer)
      : answerError(round.item, message.answer);
  return error === undefined
    ? undefined
    : refuse("bad-answer", `The answer does not fit the question: ${error.message}.`, {
        errors: [{ ...error, path: `/answer${error.path}` }],
      });
}

export function gradeRefusal(
  { context }: Judged,
  message: Of<"answer.grade">,
): Refusal | undefined {
  const round = roundOf(context, message.roundId);
  if (round === undefined) {
    return context.round === null
      ? refuse("round-not-open", "There is no such round.")
      : wrongRound(context.round.roundId);
  }
  const phase = phaseOf(round);
  if (phase !== "scored" && phase !== "revealed") {
    return refuse("not-accepted", `The round is ${phase}: its answers cannot be graded.`);
  }
  if (participantOf(context, message.participantId) === undefined) {
    return invalid("/participantId", "Expected the id of a participant of this session");
  }
  if (message.points > pointsMaxOf(round.item)) {
    return invalid("/points", `Expected at most the item's ${pointsMaxOf(round.item)} points`);
  }
  return message.comment !== undefined &&
    storedBytes(context) + bytesOf(message.comment) > STORED_BYTES_MAX
    ? refuse("too-large", "This session holds as much text as it can: grade without a comment.")
    : undefined;
}
