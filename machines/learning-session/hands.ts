/** The queue of raised hands: first come first, kept while somebody reconnects. */
import { type ParticipantId, parseParticipantId } from "../ids.ts";
import { speakerOf } from "./answering.ts";
import { type Change, changed } from "./change.ts";
import type { SessionContext } from "./context.ts";
import { fact, hand, toEveryone } from "./facts.ts";
import type { EventOf } from "./messages.ts";
import { standingIn } from "./standing.ts";

export function raiseHand(context: SessionContext, event: EventOf<"hand.raise">): Change {
  const participantId = speakerOf(context, event);
  return context.hands.includes(participantId)
    ? changed(context)
    : changed({ ...context, hands: [...context.hands, participantId] }, [
        hand("hand.raised", participantId, false),
      ]);
}

export function lowerHand(context: SessionContext, event: EventOf<"hand.lower">): Change {
  const own = standingIn(context, event.by)?.participantId;
  const named = event.participantId;
  return takeHand(context, named === undefined ? own : parseParticipantId(named), "hand.lowered");
}

export function callHand(context: SessionContext, event: EventOf<"hand.call">): Change {
  return takeHand(context, parseParticipantId(event.participantId), "hand.called");
}

export function clearHands(context: SessionContext): Change {
  return context.hands.length === 0
    ? changed(context)
    : changed({ ...context, hands: [] }, [fact("hands.cleared", toEveryone())]);
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
