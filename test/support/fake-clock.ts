/**
 * Time and identity for tests: a clock that moves when told to, ids that count, a log that listens.
 *
 * Invariants:
 * 1. Timers run in the order of their due times; those due together, in the order they were set.
 * 2. While a timer runs, `now()` is its due time, so a chain of timers keeps its distances.
 */
import type { Clock, Ids, Log } from "../../actors/clock.ts";

export interface FakeClock extends Clock {
  /**
   * Moves time on, running what falls due in order. After each timer, and at both ends, whatever
   * was waiting on promises gets to run, so the test goes on with a settled world.
   */
  advance(ms: number): Promise<void>;
  /** Timers that are set and have not run. */
  pending(): number;
}

interface Timer {
  readonly dueAt: number;
  readonly run: () => void;
}

/** A test that needs more timers than this in one `advance` has a timer that rearms itself at 0. */
const TIMERS_PER_ADVANCE_MAX = 100_000;

export function createFakeClock(startMs = Date.UTC(2026, 0, 5, 8)): FakeClock {
  let now = startMs;
  const timers = new Set<Timer>();
  const runDue = async (until: number): Promise<void> => {
    for (let ran = 0; ran < TIMERS_PER_ADVANCE_MAX; ran += 1) {
      await settled();
      const next = earliest(timers, until);
      if (next === undefined) {
        return;
      }
      timers.delete(next);
      now = Math.max(now, next.dueAt);
      next.run();
    }
    throw new Error(`more than ${TIMERS_PER_ADVANCE_MAX} timers fell due in one advance`);
  };
  return {
    now: () => now,
    after: (delayMs, then) => {
      const timer = { dueAt: now + Math.max(0, delayMs), run: then };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance: async (ms) => {
      const until = now + ms;
      await runDue(until);
      now = until;
      await settled();
    },
    pending: () => timers.size,
  };
}

/** `<prefix>1`, `<prefix>2`, … */
export function sequentialIds(prefix = "id"): Ids {
  let last = 0;
  return {
    next: () => {
      last += 1;
      return `${prefix}${last}`;
    },
  };
}

export interface LoggedEvent {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface QuietLog extends Log {
  readonly events: readonly LoggedEvent[];
}

/** Prints nothing and remembers everything: tests assert on events, not on output. */
export function quietLog(): QuietLog {
  const events: LoggedEvent[] = [];
  const at = (level: LoggedEvent["level"]) => (event: string, fields: LoggedEvent["fields"]) => {
    events.push({ level, event, fields });
  };
  return { events, info: at("info"), warn: at("warn"), error: at("error") };
}

function earliest(timers: ReadonlySet<Timer>, until: number): Timer | undefined {
  let found: Timer | undefined;
  for (const timer of timers) {
    if (timer.dueAt <= until && (found === undefined || timer.dueAt < found.dueAt)) {
      found = timer;
    }
  }
  return found;
}

/** All promises that can resolve without a timer or I/O have done so: two turns of the loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }
}
