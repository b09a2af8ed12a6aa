/**
 * Takeover: an actor that was just loaded becomes one of the next version, by a record of its own.
 *
 * Owns when it is tried: before the first turn after a load, one version after the other, each once
 * on this node; an actor whose takeover is refused or throws goes on as it is (C8).
 */
import type { Living, Machine } from "../machines/living.ts";
import { SYSTEM } from "../machines/principal.ts";
import { upgradeMessage } from "../machines/versions.ts";
import type { CellNode } from "./cell-node.ts";
import type { Letter } from "./letter.ts";

export class Takeover {
  readonly #node: CellNode;
  /** The copy was loaded, and no turn has asked yet. */
  #due = false;
  #tried = 0;

  constructor(node: CellNode) {
    this.#node = node;
  }

  loaded(): void {
    this.#due = true;
  }

  /** What goes first; undefined: the actor stays as it is. */
  letterFor(living: Living): Letter | undefined {
    const next = this.#due ? this.#node.successorOf(living) : undefined;
    const machine = next !== undefined && next.version > this.#tried ? next : undefined;
    this.#due = machine !== undefined;
    return machine && letterOf(living, machine, this.#node.store.now());
  }

  /** It is done, or never will be here. */
  settled({ upgrade }: Letter): void {
    this.#tried = upgrade?.version ?? this.#tried;
  }
}

/** Nobody waits for it: what becomes of it is seen in the actor. */
function letterOf(living: Living, upgrade: Machine, receivedAt: number): Letter {
  return {
    incoming: { by: SYSTEM, rank: "system", message: upgradeMessage(living, upgrade) },
    ...{ settles: undefined, claim: undefined, upgrade, receivedAt },
    resolve: () => undefined,
    reject: () => undefined,
  };
}
