/**
 * The archive on Postgres: keeps the port of `actors/archive.ts` with the queries of `db/`.
 *
 * Invariants:
 * 1. Records, envelope and read models of one flush are written in one transaction, so what a list
 *    or report shows is never ahead of what is archived, nor behind it. Flushes of one school that
 *    come together share it.
 * 2. A flush of thousands of records lets others have their turn while it is checked: a lesson in
 *    which every answer is amended thirty times a second made everybody wait 87 ms once a second.
 */
import type { TenantId } from "../machines/ids.ts";
import {
  actorMarks,
  announceActor,
  findActor,
  parkActor,
  resealActor,
  setResident,
  unparkActor,
} from "../db/actors.ts";
import { type Append, appendActors } from "../db/append.ts";
import { type TenantTx, asPlatform, asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { type ActorKey, knownCommandsOf, recordsOf } from "../db/records.ts";
import { type PlacedActor, dueActors, residentActors } from "../db/residence.ts";
import { type Address, addressKey, parseAddressKey } from "../actors/address.ts";
import type { Archive, Flush, Mark } from "../actors/archive.ts";
import { type Clock, pause } from "../actors/clock.ts";
import { ACTOR_KINDS } from "../machines/living.ts";
import { type ActorRecord, chainOn, chainStart, decodeRecord } from "../actors/envelope.ts";
import { GroupsOfWork } from "./groups-of-work.ts";

/** Lines that are hashed or read in one go: about 2 ms. */
const LINES_AT_ONCE = 512;

export interface Flushed {
  readonly flush: Flush;
  readonly records: readonly ActorRecord[];
}

/** Writes what lists and reports read, within the transaction of the flushes. */
export type ReadModelWriter = (tx: TenantTx, flushes: readonly Flushed[]) => Promise<void>;

export interface ArchiveOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly readModel: ReadModelWriter;
}

export function createArchive({ db, clock, readModel }: ArchiveOptions): Archive {
  const within = <T>(tenantId: TenantId, work: (tx: TenantTx) => Promise<T>): Promise<T> =>
    asTenant(db, tenantId, work);
  const how = { clock, readModel };
  const appends = new GroupsOfWork((tenantId, flushes: readonly Flush[]) =>
    within(tenantId, (tx) => appendAll(tx, flushes, how)),
  );
  const marks = new GroupsOfWork((tenantId, addresses: readonly Address[]) =>
    within(tenantId, (tx) => marksOf(tx, addresses)),
  );
  return {
    announce: (address, epoch) =>
      within(address.tenantId, (tx) =>
        announceActor(tx, {
          ...keyOf(address),
          epoch,
          head0: chainStart(address, epoch),
          at: clock.now(),
        }),
      ),
    append: (flush) => appends.do(flush.address.tenantId, flush),
    find: (address) =>
      within(address.tenantId, async (tx) => {
        const row = await findActor(tx, keyOf(address));
        const ids = row && (await knownCommandsOf(tx, keyOf(address)));
        return row && { ...row, parked: row.parked?.reason, ids: ids ?? [] };
      }),
    mark: (address) => marks.do(address.tenantId, address),
    reseal: (address, head, sealed) =>
      within(address.tenantId, (tx) => resealActor(tx, { ...keyOf(address), head, ...sealed })),
    park: async (address, reason) => {
      const parking = { ...keyOf(address), reason, at: clock.now() };
      await within(address.tenantId, (tx) => parkActor(tx, parking));
    },
    unpark: async (address) => {
      await within(address.tenantId, (tx) => unparkActor(tx, keyOf(address)));
    },
    setResident: async (address, resident) => {
      await within(address.tenantId, (tx) => setResident(tx, keyOf(address), resident));
    },
    records: (address, after, limit) =>
      within(address.tenantId, (tx) => recordsOf(tx, keyOf(address), { after, limit })),
    residents: async (cursor, limit) => {
      const after = cursor === undefined ? undefined : parseAddressKey(cursor);
      const page = { after, limit, kinds: ACTOR_KINDS };
      const addresses = addressesOf(await asPlatform(db, (tx) => residentActors(tx, page)));
      const last = addresses.length < limit ? undefined : addresses.at(-1);
      return { addresses, cursor: last && addressKey(last) };
    },
    due: async (before, limit) =>
      addressesOf(
        await asPlatform(db, (tx) => dueActors(tx, { before, limit, kinds: ACTOR_KINDS })),
      ),
  };
}

/** A kind that this program does not know is for another program to look after: none is asked. */
function addressesOf(actors: readonly PlacedActor[]): readonly Address[] {
  return actors.flatMap(({ tenantId, id, kind: name }) => {
    const kind = ACTOR_KINDS.find((each) => each === name);
    return kind === undefined ? [] : [{ tenantId, kind, id }];
  });
}

interface How {
  readonly clock: Clock;
  readonly readModel: ReadModelWriter;
}

type Appended = "appended" | "mismatch" | "moved";

/** Of one actor the second comes after the first: it is seldom there. */
async function appendAll(
  tx: TenantTx,
  flushes: readonly Flush[],
  how: How,
): Promise<readonly Appended[]> {
  const firsts = new Map(flushes.toReversed().map((flush) => [addressKey(flush.address), flush]));
  const these = [...firsts.values()];
  const appended = new Map(zip(these, await appendOnce(tx, these, how)));
  const others = flushes.filter((flush) => !appended.has(flush));
  const later = others.length === 0 ? [] : await appendAll(tx, others, how);
  const results = new Map([...appended, ...zip(others, later)]);
  return flushes.flatMap((flush) => results.get(flush) ?? []);
}

function zip<One, Other>(
  ones: readonly One[],
  others: readonly Other[],
): (readonly [One, Other])[] {
  return others.flatMap((other, at) => {
    const one = ones[at];
    return one === undefined ? [] : [[one, other] as const];
  });
}

async function appendOnce(
  tx: TenantTx,
  flushes: readonly Flush[],
  { clock, readModel }: How,
): Promise<readonly Appended[]> {
  const read: Flushed[] = [];
  for (const flush of flushes) {
    const records: ActorRecord[] = [];
    await inSlices(clock, flush.records, ({ line }) => records.push(decodeRecord(line)));
    read.push({ flush, records });
  }
  const chainOver = async (head: string, lines: readonly string[]): Promise<string> => {
    let now = head;
    await inSlices(clock, lines, (line) => {
      now = chainOn(now, line);
    });
    return now;
  };
  const rows = read.map((flushed) => rowOf(flushed, clock.now()));
  const appended = await appendActors(tx, rows, chainOver);
  // A flush that came late changes nothing: its read models are older than those that are there.
  await readModel(
    tx,
    read.filter((_, at) => appended[at] === "appended"),
  );
  return appended.map((each) => (each === "present" ? "appended" : each));
}

function rowOf({ flush, records }: Flushed, at: number): Append {
  return {
    ...keyOf(flush.address),
    seq: flush.seq,
    head: flush.head,
    envelope: flush.envelope,
    over: flush.over,
    rebuiltIn: flush.rebuiltIn,
    owedDueAt: flush.owedDueAt,
    records: flush.records.map(({ seq, line }, index) => {
      const id = records[index]?.id;
      return id === undefined ? { seq, line } : { seq, line, id };
    }),
    at,
  };
}

async function inSlices<Item>(
  clock: Clock,
  items: readonly Item[],
  work: (item: Item) => void,
): Promise<void> {
  for (let from = 0; from < items.length; from += LINES_AT_ONCE) {
    if (from > 0) {
      await pause(clock, 0);
    }
    items.slice(from, from + LINES_AT_ONCE).forEach(work);
  }
}

async function marksOf(
  tx: TenantTx,
  addresses: readonly Address[],
): Promise<readonly (Mark | undefined)[]> {
  const marks = await actorMarks(tx, addresses.map(keyOf));
  return marks.map((mark) => mark && { ...mark, parked: mark.parked?.reason });
}

function keyOf(address: Address): ActorKey {
  return { kind: address.kind, id: address.id };
}
