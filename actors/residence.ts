/**
 * Residence: what the archive believes of where an actor is, set right after somebody moved it.
 *
 * Two nodes may evict and wake one actor at the same time, and the slower would write what was
 * true before: an actor that is absent and resident is damage, and never served again.
 */
import { type Address, addressKey } from "./address.ts";
import type { Archive } from "./archive.ts";
import type { Log } from "./clock.ts";
import type { ActorStore } from "./store.ts";

/** A race is settled in one more look; this many and the actor moves for ever. */
const TRIES_MAX = 5;

export interface ResidenceNode {
  readonly store: ActorStore;
  readonly archive: Archive;
  readonly log: Log;
}

/** Writes whether the store has the actor, until it is still so after it was written. */
export async function settleResidence(node: ResidenceNode, address: Address): Promise<void> {
  let present = await isPresent(node, address);
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    await node.archive.setResident(address, present);
    const now = await isPresent(node, address);
    if (now === present) {
      return;
    }
    present = now;
  }
  node.log.error("residence.unsettled", { actor: addressKey(address) });
}

async function isPresent({ store }: ResidenceNode, address: Address): Promise<boolean> {
  return (await store.load(address)) !== undefined;
}
