/** When each node was last alive. */
import type { Database } from "bun:sqlite";
import type { NodeBeat } from "../store.ts";

export class Beats {
  readonly #put;
  readonly #all;
  readonly #remove;

  constructor(db: Database) {
    this.#put = db.query<null, [string, number]>(
      "INSERT OR REPLACE INTO beat (node, beat_at) VALUES (?, ?)",
    );
    this.#all = db.query<NodeBeat, []>("SELECT node, beat_at AS beatAt FROM beat ORDER BY node");
    this.#remove = db.query<null, [string]>("DELETE FROM beat WHERE node = ?");
  }

  put(node: string, at: number): void {
    this.#put.run(node, at);
  }

  all(): readonly NodeBeat[] {
    return this.#all.all().map(({ node, beatAt }) => ({ node, beatAt }));
  }

  remove(node: string): void {
    this.#remove.run(node);
  }
}
