/**
 * Waking: an actor comes back into the store from the archive, where it slept or was kept safe.
 *
 * Invariants:
 * 1. A slow one never overwrites a newer actor: it installs only over its own ticket (C3).
 * 2. The archive is asked under the ticket: what it said before may be older than a sleep.
 */
import type { Address } from "./address.ts";
import type { Archived } from "./archive.ts";
import type { Ids } from "./clock.ts";
import { agendaOf } from "./commit-of.ts";
import { decodeEnvelope } from "./envelope.ts";
import { type ResidenceNode, settleResidence } from "./residence.ts";
import type { Installation } from "./store.ts";

export interface WakeNode extends ResidenceNode {
  readonly ids: Ids;
}

/** `resident`: what the archive said of it; if it says something else by now, nothing is done. */
export async function wakeFrom(node: WakeNode, address: Address, resident: boolean): Promise<void> {
  const ticket = node.ids.next();
  if ((await node.store.reserve(address, ticket)) === "present") {
    return;
  }
  const archived = await node.archive.find(address);
  if (archived === undefined || archived.resident !== resident) {
    return;
  }
  const what = installationOf(node, address, archived);
  let installed: "installed" | "lost" | "unknown" = "unknown";
  try {
    installed = await node.store.install(address, ticket, what);
  } finally {
    // Also when the reply was lost: the actor may be there.
    if (installed !== "lost") {
      await settleResidence(node, address);
    }
  }
}

/** An archived actor as the store takes it: its log begins anew, the old records are archived. */
export function installationOf(
  { store }: Pick<WakeNode, "store">,
  address: Address,
  { head, seq, envelope, ids }: Archived,
): Installation {
  const { owed } = decodeEnvelope(address, envelope);
  const agenda = agendaOf(owed, { now: store.now(), worker: false });
  return { head, seq, envelope, ids, agenda, records: [], firstSeq: seq + 1 };
}
