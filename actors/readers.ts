/**
 * Readers: which versions of a machine every living node reads, and so what births and loads are
 * of.
 *
 * Owns the memory of what other nodes said with their beats; the sweep refreshes it. Invariants:
 * 1. A birth is of the newest version that every living node reads, and an actor is taken over
 *    into another version only when every living node reads that one (C8).
 * 2. What is not known, or was known too long ago, counts as a node that reads the oldest alone.
 */
import type { ActorKind, Living, Machine } from "../machines/living.ts";
import { type Machines, isRead, newestRead, readsOf, successorOf } from "../machines/versions.ts";
import type { NodeBeat } from "./store.ts";

/** As long as a node may be silent and still lives; the sweep comes every 2 s. */
const KNOWN_MS_MAX = 10_000;

export class Readers {
  readonly #machines: Machines;
  readonly #now: () => number;
  readonly #also: () => readonly string[];
  #known: { readonly at: number; readonly others: readonly NodeBeat[] } | undefined;

  /** `also`: what else a beat of this node says. */
  constructor(machines: Machines, now: () => number, also: () => readonly string[]) {
    this.#machines = machines;
    this.#now = now;
    this.#also = also;
  }

  /** What this node reads, as it tells the others. */
  get own(): readonly string[] {
    return [...readsOf(this.#machines), ...this.#also()];
  }

  /** The other nodes that lived when they were last heard of. */
  get living(): readonly string[] {
    return this.#known?.others.map(({ node }) => node) ?? [];
  }

  /** The other nodes that said this with their last beat, as far as they are known to live. */
  saying(word: string): readonly string[] {
    const others = this.#fresh() ?? [];
    return others.flatMap(({ node, reads }) => (reads.includes(word) ? [node] : []));
  }

  /** The beats of all other nodes that live. */
  heard(others: readonly NodeBeat[]): void {
    this.#known = { at: this.#now(), others };
  }

  birthOf(kind: ActorKind): Machine {
    return newestRead(this.#machines, kind, this.#others());
  }

  /** The version that takes this actor over when it is loaded; undefined: it stays as it is. */
  successorOf(living: Living): Machine | undefined {
    const next = living.over ? undefined : successorOf(this.#machines, living);
    return next !== undefined && isRead(next, this.#others()) ? next : undefined;
  }

  #others(): readonly (readonly string[])[] {
    return this.#fresh()?.map(({ reads }) => reads) ?? [[]];
  }

  #fresh(): readonly NodeBeat[] | undefined {
    const known = this.#known;
    const isFresh = known !== undefined && this.#now() - known.at <= KNOWN_MS_MAX;
    return isFresh ? known.others : undefined;
  }
}
