/**
 * Hydration: an actor in memory from the store, and a sleeping one back from the archive.
 *
 * Invariants:
 * 1. Nothing is stepped or shown that is not sound: what is not is mended, or refused (C8, C18).
 * 2. Absent and not resident is sleep; absent and resident is damage (C2).
 */
import { settleNewestIds } from "./accepted-ids.ts";
import { type Address, addressKey } from "./address.ts";
import type { Held } from "./batch.ts";
import { Damaged } from "./envelope.ts";
import type { KeptRecord } from "./store.ts";
import { keptByAll } from "./kept.ts";
import { type MendNode, mend } from "./mend.ts";
import { revive } from "./revive.ts";
import { Quarantined, soundEnvelope } from "./sound.ts";
import { wakeFrom } from "./wake.ts";

/** A race with another node's hydration is settled in one more look; this many is a fault. */
const TRIES_MAX = 5;

/** `own` is what this node committed itself. Undefined: no such actor. Throws `Quarantined`. */
export async function hydrate(
  node: MendNode,
  address: Address,
  own: readonly KeptRecord[] = [],
): Promise<Held | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const runs = node.store.runs().join(" ");
    // The mark first: the store is never behind what the archive had before.
    const mark = await node.archive.mark(address);
    const [stored, remembered] = await Promise.all([
      node.store.inspect(address),
      node.store.remembered(address),
    ]);
    const kept = keptByAll(own, remembered);
    if (mark?.parked !== undefined) {
      throw new Quarantined(address, mark.parked);
    }
    if (stored === undefined && mark === undefined) {
      return undefined;
    }
    if (stored !== undefined && mark !== undefined) {
      const envelope = await soundEnvelope(node, address, { stored, mark, kept });
      if (envelope !== undefined) {
        await proven(node, address, remembered);
        const held = revive(node.machines, address, envelope);
        await settleNewestIds(node, address, held.envelope);
        return held;
      }
    }
    if (stored === undefined && mark?.resident === true) {
      await node.store.verify(address);
    }
    if (stored === undefined && mark?.seq === 0 && kept.length === 0) {
      return undefined;
    }
    const asleep = stored === undefined && mark?.resident === false;
    // Asked twice before it is called damage: another node may be moving it this very moment.
    const isDamaged = asleep ? !(await woken(node, address)) : tries > 0;
    // What nodes give back to another run was not there when this was read of the one before.
    if (isDamaged && runs === node.store.runs().join(" ")) {
      await mend(node, address, { kept });
    }
  }
  throw new Damaged(`${addressKey(address)} could not be hydrated in ${TRIES_MAX} tries`);
}

async function proven(
  { store }: MendNode,
  address: Address,
  remembered: readonly KeptRecord[],
): Promise<void> {
  if (remembered.length > 0) {
    await store.proven(address, remembered);
  }
}

/** False: what is archived of the sleeper is damaged. */
async function woken(node: MendNode, address: Address): Promise<boolean> {
  try {
    // A node that cannot read it leaves no ticket: it would void that of one that can.
    revive(node.machines, address, (await node.archive.find(address))?.envelope ?? "");
    await wakeFrom(node, address, false);
    return true;
  } catch (error) {
    if (error instanceof Damaged) {
      return false;
    }
    throw error;
  }
}
