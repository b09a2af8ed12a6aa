/**
 * The archive: the port to the permanent copy in Postgres; `src/archive.ts` implements it on `db/`.
 *
 * Invariants:
 * 1. The row of an actor exists, and says `resident`, before its first acknowledgement; eviction
 *    clears that first and deletes second. Absent from the store and resident is damage; absent
 *    and not resident is sleep.
 * 2. `append` is idempotent by (actor, seq): it applies from its high-water mark + 1 on, never
 *    lowers it, and refuses records that do not chain on what it has.
 */
import type { Address } from "./address.ts";
import type { KnownId, StoredRecord } from "./store.ts";

export interface Flush {
  readonly address: Address;
  readonly seq: number;
  readonly head: string;
  readonly envelope: string;
  readonly records: readonly StoredRecord[];
  /** The due time of the earliest thing owed, ms. */
  readonly owedDueAt: number | undefined;
}

export interface Archived {
  readonly resident: boolean;
  readonly seq: number;
  readonly head: string;
  readonly envelope: string;
  readonly ids: readonly KnownId[];
}

export interface Archive {
  /** The actor is about to be born, in this epoch. False: its id is taken. */
  announce(address: Address, epoch: string): Promise<boolean>;
  /** `mismatch`: the records do not chain on those archived; nothing of this actor was written. */
  append(flush: Flush): Promise<"appended" | "mismatch">;
  find(address: Address): Promise<Archived | undefined>;
  /** The archived high-water mark; undefined: no such actor. */
  mark(address: Address): Promise<{ readonly seq: number; readonly resident: boolean } | undefined>;
  setResident(address: Address, resident: boolean): Promise<void>;
  records(address: Address, after: number, limit: number): Promise<readonly StoredRecord[]>;
}
