/**
 * Hydration: an actor in memory from the store, and a sleeping one back from the archive.
 *
 * Invariants:
 * 1. Stored bytes are verified before they are revived, and an actor that cannot be read is never
 *    stepped (C8, C18).
 * 2. Absent and not resident is sleep; absent and resident is damage, refused loudly (C2).
 * 3. A slow hydration never overwrites a newer actor: it installs only over its own ticket (C3).
 */
import { type Machines, machineOf } from "../machines/versions.ts";
import { type Address, addressKey } from "./address.ts";
import type { Archived } from "./archive.ts";
import type { Held } from "./batch.ts";
import type { Ids } from "./clock.ts";
import { agendaOf } from "./commit-of.ts";
import { Damaged, decodeEnvelope } from "./envelope.ts";
import { type ResidenceNode, settleResidence } from "./residence.ts";

/** A race with another node's hydration is settled in one more look; this many is a fault. */
const TRIES_MAX = 5;

export interface HydrateNode extends ResidenceNode {
  readonly machines: Machines;
  readonly ids: Ids;
}

export function revive(machines: Machines, address: Address, stored: string): Held {
  const { snapshot, ...envelope } = decodeEnvelope(address, stored);
  const machine = machineOf(machines, address.kind, envelope.machineVersion);
  return { envelope, living: machine.revive(snapshot) };
}

/** Undefined: there is no such actor. */
export async function hydrate(node: HydrateNode, address: Address): Promise<Held | undefined> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const stored = await node.store.load(address);
    if (stored !== undefined) {
      return revive(node.machines, address, stored);
    }
    const archived = await node.archive.find(address);
    if (archived === undefined || archived.seq === 0) {
      return undefined;
    }
    if (!archived.resident) {
      await wake(node, address, archived);
    } else if ((await node.store.load(address)) === undefined) {
      // Asked twice: another node may have woken it since the first time.
      throw new Damaged(`${addressKey(address)} is resident, and the store does not have it`);
    }
  }
  throw new Damaged(`${addressKey(address)} could not be hydrated in ${TRIES_MAX} tries`);
}

/** The archive is asked again under the ticket: what it said before may be older than a sleep. */
async function wake(node: HydrateNode, address: Address, first: Archived): Promise<void> {
  // A node that cannot read it leaves no ticket: it would void that of one that can.
  revive(node.machines, address, first.envelope);
  const ticket = node.ids.next();
  if ((await node.store.reserve(address, ticket)) === "present") {
    return;
  }
  const archived = (await node.archive.find(address)) ?? first;
  if (archived.resident) {
    return;
  }
  const { envelope } = revive(node.machines, address, archived.envelope);
  let installed: "installed" | "lost" | "unknown" = "unknown";
  try {
    installed = await node.store.install(address, ticket, {
      head: archived.head,
      seq: archived.seq,
      envelope: archived.envelope,
      records: [],
      firstSeq: archived.seq + 1,
      ids: archived.ids,
      agenda: agendaOf(envelope.owed, { now: node.store.now(), worker: false }),
    });
  } finally {
    // Also when the reply was lost: the actor may be there.
    if (installed !== "lost") {
      await settleResidence(node, address);
    }
  }
}
