/** The node as a cell sees it: a store, a way to load, and somebody who acts after a commit. */
import type { Living, Machine } from "../machines/living.ts";
import type { Address } from "./address.ts";
import type { Held } from "./batch.ts";
import type { Clock, Log } from "./clock.ts";
import type { CommitNode } from "./commit-of.ts";
import type { ActorRecord } from "./envelope.ts";
import type { KeptRecord } from "./store.ts";
import type { Done } from "./owed.ts";

export interface CellNode extends CommitNode {
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined: as `turns.ts` has it. */
  readonly togetherMin: number | undefined;
  /** The actor from the store, or from the archive; undefined: there is none. */
  hold(address: Address, kept: readonly KeptRecord[]): Promise<Held | undefined>;
  revive(address: Address, stored: string): Held;
  /** Performs what is newly owed. */
  act(address: Address, done: Done): void;
  /** The version that takes over an actor that was just loaded; undefined: it stays as it is. */
  successorOf(living: Living): Machine | undefined;
  recordAt(address: Address, seq: number): Promise<ActorRecord | undefined>;
}
