/** Who wants to hear that something was left claimable at once, in this process. */
import type { Log } from "./clock.ts";

export class Wakes {
  readonly #log: Log;
  readonly #listeners = new Set<() => void>();

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** One listener's bug must not fail the commit that woke it. */
  wake(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#log.error("wake.failed", { error });
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
