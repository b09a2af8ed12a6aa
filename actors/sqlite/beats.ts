/** When each node was last alive. */
import type { Database } from "bun:sqlite";
import type { NodeBeat } from "../store.ts";

export class Beats {
  readonly #put;
  readonly #all;
  readonly #forget;

  constructor(db: Database) {
    this.#put = db.query<null, [string, number]>(
      "INSERT OR REPLACE INTO beat (node, beat_at) VALUES (?, ?)",
    );
    this.#all = db.query<NodeBeat, []>("SELECT node, beat_at AS beatAt FROM beat ORDER BY node");
    this.#forget = db.query<null, [string, number]>(
      "DELETE FROM beat WHERE node = ? AND beat_at <= ?",
    );
  }

  put(node: string, at: number): number {
    this.#put.run(node, at);
    return at;
  }

  all(): readonly NodeBeat[] {
    return this.#all.all().map(({ node, beatAt }) => ({ node, beatAt }));
  }

  forget(node: string, beatAt: number): boolean {
    return this.#forget.run(node, beatAt).changes > 0;
  }
}
