/**
 * What one client has heard: every fact of the session, how often, and when for the first time.
 *
 * Also checks what the channel promises: that `seq` only ever rises.
 */
import type { SeenFact } from "../../machines/fact.ts";
import { systemClock } from "../../src/platform.ts";
import type { WireRecord } from "../../src/client/wire.ts";

/** Beyond this the lesson is stuck, and saying so helps more than waiting. */
const WITHIN_MS = 30_000;

export class Hearing {
  readonly #who: string;
  readonly #heard = new Map<string, { times: number; readonly atMs: number }>();
  readonly #seats = new Set<string>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #seq = 0;
  #disorder = 0;

  constructor(who: string) {
    this.#who = who;
  }

  /** Records that came with a `seq` not above the one before. */
  get disorder(): number {
    return this.#disorder;
  }

  record({ seq, facts }: WireRecord): void {
    this.#disorder += seq > this.#seq ? 0 : 1;
    this.#seq = seq;
    for (const fact of facts) {
      const seat = fact["participantId"];
      if (typeof seat === "string") {
        this.#seats.add(seat);
      }
      this.#note(keyOf(fact));
    }
  }

  /** Participants of whom a fact was heard. */
  get seats(): ReadonlySet<string> {
    return this.#seats;
  }

  times(key: string): number {
    return this.#heard.get(key)?.times ?? 0;
  }

  /** By `performance.now()`; undefined: not heard. */
  firstAt(key: string): number | undefined {
    return this.#heard.get(key)?.atMs;
  }

  /** Resolves as soon as it has been heard, which may be now. */
  async until(key: string): Promise<void> {
    if (this.#heard.has(key)) {
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const stop = systemClock.after(WITHIN_MS, () => {
        reject(new Error(`${this.#who} heard nothing of ${key} within ${WITHIN_MS / 1_000} s`));
      });
      const waiting = this.#waiting.get(key) ?? new Set();
      waiting.add(() => {
        stop();
        resolve();
      });
      this.#waiting.set(key, waiting);
    });
  }

  #note(key: string): void {
    const heard = this.#heard.get(key);
    if (heard === undefined) {
      this.#heard.set(key, { times: 1, atMs: performance.now() });
    } else {
      heard.times += 1;
    }
    for (const wake of this.#waiting.get(key) ?? []) {
      wake();
    }
    this.#waiting.delete(key);
  }
}

/** `round.opened r12`, `answer.submitted r12 p3`: a type, and of what. */
export function factKey(type: string, ...of: readonly string[]): string {
  return [type, ...of].join(" ");
}

function keyOf(fact: SeenFact): string {
  const of = [fact["roundId"], fact["participantId"]];
  return factKey(fact.type, ...of.filter((each) => typeof each === "string"));
}
