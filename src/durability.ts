/**
 * Durability: whether the store keeps what it acknowledges, judged at the start and ever after.
 *
 * The settings of a running Redis can be changed by anybody who may reach it. Invariants:
 * 1. A store that would lose acknowledged writes is refused in production, with a sentence, unless
 *    the configuration takes it by name: at the start nothing starts, later the node is unready
 *    until the store keeps its word again (C18).
 * 2. Each change is said once in the log; a store that cannot be asked is not judged anew.
 */
import type { Clock, Log } from "../actors/clock.ts";
import { type Loop, startLoop } from "../actors/loop.ts";
import { isPassing } from "../actors/passing.ts";
import type { Config } from "./config.ts";

/** A few calls, whose answers Redis has in memory. */
export const JUDGE_EVERY_MS = 5_000;

/** The Redis that is configured may lose what was acknowledged. */
export class StoreUnsafe extends Error {
  override readonly name = "StoreUnsafe";
  readonly kind = "store.unsafe";
  readonly retry = "never";
}

export interface DurabilityParts {
  readonly config: Pick<Config, "mode" | "redisDurability">;
  readonly clock: Clock;
  readonly log: Log;
  /** Sentences on what this store would lose; none where it keeps every acknowledged write. */
  readonly faults: () => Promise<readonly string[]>;
}

export class Durability {
  readonly #parts: DurabilityParts;
  #faults: readonly string[] = [];
  #loop: Loop | undefined;

  private constructor(parts: DurabilityParts) {
    this.#parts = parts;
  }

  /** Throws `StoreUnsafe`. */
  static async judged(parts: DurabilityParts): Promise<Durability> {
    const durability = new Durability(parts);
    await durability.#judge();
    await durability.check();
    const task = (): Promise<void> => durability.#judgeAgain();
    durability.#loop = startLoop("durability", JUDGE_EVERY_MS, { ...parts, task });
    return durability;
  }

  /** False: it may lose what was acknowledged. */
  get holds(): boolean {
    return this.#faults.length === 0;
  }

  /** Rejects while it may, and nobody said that this is taken. */
  async check(): Promise<void> {
    if (!this.holds && this.#isRefused) {
      throw new StoreUnsafe(
        `this Redis would lose acknowledged answers: ${this.#faults.join("; ")}. ` +
          "REDIS_DURABILITY=unsafe takes it all the same.",
      );
    }
  }

  async stop(): Promise<void> {
    await this.#loop?.stop();
  }

  get #isRefused(): boolean {
    const { mode, redisDurability } = this.#parts.config;
    return mode === "production" && redisDurability !== "unsafe";
  }

  async #judge(): Promise<void> {
    const faults = await this.#parts.faults();
    const before = this.#faults;
    this.#faults = faults;
    if (faults.join() !== before.join()) {
      this.#tell(faults);
    }
  }

  async #judgeAgain(): Promise<void> {
    try {
      await this.#judge();
    } catch (error) {
      // It is away, which readiness says by itself.
      if (!isPassing(error)) {
        throw error;
      }
    }
  }

  #tell(faults: readonly string[]): void {
    const { config, log } = this.#parts;
    if (faults.length === 0) {
      log.info("store.durable", {});
    } else if (config.redisDurability === "unsafe") {
      log.error("store.unsafe", { faults, takenBy: "REDIS_DURABILITY=unsafe" });
    } else if (config.mode === "production") {
      log.error("store.unsafe", { faults });
    } else {
      log.warn("store.unsafe", { faults });
    }
  }
}
