/**
 * Waiting in tests: poll a condition until it holds, never sleep and hope.
 *
 * Owns the one bounded wait of the suites. It uses real time, since what it waits for (sockets,
 * child processes, Redis, Postgres) does too.
 */
import { setTimeout as pause } from "node:timers/promises";

/** Long enough for a child process on a busy two-core machine, short enough to see it fail. */
const WITHIN_MS = 10_000;
/** A condition is cheap to ask; a few milliseconds keep a suite of hundreds of waits quick. */
const POLL_EVERY_MS = 5;

export interface Wait {
  readonly withinMs?: number;
  /** Names the condition in the error. */
  readonly what?: string;
}

type NotYet = false | null | undefined;

/**
 * Resolves with the first value of `check` that is not `false`, `null` or `undefined`:
 * `const record = await eventually(() => records.find(…))`, `await eventually(() => n === 3)`.
 * A check that throws is asked again; the last error is the cause of the one thrown in the end.
 */
export async function eventually<T extends {}>(
  check: () => T | NotYet | Promise<T | NotYet>,
  wait: Wait = {},
): Promise<Exclude<T, false>> {
  const withinMs = wait.withinMs ?? WITHIN_MS;
  const giveUpAt = performance.now() + withinMs;
  let cause: unknown;
  for (;;) {
    try {
      const value = await check();
      if (isHeld(value)) {
        return value;
      }
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= giveUpAt) {
      throw new Error(`${wait.what ?? "the condition"} did not hold within ${withinMs} ms`, {
        cause,
      });
    }
    await pause(POLL_EVERY_MS);
  }
}

/** The same for expectations: passes as soon as none of them throws, else throws the last error. */
export async function eventuallyPasses(
  expectations: () => void | Promise<void>,
  wait: Wait = {},
): Promise<void> {
  await eventually(async () => {
    await expectations();
    return true;
  }, wait);
}

function isHeld<T extends {}>(value: T | NotYet): value is Exclude<T, false> {
  return value !== undefined && value !== null && value !== false;
}
