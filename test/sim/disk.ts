/**
 * The disk: the store that all nodes share, with its true clock, and what it publishes.
 *
 * Owns the product's SQLite store in memory and the channels beside it. Every call runs when its
 * message arrives; a commit that held is published, in order, as Redis would. It may come back as
 * another run, with what it had at an earlier moment.
 */
import type { Database } from "bun:sqlite";
import { type Address, addressKey } from "../../actors/address.ts";
import { decodeEnvelope } from "../../actors/envelope.ts";
import type { ChannelMessage } from "../../actors/redis/message.ts";
import type { Tail } from "../../actors/redis/replies.ts";
import type { ActorStore, Commit, Committed, Head, Installation } from "../../actors/store.ts";
import { Memento } from "./memento.ts";

export type Listen = (message: ChannelMessage) => void;

export class Disk {
  readonly store: ActorStore;
  /** The true time of each commit, by `<address>#<seq>`. */
  readonly committedAt = new Map<string, number>();
  /** The step of each, likewise. */
  readonly committedStep = new Map<string, number>();
  /** Those commits of which the node that made them knows. */
  readonly remembered = new Map<string, string>();
  /** How often an actor left. */
  evictions = 0;
  /** Who began what is owed, by `<address> <key>`. */
  readonly begunBy = new Map<string, string>();
  readonly #db: Database;
  readonly #step: () => number;
  readonly #listeners = new Map<string, Set<Listen>>();
  readonly #runs = new Set<() => void>();
  #run = 1;

  constructor(store: ActorStore, db: Database, step: () => number) {
    this.store = store;
    this.#db = db;
    this.#step = step;
  }

  get run(): number {
    return this.#run;
  }

  /** Whoever is connected finds his connection ended. */
  onAnotherRun(listener: () => void): () => void {
    this.#runs.add(listener);
    return () => {
      this.#runs.delete(listener);
    };
  }

  backup(): Memento {
    return Memento.of(this.#db);
  }

  /** What was begun and is still owed. */
  begun(): readonly string[] {
    const owed = "SELECT address || ' ' || key AS name FROM owed WHERE begun > 0";
    return this.#db
      .query<{ readonly name: string }, []>(owed)
      .all()
      .map(({ name }) => name);
  }

  /** It comes back as another run, with this. */
  comeBack(memento: Memento): void {
    memento.restore(this.#db);
    this.#run += 1;
    this.#runs.forEach((listener) => listener());
  }

  async commit(address: Address, commit: Commit): Promise<Committed> {
    const committed = await this.store.commit(address, commit);
    if (committed.kind === "committed") {
      const { firstSeq, expected = "", head } = commit;
      const records = commit.records.map((line, at) => ({ seq: firstSeq + at, line }));
      for (const { seq } of records) {
        const name = `${addressKey(address)}#${seq}`;
        this.committedAt.set(name, this.store.now());
        this.committedStep.set(name, this.#step());
      }
      const lastSeq = firstSeq + records.length - 1;
      this.#publish(address, { kind: "records", records, firstSeq, lastSeq, expected, head });
    }
    return committed;
  }

  async evict(address: Address, head: Head, dueAfter: number): Promise<"evicted" | "kept"> {
    const evicted = await this.store.evict(address, head, dueAfter);
    this.evictions += evicted === "evicted" ? 1 : 0;
    return evicted;
  }

  async install(
    address: Address,
    ticket: string,
    what: Installation,
  ): Promise<"installed" | "lost"> {
    const installed = await this.store.install(address, ticket, what);
    if (installed === "installed") {
      this.#publish(address, { kind: "installed", seq: what.seq, head: what.head });
    }
    return installed;
  }

  async restore(address: Address, seen: Head, what: Installation): Promise<"restored" | "lost"> {
    const restored = await this.store.restore(address, seen, what);
    if (restored === "restored") {
      this.#publish(address, { kind: "installed", seq: what.seq, head: what.head });
    }
    return restored;
  }

  /** Head and records of one moment: both reads are made before anything else is. */
  async tail(address: Address, after: number, limit: number): Promise<Tail | undefined> {
    const reads = [this.store.load(address), this.store.records(address, after, limit)] as const;
    const [stored, records] = await Promise.all(reads);
    if (stored === undefined) {
      return undefined;
    }
    const { head, seq } = decodeEnvelope(address, stored);
    return { head, seq, records };
  }

  listen(address: Address, listen: Listen): () => void {
    const key = addressKey(address);
    const listeners = this.#listeners.get(key) ?? new Set<Listen>();
    this.#listeners.set(key, listeners.add(listen));
    return () => {
      listeners.delete(listen);
    };
  }

  #publish(address: Address, message: ChannelMessage): void {
    for (const listen of this.#listeners.get(addressKey(address)) ?? []) {
      listen(message);
    }
  }
}
