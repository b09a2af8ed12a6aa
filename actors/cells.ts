/**
 * The cells of a node: the actors that it has in memory, at most a named number of them.
 *
 * Invariant: a cell that is taken out while idle loses nothing; the store has it all.
 */
import { type Address, addressKey } from "./address.ts";
import { Cell } from "./cell.ts";
import type { CellNode } from "./cell-node.ts";
import { type Settles, claimOf } from "./letter.ts";
import type { Incoming, Reply } from "./reply.ts";
import type { KeptRecord } from "./store.ts";

/** Actors kept in memory; the least recently used that are idle make room. */
const CELLS_MAX = 4_096;

/** The node is stopping: nothing was accepted. */
export class Draining extends Error {
  override readonly name = "Draining";
  readonly kind = "node.draining";
  readonly retry = "elsewhere";
}

export class Cells {
  readonly #node: CellNode;
  readonly #cells = new Map<string, Cell>();
  readonly #births = new Set<Promise<unknown>>();

  constructor(node: CellNode) {
    this.#node = node;
  }

  at(address: Address): Cell {
    const key = addressKey(address);
    const cell = this.#cells.get(key) ?? new Cell(address, this.#node);
    this.#cells.delete(key);
    this.#makeRoom();
    this.#cells.set(key, cell);
    return cell;
  }

  /** Resolves when its fate is known and durable. */
  post(address: Address, incoming: Incoming, settles?: Settles): Promise<Reply> {
    const [claim, receivedAt] = [claimOf(incoming), this.#node.store.now()];
    return new Promise((resolve, reject) => {
      this.at(address).put({ incoming, settles, claim, receivedAt, resolve, reject });
    });
  }

  /** What this node committed and may alone remember, by actor. */
  kept(): readonly { readonly address: Address; readonly records: readonly KeptRecord[] }[] {
    return [...this.#cells.values()]
      .map(({ address, kept }) => ({ address, records: kept }))
      .filter(({ records }) => records.length > 0);
  }

  /** The store may not be what it was: nothing in memory is believed any more. */
  doubt(): void {
    this.#cells.forEach((cell) => cell.doubt());
  }

  /** A birth: no turn of a cell, but not to be cut off by the end of the node either. */
  async whole<T>(work: Promise<T>): Promise<T> {
    this.#births.add(work);
    try {
      return await work;
    } finally {
      this.#births.delete(work);
    }
  }

  /** Resolves when no turn is running any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#births);
    await Promise.all([...this.#cells.values()].map((cell) => cell.settled()));
  }

  #makeRoom(): void {
    for (const [key, cell] of this.#cells) {
      if (this.#cells.size < CELLS_MAX) {
        return;
      }
      if (cell.idle) {
        this.#cells.delete(key);
      }
    }
  }
}
