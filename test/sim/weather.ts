/**
 * The weather: what may go wrong in one history, how often, and when it ends.
 *
 * Owns every draw of a fault; a sky is what the world asks, and a script is another one
 * (`script.ts`). Invariants: a calm seed has none; after `clear` there are none; each
 * named point of a turn at which a node may die is drawn here, and counted.
 */
import type { Chance } from "./chance.ts";

/** Where a node may die; all but the last two are points of a turn. */
export const CRASH_POINTS = [
  "before the commit is sent",
  "after the commit, before its reply",
  "after the reply, before the answer",
  "after the answer, before the act",
  "during the effect",
  "after the effect, before its outcome",
  "around a call of the archive",
  "around another call of the store",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** How a message travels. */
export type Fate =
  | { readonly kind: "arrives"; readonly delayMs: number; readonly copies: number }
  | { readonly kind: "held"; readonly until: Promise<void> }
  | { readonly kind: "lost" };

/** A message on its way, or a place in a turn: whose it is, and what it says. */
export interface Passing {
  readonly party: string;
  readonly label: string;
  readonly way: "there" | "back" | "told";
}

/** What the world asks whenever something could go wrong. */
export interface Sky {
  readonly climate: Climate;
  readonly crashes: ReadonlyMap<CrashPoint, number>;
  clear(): void;
  /** Nobody dies for a while: what the store lost is remembered by those who live. */
  shelter(is: boolean): void;
  strikes(point: CrashPoint, passing: Passing): boolean;
  fate(passing: Passing): Fate;
  errs(passing: Passing): boolean;
  next(everyMs: number): number | undefined;
}

export interface Climate {
  readonly crash: number;
  readonly lost: number;
  readonly slow: number;
  readonly error: number;
  readonly copied: number;
  /** The mean pause between two faults of the kind; 0: none. */
  readonly pauseEveryMs: number;
  readonly cutEveryMs: number;
  readonly restartEveryMs: number;
  readonly archiveAwayEveryMs: number;
  /** The store comes back as another run, with what it had a while ago. */
  readonly comeBackEveryMs: number;
}

export const CALM: Climate = {
  crash: 0,
  lost: 0,
  slow: 0,
  error: 0,
  copied: 0,
  pauseEveryMs: 0,
  cutEveryMs: 0,
  restartEveryMs: 0,
  archiveAwayEveryMs: 0,
  comeBackEveryMs: 0,
};

/** What was lost is noticed by a deadline of the caller; nothing takes longer than this. */
const SLOW_MS_MAX = 2_500;
const QUICK_MS_MAX = 6;

export class Weather implements Sky {
  readonly #chance: Chance;
  readonly #crashes = new Map<CrashPoint, number>();
  #climate: Climate;
  #sheltered = false;

  constructor(chance: Chance, calm: boolean) {
    this.#chance = chance;
    this.#climate = calm ? CALM : climateOf(chance);
  }

  get climate(): Climate {
    return this.#climate;
  }

  get crashes(): ReadonlyMap<CrashPoint, number> {
    return this.#crashes;
  }

  clear(): void {
    this.#climate = CALM;
  }

  shelter(is: boolean): void {
    this.#sheltered = is;
  }

  strikes(point: CrashPoint): boolean {
    if (this.#sheltered) {
      return false;
    }
    if (!this.#chance.happens(this.#climate.crash * oftenAt(point))) {
      return false;
    }
    this.#crashes.set(point, (this.#crashes.get(point) ?? 0) + 1);
    return true;
  }

  fate(): Fate {
    const { lost, slow, copied } = this.#climate;
    if (this.#chance.happens(lost)) {
      return { kind: "lost" };
    }
    const most = this.#chance.happens(slow) ? SLOW_MS_MAX : QUICK_MS_MAX;
    const copies = this.#chance.happens(copied) ? 2 : 1;
    return { kind: "arrives", delayMs: this.#chance.between(1, most), copies };
  }

  errs(): boolean {
    return this.#chance.happens(this.#climate.error);
  }

  /** How long until the next fault of a kind that comes about every `everyMs`. */
  next(everyMs: number): number | undefined {
    return everyMs === 0 ? undefined : this.#chance.between(everyMs / 4, (everyMs * 7) / 4);
  }
}

function climateOf(chance: Chance): Climate {
  const some = (least: number, most: number): number =>
    chance.happens(0.6) ? chance.between(least, most) : 0;
  return {
    crash: some(5, 40) / 1_000,
    lost: some(5, 60) / 1_000,
    slow: some(5, 80) / 1_000,
    error: some(5, 40) / 1_000,
    copied: some(5, 80) / 1_000,
    pauseEveryMs: some(3_000, 12_000),
    cutEveryMs: some(3_000, 12_000),
    restartEveryMs: some(6_000, 20_000),
    archiveAwayEveryMs: some(5_000, 20_000),
    comeBackEveryMs: some(4_000, 15_000),
  };
}

/** Turns go by in hundreds where effects do by the dozen, and other calls by the thousand. */
function oftenAt(point: CrashPoint): number {
  if (point.startsWith("around")) {
    return 1 / 20;
  }
  return point.includes("the effect") ? 5 : 1;
}
