/**
 * The agenda on this node: what is owed is fired or performed, here if possible, somewhere surely.
 *
 * Invariants:
 * 1. The committing node acts at once; whatever it leaves undone is claimed by a scan of any node.
 * 2. A timer's message carries the generation that armed it; fired twice, it settles once.
 * 3. Only workers perform effects; what is left claimable at once wakes them (C27).
 * 4. What could not be done is claimable again after a pause, not only when its lease ends; an
 *    effect that takes long, or never ends, keeps nothing else from being done.
 * 5. After `stop` has begun nothing new is begun here: it stays owed, and another node claims it.
 * 6. What the envelope does not owe leaves the agenda, which is only its index (C13).
 */
import { SYSTEM } from "../machines/principal.ts";
import type { ActorKind, EffectNature, Message } from "../machines/living.ts";
import { type Machines, UnknownVersion } from "../machines/versions.ts";
import { type Address, addressKey } from "./address.ts";
import { NOT_OWED } from "./answer.ts";
import { type Held, findOwed } from "./batch.ts";
import type { Clock, Log } from "./clock.ts";
import { EFFECT_LEASE_MS } from "./commit-of.ts";
import { Lease } from "./lease.ts";
import type { Settles } from "./letter.ts";
import { type Done, type OwedEffect, type OwedTimer, doable } from "./owed.ts";
import { ATTEMPTS_MAX, type PerformNode, type Performer, pauseAfter, perform } from "./perform.ts";
import type { Incoming, Reply } from "./reply.ts";
import type { ActorStore, ClaimedItem } from "./store.ts";
import { Timers } from "./timers.ts";

/** How late a timer may be whose node died: the scan's pause and the slack before claiming. */
export const SCAN_EVERY_MS = 500;
/** Several commits that leave something claimable share one look. */
const WAKE_AFTER_MS = 20;
/** Claimed at a time; the scan comes again at once while there is more. */
const CLAIM_MAX = 256;
/** Effects under way on one node; more wait in the agenda, where any node finds them. */
const PERFORMING_MAX = 256;
/** A node that reads the actor scans twice in this time; this one does not ask without end. */
const UNREADABLE_MS = 1_000;
/** An effect that has not ended by then is left to its lease: the process has to go. */
const STOP_MS_MAX = 5_000;

/** The actor did not take a timer or an outcome now; it is still owed. */
class Undelivered extends Error {
  override readonly name = "Undelivered";
  readonly kind = "message.undelivered";
  readonly retry = "later";
  readonly code: string;

  constructor(code: string) {
    super(`the actor refused what it is owed: ${code}`);
    this.code = code;
  }
}

export interface AgendaNode {
  readonly store: ActorStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly worker: boolean;
  readonly machines: Machines;
  readonly performers: Readonly<Record<string, Performer>>;
  hold(address: Address): Promise<Held["envelope"] | undefined>;
  post(address: Address, incoming: Incoming, settles: Settles): Promise<Reply>;
}

export class Agenda {
  readonly #node: AgendaNode;
  readonly #timers: Timers;
  readonly #working = new Set<Promise<void>>();
  readonly #performing = new Map<string, Lease>();
  readonly #performNode: PerformNode;
  #stopListening: () => void = () => undefined;
  #stopWaking: (() => void) | undefined;
  #stopped = false;

  constructor(node: AgendaNode) {
    this.#node = node;
    this.#timers = new Timers(
      node.clock,
      () => node.store.now(),
      (address, timer) => this.#track(this.#deliver(address, timer.event, timer)),
    );
    this.#performNode = {
      ...{ store: node.store, clock: node.clock, log: node.log, performers: node.performers },
      natureOf: ({ kind }, type) => natureOf(node.machines, kind, type),
      deliver: (...outcome) => this.#deliver(...outcome),
    };
  }

  /** After a commit: timers are armed or called off in memory, effects begun or called off. */
  act(address: Address, { armed, settled, cancelled, lease }: Done): void {
    if (this.#stopped) {
      return;
    }
    for (const key of settled) {
      this.#timers.cancel(address, key);
    }
    for (const key of cancelled) {
      this.#performing.get(nameOf(address, key))?.lose();
    }
    for (const owed of armed) {
      if (owed.kind === "timer") {
        this.#timers.arm(address, owed);
      } else if (this.#node.worker) {
        const { key, generation, dueAt: claimableAt } = owed;
        const item = { address, key, generation, claimableAt, lease, attempt: 1, begun: false };
        this.#begin(owed, item);
      }
    }
  }

  /** What is being performed here, under a lease that the store may not know of any more. */
  get work(): readonly ClaimedItem[] {
    return [...this.#performing.values()].flatMap(({ item, begun }) => (begun ? [item] : []));
  }

  /** From now on what is left claimable at once by others is looked for without waiting. */
  listen(): void {
    if (this.#node.worker) {
      this.#stopListening = this.#node.store.onClaimable(() => this.#wake());
    }
  }

  /** Claims and does what has been left undone; resolves when the timers among it have rung. */
  async scan(): Promise<void> {
    while (this.#node.worker && !this.#stopped && this.#performing.size < PERFORMING_MAX) {
      const claimed = await this.#node.store.claim(CLAIM_MAX, EFFECT_LEASE_MS);
      await Promise.all(claimed.map((item) => this.#settle(item)));
      if (claimed.length < CLAIM_MAX) {
        return;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#stopWaking?.();
    this.#timers.stop();
    let late = false;
    let cancel = (): void => undefined;
    const deadline = new Promise<void>((resolve) => {
      cancel = this.#node.clock.after(STOP_MS_MAX, () => {
        late = true;
        resolve();
      });
    });
    while (this.#working.size > 0 && !late) {
      await Promise.race([Promise.all(this.#working), deadline]);
    }
    cancel();
  }

  #wake(): void {
    if (this.#stopped) {
      return;
    }
    this.#stopWaking ??= this.#node.clock.after(WAKE_AFTER_MS, () => {
      this.#stopWaking = undefined;
      this.#track(this.scan());
    });
  }

  async #settle(item: ClaimedItem): Promise<void> {
    const { address, key, generation } = item;
    try {
      const envelope = await this.#node.hold(address);
      const owed = envelope === undefined ? undefined : findOwed(envelope, { key, generation });
      if (owed === undefined || !doable(envelope?.owed ?? []).includes(owed)) {
        await this.#node.store.drop(item);
      } else if (owed.kind === "timer") {
        await this.#ring(item, owed);
      } else {
        this.#begin(owed, item);
      }
    } catch (error) {
      this.#node.log.error("agenda.failed", { tenantId: address.tenantId, key, error });
      await this.#putBack(item, error);
    }
  }

  /** A machine that throws on a timer each time is spared it in the end (C13). */
  async #ring({ address, attempt }: ClaimedItem, timer: OwedTimer): Promise<void> {
    try {
      await this.#deliver(address, timer.event, timer);
    } catch (error) {
      if (attempt <= ATTEMPTS_MAX || !(error instanceof Undelivered) || error.code === "busy") {
        throw error;
      }
      await this.#deliver(address, { type: "timer.exhausted", timer: timer.key }, timer);
    }
  }

  /** Whoever can read an actor that this node cannot has all its attempts left (C8). */
  async #putBack(item: ClaimedItem, why: unknown): Promise<void> {
    const { store, log } = this.#node;
    try {
      await (why instanceof UnknownVersion
        ? store.release(item, store.now() + UNREADABLE_MS, "spared")
        : store.release(item, store.now() + pauseAfter(item.attempt)));
    } catch (error) {
      log.warn("agenda.leased", { tenantId: item.address.tenantId, key: item.key, error });
    }
  }

  /** What this node performs already is not begun again: its lease is the new one. */
  #begin(effect: OwedEffect, item: ClaimedItem): void {
    const name = nameOf(item.address, effect.key);
    const running = this.#performing.get(name);
    if (running !== undefined && !running.signal.aborted && effect.cancelled !== true) {
      running.adopt(item);
      return;
    }
    if (this.#stopped || this.#performing.size >= PERFORMING_MAX) {
      const { store } = this.#node;
      this.#track(store.release(item, store.now(), "spared").then(() => undefined));
      return;
    }
    const lease = new Lease(this.#node, item);
    this.#performing.set(name, lease);
    const forget = (): void => {
      if (this.#performing.get(name) === lease) {
        this.#performing.delete(name);
      }
    };
    lease.signal.addEventListener("abort", forget);
    this.#track(this.#perform(effect, lease).finally(forget));
  }

  async #perform(effect: OwedEffect, lease: Lease): Promise<void> {
    const { address } = lease.item;
    try {
      await perform(this.#performNode, { address, effect, lease });
    } catch (error) {
      // It was not begun, or could not be said to have come to an end.
      this.#node.log.warn("effect.postponed", { tenantId: address.tenantId, error });
      await this.#putBack(lease.item, error);
    }
  }

  async #deliver(address: Address, message: Message, settles: Settles): Promise<void> {
    const { key, generation } = settles;
    const incoming: Incoming = { by: SYSTEM, rank: "system", message };
    const reply = await this.#node.post(address, incoming, { key, generation });
    if (reply.kind === "refused" && reply.refusal !== NOT_OWED) {
      throw new Undelivered(reply.refusal.code);
    }
  }

  /** Work that nobody waits for; a failure is left to the next scan. */
  #track(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#node.log.warn("agenda.postponed", { error }))
      .finally(() => this.#working.delete(tracked));
    this.#working.add(tracked);
  }
}

/** What one version calls not repeatable, or none has declared, is begun once. */
function natureOf(machines: Machines, kind: ActorKind, type: string): EffectNature {
  const natures = machines[kind].flatMap(({ effects }) => effects[type] ?? []);
  return { repeatable: natures.length > 0 && natures.every(({ repeatable }) => repeatable) };
}

function nameOf(address: Address, key: string): string {
  return `${addressKey(address)} ${key}`;
}
