/** Time of one's own, as changes of the session's rows: of the class's round, or of his group's. */
import type { ParticipantId } from "../ids.ts";
import { type Change, changed, then } from "./change.ts";
import { clocked } from "./clock.ts";
import {
  type Accommodation,
  type Participant,
  type Round,
  type SessionContext,
  participantOf,
  withParticipant,
} from "./context.ts";
import { accommodationChanged } from "./facts.ts";
import { groupAsked, within } from "./group-focus.ts";
import type { EventOf } from "./messages.ts";
import { better, deadlineOf, phaseOf, termsOf } from "./round.ts";

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
  const asked = { participantId: row.participantId, accommodation };
  const group = groupAsked(put, row.participantId);
  return group === undefined
    ? accommodated(put, asked)
    : within(put, group, (inner) => accommodated(inner, asked));
}

function accommodated(
  put: SessionContext,
  { participantId, accommodation }: Pick<Participant, "participantId" | "accommodation">,
): Change {
  const { round } = put;
  if (round === null || phaseOf(round) !== "open") {
    return changed(put, [accommodationChanged(participantId, accommodation, undefined)]);
  }
  const next = withTerms(round, participantId, accommodation);
  const deadlineAt = round.pausedAt === null ? deadlineOf(next, participantId) : null;
  const fact = accommodationChanged(participantId, accommodation, deadlineAt);
  return then(changed({ ...put, round: next }, [fact]), clocked);
}

function withTerms(round: Round, participantId: ParticipantId, asked: Accommodation): Round {
  const held = termsOf(round, participantId);
  const terms = better(round, held, asked);
  return terms === held ? round : { ...round, terms: { ...round.terms, [participantId]: terms } };
}
