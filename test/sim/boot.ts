/**
 * One boot of a node: alive, standing still, cut off, dying, or gone.
 *
 * Owns the flags that the network and the schedule look at, and the local clock with its skew.
 */
import type { Clock } from "../../actors/clock.ts";
import type { Party, Schedule } from "./schedule.ts";

export interface Skew {
  readonly offsetMs: number;
  /** Local milliseconds in one true millisecond. */
  readonly rate: number;
}

export class Boot implements Party {
  readonly name: string;
  readonly skew: Skew;
  gone = false;
  awayUntil = 0;
  /** Nothing passes between it and the store. */
  cut = false;
  /** Dying: no answer leaves it any more. */
  mute = false;
  /** Dying: it begins nothing any more. */
  inert = false;
  #drained = false;
  readonly #schedule: Schedule;
  readonly #whenGone: (() => void)[] = [];
  readonly #whenDrained: (() => void)[] = [];

  constructor(name: string, schedule: Schedule, skew: Skew) {
    this.name = name;
    this.#schedule = schedule;
    this.skew = skew;
  }

  get clock(): Clock {
    const { offsetMs, rate } = this.skew;
    return {
      now: () => Math.floor(this.#schedule.now * rate + offsetMs),
      after: (delayMs, run) =>
        this.#schedule.after(Math.max(0, delayMs) / rate, { label: "timer", party: this, run }),
    };
  }

  /** Everything in memory is lost; what it sent goes on without it. */
  die(why: string): void {
    if (this.gone) {
      return;
    }
    this.gone = true;
    this.#schedule.note(`${this.name} dies: ${why}`);
    for (const then of this.#whenGone) {
      then();
    }
  }

  /** At the end of what it does now; the next event finds it gone. */
  dieSoon(why: string): void {
    this.#schedule.soon({ label: "last breath", party: this, run: () => this.die(why) });
  }

  /** It goes on purpose: whoever is connected is told first. */
  drain(): void {
    this.#drained = true;
    for (const then of this.#whenDrained) {
      then();
    }
  }

  /** At once where it has been drained already. */
  whenDrained(then: () => void): void {
    this.#whenDrained.push(then);
    if (this.#drained) {
      then();
    }
  }

  /** At once where it is gone already. */
  whenGone(then: () => void): void {
    this.#whenGone.push(then);
    if (this.gone) {
      then();
    }
  }
}
