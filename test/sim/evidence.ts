/**
 * The evidence: what the stores hold when everything has come to rest, beside the history.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Archive, Archived } from "../../actors/archive.ts";
import {
  type ActorRecord,
  type Envelope,
  decodeEnvelope,
  decodeRecord,
} from "../../actors/envelope.ts";
import type { StoredRecord } from "../../actors/store.ts";
import type { Lineage } from "../../machines/versions.ts";
import type { Disk } from "./disk.ts";
import type { History } from "./history.ts";
import type { Outside } from "./outside.ts";

export interface ActorEvidence {
  readonly address: Address;
  /** Of the store, or where it has left the store, of the archive. */
  readonly stored: string | undefined;
  readonly envelope: Envelope | undefined;
  readonly log: readonly StoredRecord[];
  readonly records: readonly ActorRecord[];
  readonly archived: Archived | undefined;
  readonly archivedLog: readonly StoredRecord[];
  /** True times of commits, by seq. */
  readonly committedAt: ReadonlyMap<number, number>;
  /** Likewise, the steps in which they were made. */
  readonly committedStep: ReadonlyMap<number, number>;
  /** The last seq that each watcher has heard, by its name. */
  readonly watchers: ReadonlyMap<string, number>;
}

export interface Evidence {
  readonly actors: readonly ActorEvidence[];
  readonly history: History;
  readonly outside: Outside;
  readonly lineage: Lineage;
  /** Its refusals do not depend on the time. */
  readonly timeless: boolean;
  /** The store's time when everything had come to rest. */
  readonly now: number;
  /** The boots that are there now. */
  readonly living: readonly string[];
}

const ALL = 1_000;

export async function gather(
  address: Address,
  where: { readonly disk: Disk; readonly archive: Archive },
  watchers: ReadonlyMap<string, number>,
): Promise<ActorEvidence> {
  const { disk, archive } = where;
  const archived = await archive.find(address);
  const archivedLog = await all((after) => archive.records(address, after, ALL));
  const hot = await all((after) => disk.store.records(address, after, ALL));
  const stored = (await disk.store.load(address)) ?? archived?.envelope;
  const first = hot[0]?.seq ?? Number.MAX_SAFE_INTEGER;
  const log = [...archivedLog.filter(({ seq }) => seq < first), ...hot];
  const committedAt = ofOne(disk.committedAt, address);
  const committedStep = ofOne(disk.committedStep, address);
  const envelope =
    stored === undefined || stored === "" ? undefined : decodeEnvelope(address, stored);
  const records = log.map(({ line }) => decodeRecord(line));
  return {
    ...{ address, stored, envelope, log, records, archived, archivedLog },
    ...{ committedAt, committedStep, watchers },
  };
}

async function all(
  page: (after: number) => Promise<readonly StoredRecord[]>,
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (;;) {
    const more = await page(found.at(-1)?.seq ?? 0);
    if (more.length === 0) {
      return found;
    }
    found.push(...more);
  }
}

/** By seq, what is known of one actor's commits. */
function ofOne(known: ReadonlyMap<string, number>, address: Address): ReadonlyMap<number, number> {
  const prefix = `${addressKey(address)}#`;
  return new Map(
    [...known]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [Number(key.slice(prefix.length)), value]),
  );
}
