/** Answers, drafts and accommodations, as changes of the session's rows. */
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { parseAnswer } from "./answer.ts";
import { withRound } from "./asking.ts";
import { type Change, changed, then } from "./change.ts";
import { clocked } from "./clock.ts";
import {
  type Accommodation,
  type Given,
  type Round,
  type SessionContext,
  participantOf,
  without,
  withParticipant,
} from "./context.ts";
import { accommodationChanged, answered, draftSaved } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { better, deadlineOf, elapsedMs, phaseOf, termsOf } from "./round.ts";
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

/** In the round in progress time only grows; what is less holds from the next round on. */
export function accommodate(context: SessionContext, event: EventOf<"accommodation.set">): Change {
  const row = participantOf(context, event.participantId);
  if (row === undefined) {
    return changed(context);
  }
  const accommodation: Accommodation = {
    multiplier: event.multiplier ?? row.accommodation.multiplier,
    extraMs: event.extraMs ?? row.accommodation.extraMs,
    untimed: event.untimed ?? row.accommodation.untimed,
  };
  const put = withParticipant(context, { ...row, accommodation });
  const round = context.round;
  if (round === null || phaseOf(round) !== "open") {
    return changed(put, [accommodationChanged(row.participantId, accommodation, undefined)]);
  }
  const next = withTerms(round, row.participantId, accommodation);
  const deadlineAt = round.pausedAt === null ? deadlineOf(next, row.participantId) : null;
  const fact = accommodationChanged(row.participantId, accommodation, deadlineAt);
  return then(changed({ ...put, round: next }, [fact]), clocked);
}

function withTerms(round: Round, participantId: ParticipantId, asked: Accommodation): Round {
  const held = termsOf(round, participantId);
  const terms = better(round, held, asked);
  return terms === held ? round : { ...round, terms: { ...round.terms, [participantId]: terms } };
}

/** The participant who speaks; only for what `refusal.ts` lets students alone say. */
export function speakerOf(
  context: SessionContext,
  { by }: Pick<EventOf<"answer.submit">, "by">,
): ParticipantId {
  const participantId = standingIn(context, by)?.participantId;
  return participantId ?? parseParticipantId("");
}
