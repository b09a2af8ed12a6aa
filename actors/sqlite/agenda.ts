/**
 * The agenda: everything owed by every actor, by when it may be claimed.
 *
 * Invariants:
 * 1. A claim counts its attempt and draws a lease before anyone begins to work.
 * 2. Begin, renew, release and drop compare generation and lease; what nobody holds has the lease
 *    "".
 * 3. Putting a key again voids the item that was there, with its lease and its attempts.
 * 4. An item says whether it was begun, and whether under the lease of now. Only that lease takes
 *    it back.
 */
import type { Database } from "bun:sqlite";
import { parseAddressKey } from "../address.ts";
import { AT_ONCE_MS, type AgendaChange, type AgendaItem, type ClaimedItem } from "../store.ts";

interface Row {
  readonly address: string;
  readonly key: string;
  readonly generation: number;
  readonly attempt: number;
  readonly begun: number;
}

/** Of an item whose work began under the lease of now, and under one that has lapsed. */
const BEGUN = 1;
const BEGUN_BEFORE = 2;
/** This lease of this generation still holds. */
const HELD = `address = ? AND key = ? AND generation = ? AND lease = ? AND lease <> ''`;

export class Agenda {
  readonly #put;
  readonly #remove;
  readonly #forget;
  readonly #due;
  readonly #nextLease;
  readonly #lease;
  readonly #cancel;
  readonly #doubt;
  readonly #begin;
  readonly #renew;
  readonly #resume;
  readonly #release;
  readonly #drop;
  readonly #holds;
  readonly #of;

  constructor(db: Database) {
    this.#put = db.query<null, [string, string, number, number, number, string, number]>(
      `INSERT OR REPLACE INTO owed (address, key, generation, claimable_at, attempt, lease, begun)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = db.query<null, [string, string]>(
      "DELETE FROM owed WHERE address = ? AND key = ?",
    );
    this.#forget = db.query<null, [string]>("DELETE FROM owed WHERE address = ?");
    this.#due = db.query<Row, [number, number]>(
      `SELECT address, key, generation, attempt, begun FROM owed WHERE claimable_at <= ?
       ORDER BY claimable_at, address, key LIMIT ?`,
    );
    this.#nextLease = db.query<{ readonly taken: number }, []>(
      "UPDATE lease_count SET taken = taken + 1 RETURNING taken",
    );
    this.#lease = db.query<null, [number, string, number, number, string, string]>(
      `UPDATE owed SET attempt = ?, lease = ?, claimable_at = ?, begun = ?
       WHERE address = ? AND key = ?`,
    );
    this.#cancel = db.query<null, [number, string, string]>(
      `UPDATE owed SET cancelled = 1, claimable_at = iif(lease = '', ?, claimable_at)
       WHERE address = ? AND key = ?`,
    );
    this.#doubt = db.query<null, [string, string]>(
      `UPDATE owed SET begun = ${BEGUN_BEFORE} WHERE address = ? AND key = ? AND begun = 0`,
    );
    this.#begin = db.query<null, [number, string, string, number, string]>(
      `UPDATE owed SET claimable_at = ?, begun = iif(begun = 0, ${BEGUN}, begun)
       WHERE ${HELD} AND cancelled = 0`,
    );
    this.#resume = db.query<null, [string, string, number, number, string]>(
      `INSERT INTO owed (address, key, generation, claimable_at, attempt, lease, begun)
       VALUES (?, ?, ?, ?, 1, ?, ${BEGUN})
       ON CONFLICT (address, key) DO UPDATE SET claimable_at = excluded.claimable_at,
         generation = excluded.generation, lease = excluded.lease, begun = excluded.begun
       WHERE generation <= excluded.generation`,
    );
    this.#renew = db.query<null, [number, string, string, number, string]>(
      `UPDATE owed SET claimable_at = ?
       WHERE ${HELD} AND cancelled = 0`,
    );
    this.#release = db.query<null, [number, number, string, string, number, string]>(
      `UPDATE owed SET claimable_at = ?, lease = '', attempt = attempt - ?,
         begun = iif(begun = ${BEGUN}, 0, begun)
       WHERE ${HELD}`,
    );
    this.#drop = db.query<null, [string, string, number, string]>(`DELETE FROM owed WHERE ${HELD}`);
    this.#of = db.query<{ readonly key: string; readonly generation: number }, [string]>(
      "SELECT key, generation FROM owed WHERE address = ?",
    );
    this.#holds = db.query<{ readonly found: number }, [string, number]>(
      `SELECT 1 AS found FROM owed
       WHERE address = ? AND (claimable_at <= ? OR lease <> '' OR begun > 0) LIMIT 1`,
    );
  }

  /** True: something was left claimable at once. */
  change(address: string, { put, remove, cancel = [] }: AgendaChange, now: number): boolean {
    for (const key of remove) {
      this.#remove.run(address, key);
    }
    for (const { key, generation, claimableAt, lease = "", begun = false } of put) {
      const attempt = lease === "" ? 0 : 1;
      const mark = begun ? BEGUN_BEFORE : 0;
      this.#put.run(address, key, generation, claimableAt, attempt, lease, mark);
    }
    for (const key of cancel) {
      this.#cancel.run(now, address, key);
    }
    const open = put.some(
      ({ claimableAt, lease = "" }) => lease === "" && claimableAt <= now + AT_ONCE_MS,
    );
    return open || cancel.length > 0;
  }

  /** Just these are owed: what is there already, of the same generation, stays as it is. */
  oweJust(address: string, items: readonly AgendaItem[], now: number): void {
    const there = new Map(this.#of.all(address).map(({ key, generation }) => [key, generation]));
    const put = items.filter(({ key, generation }) => there.get(key) !== generation);
    const wanted = new Set(items.map(({ key }) => key));
    const remove = [...there.keys()].filter((key) => !wanted.has(key));
    this.change(address, { put, remove }, now);
  }

  /** Also what is there already is begun where this says so. */
  doubtBegun(address: string, items: readonly AgendaItem[]): void {
    for (const { key } of items.filter(({ begun }) => begun === true)) {
      this.#doubt.run(address, key);
    }
  }

  forget(address: string): void {
    this.#forget.run(address);
  }

  /** Something of this actor is at work, was begun, or falls due by then. */
  holds(address: string, dueAfter: number): boolean {
    return this.#holds.get(address, dueAfter) !== null;
  }

  /** Reads only, so that a scan that finds nothing costs no fsync. */
  anyDue(now: number): boolean {
    return this.#due.get(now, 1) !== null;
  }

  claim(now: number, limit: number, leaseMs: number): readonly ClaimedItem[] {
    return this.#due.all(now, limit).map((row) => {
      const lease = `lease-${this.#nextLease.get()?.taken ?? 0}`;
      const attempt = row.attempt + 1;
      const claimableAt = now + leaseMs;
      const begun = row.begun > 0;
      const mark = begun ? BEGUN_BEFORE : 0;
      this.#lease.run(attempt, lease, claimableAt, mark, row.address, row.key);
      const { key, generation } = row;
      const address = parseAddressKey(row.address);
      return { address, key, generation, claimableAt, attempt, lease, begun };
    });
  }

  begin(address: string, item: ClaimedItem, claimableAt: number): boolean {
    const { key, generation, lease } = item;
    return this.#begin.run(claimableAt, address, key, generation, lease).changes > 0;
  }

  resume(address: string, item: ClaimedItem, claimableAt: number): boolean {
    const { key, generation, lease } = item;
    return this.#resume.run(address, key, generation, claimableAt, lease).changes > 0;
  }

  renew(address: string, item: ClaimedItem, claimableAt: number): boolean {
    const { key, generation, lease } = item;
    return this.#renew.run(claimableAt, address, key, generation, lease).changes > 0;
  }

  release(
    address: string,
    item: ClaimedItem,
    to: { readonly claimableAt: number; readonly spared: boolean },
  ): boolean {
    const { key, generation, lease } = item;
    const back = to.spared ? 1 : 0;
    return this.#release.run(to.claimableAt, back, address, key, generation, lease).changes > 0;
  }

  drop(address: string, { key, generation, lease }: ClaimedItem): boolean {
    return this.#drop.run(address, key, generation, lease).changes > 0;
  }
}
