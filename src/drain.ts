/**
 * The drain of a node: its steps in order, each with a deadline of its own.
 *
 * Invariants:
 * DR1: A step begins when the one before has ended or has used up its time; a late one, and one
 *      that throws, is told in the log and never keeps the next from its turn.
 */
import type { Clock, Log } from "../actors/clock.ts";

export interface DrainStep {
  readonly name: string;
  readonly withinMs: number;
  readonly run: () => Promise<void>;
}

export interface DrainParts {
  readonly clock: Clock;
  readonly log: Log;
}

/** The names of the steps that did not end well, or not in time. */
export async function drain(
  steps: readonly DrainStep[],
  { clock, log }: DrainParts,
): Promise<readonly string[]> {
  const unfinished: string[] = [];
  for (const { name, withinMs, run } of steps) {
    let stop = (): void => {};
    const late = new Promise<"late">((resolve) => {
      stop = clock.after(withinMs, () => resolve("late"));
    });
    const ended = run().then(
      () => "done" as const,
      (error: unknown) => {
        log.error("drain.failed", { step: name, error });
        return "failed" as const;
      },
    );
    const outcome = await Promise.race([ended, late]);
    stop();
    if (outcome === "late") {
      log.warn("drain.late", { step: name, withinMs });
    }
    if (outcome !== "done") {
      unfinished.push(name);
    }
  }
  return unfinished;
}
