/**
 * Whose the next commit of an actor is, after a node has lost too many.
 *
 * In memory: one process has the file, a reservation lives for moments, and it is fairness and not
 * safety (C11).
 */
import { LOSSES_MAX, RESERVED_MS } from "../store.ts";
import type { Commit } from "../store.ts";

/** Those of actors that nobody commits to any more are not worth more than this. */
const RESERVATIONS_MAX = 1_000;

interface Reservation {
  readonly node: string;
  readonly until: number;
}

export class Reservations {
  readonly #byActor = new Map<string, Reservation>();

  /** A commit has lost. */
  lost(address: string, contender: Commit["contender"], now: number): void {
    const held = this.#byActor.get(address);
    const free = held === undefined || held.until <= now;
    if (free && contender !== undefined && contender.losses + 1 >= LOSSES_MAX) {
      if (this.#byActor.size >= RESERVATIONS_MAX) {
        this.#byActor.clear();
      }
      this.#byActor.set(address, { node: contender.node, until: now + RESERVED_MS });
    }
  }

  /** How long this contender has to wait at most; 0: it may commit. */
  waitMs(address: string, contender: Commit["contender"], now: number): number {
    const held = this.#byActor.get(address);
    return held === undefined || held.node === contender?.node ? 0 : Math.max(0, held.until - now);
  }

  /** Somebody has committed. */
  used(address: string): void {
    this.#byActor.delete(address);
  }
}
