/**
 * The server's clock, as well as a client can know it: from the answer that was fastest.
 *
 * An answer's `now` was written somewhere between asking and hearing; half the round trip is how
 * far off the guess may be, so the offset of the shortest trip is kept.
 */
import type { Clock } from "../../actors/clock.ts";

/** Clocks drift: a trip this old gives way to a fresh one that is slower. */
const TRIP_GOOD_FOR_MS = 10 * 60 * 1_000;

export class ServerTime {
  readonly #clock: Clock;
  #offsetMs = 0;
  #tripMs = Number.POSITIVE_INFINITY;
  #takenAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since 1970 by the server's clock; before any answer, by our own. */
  now(): number {
    return this.#clock.now() + this.#offsetMs;
  }

  /** An answer came, to what was asked at `askedAt` (our clock). */
  heard(askedAt: number, now: unknown): void {
    const serverAt = typeof now === "string" ? Date.parse(now) : Number.NaN;
    const heardAt = this.#clock.now();
    const tripMs = heardAt - askedAt;
    const isStale = heardAt - this.#takenAt > TRIP_GOOD_FOR_MS;
    if (Number.isFinite(serverAt) && tripMs >= 0 && (tripMs < this.#tripMs || isStale)) {
      this.#tripMs = tripMs;
      this.#offsetMs = serverAt - (askedAt + tripMs / 2);
      this.#takenAt = heardAt;
    }
  }
}
