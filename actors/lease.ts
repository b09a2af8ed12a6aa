/**
 * A lease: one node's hold on one effect, from right before it is begun until its end.
 *
 * Invariants:
 * 1. While the work goes on the lease is renewed, at most for `HUNG_MS`: a performer that is
 *    silent for longer has hung, and what became of it is for the next who claims (C14).
 * 2. Who lost the lease, or is not wanted any more, is told by the signal. Its outcome may still
 *    be delivered; it settles once.
 */
import type { Clock, Log } from "./clock.ts";
import { EFFECT_LEASE_MS } from "./commit-of.ts";
import type { ActorStore, ClaimedItem } from "./store.ts";

/** Two renewals may be lost before the lease is. */
export const RENEW_EVERY_MS = 5_000;
/** Longer than anything takes that is performed so far. */
export const HUNG_MS = 60_000;

/** What is said to a performer whose work is not waited for any more. */
class LeaseEnded extends Error {
  override readonly name = "LeaseEnded";
  readonly kind = "lease.ended";
  readonly retry = "never";
}

export interface LeaseNode {
  readonly store: ActorStore;
  readonly clock: Clock;
  readonly log: Log;
}

export class Lease {
  readonly #node: LeaseNode;
  readonly #ended = new AbortController();
  #item: ClaimedItem;
  #stop: () => void = () => undefined;
  #isOurs = true;
  #begun = false;

  constructor(node: LeaseNode, item: ClaimedItem) {
    this.#node = node;
    this.#item = item;
  }

  get item(): ClaimedItem {
    return this.#item;
  }

  /** The work may be under way. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Aborted when nobody waits for the work any more. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** The store said that the effect is another's now, or its machine that it is not wanted. */
  get isOurs(): boolean {
    return this.#isOurs;
  }

  /** Right before the work; false: it must not be begun here. */
  async begin(): Promise<boolean> {
    const begun = await this.#node.store.begin(this.#item, EFFECT_LEASE_MS);
    if (begun) {
      this.#begun = true;
      this.#keep(HUNG_MS);
    }
    return begun;
  }

  /** It had lapsed, and was claimed by the very node that is at work. */
  adopt(item: ClaimedItem): void {
    this.#item = item;
  }

  /** Not wanted any more: it ends when it ends. */
  lose(): void {
    this.#isOurs = false;
    this.#end("the effect is not this node's any more, or not wanted");
  }

  /** Claimable again then; false: it was not ours to give back. */
  release(claimableAt: number): Promise<boolean> {
    this.stop();
    return this.#node.store.release(this.#item, claimableAt);
  }

  /** The work has ended. */
  stop(): void {
    this.#stop();
    this.#stop = () => undefined;
  }

  #keep(leftMs: number): void {
    this.#stop = this.#node.clock.after(Math.min(RENEW_EVERY_MS, leftMs), () => {
      if (leftMs <= RENEW_EVERY_MS) {
        this.#end("the effect has taken too long");
        return;
      }
      this.#keep(leftMs - RENEW_EVERY_MS);
      void this.#renew(this.#item);
    });
  }

  async #renew(item: ClaimedItem): Promise<void> {
    try {
      const renewed = await this.#node.store.renew(item, EFFECT_LEASE_MS);
      if (!renewed && item === this.#item) {
        this.lose();
      }
    } catch (error) {
      // Not known: the next renewal tells, or the lease has lapsed by then.
      this.#node.log.warn("lease.unrenewed", { key: item.key, error });
    }
  }

  #end(why: string): void {
    this.stop();
    this.#ended.abort(new LeaseEnded(why));
  }
}
