/**
 * The agenda on this node: what is owed is fired or performed, here if possible, somewhere surely.
 *
 * Invariants:
 * 1. The committing node acts at once; whatever it leaves undone is claimed by a scan of any node.
 * 2. A timer's message carries the generation that armed it; fired twice, it settles once.
 * 3. Only workers perform effects (C27).
 */
import { SYSTEM } from "../machines/principal.ts";
import type { Message } from "../machines/living.ts";
import type { Address } from "./address.ts";
import { type Held, findOwed } from "./batch.ts";
import type { Clock, Log } from "./clock.ts";
import { EFFECT_LEASE_MS } from "./commit-of.ts";
import type { Owed } from "./envelope.ts";
import type { Settles } from "./letter.ts";
import { type Performer, perform } from "./perform.ts";
import type { Incoming, Reply } from "./runtime.ts";
import type { ActorStore, ClaimedItem } from "./store.ts";
import { Timers } from "./timers.ts";

/** How late a timer may be whose node died: the scan's pause and the slack before claiming. */
export const SCAN_EVERY_MS = 500;
/** Claimed at a time; the scan comes again at once while there is more. */
const CLAIM_MAX = 256;

export interface AgendaNode {
  readonly store: ActorStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: boolean;
  readonly performers: Readonly<Record<string, Performer>>;
  hold(address: Address): Promise<Held["envelope"] | undefined>;
  post(address: Address, incoming: Incoming, settles: Settles): Promise<Reply>;
}

export class Agenda {
  readonly #node: AgendaNode;
  readonly #timers: Timers;
  readonly #working = new Set<Promise<void>>();

  constructor(node: AgendaNode) {
    this.#node = node;
    this.#timers = new Timers(
      node.clock,
      () => node.store.now(),
      (address, timer) => this.#track(this.#deliver(address, timer.event, timer)),
    );
  }

  /** After a commit: timers are armed or called off in memory, effects begun. */
  act(
    address: Address,
    done: { readonly armed: readonly Owed[]; readonly settled: readonly string[] },
  ): void {
    for (const key of done.settled) {
      this.#timers.cancel(address, key);
    }
    for (const owed of done.armed) {
      if (owed.kind === "timer") {
        this.#timers.arm(address, owed);
      } else if (this.#node.worker) {
        this.#track(this.#perform(address, owed));
      }
    }
  }

  /** Claims and does what has been left undone. */
  async scan(): Promise<void> {
    if (!this.#node.worker) {
      return;
    }
    for (;;) {
      const claimed = await this.#node.store.claim(CLAIM_MAX, EFFECT_LEASE_MS);
      await Promise.all(claimed.map((item) => this.#settle(item)));
      if (claimed.length < CLAIM_MAX) {
        return;
      }
    }
  }

  async stop(): Promise<void> {
    this.#timers.stop();
    await Promise.all(this.#working);
  }

  async #settle(item: ClaimedItem): Promise<void> {
    const { address, key, generation } = item;
    try {
      const envelope = await this.#node.hold(address);
      const owed = envelope === undefined ? undefined : findOwed(envelope, { key, generation });
      if (owed?.kind === "timer") {
        await this.#deliver(address, owed.event, owed);
      } else if (owed !== undefined) {
        await this.#perform(address, owed, item);
      }
    } catch (error) {
      this.#node.log.error("agenda.failed", { tenantId: address.tenantId, key, error });
    }
  }

  #perform(
    address: Address,
    effect: Extract<Owed, { kind: "effect" }>,
    claim?: ClaimedItem,
  ): Promise<void> {
    const { store, log, performers } = this.#node;
    return perform(
      { store, log, performers, deliver: (...outcome) => this.#deliver(...outcome) },
      { address, effect, ...(claim === undefined ? {} : { claim }) },
    );
  }

  async #deliver(address: Address, message: Message, settles: Settles): Promise<void> {
    const { key, generation } = settles;
    await this.#node.post(address, { by: SYSTEM, rank: "system", message }, { key, generation });
  }

  /** Work that nobody waits for; a failure is left to the next scan. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#node.log.warn("agenda.postponed", { error }))
      .finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
  }
}
