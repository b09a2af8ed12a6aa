/**
 * The agenda: everything owed by every actor, by when it may be claimed.
 *
 * Invariants:
 * 1. A claim counts its attempt and draws a lease before anyone begins to work.
 * 2. Renew and release compare generation and lease; what was never claimed has the lease "".
 * 3. Putting a key again voids the item that was there, with its lease and its attempts.
 */
import type { Database } from "bun:sqlite";
import { parseAddressKey } from "../address.ts";
import type { AgendaItem, ClaimedItem } from "../store.ts";

interface Row {
  readonly address: string;
  readonly key: string;
  readonly generation: number;
  readonly attempt: number;
}

export class Agenda {
  readonly #put;
  readonly #remove;
  readonly #forget;
  readonly #due;
  readonly #nextLease;
  readonly #lease;
  readonly #renew;
  readonly #release;
  readonly #holds;
  readonly #of;

  constructor(db: Database) {
    this.#put = db.query<null, [string, string, number, number]>(
      `INSERT OR REPLACE INTO owed (address, key, generation, claimable_at, attempt, lease)
       VALUES (?, ?, ?, ?, 0, '')`,
    );
    this.#remove = db.query<null, [string, string]>(
      "DELETE FROM owed WHERE address = ? AND key = ?",
    );
    this.#forget = db.query<null, [string]>("DELETE FROM owed WHERE address = ?");
    this.#due = db.query<Row, [number, number]>(
      `SELECT address, key, generation, attempt FROM owed WHERE claimable_at <= ?
       ORDER BY claimable_at, address, key LIMIT ?`,
    );
    this.#nextLease = db.query<{ readonly taken: number }, []>(
      "UPDATE lease_count SET taken = taken + 1 RETURNING taken",
    );
    this.#lease = db.query<null, [number, string, number, string, string]>(
      "UPDATE owed SET attempt = ?, lease = ?, claimable_at = ? WHERE address = ? AND key = ?",
    );
    this.#renew = db.query<null, [number, string, string, number, string]>(
      `UPDATE owed SET claimable_at = ?
       WHERE address = ? AND key = ? AND generation = ? AND lease = ?`,
    );
    this.#release = db.query<null, [number, number, string, string, number, string]>(
      `UPDATE owed SET claimable_at = ?, lease = '', attempt = attempt - ?
       WHERE address = ? AND key = ? AND generation = ? AND lease = ?`,
    );
    this.#of = db.query<{ readonly key: string; readonly generation: number }, [string]>(
      "SELECT key, generation FROM owed WHERE address = ?",
    );
    this.#holds = db.query<{ readonly found: number }, [string, number]>(
      `SELECT 1 AS found FROM owed WHERE address = ? AND (claimable_at <= ? OR lease <> '')
       LIMIT 1`,
    );
  }

  change(address: string, change: { put: readonly AgendaItem[]; remove: readonly string[] }): void {
    for (const key of change.remove) {
      this.#remove.run(address, key);
    }
    for (const { key, generation, claimableAt } of change.put) {
      this.#put.run(address, key, generation, claimableAt);
    }
  }

  /** Just these are owed: what is there already, of the same generation, stays as it is. */
  oweJust(address: string, items: readonly AgendaItem[]): void {
    const there = new Map(this.#of.all(address).map(({ key, generation }) => [key, generation]));
    const put = items.filter(({ key, generation }) => there.get(key) !== generation);
    const wanted = new Set(items.map(({ key }) => key));
    this.change(address, { put, remove: [...there.keys()].filter((key) => !wanted.has(key)) });
  }

  forget(address: string): void {
    this.#forget.run(address);
  }

  /** Something of this actor is at work, or falls due by then. */
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
      this.#lease.run(attempt, lease, claimableAt, row.address, row.key);
      const { key, generation } = row;
      const address = parseAddressKey(row.address);
      return { address, key, generation, claimableAt, attempt, lease };
    });
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
}
