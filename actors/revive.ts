/** Revival: stored bytes become an actor in memory, verified and by the machine that wrote them. */
import { type Machines, machineOf } from "../machines/versions.ts";
import type { Address } from "./address.ts";
import type { Held } from "./batch.ts";
import { Damaged, decodeEnvelope } from "./envelope.ts";

export interface ReviveNode {
  readonly machines: Machines;
}

/** Throws `Damaged`, or `UnknownVersion` where what is sound was written by a newer program. */
export function revive(machines: Machines, address: Address, stored: string): Held {
  const { snapshot, ...envelope } = decodeEnvelope(address, stored);
  const machine = machineOf(machines, address.kind, envelope.machineVersion);
  return { envelope, living: machine.revive(snapshot) };
}

/**
 * What another node left; undefined: what is there did not come after this, or is damaged. Of
 * another epoch it was built again, perhaps without what this node committed.
 */
export function laterThan(held: Held, revived: () => Held): Held | undefined {
  try {
    const found = revived();
    const { epoch, seq } = found.envelope;
    return epoch === held.envelope.epoch && seq > held.envelope.seq ? found : undefined;
  } catch (error) {
    if (error instanceof Damaged) {
      return undefined;
    }
    throw error;
  }
}
