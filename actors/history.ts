/**
 * History: an actor's records from the store, and from the archive where the store has none.
 *
 * Invariant: a page has no gap, and ends early only where the history ends: an actor that has slept
 * keeps its old records in the archive and its new ones in the store, and a page may need both.
 */
import type { Address } from "./address.ts";
import type { Archive } from "./archive.ts";
import { type ActorRecord, decodeRecord } from "./envelope.ts";
import { type ActorStore, RECORDS_MAX, type StoredRecord } from "./store.ts";

interface HistoryNode {
  readonly store: ActorStore;
  readonly archive: Archive;
}

/** Records with seq > `after`, oldest first, at most `limit` and never more than `RECORDS_MAX`. */
export async function readHistory(
  node: HistoryNode,
  address: Address,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly ActorRecord[]> {
  const { after } = page;
  const most = Math.min(page.limit, RECORDS_MAX);
  const hot = await node.store.records(address, after, most);
  const whole = hot.length > 0 && hot.every(({ seq }, at) => seq === after + 1 + at);
  const stored = whole ? hot : await both(node, address, { after, most });
  return stored.map(({ line }) => decodeRecord(line));
}

/** Every record that `source` has behind `after` and up to `upTo`, page by page. */
export async function everyRecord(
  source: Pick<ActorStore, "records">,
  address: Address,
  { after, upTo }: { readonly after: number; readonly upTo: number },
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  let last = after;
  while (last < upTo) {
    const page = await source.records(address, last, RECORDS_MAX);
    const end = page.at(-1)?.seq;
    if (end === undefined) {
      break;
    }
    records.push(...page.filter(({ seq }) => seq <= upTo));
    last = end;
  }
  return records;
}

/** Undefined: neither the store nor the archive has it. */
export async function readRecord(
  node: HistoryNode,
  address: Address,
  seq: number,
): Promise<ActorRecord | undefined> {
  const [found] = await readHistory(node, address, { after: seq - 1, limit: 1 });
  return found?.seq === seq ? found : undefined;
}

async function both(
  { store, archive }: HistoryNode,
  address: Address,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<readonly StoredRecord[]> {
  const cold = await archive.records(address, after, most);
  const last = cold.at(-1)?.seq ?? after;
  const hot = cold.length < most ? await store.records(address, last, most - cold.length) : [];
  return [...cold, ...hot.filter(({ seq }, at) => seq === last + 1 + at)];
}
