/** The region `floor`: who may speak, and the queue of raised hands. */
import { session } from "./setup.ts";

export const floor = session.createStateConfig({
  initial: "open",
  on: {
    "hand.raise": { actions: "raiseHand" },
    "hand.lower": { actions: "lowerHand" },
    "hand.call": { actions: "callHand" },
    "hands.clear": { actions: "clearHands" },
  },
  states: { open: {} },
});
