/**
 * The embedded actor store: one SQLite file, one process.
 *
 * Keeps the contract of `actors/store.ts`; owns how its calls map to tables and transactions.
 * Invariants:
 * 1. Reads see only what has been committed; writes go through the group commit, in order.
 * 2. Followers are told right after the COMMIT and before the commit resolves.
 */
import type { Database } from "bun:sqlite";
import { type Address, addressKey } from "../address.ts";
import type { Clock, Log } from "../clock.ts";
import {
  PAGE_MAX,
  checkAgenda,
  checkAsks,
  checkCommit,
  checkInstallation,
  pageOf,
} from "../commit-check.ts";
import type * as port from "../store.ts";
import { RECORDS_MAX } from "../store.ts";
import { Wakes } from "../wakes.ts";
import { Actors } from "./actors.ts";
import { Agenda } from "./agenda.ts";
import { Beats } from "./beats.ts";
import { Commits } from "./commits.ts";
import { openDatabase } from "./database.ts";
import { GroupCommit } from "./group-commit.ts";
import { KnownIds } from "./known-ids.ts";
import { Residence } from "./residence.ts";
import { Subscriptions } from "./subscriptions.ts";

export interface SqliteStoreOptions {
  /** A path, or ":memory:" for a store that ends with the process. */
  readonly file: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws `StoreInUse` when another process has the file open. */
export async function openSqliteStore(
  options: SqliteStoreOptions,
  db: Database = openDatabase(options.file),
): Promise<port.ActorStore> {
  return new SqliteStore(options, db);
}

class SqliteStore implements port.ActorStore {
  readonly #clock: Clock;
  readonly #db: Database;
  readonly #group: GroupCommit;
  readonly #actors: Actors;
  readonly #agenda: Agenda;
  readonly #ids: KnownIds;
  readonly #residence: Residence;
  readonly #beats: Beats;
  readonly #subscriptions: Subscriptions;
  readonly #wakes: Wakes;
  readonly #commits: Commits;

  constructor({ file, clock, log }: SqliteStoreOptions, db: Database) {
    this.#clock = clock;
    this.#db = db;
    // Without a disk nothing is won by waiting for the end of the tick.
    this.#group = new GroupCommit(db, file === ":memory:" ? queueMicrotask : setImmediate);
    this.#actors = new Actors(db);
    this.#agenda = new Agenda(db);
    this.#ids = new KnownIds(db);
    const tables = { actors: this.#actors, agenda: this.#agenda, ids: this.#ids };
    this.#residence = new Residence(db, tables);
    this.#beats = new Beats(db);
    this.#subscriptions = new Subscriptions(log);
    this.#wakes = new Wakes(log);
    this.#commits = new Commits({
      ...tables,
      residence: this.#residence,
      subscriptions: this.#subscriptions,
      wakes: this.#wakes,
      now: () => this.now(),
    });
  }

  load(address: Address): Promise<string | undefined> {
    return this.#group.read(() => this.#actors.find(addressKey(address))?.envelope);
  }

  inspect(address: Address): Promise<port.Stored | undefined> {
    return this.#group.read(() => {
      const present = this.#actors.find(addressKey(address));
      return present && { head: present.head, seq: present.seq, envelope: present.envelope };
    });
  }

  confirm(
    address: Address,
    head: port.Head,
    asks: readonly port.IdClaim[],
  ): Promise<port.Confirmed> {
    const key = addressKey(address);
    return this.#group.read((): port.Confirmed => {
      checkAsks(asks.length);
      const present = this.#actors.find(key);
      if (present === undefined) {
        return { kind: "absent" };
      }
      const known = this.#ids.among(key, asks);
      return present.head === head
        ? { kind: "current", known, journaled: present.journaled }
        : { kind: "moved", envelope: present.envelope, known };
    });
  }

  commit(address: Address, commit: port.Commit): Promise<port.Committed> {
    const key = addressKey(address);
    return this.#group.write((whenDurable) => {
      checkCommit(commit);
      return this.#commits.commit(key, commit, whenDurable);
    });
  }

  records(address: Address, after: number, limit: number): Promise<readonly port.StoredRecord[]> {
    const page = pageOf(limit, RECORDS_MAX);
    return this.#group.read(() => this.#actors.records(addressKey(address), after, page));
  }

  /** One process has the file, and what that acknowledged is in it. */
  runs(): readonly string[] {
    return [];
  }

  onAnotherRun(): void {}

  async verify(): Promise<void> {}

  remember(address: Address, records: readonly port.KeptRecord[]): Promise<"there" | "kept"> {
    return this.#group.write(() => this.#residence.remembered.add(addressKey(address), records));
  }

  remembered(address: Address): Promise<readonly port.KeptRecord[]> {
    return this.#group.read(() => this.#residence.remembered.of(addressKey(address)));
  }

  proven(address: Address, records: readonly port.KeptRecord[]): Promise<void> {
    return this.#group.write(() => this.#residence.remembered.forget(addressKey(address), records));
  }

  reserve(address: Address, ticket: string): Promise<"reserved" | "present"> {
    return this.#group.write(() => this.#residence.reserve(addressKey(address), ticket));
  }

  install(
    address: Address,
    ticket: string,
    what: port.Installation,
  ): Promise<"installed" | "lost"> {
    const key = addressKey(address);
    return this.#group.write((whenDurable) => {
      checkInstallation(what);
      whenDurable(() => {
        if (outcome === "installed") {
          this.#subscriptions.installed(key, what.head);
        }
      });
      const outcome = this.#residence.install(key, ticket, what);
      return outcome;
    });
  }

  restore(
    address: Address,
    seen: port.Head,
    what: port.Installation,
  ): Promise<"restored" | "lost"> {
    const key = addressKey(address);
    return this.#group.write((whenDurable) => {
      checkInstallation(what);
      const outcome = this.#residence.restore(key, seen, what);
      if (outcome === "restored") {
        whenDurable(() => this.#subscriptions.installed(key, what.head));
      }
      return outcome;
    });
  }

  setAside(address: Address, seen: port.Head): Promise<"aside" | "lost"> {
    return this.#group.write(() => this.#residence.setAside(addressKey(address), seen));
  }

  evict(address: Address, head: port.Head, dueAfter: number): Promise<"evicted" | "kept"> {
    return this.#group.write(() => this.#residence.evict(addressKey(address), head, dueAfter));
  }

  async claim(limit: number, leaseMs: number): Promise<readonly port.ClaimedItem[]> {
    const page = pageOf(limit, PAGE_MAX);
    const due = await this.#group.read(() => this.#agenda.anyDue(this.now()));
    return due ? this.#group.write(() => this.#agenda.claim(this.now(), page, leaseMs)) : [];
  }

  renew(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    const key = addressKey(item.address);
    return this.#group.write(() => this.#agenda.renew(key, item, this.now() + leaseMs));
  }

  resume(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    const key = addressKey(item.address);
    return this.#group.write(() => this.#agenda.resume(key, item, this.now() + leaseMs));
  }

  begin(item: port.ClaimedItem, leaseMs: number): Promise<boolean> {
    const key = addressKey(item.address);
    return this.#group.write(() => this.#agenda.begin(key, item, this.now() + leaseMs));
  }

  drop(item: port.ClaimedItem): Promise<boolean> {
    return this.#group.write(() => this.#agenda.drop(addressKey(item.address), item));
  }

  onClaimable(listener: () => void): () => void {
    return this.#wakes.add(listener);
  }

  release(item: port.ClaimedItem, claimableAt: number, attempt?: "spared"): Promise<boolean> {
    const key = addressKey(item.address);
    const to = { claimableAt, spared: attempt === "spared" };
    return this.#group.write(() => this.#agenda.release(key, item, to));
  }

  reindex(
    address: Address,
    head: port.Head,
    agenda: readonly port.AgendaItem[],
  ): Promise<"done" | "moved"> {
    const key = addressKey(address);
    return this.#group.write(() => {
      checkAgenda(agenda);
      const present = this.#actors.find(key);
      if (present?.head !== head) {
        return "moved";
      }
      this.#agenda.oweJust(key, agenda, this.now());
      if (present.journaled < present.seq && present.dirtySince === null) {
        this.#actors.markDirty(key, this.now());
      }
      return "done";
    });
  }

  reclaim(
    address: Address,
    head: port.Head,
    ids: readonly port.KnownId[],
  ): Promise<"done" | "moved"> {
    checkAsks(ids.length);
    return this.#group.write(() => this.#residence.reclaim(addressKey(address), head, ids));
  }

  dirty(limit: number): Promise<readonly port.DirtyActor[]> {
    return this.#group.read(() => this.#actors.dirty(pageOf(limit, PAGE_MAX)));
  }

  journaled(address: Address, seq: number, head: port.Head): Promise<void> {
    const key = addressKey(address);
    return this.#group.write(() => this.#actors.journal(key, { seq, head }, this.now()));
  }

  actors(cursor: string | undefined, limit: number): ReturnType<port.ActorStore["actors"]> {
    const page = Math.max(1, pageOf(limit, PAGE_MAX));
    return this.#group.read(() => this.#actors.page(cursor, page));
  }

  subscribe(address: Address, subscription: port.Subscription): Promise<() => void> {
    const key = addressKey(address);
    return this.#group.read(() =>
      this.#subscriptions.add(address, subscription, this.#actors.find(key)?.head),
    );
  }

  beat(node: string, reads: readonly string[]): Promise<number> {
    return this.#group.write(() => this.#beats.put({ node, beatAt: this.now(), reads }));
  }

  nodes(): Promise<readonly port.NodeBeat[]> {
    return this.#group.read(() => this.#beats.all());
  }

  forget(node: string, beatAt: number): Promise<boolean> {
    return this.#group.write(() => this.#beats.forget(node, beatAt));
  }

  now(): number {
    return this.#clock.now();
  }

  async close(): Promise<void> {
    this.#group.close();
    this.#subscriptions.clear();
    this.#wakes.clear();
    this.#db.close();
  }
}
