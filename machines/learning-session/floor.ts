/**
 * The region `floor`: the queue of raised hands, questions and reactions of the class.
 *
 * ```
 * open ⇄ muted
 * ```
 *
 * Muted, nobody of the class adds a question, a vote or a reaction; a hand may always be raised.
 * Version 1 is always open, and knows hands alone.
 */
import { session } from "./setup.ts";

export const floor = session.createStateConfig({
  initial: "open",
  on: {
    "hand.raise": { actions: "raiseHand" },
    "hand.lower": { actions: "lowerHand" },
    "hand.call": { actions: "callHand" },
    "hands.clear": { actions: "clearHands" },
    "question.pin": { actions: "pinQuestion" },
    "question.unpin": { actions: "unpinQuestion" },
    "question.resolve": { actions: "resolveQuestion" },
    "question.remove": { actions: "removeQuestion" },
  },
  states: {
    open: {
      on: {
        "question.ask": { actions: "askQuestion" },
        "question.upvote": { actions: "upvoteQuestion" },
        "reaction.send": { actions: "sendReaction" },
        "floor.set": { guard: "toMuted", target: "muted", actions: "tellMuted" },
      },
    },
    muted: {
      on: { "floor.set": { guard: "toUnmuted", target: "open", actions: "tellUnmuted" } },
    },
  },
});
