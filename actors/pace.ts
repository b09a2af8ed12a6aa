/**
 * Pace: how long actors stay where nobody needs them, and how often somebody looks.
 */

/** Nothing may be owed within this time for an actor to leave the store; what is, comes back. */
export const OWED_SOON_MS = 3_600_000;

export interface Pace {
  /** Of actors in the store, and of copies in memory: nobody changed or asked for them so long. */
  readonly idleMs: number;
  /** Who owes something within this time is in the store. */
  readonly soonMs: number;
  /** From the end of one walk over all actors to the next; idle copies leave memory as often. */
  readonly walkEveryMs: number;
  /** Sleepers are asked what they owe as often: many times within `soonMs`. */
  readonly wakeEveryMs: number;
}

export const PACE: Pace = {
  idleMs: 600_000,
  soonMs: OWED_SOON_MS,
  walkEveryMs: 60_000,
  wakeEveryMs: 60_000,
};
