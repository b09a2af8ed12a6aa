/** What nodes remember of actors that this store has not got any more (C1). */
import type { Database } from "bun:sqlite";
import type { KeptRecord } from "../store.ts";
import type { Actors } from "./actors.ts";

export class Remembered {
  readonly #actors: Actors;
  readonly #put;
  readonly #all;
  readonly #forget;

  constructor(db: Database, actors: Actors) {
    this.#actors = actors;
    this.#put = db.query<null, [string, number, string, string, string]>(
      "INSERT OR REPLACE INTO kept (address, seq, head, epoch, line) VALUES (?, ?, ?, ?, ?)",
    );
    this.#all = db.query<KeptRecord, [string]>(
      "SELECT seq, head, epoch, line FROM kept WHERE address = ? ORDER BY seq, head",
    );
    this.#forget = db.query<null, [string, number, string]>(
      "DELETE FROM kept WHERE address = ? AND seq = ? AND head = ?",
    );
  }

  add(address: string, records: readonly KeptRecord[]): "there" | "kept" {
    if (this.#hasAll(address, records)) {
      return "there";
    }
    for (const { seq, head, epoch, line } of records) {
      this.#put.run(address, seq, head, epoch, line);
    }
    return "kept";
  }

  of(address: string): readonly KeptRecord[] {
    return this.#all.all(address).map((record) => ({ ...record }));
  }

  forget(address: string, records: readonly KeptRecord[]): void {
    records.forEach(({ seq, head }) => this.#forget.run(address, seq, head));
  }

  #hasAll(address: string, records: readonly KeptRecord[]): boolean {
    const present = this.#actors.find(address);
    const [first, last] = [records[0], records.at(-1)];
    if (present === undefined || first === undefined || present.seq < (last?.seq ?? 0)) {
      return false;
    }
    const logged = this.#actors.records(address, first.seq - 1, records.length);
    const lines = new Map(logged.map(({ seq, line }) => [seq, line]));
    return records.every(
      ({ seq, head, line }) =>
        seq <= present.journaled ||
        (lines.get(seq) === line && (seq !== present.seq || head === present.head)),
    );
  }
}
