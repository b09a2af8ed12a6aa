/** The queue of raised hands: first come first, kept while somebody reconnects. */
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { speakerOf } from "./answering.ts";
import { type Change, changed } from "./change.ts";
import { type SessionContext, without } from "./context.ts";
import { fact, hand, toEveryone } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { standingIn } from "./standing.ts";

export function raiseHand(context: SessionContext, event: EventOf<"hand.raise">): Change {
  const participantId = speakerOf(context, event);
  return context.hands.includes(participantId)
    ? changed(context)
    : changed(heard({ ...context, hands: [...context.hands, participantId] }, participantId), [
        hand("hand.raised", participantId, false),
      ]);
}

export function lowerHand(context: SessionContext, event: EventOf<"hand.lower">): Change {
  const own = standingIn(context, event.by)?.participantId;
  const named = event.participantId;
  return takeHand(context, named === undefined ? own : parseParticipantId(named), "hand.lowered");
}

export function callHand(context: SessionContext, event: EventOf<"hand.call">): Change {
  const participantId = parseParticipantId(event.participantId);
  const change = takeHand(context, participantId, "hand.called");
  const { floor } = change.context;
  if (floor === undefined || change.facts.length === 0) {
    return change;
  }
  const calledAt = { ...floor.calledAt, [participantId]: event.at };
  return { ...change, context: { ...change.context, floor: { ...floor, calledAt } } };
}

export function clearHands(context: SessionContext): Change {
  return context.hands.length === 0
    ? changed(context)
    : changed({ ...context, hands: [] }, [fact("hands.cleared", toEveryone())]);
}

/** Who raises his hand again has heard that he was called. */
function heard(context: SessionContext, participantId: ParticipantId): SessionContext {
  const { floor } = context;
  return floor === undefined
    ? context
    : { ...context, floor: { ...floor, calledAt: without(floor.calledAt, participantId) } };
}

function takeHand(
  context: SessionContext,
  participantId: ParticipantId | undefined,
  type: "hand.lowered" | "hand.called",
): Change {
  if (participantId === undefined || !context.hands.includes(participantId)) {
    return changed(context);
  }
  const hands = context.hands.filter((each) => each !== participantId);
  const { boardNames } = context.settings;
  return changed({ ...context, hands }, [hand(type, participantId, boardNames)]);
}
