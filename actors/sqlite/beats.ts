/** When each node was last alive, and what it reads. */
import type { Database } from "bun:sqlite";
import type { NodeBeat } from "../store.ts";

interface Row {
  readonly node: string;
  readonly beat_at: number;
  readonly reads: string;
}

export class Beats {
  readonly #put;
  readonly #all;
  readonly #forget;

  constructor(db: Database) {
    this.#put = db.query<null, [string, number, string]>(
      "INSERT OR REPLACE INTO beat (node, beat_at, reads) VALUES (?, ?, ?)",
    );
    this.#all = db.query<Row, []>("SELECT node, beat_at, reads FROM beat ORDER BY node");
    this.#forget = db.query<null, [string, number]>(
      "DELETE FROM beat WHERE node = ? AND beat_at <= ?",
    );
  }

  put({ node, beatAt, reads }: NodeBeat): number {
    this.#put.run(node, beatAt, reads.join(" "));
    return beatAt;
  }

  all(): readonly NodeBeat[] {
    return this.#all.all().map(({ node, beat_at: beatAt, reads }) => ({
      node,
      beatAt,
      reads: reads === "" ? [] : reads.split(" "),
    }));
  }

  forget(node: string, beatAt: number): boolean {
    return this.#forget.run(node, beatAt).changes > 0;
  }
}
