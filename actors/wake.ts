/**
 * Waking: an actor comes back into the store from the archive, where it slept or was kept safe.
 *
 * Invariants:
 * 1. A slow one never overwrites a newer actor: it installs only over its own ticket (C3).
 * 2. The archive is asked under the ticket: what it said before may be older than a sleep.
 * 3. Whoever put a sleeper away saw that nobody was at work on what it owes. Of an actor that the
 *    store has lost nobody knows: what it owes counts as begun (C14).
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
  const lost = archived.resident;
  const what = installationOf(node, address, { archived, begun: lost });
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
  { archived, begun }: { readonly archived: Archived; readonly begun: boolean },
): Installation {
  const { head, seq, envelope, ids } = archived;
  const { owed } = decodeEnvelope(address, envelope);
  const agenda = agendaOf(owed, { now: store.now(), worker: false, begun });
  return { head, seq, envelope, ids, agenda, records: [], firstSeq: seq + 1 };
}
