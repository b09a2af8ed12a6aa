/** Answers and drafts, as changes of the session's rows. */
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { parseAnswer } from "./answer.ts";
import { withRound } from "./asking.ts";
import { type Change, changed } from "./change.ts";
import { type Given, type SessionContext, without } from "./context.ts";
import { answered, draftSaved } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { elapsedMs } from "./round.ts";
import { standingIn } from "./standing.ts";

export function takeAnswer(
  context: SessionContext,
  event: EventOf<"answer.submit" | "answer.amend">,
): Change {
  const participantId = speakerOf(context, event);
  return withRound(context, (round) => {
    const given: Given = {
      answer: parseAnswer(event.answer),
      auto: false,
      atMs: elapsedMs(round, event.at),
    };
    const drafts = without(round.drafts, participantId);
    const answers = { ...round.answers, [participantId]: given };
    const type = event.type === "answer.submit" ? "answer.submitted" : "answer.amended";
    const { anonymous } = context.settings;
    const of = { roundId: round.roundId, participantId };
    return changed({ ...context, round: { ...round, answers, drafts } }, [
      answered(type, of, { given, anonymous }),
    ]);
  });
}

export function saveDraft(context: SessionContext, event: EventOf<"draft.save">): Change {
  const participantId = speakerOf(context, event);
  return withRound(context, (round) => {
    const draft = {
      answer: parseAnswer(event.answer),
      savedAt: event.at,
      atMs: elapsedMs(round, event.at),
    };
    const drafts = { ...round.drafts, [participantId]: draft };
    return changed({ ...context, round: { ...round, drafts } }, [
      draftSaved(round.roundId, participantId, draft),
    ]);
  });
}

/** The participant who speaks; only for what `refusal.ts` lets students alone say. */
export function speakerOf(
  context: SessionContext,
  { by }: Pick<EventOf<"answer.submit">, "by">,
): ParticipantId {
  const participantId = standingIn(context, by)?.participantId;
  return participantId ?? parseParticipantId("");
}
