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

type Fire = (address: Address, timer: OwedTimer) => void;

/** Those due in one millisecond: all are fired before the first of them is served. */
interface Due {
  readonly timers: Map<string, () => void>;
  readonly cancel: () => void;
}

export class Timers {
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #fire: Fire;
  readonly #due = new Map<number, Due>();
  readonly #armed = new Map<string, number>();

  constructor(clock: Clock, now: () => number, fire: Fire) {
    this.#clock = clock;
    this.#now = now;
    this.#fire = fire;
  }

  arm(address: Address, timer: OwedTimer): void {
    this.cancel(address, timer.key);
    const dueAt = Math.ceil(timer.dueAt);
    if (dueAt - this.#now() > HORIZON_MS || this.#armed.size >= TIMERS_MAX) {
      return;
    }
    const name = nameOf(address, timer.key);
    this.#armed.set(name, dueAt);
    this.#dueAt(dueAt).timers.set(name, () => this.#fire(address, timer));
  }

  cancel(address: Address, key: string): void {
    const name = nameOf(address, key);
    const dueAt = this.#armed.get(name);
    const due = dueAt === undefined ? undefined : this.#due.get(dueAt);
    this.#armed.delete(name);
    due?.timers.delete(name);
    if (dueAt !== undefined && due?.timers.size === 0) {
      due.cancel();
      this.#due.delete(dueAt);
    }
  }

  stop(): void {
    for (const { cancel } of this.#due.values()) {
      cancel();
    }
    this.#due.clear();
    this.#armed.clear();
  }

  #dueAt(dueAt: number): Due {
    const known = this.#due.get(dueAt);
    if (known !== undefined) {
      return known;
    }
    const timers = new Map<string, () => void>();
    const cancel = this.#clock.after(Math.max(0, dueAt - this.#now()), () => {
      this.#due.delete(dueAt);
      for (const name of timers.keys()) {
        this.#armed.delete(name);
      }
      for (const fire of timers.values()) {
        fire();
      }
    });
    const due = { timers, cancel };
    this.#due.set(dueAt, due);
    return due;
  }
}

function nameOf(address: Address, key: string): string {
  return `${addressKey(address)} ${key}`;
}
