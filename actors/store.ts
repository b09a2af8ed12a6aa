/**
 * The actor store: one port, implemented on Redis (`actors/redis/`) and on SQLite
 * (`actors/sqlite/`), and held to it by `test/contracts/store.ts`.
 *
 * Owns the words between the runtime and whatever keeps bytes. Invariants of every implementation:
 * 1. `commit` is atomic and on disk before it resolves; its records are published to subscribers
 *    only after that, in `seq` order, without a gap.
 * 2. `commit` compares the head of the record chain, never a counter: a store that was rewound
 *    refuses commits that were made on other history (C1).
 * 3. Envelopes and records are opaque text; a store reads none of them.
 * 4. A function of a store checks everything before its first write. An error means *unknown*:
 *    the caller loads again and compares.
 * 5. Time is the store's own clock, in ms since 1970.
 * 6. Of what is owed, a lease is one node's until it is released, lapses, or its item is put
 *    again; renewing, beginning, releasing and dropping compare it (C14). An item that was
 *    cancelled can be neither begun nor renewed (C15).
 * 7. A node that lost `LOSSES_MAX` commits of one actor in a row has the next one reserved for
 *    `RESERVED_MS`: fairness, not safety (C11).
 */
import type { Address } from "./address.ts";
import type { WrittenEnvelope } from "./written.ts";

/** The most bytes of records in one commit: the birth with a lesson of 1 MiB, as JSON, fits. */
export const COMMIT_BYTES_MAX = 4_194_304;
/** The largest envelope: a session of 1,000 seats and a school day of rounds stays below it. */
export const ENVELOPE_BYTES_MAX = 8_388_608;
/** The most records that one commit may append (a drain takes at most 64 messages). */
export const COMMIT_RECORDS_MAX = 64;
/** The newest records that stay in the log once the journal has them: what a watcher who was away
 * for a moment comes back for. */
export const LOG_KEPT = 512;
/** The most records that one call of `records` returns. */
export const RECORDS_MAX = 1_000;

/** The loss at which a node's next commit is reserved for it: two are what bad luck does. */
export const LOSSES_MAX = 3;
/** Longer than a turn takes; what others wait when the node with the reservation has died. */
export const RESERVED_MS = 50;

/** Nodes measure the store's time: what is claimable within this is claimable at once. */
export const AT_ONCE_MS = 50;

/** The checksum of the last record chained on all before it; of an unborn actor: none. */
export type Head = string;

/** A command id, already scoped to its principal and hashed, with a digest of its content. */
export interface IdClaim {
  readonly idKey: string;
  readonly digest: string;
}

/** A command id that has been accepted: the record it made, and the digest it had then. */
export interface KnownId extends IdClaim {
  readonly seq: number;
}

/** Something owed, as the agenda knows it; what it is stands in the envelope under `key`. */
export interface AgendaItem {
  /** Unique within the actor: `timer:<id>` or `effect:<seq>.<n>`. */
  readonly key: string;
  readonly generation: number;
  /** From when any node may claim it, ms. */
  readonly claimableAt: number;
  /** Put with it: the committing node holds it until then, as if claimed. Else it is nobody's. */
  readonly lease?: string;
  /** Put back by an installation: whether somebody began it is not known. Absent: nobody has. */
  readonly begun?: boolean;
}

export interface Commit extends WrittenEnvelope {
  /** The head that was stepped on; undefined: the actor must not exist. */
  readonly expected: Head | undefined;
  readonly head: Head;
  /** Stored lines for `firstSeq`, `firstSeq + 1`, … */
  readonly records: readonly string[];
  readonly firstSeq: number;
  /** Ids of this batch's accepted messages: none may be known, all are remembered. */
  readonly claims: readonly KnownId[];
  /** Ids of this batch's refused messages: are they known? */
  readonly asks: readonly IdClaim[];
  readonly agenda: AgendaChange;
  /** The store's time after which it is `late`; undefined: whenever it arrives. */
  readonly notAfter: number | undefined;
  /** Who commits, and how many commits of this actor it has lost in a row; absent: no contender. */
  readonly contender?: { readonly node: string; readonly losses: number };
}

export interface AgendaChange {
  readonly put: readonly AgendaItem[];
  readonly remove: readonly string[];
  /** Not wanted any more: claimable at once where nobody holds it, else when its lease ends. */
  readonly cancel?: readonly string[];
}

export type Committed =
  | {
      readonly kind: "committed";
      readonly known: readonly KnownId[];
      /** Up to which seq the journal had it, before this commit. */
      readonly journaled: number;
    }
  /** Another node was first, or wrote the envelope anew: step again on what is there now. */
  | { readonly kind: "conflict"; readonly envelope: string }
  /** Some of `claims` were accepted before: nothing was written. `known` covers claims and asks. */
  | { readonly kind: "known"; readonly known: readonly KnownId[] }
  /** It arrived after `notAfter`: nothing was written. */
  | { readonly kind: "late" }
  /** The next commit is another node's: nothing was written. It is free after `waitMs` at most. */
  | { readonly kind: "reserved"; readonly waitMs: number }
  | { readonly kind: "absent" };

export type Confirmed =
  | {
      readonly kind: "current";
      readonly known: readonly KnownId[];
      readonly journaled: number;
    }
  | { readonly kind: "moved"; readonly envelope: string; readonly known: readonly KnownId[] }
  | { readonly kind: "absent" };

/** An actor as it is stored: what the store itself compares, beside the opaque bytes. */
export interface Stored {
  readonly head: Head;
  readonly seq: number;
  readonly envelope: string;
}

/**
 * What hydration puts back: the envelope, the tail of the log, ids and agenda. Behind this envelope
 * nothing goes until it was written whole.
 */
export interface Installation {
  readonly head: Head;
  readonly seq: number;
  readonly envelope: string;
  readonly records: readonly string[];
  readonly firstSeq: number;
  readonly ids: readonly KnownId[];
  readonly agenda: readonly AgendaItem[];
}

export interface ClaimedItem extends AgendaItem {
  readonly address: Address;
  /** 1 for the first claim; counted before the work is begun. */
  readonly attempt: number;
  readonly lease: string;
  /** Somebody began it whose lease has lapsed since: what became of that is not known. */
  readonly begun: boolean;
}

export interface DirtyActor {
  readonly address: Address;
  readonly head: Head;
  readonly seq: number;
  /** By the store's clock: since when the journal lacks something, or when it was last copied. */
  readonly since: number;
}

export interface NodeBeat {
  /** The boot id: a restarted node is another node. */
  readonly node: string;
  readonly beatAt: number;
  /** What it reads of stored actors, in words without blanks; a store understands none of them. */
  readonly reads: readonly string[];
}

/** A record as it was committed: its seq and its stored line. */
export interface StoredRecord {
  readonly seq: number;
  readonly line: string;
}

/** A record that a node committed, as it alone remembers it (C1). */
export interface KeptRecord extends StoredRecord {
  /** Of the chain with this record. */
  readonly head: Head;
  readonly epoch: string;
}

/** What may be asked while it is not yet known what a store has lost. */
export type RecoveringStore = Pick<ActorStore, "remember" | "resume" | "beat" | "nodes">;

/** Resolves when all that nodes remember has been given back, so that actors may be served. */
export type Recover = (run: string, store: RecoveringStore) => Promise<void>;

export interface Subscription {
  /** In order and without a gap from the first record after `subscribe` resolved. */
  readonly onRecords: (records: readonly StoredRecord[]) => void;
  /** The log no longer holds what was missed, or is another run: look at the actor afresh. */
  readonly onReset: () => void;
}

export interface ActorStore {
  load(address: Address): Promise<string | undefined>;
  /** All that is stored of the actor beside its log, so that one may be held against the other. */
  inspect(address: Address): Promise<Stored | undefined>;
  /** Is `head` still the newest, and which of these ids are known? Reads only. */
  confirm(address: Address, head: Head, asks: readonly IdClaim[]): Promise<Confirmed>;
  commit(address: Address, commit: Commit): Promise<Committed>;
  /** Records with seq > `after`, oldest first, at most `limit`; those trimmed away are missing. */
  records(address: Address, after: number, limit: number): Promise<readonly StoredRecord[]>;

  /** The runs of the servers behind it, each a word; none: a store that cannot come back older. */
  runs(): readonly string[];
  /** A server came back as another run: until this has resolved, nothing else is asked of it. */
  onAnotherRun(recover: Recover): void;
  /** Throws when it is found now that a server came back as another run, or was emptied. */
  verify(address: Address): Promise<void>;
  /** Keeps those of a node's own records, ascending, that the store has not got any more. */
  remember(address: Address, records: readonly KeptRecord[]): Promise<"there" | "kept">;
  /** What nodes remembered, and nobody has proved since. */
  remembered(address: Address): Promise<readonly KeptRecord[]>;
  /** The actor's history goes through these: they need not be remembered any more. */
  proven(address: Address, records: readonly KeptRecord[]): Promise<void>;

  /** Hydration: a ticket where nothing is; `present` when an actor is there already. */
  reserve(address: Address, ticket: string): Promise<"reserved" | "present">;
  /**
   * Installs only over its own ticket. What is owed there already, of the same generation, keeps
   * its lease, and is begun where it was or the installation says so.
   */
  install(address: Address, ticket: string, what: Installation): Promise<"installed" | "lost">;
  /** Puts this in the place of a damaged actor whose stored head is still `seen`. */
  restore(address: Address, seen: Head, what: Installation): Promise<"restored" | "lost">;
  /** No commit holds on it any more until it is restored; its bytes stay to be looked at. */
  setAside(address: Address, seen: Head): Promise<"aside" | "lost">;
  /**
   * Removes the actor if `head` is the newest, it is journaled, nothing is begun or falls due by
   * then, and nobody remembers more of it.
   */
  evict(address: Address, head: Head, dueAfter: number): Promise<"evicted" | "kept">;

  /** What may be claimed now, oldest first; each is leased to the caller for `leaseMs`. */
  claim(limit: number, leaseMs: number): Promise<readonly ClaimedItem[]>;
  /** Right before the work: the lease is held, and from now on the item counts as begun. */
  begin(item: ClaimedItem, leaseMs: number): Promise<boolean>;
  renew(item: ClaimedItem, leaseMs: number): Promise<boolean>;
  /**
   * Its node is at work on it, whatever the store knows of that: it is begun, under this lease.
   * False: it was put anew since.
   */
  resume(item: ClaimedItem, leaseMs: number): Promise<boolean>;
  /**
   * Claimable again at `claimableAt`, by anyone; not begun, if it was under this very lease;
   * `spared`: nothing was tried, or is counted.
   */
  release(item: ClaimedItem, claimableAt: number, attempt?: "spared"): Promise<boolean>;
  /** The actor does not owe it: it leaves the agenda, unless it was put again meanwhile. */
  drop(item: ClaimedItem): Promise<boolean>;
  /** Called when something was left claimable at once. Lossy: whoever listens scans as well. */
  onClaimable(listener: () => void): () => void;
  /** The agenda is an index: at this head the actor owes just these. What is there already keeps
   * its lease and its time, and is begun if it was. */
  reindex(address: Address, head: Head, agenda: readonly AgendaItem[]): Promise<"done" | "moved">;
  /** At this head the actor has accepted these ids, as they stand here, whatever was known. */
  reclaim(address: Address, head: Head, ids: readonly KnownId[]): Promise<"done" | "moved">;

  /** Actors with records that the journal has not got, longest dirty first. */
  dirty(limit: number): Promise<readonly DirtyActor[]>;
  /** The journal has everything up to `seq`; clean again only if `head` is still the newest. All
   * but the newest `LOG_KEPT` of what it has leave the log. */
  journaled(address: Address, seq: number, head: Head): Promise<void>;
  /** All actors present, a page at a time; an undefined cursor starts and ends the walk. */
  actors(
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly addresses: readonly Address[]; readonly cursor: string | undefined }>;

  subscribe(address: Address, subscription: Subscription): Promise<() => void>;

  /** Answers with the time of the beat, by the store's clock. */
  beat(node: string, reads: readonly string[]): Promise<number>;
  nodes(): Promise<readonly NodeBeat[]>;
  /** False: it is not known, or has beaten after `beatAt`, and is kept. */
  forget(node: string, beatAt: number): Promise<boolean>;

  now(): number;
  close(): Promise<void>;
}

/** The store could not be asked, or answered with an error: what was sent may or may not hold. */
export class StoreUnreachable extends Error {
  override readonly name = "StoreUnreachable";
  readonly kind = "store.unreachable";
  readonly retry = "later";
}

/** A commit over a named limit; nothing was written. */
export class CommitTooLarge extends Error {
  override readonly name = "CommitTooLarge";
  readonly kind = "commit.too-large";
  readonly retry = "never";
}
