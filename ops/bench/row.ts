/**
 * A row of the benchmark: something that is measured, and the figures it gives.
 *
 * A new row is a new file in `ops/bench/rows/` and a line in `ops/bench/main.ts`.
 */

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms" | "1/s" | "MB" | "kB";
  /** What the value stands beside: another figure's name, or a promise such as `promised 50 ms`. */
  readonly of?: string;
  /** The value over that of `of`. */
  readonly ratio?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly about: string;
  /** Says now and then how far it is; resolves with what it measured, and leaves nothing behind. */
  readonly run: (progress: (line: string) => void) => Promise<readonly Figure[]>;
}

/** The value below which this share of the samples lies; NaN without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** To one digit after the point: more is noise. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
