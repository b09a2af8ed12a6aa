/** What the node of the timers row is told, and what it answers. */

export interface TimersTask {
  readonly url: string;
  readonly timers: number;
  readonly limitMs: number;
}

/** How late, in ms, each timer was. */
export interface TimersRun {
  readonly fired: readonly number[];
  readonly told: readonly number[];
}

export function parseTimersRun(result: unknown): TimersRun {
  return result as TimersRun;
}
