/**
 * Statistics of a test: pure functions of who earned what, in hundredths of a point.
 *
 * Points have two places, so hundredths are whole numbers and their sums are exact. Invariants:
 * RP1: What is not defined (fewer than two takers, nothing that varies) is null, never NaN.
 * RP2: No number depends on the order of the takers.
 */

/** One item: what each taker earned, the same taker at the same place in every column. */
export interface Column {
  readonly max: number;
  /** Null: he was not asked, as when a group of others was. */
  readonly earned: readonly (number | null)[];
}

/** Kelley, "The selection of upper and lower groups for the validation of test items" (1939). */
const GROUP_SHARE = 0.27;

/** Share of the points that were there: the p of classical test theory, for partial credit too. */
export function difficultyOf({ max, earned }: Column): number | null {
  const asked = earned.filter((each) => each !== null);
  return max <= 0 || asked.length === 0 ? null : sumOf(asked) / (max * asked.length);
}

/** What each taker earned in all other columns that he was asked. */
export function restOf(columns: readonly Column[], column: Column): readonly number[] {
  const totals = totalsOf(columns);
  return totals.map((total, taker) => total - (column.earned[taker] ?? 0));
}

export function totalsOf(columns: readonly Column[]): readonly number[] {
  const takers = columns[0]?.earned.length ?? 0;
  return Array.from({ length: takers }, (_, taker) =>
    sumOf(columns.map(({ earned }) => earned[taker] ?? 0)),
  );
}

/** What each taker could have earned. */
export function maxesOf(columns: readonly Column[]): readonly number[] {
  const takers = columns[0]?.earned.length ?? 0;
  return Array.from({ length: takers }, (_, taker) =>
    sumOf(columns.map(({ max, earned }) => (earned[taker] === null ? 0 : max))),
  );
}

/** Those that every taker was asked. */
export function completeOf(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ earned }) => earned.every((each) => each !== null));
}

/**
 * Corrected point-biserial: Pearson's r of an item with the rest of the test, so that the item does
 * not agree with itself (Henrysson, Psychometrika 28, 1963). Of those who were asked; the rest is a
 * share of what each of them was asked, which is the same to r where that is the same.
 */
export function discriminationOf(columns: readonly Column[], column: Column): number | null {
  const rests = restOf(columns, column);
  const maxes = maxesOf(columns);
  const asked = column.earned.flatMap((earned, taker) => {
    const max = (maxes[taker] ?? 0) - column.max;
    return earned === null || max <= 0 ? [] : [{ earned, rest: (rests[taker] ?? 0) / max }];
  });
  return correlationOf(
    asked.map((each) => each.earned),
    asked.map((each) => each.rest),
  );
}

/**
 * Difficulty among the best 27 % less that among the weakest 27 %, by the share that each earned of
 * what he was asked (Kelley 1939).
 * Takers with equal totals at the edge of a group each enter it in part.
 */
export function upperLowerOf(columns: readonly Column[], column: Column): number | null {
  const totals = totalsOf(columns);
  const maxes = maxesOf(columns);
  const rows = column.earned.flatMap((earned, taker) =>
    earned === null ? [] : [{ total: (totals[taker] ?? 0) / (maxes[taker] ?? 1), earned }],
  );
  if (column.max <= 0 || !varies(rows.map(({ total }) => total))) {
    return null;
  }
  const size = Math.max(1, Math.round(rows.length * GROUP_SHARE));
  const lowest = rows.map(({ total, earned }) => ({ total: -total, earned }));
  return (topSum(rows, size) - topSum(lowest, size)) / (size * column.max);
}

/**
 * Cronbach's alpha (Psychometrika 16, 1951); where every item is all or nothing, it is the KR-20 of
 * Kuder and Richardson (Psychometrika 2, 1937). It may be negative. Of what all were asked.
 */
export function alphaOf(columns: readonly Column[]): number | null {
  const complete = completeOf(columns);
  const totals = totalsOf(complete);
  if (complete.length < 2 || !varies(totals)) {
    return null;
  }
  const within = sumOf(
    complete.map(({ earned }) => varianceOf(earned.filter((each) => each !== null))),
  );
  return (complete.length / (complete.length - 1)) * (1 - within / varianceOf(totals));
}

/** Every item was earned in full or not at all. */
export function isDichotomous(columns: readonly Column[]): boolean {
  return columns.every(({ max, earned }) =>
    earned.every((each) => each === null || each === 0 || each === max),
  );
}

export function correlationOf(xs: readonly number[], ys: readonly number[]): number | null {
  if (!varies(xs) || !varies(ys)) {
    return null;
  }
  const [meanX, meanY] = [sumOf(xs) / xs.length, sumOf(ys) / ys.length];
  const shared = sumOf(xs.map((x, index) => (x - meanX) * ((ys[index] ?? 0) - meanY)));
  const spread = Math.sqrt(varianceOf(xs) * varianceOf(ys)) * xs.length;
  return Math.min(1, Math.max(-1, shared / spread));
}

/** Least squares: what is gained from one to the next. */
export function slopeOf(ys: readonly number[]): number | null {
  if (ys.length < 2) {
    return null;
  }
  const middle = (ys.length - 1) / 2;
  const spread = sumOf(ys.map((_, index) => (index - middle) ** 2));
  return sumOf(ys.map((y, index) => (index - middle) * y)) / spread;
}

export function meanOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : sumOf(numbers) / numbers.length;
}

/** For documents: four places, and no negative zero. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000 + 0;
}

/** Of the population: the bias of a sample cancels out in every ratio here. */
function varianceOf(numbers: readonly number[]): number {
  const mean = sumOf(numbers) / numbers.length;
  return sumOf(numbers.map((each) => (each - mean) ** 2)) / numbers.length;
}

function varies(numbers: readonly number[]): boolean {
  return numbers.some((each) => each !== numbers[0]);
}

interface Taken {
  readonly total: number;
  readonly earned: number;
}

function topSum(rows: readonly Taken[], size: number): number {
  const edge = rows.map(({ total }) => total).toSorted((a, b) => b - a)[size - 1] ?? 0;
  const above = rows.filter(({ total }) => total > edge).map(({ earned }) => earned);
  const tied = rows.filter(({ total }) => total === edge).map(({ earned }) => earned);
  return sumOf(above) + ((size - above.length) * sumOf(tied)) / tied.length;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
