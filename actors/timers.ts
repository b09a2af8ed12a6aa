/**
 * Timers in memory: what this node armed or loaded, fired on time without asking the store.
 *
 * Owns punctuality, not safety: a timer that is lost here is claimed from the agenda. A timer that
 * fires after it was cancelled or armed again finds itself not owed.
 */
import { type Address, addressKey } from "./address.ts";
import type { Clock } from "./clock.ts";
import type { OwedTimer } from "./owed.ts";

/** Beyond this the agenda's scan is punctual enough, and memory is better spent. */
const HORIZON_MS = 600_000;
/** More timers than this wait in the agenda alone. */
const TIMERS_MAX = 100_000;

export class Timers {
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #fire: (address: Address, timer: OwedTimer) => void;
  readonly #armed = new Map<string, () => void>();

  constructor(clock: Clock, now: () => number, fire: (address: Address, timer: OwedTimer) => void) {
    this.#clock = clock;
    this.#now = now;
    this.#fire = fire;
  }

  arm(address: Address, timer: OwedTimer): void {
    const name = nameOf(address, timer.key);
    this.#armed.get(name)?.();
    this.#armed.delete(name);
    const waitMs = timer.dueAt - this.#now();
    if (waitMs > HORIZON_MS || this.#armed.size >= TIMERS_MAX) {
      return;
    }
    const cancel = this.#clock.after(Math.max(0, waitMs), () => {
      this.#armed.delete(name);
      this.#fire(address, timer);
    });
    this.#armed.set(name, cancel);
  }

  cancel(address: Address, key: string): void {
    const name = nameOf(address, key);
    this.#armed.get(name)?.();
    this.#armed.delete(name);
  }

  stop(): void {
    for (const cancel of this.#armed.values()) {
      cancel();
    }
    this.#armed.clear();
  }
}

function nameOf(address: Address, key: string): string {
  return `${addressKey(address)} ${key}`;
}
