/**
 * The copy in memory of one actor, as it was at the newest head that this node knows of.
 *
 * Owns loading it, and asking the store whether it is still the newest. Invariants:
 * 1. What was being loaded when the store came into doubt is loaded again.
 * 2. A look at the store never takes back what a turn has committed meanwhile.
 */
import { unreachable } from "../machines/unreachable.ts";
import type { Address } from "./address.ts";
import type { Held } from "./batch.ts";
import type { CellNode } from "./cell-node.ts";
import { laterThan } from "./revive.ts";
import { SharedQuestion } from "./shared-question.ts";
import type { KeptRecord } from "./store.ts";

export interface CopyParts {
  readonly address: Address;
  readonly node: CellNode;
  /** What this node committed and may alone remember. */
  readonly kept: { readonly records: readonly KeptRecord[] };
  /** It came from the store, or the archive. */
  readonly onLoaded: () => void;
}

export class Copy {
  /** Undefined: not in memory, or not to be believed. */
  held: Held | undefined;
  readonly #parts: CopyParts;
  #doubts = 0;
  readonly #head = new SharedQuestion(() => this.#confirm());

  constructor(parts: CopyParts) {
    this.#parts = parts;
  }

  /** The store may not be what it was: the next turn looks at it closely. */
  doubt(): void {
    this.held = undefined;
    this.#doubts += 1;
  }

  /** As it is known; undefined: there is no such actor. */
  async hold(): Promise<Held | undefined> {
    if (this.held === undefined) {
      const { address, node, kept, onLoaded } = this.#parts;
      const doubts = this.#doubts;
      const found = await node.hold(address, kept.records);
      if (doubts !== this.#doubts) {
        return this.hold();
      }
      if (this.held === undefined) {
        this.held = found;
        onLoaded();
      }
    }
    return this.held;
  }

  /** At the store's current head. */
  confirmed(): Promise<Held | undefined> {
    return this.#head.ask();
  }

  /** Another node has gone further than `before`, and left this. */
  replace(before: Held, envelope: string): void {
    this.held = this.#laterThan(before, envelope);
  }

  async #confirm(): Promise<Held | undefined> {
    const held = await this.hold();
    if (held === undefined) {
      return undefined;
    }
    const { address, node } = this.#parts;
    const confirmed = await node.store.confirm(address, held.envelope.head, []);
    switch (confirmed.kind) {
      case "current":
        return held;
      case "moved": {
        const moved = this.#laterThan(held, confirmed.envelope);
        // A turn may have gone further while this was asked.
        this.held = this.held === held ? moved : this.held;
        return moved ?? this.hold();
      }
      case "absent":
        this.held = undefined;
        return this.hold();
      default:
        return unreachable(confirmed);
    }
  }

  #laterThan(held: Held, envelope: string): Held | undefined {
    const { address, node } = this.#parts;
    return laterThan(held, () => node.revive(address, envelope));
  }
}
