/**
 * The store's time: the local clock and its measured distance from Redis' own.
 *
 * Invariants:
 * 1. Of the last samples the one with the shortest round trip counts: half of that is its error.
 * 2. A node whose distance is unknown, stale or over 250 ms is not ready.
 */
import type { Clock } from "../clock.ts";

const SAMPLES_MAX = 8;
/** Above it the clocks themselves are wrong, and not only the measurement. */
const OFFSET_MAX_MS = 250;
/** A quartz drifts 50 ms in about a quarter of an hour: a minute without a sample is harmless. */
const SAMPLE_AGE_MAX_MS = 60_000;

/** Rounding of both clocks to whole milliseconds. */
const SLACK_MS = 5;
/** Far more than any quartz: what drifted apart in a long silence was not set. */
const DRIFT_MAX = 0.001;

interface Sample {
  readonly offsetMs: number;
  readonly tripMs: number;
  readonly takenAt: number;
}

export class StoreTime {
  readonly #clock: Clock;
  #samples: readonly Sample[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `ask` answers the store's time in ms. */
  async measure(ask: () => Promise<number>): Promise<void> {
    const sentAt = this.#clock.now();
    const there = await ask();
    const takenAt = this.#clock.now();
    const offsetMs = there - (sentAt + takenAt) / 2;
    const sample = { offsetMs, tripMs: takenAt - sentAt, takenAt };
    const agreeing = this.#samples.filter((each) => agree(each, sample));
    this.#samples = [...agreeing, sample].slice(-SAMPLES_MAX);
  }

  now(): number {
    return Math.floor(this.#clock.now() + (this.offsetMs() ?? 0));
  }

  /** Undefined: it has not been measured lately. */
  offsetMs(): number | undefined {
    const oldest = this.#clock.now() - SAMPLE_AGE_MAX_MS;
    let best: Sample | undefined;
    // Asked several times a command: without a list of its own.
    for (const sample of this.#samples) {
      if (sample.takenAt >= oldest && (best === undefined || sample.tripMs < best.tripMs)) {
        best = sample;
      }
    }
    return best?.offsetMs;
  }

  /** A sentence on why this node's time cannot be trusted; undefined: it can. */
  distrust(): string | undefined {
    const offsetMs = this.offsetMs();
    if (offsetMs === undefined) {
      return "the distance of this node's clock from the store's is not known";
    }
    return Math.abs(offsetMs) > OFFSET_MAX_MS
      ? `this node's clock is ${Math.round(offsetMs)} ms away from the store's`
      : undefined;
  }
}

/** What cannot be an error of measuring is a clock that was set: samples before it are void. */
function agree(one: Sample, two: Sample): boolean {
  const driftMs = Math.abs(one.takenAt - two.takenAt) * DRIFT_MAX;
  const errorMs = (one.tripMs + two.tripMs) / 2 + SLACK_MS + driftMs;
  return Math.abs(one.offsetMs - two.offsetMs) <= errorMs;
}
