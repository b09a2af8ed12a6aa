/**
 * What a node keeps of an actor: the records that it committed and the journal may not have yet.
 *
 * A store that comes back without them, from a backup or after a power cut, is given them again
 * (C1). Invariants:
 * 1. Each record is kept with its head: alone it can be held against any other history.
 * 2. At most a named number is kept, beyond it none: what has no beginning chains on nothing.
 */
import type { Batch } from "./batch.ts";
import type { KeptRecord } from "./store.ts";

/** A journal that is so far behind one actor has been away for minutes. */
const KEPT_MAX = 4_096;

export class Kept {
  #records: KeptRecord[] = [];

  /** Ascending by seq; gaps are what other nodes committed. */
  get records(): readonly KeptRecord[] {
    return [...this.#records];
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** This node committed these lines right behind `before`. */
  add(
    { epoch, seq }: { readonly epoch: string; readonly seq: number },
    { lines, heads }: Pick<Batch, "lines" | "heads">,
  ): void {
    const records = this.#records;
    while ((records.at(-1)?.seq ?? 0) > seq) {
      records.pop();
    }
    if (records.length + lines.length > KEPT_MAX) {
      this.forget();
      return;
    }
    for (const [index, line] of lines.entries()) {
      records.push({ seq: seq + 1 + index, line, head: heads[index] ?? "", epoch });
    }
  }

  /** The journal has everything up to there. */
  journaled(upTo: number): void {
    if ((this.#records[0]?.seq ?? Number.POSITIVE_INFINITY) <= upTo) {
      this.#records = this.#records.filter(({ seq }) => seq > upTo);
    }
  }

  forget(): void {
    this.#records = [];
  }
}

/** What this node and others remember, ascending and each once. */
export function keptByAll(
  own: readonly KeptRecord[],
  others: readonly KeptRecord[],
): readonly KeptRecord[] {
  const all = new Map([...own, ...others].map((each) => [`${each.seq} ${each.head}`, each]));
  return [...all.values()].toSorted((one, other) => one.seq - other.seq);
}
