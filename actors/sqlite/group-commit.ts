/**
 * Group commit: writes that arrive in the same tick share one transaction and one fsync.
 *
 * Owns BEGIN and COMMIT. Invariants:
 * 1. A write resolves only after the COMMIT that holds it; what it publishes comes right before.
 * 2. A write checks before it changes anything. One that throws a `RangeError` or `CommitTooLarge`
 *    has changed nothing and fails alone. Any other error takes the transaction back, and the
 *    writes in it are tried again one by one, so that only its author fails.
 */
import type { Database } from "bun:sqlite";
import { CommitTooLarge, StoreUnreachable } from "../store.ts";

/** Bounds how long one transaction keeps the event loop: about 10 ms of inserts. */
const GROUP_MAX = 256;
/** Writes that wait; above it a disk has fallen behind by seconds. */
const WAITING_MAX = 16_384;

/** Called once the write is on disk, in the order of the writes. */
export type WhenDurable = (then: () => void) => void;

interface Job {
  readonly work: () => void;
  readonly published: (() => void)[];
  readonly settle: () => void;
  readonly fail: (cause: unknown) => void;
}

export class GroupCommit {
  readonly #db: Database;
  readonly #soon: (flush: () => void) => void;
  #waiting: Job[] = [];
  #closed = false;

  constructor(db: Database, soon: (flush: () => void) => void) {
    this.#db = db;
    this.#soon = soon;
  }

  write<T>(work: (whenDurable: WhenDurable) => T): Promise<T> {
    if (this.#closed || this.#waiting.length >= WAITING_MAX) {
      const why = this.#closed ? "is closed" : "has fallen behind";
      return Promise.reject(new StoreUnreachable(`the store ${why}`));
    }
    return new Promise<T>((resolve, reject) => {
      const published: (() => void)[] = [];
      let settle = (): void => {};
      this.#add({
        work: () => {
          published.length = 0;
          const result = work((then) => published.push(then));
          settle = () => resolve(result);
        },
        published,
        settle: () => settle(),
        fail: reject,
      });
    });
  }

  read<T>(work: () => T): Promise<T> {
    if (this.#closed) {
      return Promise.reject(new StoreUnreachable("the store is closed"));
    }
    return new Promise((resolve) => {
      resolve(work());
    });
  }

  /** Writes what waits; everything after is refused. */
  close(): void {
    while (this.#waiting.length > 0) {
      this.#flush();
    }
    this.#closed = true;
  }

  #add(job: Job): void {
    this.#waiting.push(job);
    if (this.#waiting.length === 1) {
      this.#soon(() => this.#flush());
    }
  }

  #flush(): void {
    const group = this.#waiting.slice(0, GROUP_MAX);
    this.#waiting = this.#waiting.slice(GROUP_MAX);
    if (this.#waiting.length > 0) {
      this.#soon(() => this.#flush());
    }
    if (group.length === 0) {
      return;
    }
    for (const job of this.#transact(group)) {
      job.published.forEach((publish) => publish());
      job.settle();
    }
  }

  /** Those whose writes are on disk now. */
  #transact(group: readonly Job[]): readonly Job[] {
    let worked = false;
    try {
      this.#db.run("BEGIN IMMEDIATE");
      const done = group.filter((job) => ran(job));
      worked = true;
      this.#db.run("COMMIT");
      return done;
    } catch (cause) {
      if (this.#db.inTransaction) {
        this.#db.run("ROLLBACK");
      }
      if (!worked && group.length > 1) {
        // One write failed half-way: alone, each of the others is unharmed by it.
        return group.flatMap((job) => this.#transact([job]));
      }
      const error = new StoreUnreachable("the store could not write", { cause });
      group.forEach((job) => job.fail(error));
      return [];
    }
  }
}

function ran(job: Job): boolean {
  try {
    job.work();
    return true;
  } catch (error) {
    if (error instanceof RangeError || error instanceof CommitTooLarge) {
      job.fail(error);
      return false;
    }
    throw error;
  }
}
