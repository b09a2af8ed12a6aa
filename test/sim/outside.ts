/**
 * The world outside: what effects do to it, counted by their idempotency keys.
 *
 * Owns the performers of a boot. A performance may fail before it was done, after, be slow enough
 * to outlive its lease, and its node may die during it or before its outcome is sent.
 */
import { StoreUnreachable } from "../../actors/store.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import type { Boot } from "./boot.ts";
import type { Net } from "./line.ts";
import type { Performers } from "./plant.ts";

export interface Performance {
  readonly key: string;
  readonly at: number;
}

/** What effects of a type come back with. */
export type Outcomes = Readonly<Record<string, (params: JsonObject) => Message>>;

const QUICK_MS_MAX = 40;
/** Longer than the lease of an effect: another node begins it too. */
const SLOW_MS = 18_000;
const SLOW_CHANCE = 0.03;

export class Outside {
  readonly performances: Performance[] = [];
  /** By idempotency key: the same key gives the same outcome. */
  readonly outcomes = new Map<string, Message>();
  readonly #net: Net;
  readonly #outcomes: Outcomes;

  constructor(net: Net, outcomes: Outcomes) {
    this.#net = net;
    this.#outcomes = outcomes;
  }

  performersOf(boot: Boot): Performers {
    return Object.fromEntries(
      Object.entries(this.#outcomes).map(([type, outcome]) => [
        type,
        (_address, params, key) => this.#perform(boot, key, () => outcome(params)),
      ]),
    );
  }

  #perform(boot: Boot, key: string, outcomeOf: () => Message): Promise<Message> {
    const { schedule, chance, weather } = this.#net;
    return new Promise((resolve, reject) => {
      if (boot.inert || boot.gone) {
        return;
      }
      const passing = { party: boot.name, label: `effect ${key}`, way: "there" } as const;
      const errs = weather.errs(passing);
      const before = errs && chance.happens(0.5);
      const dies = weather.strikes("during the effect", passing);
      const slow = weather.climate.slow > 0 && chance.happens(SLOW_CHANCE);
      const takesMs = slow ? SLOW_MS : chance.between(1, QUICK_MS_MAX);
      const end = (): void => {
        if (weather.strikes("after the effect, before its outcome", passing)) {
          boot.die("after the effect");
        } else if (errs) {
          reject(new StoreUnreachable("the world says no"));
        } else {
          resolve(outcomeOf());
        }
      };
      const act = (): void => {
        if (!before) {
          this.performances.push({ key, at: schedule.now });
          this.outcomes.set(key, outcomeOf());
        }
        schedule.after(takesMs, { label: `effect ends ${key}`, party: boot, run: end });
      };
      schedule.after(1, { label: `effect begins ${key}`, run: act });
      if (dies) {
        boot.dieSoon("during the effect");
      }
    });
  }
}
