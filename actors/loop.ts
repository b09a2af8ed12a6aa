/**
 * A loop: one task again and again, with a pause between two runs, until it is stopped.
 *
 * Invariants: runs never overlap; a run that fails is reported and the next one comes all the same;
 * `stop` resolves when the run in progress has ended.
 */
import type { Clock, Log } from "./clock.ts";

export interface Loop {
  stop(): Promise<void>;
}

export function startLoop(
  name: string,
  everyMs: number,
  context: {
    readonly clock: Clock;
    readonly log: Log;
    readonly task: () => Promise<void>;
    /** How long to rest after a run that took so long; `everyMs` at the least. */
    readonly restAfter?: (tookMs: number) => number;
  },
): Loop {
  const { clock, restAfter = () => everyMs } = context;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let cancel = (): void => undefined;
  const run = async (): Promise<void> => {
    const since = clock.now();
    try {
      await context.task();
    } catch (error) {
      context.log.error("loop.failed", { loop: name, error });
    }
    if (!stopped) {
      schedule(restAfter(clock.now() - since));
    }
  };
  const schedule = (restMs: number): void => {
    cancel = clock.after(Math.max(everyMs, restMs), () => {
      running = run();
    });
  };
  schedule(everyMs);
  return {
    stop: async () => {
      stopped = true;
      cancel();
      await running;
    },
  };
}
