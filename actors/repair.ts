/**
 * Repair of one actor on demand: what a scan or a person asks for, and what came of it.
 */
import type { Address } from "./address.ts";
import type { Mark } from "./archive.ts";
import type { KeptRecord } from "./store.ts";
import { keptByAll } from "./kept.ts";
import { type MendNode, mend, unpark } from "./mend.ts";
import { Quarantined, soundEnvelope } from "./sound.ts";

export const REPAIRS = ["sound", "asleep", "mended", "lossy", "quarantined", "absent"] as const;
/** `lossy`: mended without what could not be proved, because a person said so. */
export type Repair = (typeof REPAIRS)[number];

export interface Repairing {
  readonly kept: readonly KeptRecord[];
  readonly acceptLoss?: boolean;
}

export interface Repaired {
  readonly came: Repair;
  /** Where it was found sound: what was found, in the archive and in the store. */
  readonly sound?: { readonly mark: Mark; readonly envelope: string };
}

export async function repair(
  node: MendNode,
  address: Address,
  { kept: own, acceptLoss = false }: Repairing,
): Promise<Repaired> {
  const before = await node.store.inspect(address);
  const mark = await node.archive.mark(address);
  if (mark === undefined || (mark.parked !== undefined && !acceptLoss)) {
    return { came: mark === undefined ? "absent" : "quarantined" };
  }
  const kept = keptByAll(own, await node.store.remembered(address));
  const stored = await node.store.inspect(address);
  if (stored === undefined) {
    // Whoever moves it away says so before: a mark from before it was gone may be older than that.
    const since = before === undefined ? mark : await node.archive.mark(address);
    if (since?.resident !== true) {
      await unpark(node, address, mark);
      return { came: "asleep" };
    }
  }
  if (stored === undefined) {
    await node.store.verify(address);
  }
  if (stored === undefined && mark.seq === 0 && kept.length === 0) {
    return { came: "absent" };
  }
  const found = stored && { stored, mark, kept };
  const envelope = found && (await soundEnvelope(node, address, found));
  if (envelope !== undefined) {
    await unpark(node, address, mark);
    return { came: "sound", sound: { mark, envelope } };
  }
  try {
    return { came: (await mend(node, address, { kept, acceptLoss })) ? "mended" : "lossy" };
  } catch (error) {
    if (error instanceof Quarantined) {
      return { came: "quarantined" };
    }
    throw error;
  }
}
