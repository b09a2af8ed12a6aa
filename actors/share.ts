/**
 * The share: which actors this node looks after, of those that every node with the journal's role
 * could.
 *
 * Rendezvous hashing over the names of such nodes as live: each actor is the highest bidder's, and
 * only those of a node that comes or goes change hands. It saves work, and nothing hangs on it.
 * Invariants:
 * 1. Nodes that do not know of one another yet, or any more, do work twice, and none is left out:
 *    a node always counts itself, and another only while it is known to live and to journal.
 * 2. Who waits too long for another is anybody's (`journal.ts`); a walk comes again (`upkeep.ts`).
 */
import { type Address, addressKey } from "./address.ts";
import type { Readers } from "./readers.ts";

/** What a node with the journal's role says with its beats. */
export const JOURNALS = "journals";

export class Share {
  readonly #readers: Pick<Readers, "saying">;
  readonly #nameOf: () => string;

  constructor(readers: Pick<Readers, "saying">, nameOf: () => string) {
    this.#readers = readers;
    this.#nameOf = nameOf;
  }

  /** Of these, what is this node's, and what another's. */
  part<T>(all: readonly T[], addressOf: (each: T) => Address): Record<"own" | "others", T[]> {
    const name = this.#nameOf();
    const others = this.#readers.saying(JOURNALS);
    const parts: Record<"own" | "others", T[]> = { own: [], others: [] };
    for (const each of all) {
      const key = addressKey(addressOf(each));
      const own = bidOf(name, key);
      const isOwn = others.every((other) => bidOf(other, key) <= own);
      parts[isOwn ? "own" : "others"].push(each);
    }
    return parts;
  }
}

function bidOf(node: string, key: string): number {
  return Bun.hash.xxHash32(`${node} ${key}`);
}
