/**
 * A script: a sky without chance, under which just what was ordered goes wrong.
 *
 * Messages are named by how their labels begin, as a trace has them: `commit s1#2`, `journaled s1`,
 * `archive append s1`, `hears s1`. Invariant: an order concerns the next messages that match, as
 * many as it says, and the order that was given first goes first.
 */
import { CALM, type CrashPoint, type Fate, type Passing, type Sky } from "./weather.ts";

const HOP: Fate = { kind: "arrives", delayMs: 1, copies: 1 };

export interface Match {
  /** A boot's name; absent: of anybody. */
  readonly of?: string;
  readonly says: string;
  readonly way?: Passing["way"];
}

/** A message that waits on its way. */
export interface Hold {
  /** The message has been sent, and is held. */
  readonly reached: boolean;
  release(): void;
}

interface Order {
  readonly match: Match;
  left: number;
  readonly fate: (passing: Passing) => Fate;
}

interface Blow {
  readonly match: Match;
  readonly point: CrashPoint;
}

export class Script implements Sky {
  readonly climate = CALM;
  readonly crashes = new Map<CrashPoint, number>();
  readonly #orders: Order[] = [];
  readonly #blows: Blow[] = [];
  readonly #errors: Match[] = [];
  readonly #held: (() => void)[] = [];

  /** The next message of the kind stays on its way until it is released. */
  hold(match: Match): Hold {
    let reached = false;
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#held.push(release);
    this.#order(match, 1, () => {
      reached = true;
      return { kind: "held", until };
    });
    return {
      get reached() {
        return reached;
      },
      release,
    };
  }

  lose(match: Match, times = 1): void {
    this.#order(match, times, () => ({ kind: "lost" }));
  }

  delay(match: Match, delayMs: number, times = 1): void {
    this.#order(match, times, () => ({ kind: "arrives", delayMs, copies: 1 }));
  }

  copy(match: Match): void {
    this.#order(match, 1, () => ({ ...HOP, copies: 2 }));
  }

  /** The node dies the next time that it is at this point with such a message. */
  kill(point: CrashPoint, match: Match): void {
    this.#blows.push({ point, match });
  }

  /** The next such call comes back as an error, before or after it took effect. */
  fail(match: Match): void {
    this.#errors.push(match);
  }

  /** Nothing goes wrong any more, and nothing is held. */
  clear(): void {
    for (const list of [this.#orders, this.#blows, this.#errors]) {
      list.length = 0;
    }
    this.#held.splice(0).forEach((release) => release());
  }

  shelter(): void {}

  strikes(point: CrashPoint, passing: Passing): boolean {
    const struck = take(this.#blows, (blow) => blow.point === point && fits(blow.match, passing));
    return struck !== undefined;
  }

  fate(passing: Passing): Fate {
    const order = this.#orders.find(({ match, left }) => left > 0 && fits(match, passing));
    if (order === undefined) {
      return HOP;
    }
    order.left -= 1;
    return order.fate(passing);
  }

  errs(passing: Passing): boolean {
    return take(this.#errors, (match) => fits(match, passing)) !== undefined;
  }

  next(): undefined {
    return undefined;
  }

  #order(match: Match, times: number, fate: (passing: Passing) => Fate): void {
    this.#orders.push({ match, left: times, fate });
  }
}

function take<T>(from: T[], is: (one: T) => boolean): T | undefined {
  const index = from.findIndex(is);
  return index < 0 ? undefined : from.splice(index, 1)[0];
}

function fits({ of, says, way = "there" }: Match, passing: Passing): boolean {
  const same = of === undefined || passing.party === of;
  return same && passing.way === way && passing.label.startsWith(says);
}
