/**
 * The archive on Postgres: keeps the port of `actors/archive.ts` with the queries of `db/`.
 *
 * Invariant: records, envelope and read models of one flush are written in one transaction, so
 * what a list or report shows is never ahead of what is archived, nor behind it.
 */
import type { TenantId } from "../machines/ids.ts";
import {
  actorMark,
  announceActor,
  appendActor,
  findActor,
  parkActor,
  resealActor,
  setResident,
  unparkActor,
} from "../db/actors.ts";
import { type TenantTx, asPlatform, asTenant } from "../db/as-tenant.ts";
import type { Database } from "../db/connect.ts";
import { type ActorKey, knownCommandsOf, recordsOf } from "../db/records.ts";
import { type PlacedActor, dueActors, residentActors } from "../db/residence.ts";
import { type Address, addressKey, parseAddressKey } from "../actors/address.ts";
import type { Archive, Flush } from "../actors/archive.ts";
import type { Clock } from "../actors/clock.ts";
import { ACTOR_KINDS } from "../machines/living.ts";
import { type ActorRecord, chainOn, chainStart, decodeRecord } from "../actors/envelope.ts";

/** Writes what lists and reports read, within the flush's own transaction. */
export type ReadModelWriter = (
  tx: TenantTx,
  flush: Flush,
  records: readonly ActorRecord[],
) => Promise<void>;

export interface ArchiveOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly readModel: ReadModelWriter;
}

export function createArchive({ db, clock, readModel }: ArchiveOptions): Archive {
  const within = <T>(tenantId: TenantId, work: (tx: TenantTx) => Promise<T>): Promise<T> =>
    asTenant(db, tenantId, work);
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
    append: (flush) =>
      within(flush.address.tenantId, (tx) => append(tx, flush, { at: clock.now(), readModel })),
    find: (address) =>
      within(address.tenantId, async (tx) => {
        const row = await findActor(tx, keyOf(address));
        const ids = row && (await knownCommandsOf(tx, keyOf(address)));
        return row && { ...row, parked: row.parked?.reason, ids: ids ?? [] };
      }),
    mark: (address) =>
      within(address.tenantId, async (tx) => {
        const mark = await actorMark(tx, keyOf(address));
        return mark && { ...mark, parked: mark.parked?.reason };
      }),
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

async function append(
  tx: TenantTx,
  flush: Flush,
  how: { readonly at: number; readonly readModel: ReadModelWriter },
): Promise<"appended" | "mismatch" | "moved"> {
  const records = flush.records.map(({ seq, line }) => ({ seq, line, record: decodeRecord(line) }));
  const appended = await appendActor(
    tx,
    {
      ...keyOf(flush.address),
      seq: flush.seq,
      head: flush.head,
      envelope: flush.envelope,
      over: flush.over,
      rebuiltIn: flush.rebuiltIn,
      owedDueAt: flush.owedDueAt,
      records: records.map(({ seq, line, record }) => ({
        seq,
        line,
        ...(record.id === undefined ? {} : { id: record.id }),
      })),
      at: how.at,
    },
    chainOn,
  );
  if (appended === "appended") {
    await how.readModel(
      tx,
      flush,
      records.map(({ record }) => record),
    );
  }
  // A flush that came late changes nothing: its read models are older than those that are there.
  return appended === "present" ? "appended" : appended;
}

function keyOf(address: Address): ActorKey {
  return { kind: address.kind, id: address.id };
}
