/**
 * The archive in memory, for tests that turn time by hand. It keeps the same contract suite as the
 * one on Postgres (`test/contracts/archive.ts`).
 */
import { type Address, addressKey, parseAddressKey } from "../../actors/address.ts";
import type { Archive, Archived, Flush, Mark } from "../../actors/archive.ts";
import { chainOn, chainStart, decodeRecord } from "../../actors/envelope.ts";
import type { KnownId, StoredRecord } from "../../actors/store.ts";

interface Row {
  readonly address: Address;
  readonly epoch: string;
  parked: string | undefined;
  owedDueAt: number | undefined;
  resident: boolean;
  seq: number;
  head: string;
  envelope: string;
  rebuiltIn: string | undefined;
  readonly ids: KnownId[];
  readonly records: StoredRecord[];
}

export function createMemoryArchive(): Archive {
  const rows = new Map<string, Row>();
  const rowOf = (address: Address): Row | undefined => rows.get(addressKey(address));
  return {
    announce: async (address, epoch) => {
      const head = chainStart(address, epoch);
      const known = rowOf(address);
      if (known !== undefined) {
        return known.seq === 0 && known.head === head;
      }
      rows.set(addressKey(address), {
        ...{ address, epoch, parked: undefined, owedDueAt: undefined },
        resident: true,
        seq: 0,
        head,
        envelope: "",
        rebuiltIn: undefined,
        ids: [],
        records: [],
      });
      return true;
    },
    append: async (flush) => {
      const row = rowOf(flush.address);
      return row === undefined ? "mismatch" : append(row, flush);
    },
    find: async (address): Promise<Archived | undefined> => {
      const row = rowOf(address);
      return (
        row && {
          ...markOf(row),
          epoch: row.epoch,
          envelope: row.envelope,
          ids: [...row.ids],
        }
      );
    },
    mark: async (address) => {
      const row = rowOf(address);
      return row && markOf(row);
    },
    reseal: async (address, head, { envelope, over, rebuiltIn }) => {
      const row = rowOf(address);
      if (row?.head !== head || row.rebuiltIn !== over) {
        return false;
      }
      row.envelope = envelope;
      row.rebuiltIn = rebuiltIn;
      return true;
    },
    park: async (address, reason) => {
      const row = rowOf(address);
      if (row !== undefined) {
        row.parked ??= reason;
      }
    },
    unpark: async (address) => {
      const row = rowOf(address);
      if (row !== undefined) {
        row.parked = undefined;
      }
    },
    setResident: async (address, resident) => {
      const row = rowOf(address);
      if (row !== undefined) {
        row.resident = resident;
      }
    },
    records: async (address, after, limit) =>
      (rowOf(address)?.records ?? []).filter((record) => record.seq > after).slice(0, limit),
    residents: async (cursor, limit) => {
      const keys = [...rows].flatMap(([key, { resident }]) => (resident ? [key] : []));
      const page = keys
        .toSorted()
        .filter((key) => cursor === undefined || key > cursor)
        .slice(0, limit);
      return {
        addresses: page.map(parseAddressKey),
        cursor: page.length < limit ? undefined : page.at(-1),
      };
    },
    due: async (before, limit) =>
      [...rows.values()]
        .filter(({ resident, parked }) => !resident && parked === undefined)
        .filter(({ owedDueAt }) => owedDueAt !== undefined && owedDueAt < before)
        .toSorted((one, other) => (one.owedDueAt ?? 0) - (other.owedDueAt ?? 0))
        .slice(0, limit)
        .map(({ address }) => address),
  };
}

function markOf({ seq, head, resident, rebuiltIn, parked }: Row): Mark {
  return { seq, head, resident, rebuiltIn, parked };
}

function append(row: Row, flush: Flush): "appended" | "mismatch" | "moved" {
  if (row.parked !== undefined) {
    return "mismatch";
  }
  if (flush.seq <= row.seq) {
    const later = row.records.filter((record) => record.seq > flush.seq);
    const head = later.reduce((before, record) => chainOn(before, record.line), flush.head);
    return head === row.head ? "appended" : "mismatch";
  }
  if (row.rebuiltIn !== flush.over) {
    return "moved";
  }
  const fresh = flush.records.filter((record) => record.seq > row.seq);
  const gapless = fresh.every((record, index) => record.seq === row.seq + 1 + index);
  const head = fresh.reduce((before, record) => chainOn(before, record.line), row.head);
  if (!gapless || row.seq + fresh.length !== flush.seq || head !== flush.head) {
    return "mismatch";
  }
  row.records.push(...fresh);
  for (const { line, seq } of fresh) {
    const { id } = decodeRecord(line);
    if (id !== undefined) {
      row.ids.push({ ...id, seq });
    }
  }
  Object.assign(row, {
    seq: flush.seq,
    head: flush.head,
    envelope: flush.envelope,
    owedDueAt: flush.owedDueAt,
    resident: true,
    rebuiltIn: flush.rebuiltIn ?? row.rebuiltIn,
  });
  return "appended";
}
