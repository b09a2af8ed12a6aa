/**
 * Accepted ids: whether the store knows the command ids that an actor's records carry.
 *
 * What a store knows of ids is an index, under no checksum; records stand in a chain. Invariants:
 * 1. An id that a record carries, and that the store has lost or knows otherwise, is put back: of
 *    the newest records where an actor is loaded, of all the others by upkeep, in turn (C6).
 * 2. Nothing is taken away: an id that no record carries is nobody's, and what a known id names is
 *    held against its record before it is answered (`known.ts`).
 */
import { type Address, addressKey } from "./address.ts";
import type { Log } from "./clock.ts";
import { COMMIT_IDS_MAX } from "./commit-check.ts";
import { type ActorRecord, Damaged, type Envelope, decodeRecord } from "./envelope.ts";
import type { ActorStore, KnownId, StoredRecord } from "./store.ts";

/** Records whose ids are looked at together: as many ids as one call may ask about. */
export const IDS_PAGE = COMMIT_IDS_MAX;
/** An actor that moves on as often meanwhile is looked at another time. */
const TRIES_MAX = 3;

interface IdsNode {
  readonly store: ActorStore;
  readonly log: Log;
}

/** Of the newest records, as far as the store's own log has them. */
export async function settleNewestIds(
  node: IdsNode,
  address: Address,
  { seq, head }: Pick<Envelope, "seq" | "head">,
): Promise<void> {
  const lines = await node.store.records(address, Math.max(0, seq - IDS_PAGE), IDS_PAGE);
  await settleIds(node, address, { head, records: lines.flatMap(readable) });
}

/** Of these records of the actor, at most `IDS_PAGE`; `head`: where it was when they were read. */
export async function settleIds(
  { store, log }: IdsNode,
  address: Address,
  { head, records }: { readonly head: string; readonly records: readonly ActorRecord[] },
): Promise<void> {
  const ids = records.flatMap(({ id, seq }) => (id === undefined ? [] : [{ ...id, seq }]));
  let at: string | undefined = head;
  for (let tries = 0; tries < TRIES_MAX && at !== undefined && ids.length > 0; tries += 1) {
    const confirmed = await store.confirm(address, at, ids);
    const known = confirmed.kind === "absent" ? ids : confirmed.known;
    const lost = ids.filter((id) => !known.some((each) => isSame(each, id)));
    if (lost.length === 0) {
      return;
    }
    if ((await store.reclaim(address, at, lost)) === "done") {
      log.warn("ids.mended", { actor: addressKey(address), seqs: lost.map(({ seq }) => seq) });
      return;
    }
    at = (await store.inspect(address))?.head;
  }
}

function isSame(one: KnownId, other: KnownId): boolean {
  return one.idKey === other.idKey && one.digest === other.digest && one.seq === other.seq;
}

/** None where the line is damaged: whoever reads the log asks the archive for it. */
function readable({ line }: StoredRecord): readonly ActorRecord[] {
  try {
    return [decodeRecord(line)];
  } catch (error) {
    if (error instanceof Damaged) {
      return [];
    }
    throw error;
  }
}
