/** The command ids that an actor has accepted. */
import type { Database } from "bun:sqlite";
import type { IdClaim, KnownId } from "../store.ts";

interface Row {
  readonly digest: string;
  readonly seq: number;
}

export class KnownIds {
  readonly #find;
  readonly #add;
  readonly #put;
  readonly #forget;

  constructor(db: Database) {
    this.#find = db.query<Row, [string, string]>(
      "SELECT digest, seq FROM known_id WHERE address = ? AND id_key = ?",
    );
    this.#add = db.query<null, [string, string, string, number]>(
      "INSERT INTO known_id (address, id_key, digest, seq) VALUES (?, ?, ?, ?)",
    );
    this.#put = db.query<null, [string, string, string, number]>(
      "INSERT OR REPLACE INTO known_id (address, id_key, digest, seq) VALUES (?, ?, ?, ?)",
    );
    this.#forget = db.query<null, [string]>("DELETE FROM known_id WHERE address = ?");
  }

  among(address: string, asks: readonly IdClaim[]): readonly KnownId[] {
    return asks.flatMap(({ idKey }) => {
      const row = this.#find.get(address, idKey);
      return row === null ? [] : [{ idKey, digest: row.digest, seq: row.seq }];
    });
  }

  add(address: string, ids: readonly KnownId[]): void {
    for (const { idKey, digest, seq } of ids) {
      this.#add.run(address, idKey, digest, seq);
    }
  }

  /** Whatever was known of them. */
  put(address: string, ids: readonly KnownId[]): void {
    for (const { idKey, digest, seq } of ids) {
      this.#put.run(address, idKey, digest, seq);
    }
  }

  forget(address: string): void {
    this.#forget.run(address);
  }
}
