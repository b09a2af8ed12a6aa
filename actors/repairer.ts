/**
 * The repairer: repairs by a program that takes part in nothing else, beside nodes that may live.
 *
 * It never beats and remembers nothing. Invariant: before it mends anything, the nodes that lived
 * have given back what they alone remember, or were waited for, also when the store comes back as
 * another run in the middle (C1).
 */
import type { Address } from "./address.ts";
import type { MendNode } from "./mend.ts";
import { type JoiningNode, joinOthers, othersAt } from "./recovery.ts";
import { type Repair, repair } from "./repair.ts";

export class Repairer {
  readonly #node: MendNode & JoiningNode;
  #others: readonly string[] = [];

  constructor(node: MendNode & JoiningNode) {
    this.#node = node;
    node.store.onAnotherRun((run, store) => othersAt(node, run, { others: this.#others, store }));
  }

  /** Waits for the others, and looks anew who they are: before the first repair and at times. */
  async join(): Promise<void> {
    this.#others = await joinOthers(this.#node);
  }

  async repair(address: Address, how = { acceptLoss: false }): Promise<Repair> {
    return (await repair(this.#node, address, { ...how, kept: [] })).came;
  }
}
