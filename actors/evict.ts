/**
 * Eviction: an actor leaves the store, and sleeps in the archive until somebody needs it.
 *
 * Invariants:
 * 1. `resident` is cleared first and the actor deleted second: who finds it absent finds that it
 *    sleeps. A node that dies between the two leaves an actor that is there all the same, and the
 *    next upkeep says so again (C2).
 * 2. If the store keeps it after all, or nobody knows, what the archive believes is settled (C4).
 */
import type { Address } from "./address.ts";
import { type ResidenceNode, settleResidence } from "./residence.ts";

/** `owesNothingUntil`: by the store's clock; an actor that owes something before is kept. */
export async function evict(
  node: ResidenceNode,
  address: Address,
  what: { readonly head: string; readonly owesNothingUntil: number },
): Promise<"evicted" | "kept"> {
  await node.archive.setResident(address, false);
  let came: "evicted" | "kept" | "unknown" = "unknown";
  try {
    came = await node.store.evict(address, what.head, what.owesNothingUntil);
    return came;
  } finally {
    if (came !== "evicted") {
      await settleResidence(node, address);
    }
  }
}
