/**
 * The archive: the port to the permanent copy in Postgres; `src/archive.ts` implements it on `db/`.
 *
 * Invariants:
 * 1. The row of an actor exists, and says `resident`, before its first acknowledgement; eviction
 *    clears that first and deletes second. Absent from the store and resident is damage; absent
 *    and not resident is sleep.
 * 2. `append` is idempotent by (actor, seq): it applies from its high-water mark + 1 on, never
 *    lowers it, and refuses records that do not chain on what it has. A parked actor takes none.
 * 3. Where an actor was built again, nothing is appended that was read before: a flush that was
 *    under way when the store lost the actor would fork it (C1).
 */
import type { Address } from "./address.ts";
import type { KnownId, StoredRecord } from "./store.ts";

export interface Flush {
  readonly address: Address;
  readonly seq: number;
  readonly head: string;
  readonly envelope: string;
  /** The mark's `rebuiltIn`, read before what is flushed was. */
  readonly over: string | undefined;
  /** The actor is built again, in this epoch; undefined: it lives on. */
  readonly rebuiltIn: string | undefined;
  readonly records: readonly StoredRecord[];
  /** The due time of the earliest thing owed, ms. */
  readonly owedDueAt: number | undefined;
}

export type Sealed = Pick<Flush, "envelope" | "over" | "rebuiltIn">;

/** The high-water mark: how far the archive has the actor, and on which history. */
export interface Mark {
  readonly resident: boolean;
  readonly seq: number;
  readonly head: string;
  /** The epoch in which it was last built again; undefined: never. */
  readonly rebuiltIn: string | undefined;
  /** Why nobody may have it; undefined: everybody may. */
  readonly parked: string | undefined;
}

export interface Archived extends Mark {
  /** Of its birth: the chain of its records begins with it. */
  readonly epoch: string;
  readonly envelope: string;
  readonly ids: readonly KnownId[];
}

/** A page of actors of all schools; an undefined cursor starts and ends the walk. */
export interface Residents {
  readonly addresses: readonly Address[];
  readonly cursor: string | undefined;
}

export interface Archive {
  /** The actor is about to be born, in this epoch. False: its id is taken. */
  announce(address: Address, epoch: string): Promise<boolean>;
  /**
   * Otherwise nothing of this actor was written. `mismatch`: the records do not chain on those
   * archived; `moved`: it was built again meanwhile, and has to be read again.
   */
  append(flush: Flush): Promise<"appended" | "mismatch" | "moved">;
  find(address: Address): Promise<Archived | undefined>;
  /** Undefined: no such actor. */
  mark(address: Address): Promise<Mark | undefined>;
  /** Built again at the same moment; false: it is at another one, or was built again before. */
  reseal(address: Address, head: string, sealed: Sealed): Promise<boolean>;
  /** Nobody has this actor until it is unparked; the first reason stays. */
  park(address: Address, reason: string): Promise<void>;
  unpark(address: Address): Promise<void>;
  setResident(address: Address, resident: boolean): Promise<void>;
  records(address: Address, after: number, limit: number): Promise<readonly StoredRecord[]>;
  /** Actors that the store should have, in a fixed order. */
  residents(cursor: string | undefined, limit: number): Promise<Residents>;
  /** Sleeping actors that owe something before `before`, earliest first. */
  due(before: number, limit: number): Promise<readonly Address[]>;
}
