/**
 * The actors that are present: their envelopes, their records, and which the journal still owes.
 */
import type { Database } from "bun:sqlite";
import { type Address, addressKey, parseAddressKey } from "../address.ts";
import {
  type ActorStore,
  type DirtyActor,
  LOG_KEPT,
  type Stored,
  type StoredRecord,
} from "../store.ts";

export interface Present extends Stored {
  readonly dirtySince: number | null;
  /** Up to which seq the journal has it. */
  readonly journaled: number;
  /** The id of what was written last of the envelope; "": nothing may go behind it. */
  readonly part: string;
}

/** What of an actor is written anew. */
export interface Put extends Present {
  /** The envelope goes behind what is there of it. */
  readonly behind?: true;
}

/** Before the head of an actor that was set aside. */
const ASIDE = "aside.";

interface DirtyRow {
  readonly address: string;
  readonly head: string;
  readonly seq: number;
  readonly since: number;
}

export class Actors {
  readonly #find;
  readonly #put;
  readonly #putBehind;
  readonly #addRecord;
  readonly #records;
  readonly #dirty;
  readonly #soil;
  readonly #markJournaled;
  readonly #trim;
  readonly #walk;
  readonly #rename;
  readonly #removals;

  constructor(db: Database) {
    this.#find = db.query<Present, [string]>(
      `SELECT head, seq, envelope || deltas AS envelope, dirty_since AS dirtySince, journaled, part
       FROM actor WHERE address = ?`,
    );
    this.#put = db.query<null, [string, string, number, string, number | null, number, string]>(
      `INSERT INTO actor (address, head, seq, envelope, dirty_since, journaled, part)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (address) DO UPDATE SET head = excluded.head, seq = excluded.seq,
         envelope = excluded.envelope, journaled = excluded.journaled, part = excluded.part,
         deltas = '', dirty_since = coalesce(dirty_since, excluded.dirty_since)`,
    );
    this.#putBehind = db.query<null, [string, number, string, number | null, string, string]>(
      `UPDATE actor SET head = ?, seq = ?, deltas = deltas || ?,
         dirty_since = coalesce(dirty_since, ?), part = ? WHERE address = ?`,
    );
    this.#addRecord = db.query<null, [string, number, string]>(
      "INSERT INTO record (address, seq, line) VALUES (?, ?, ?)",
    );
    this.#records = db.query<StoredRecord, [string, number, number]>(
      "SELECT seq, line FROM record WHERE address = ? AND seq > ? ORDER BY seq LIMIT ?",
    );
    this.#dirty = db.query<DirtyRow, [number]>(
      `SELECT address, head, seq, dirty_since AS since FROM actor WHERE dirty_since IS NOT NULL
       ORDER BY dirty_since, address LIMIT ?`,
    );
    this.#soil = db.query<null, [number | null, string]>(
      "UPDATE actor SET dirty_since = ? WHERE address = ?",
    );
    this.#markJournaled = db.query<null, [number, string]>(
      "UPDATE actor SET journaled = ? WHERE address = ?",
    );
    this.#trim = db.query<null, [string, number]>(
      "DELETE FROM record WHERE address = ? AND seq <= ?",
    );
    this.#walk = db.query<{ readonly address: string }, [string, number]>(
      "SELECT address FROM actor WHERE address > ? ORDER BY address LIMIT ?",
    );
    this.#rename = db.query<null, [string, string]>("UPDATE actor SET head = ? WHERE address = ?");
    this.#removals = [
      db.query<null, [string]>("DELETE FROM actor WHERE address = ?"),
      db.query<null, [string]>("DELETE FROM record WHERE address = ?"),
    ];
  }

  find(address: string): Present | undefined {
    return this.#find.get(address) ?? undefined;
  }

  /** An actor that is dirty stays dirty since when it was. */
  put(address: string, what: Put): void {
    const { head, seq, envelope, dirtySince, journaled, part } = what;
    if (what.behind) {
      this.#putBehind.run(head, seq, envelope, dirtySince, part, address);
    } else {
      this.#put.run(address, head, seq, envelope, dirtySince, journaled, part);
    }
  }

  addRecords(address: string, firstSeq: number, lines: readonly string[]): void {
    lines.forEach((line, at) => this.#addRecord.run(address, firstSeq + at, line));
  }

  records(address: string, after: number, limit: number): readonly StoredRecord[] {
    return this.#records.all(address, after, limit).map(({ seq, line }) => ({ seq, line }));
  }

  dirty(limit: number): readonly DirtyActor[] {
    return this.#dirty
      .all(limit)
      .map(({ address, ...dirty }) => ({ address: parseAddressKey(address), ...dirty }));
  }

  markDirty(address: string, since: number | undefined): void {
    this.#soil.run(since ?? null, address);
  }

  /** The journal has it up to there: all but the newest of that leave the log. */
  markJournaled(address: string, seq: number): void {
    this.#markJournaled.run(seq, address);
    this.#trim.run(address, seq - LOG_KEPT);
  }

  after(address: string, limit: number): readonly Address[] {
    return this.#walk.all(address, limit).map((row) => parseAddressKey(row.address));
  }

  /** A page, and where the next one begins; undefined: it was the last. */
  page(cursor: string | undefined, limit: number): Awaited<ReturnType<ActorStore["actors"]>> {
    const addresses = this.after(cursor ?? "", limit);
    const last = addresses.at(-1);
    const more = addresses.length === limit && last !== undefined;
    return { addresses, cursor: more ? addressKey(last) : undefined };
  }

  /** The journal has it up to there; what is left to copy queues behind those that wait longer. */
  journal(address: string, { seq, head }: { seq: number; head: string }, now: number): void {
    const present = this.find(address);
    if (present === undefined || present.dirtySince === null) {
      return;
    }
    const clean = present.head === head && present.seq === seq;
    this.markDirty(address, clean ? undefined : now);
    if (seq <= present.seq) {
      this.markJournaled(address, seq);
    }
  }

  /** Under a head that no commit expects. */
  setAside(address: string, head: string): void {
    this.#rename.run(`${ASIDE}${head}`, address);
  }

  remove(address: string): void {
    this.#removals.forEach((removal) => removal.run(address));
  }
}
