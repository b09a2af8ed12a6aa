/** The statistics of a test: known values, and what holds of any class. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  type Column,
  alphaOf,
  correlationOf,
  difficultyOf,
  discriminationOf,
  meanOf,
  restOf,
  rounded,
  slopeOf,
  totalsOf,
  upperLowerOf,
} from "../../src/reports/statistics.ts";

const column = (takers: number) =>
  fc
    .integer({ min: 0, max: 1_000 })
    .chain((max) =>
      fc
        .array(fc.integer({ min: 0, max }), { minLength: takers, maxLength: takers })
        .map((earned): Column => ({ max, earned })),
    );

const classes = fc
  .integer({ min: 0, max: 12 })
  .chain((takers) => fc.array(column(takers), { minLength: 1, maxLength: 6 }));

function allOf(columns: readonly Column[]): readonly (number | null)[] {
  const each = columns.flatMap((one) => [
    difficultyOf(one),
    discriminationOf(columns, one),
    upperLowerOf(columns, one),
  ]);
  return [...each, alphaOf(columns), meanOf(totalsOf(columns)), slopeOf(totalsOf(columns))];
}

function rightsOf(...rows: readonly (readonly number[])[]): readonly Column[] {
  return rows.map((row) => ({ max: 100, earned: row.map((each) => each * 100) }));
}

describe("of any class", () => {
  test("RP1: what is not defined is null, and nothing is NaN or infinite", () => {
    fc.assert(
      fc.property(classes, (columns) => {
        expect(allOf(columns).filter((each) => each !== null && !Number.isFinite(each))).toEqual(
          [],
        );
      }),
    );
    const alone = rightsOf([1], [0]);
    const same = rightsOf([1, 1, 1], [0, 0, 0]);
    for (const columns of [[], alone, same]) {
      const each = columns.flatMap((one) => [
        discriminationOf(columns, one),
        upperLowerOf(columns, one),
      ]);
      expect([...each, alphaOf(columns)].filter((one) => one !== null)).toEqual([]);
    }
    expect([difficultyOf({ max: 100, earned: [] }), slopeOf([1]), meanOf([])]).toEqual([
      ...[null, null, null],
    ]);
  });

  test("shares are of the unit, correlations between −1 and 1, alpha at most 1", () => {
    const within = (value: number | null, low: number, high: number) =>
      expect(value === null || (low - 1e-9 <= value && value <= high + 1e-9)).toBe(true);
    fc.assert(
      fc.property(classes, (columns) => {
        for (const one of columns) {
          within(difficultyOf(one), 0, 1);
          within(discriminationOf(columns, one), -1, 1);
          within(upperLowerOf(columns, one), -1, 1);
        }
        within(alphaOf(columns), -Infinity, 1);
      }),
    );
  });

  test("RP2: no number depends on the order of the takers", () => {
    const shifted = fc.tuple(classes, fc.nat(11)).map(([columns, by]) => ({
      columns,
      turned: columns.map(({ max, earned }) => ({
        max,
        earned: [...earned.slice(by), ...earned.slice(0, by)].reverse(),
      })),
    }));
    fc.assert(
      fc.property(shifted, ({ columns, turned }) => {
        const ordered = (each: readonly Column[]) =>
          allOf(each)
            .slice(0, -1)
            .map((one) => (one === null ? null : Math.round(one * 1e6) + 0));
        expect(ordered(turned)).toEqual(ordered(columns));
      }),
    );
  });
});

describe("known values", () => {
  // Four takers, three items; by hand: totals 3, 2, 1, 0.
  const guttman = rightsOf([1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]);
  const [easy, middle, hard] = guttman;

  test("difficulty is the share of the points", () => {
    expect([easy, middle, hard].map((one) => one && difficultyOf(one))).toEqual([0.75, 0.5, 0.25]);
    expect(difficultyOf({ max: 200, earned: [100, 200] })).toBe(0.75);
  });

  test("discrimination leaves the item itself out", () => {
    const rest = middle === undefined ? [] : restOf(guttman, middle);
    expect(rest).toEqual([200, 100, 100, 0]);
    const found = middle === undefined ? null : discriminationOf(guttman, middle);
    expect(found).toBeCloseTo(Math.SQRT1_2, 12);
    expect(correlationOf([1, 2, 3], [3, 2, 1])).toBe(-1);
  });

  test("upper less lower: of four takers one each", () => {
    expect(guttman.map((one) => upperLowerOf(guttman, one))).toEqual([1, 1, 1]);
  });

  test("who ties at the edge of a group enters it in part", () => {
    const columns = rightsOf([1, 0, 0, 0], [0, 1, 0, 0]);
    expect(columns.map((one) => upperLowerOf(columns, one))).toEqual([0.5, 0.5]);
  });

  test("KR-20 by hand, and 1 where the items agree", () => {
    // k/(k−1) · (1 − Σpq/σ²) = 3/2 · (1 − 0.625/1.25)
    expect(alphaOf(guttman)).toBeCloseTo(0.75, 12);
    expect(alphaOf(rightsOf([1, 0, 1], [1, 0, 1]))).toBeCloseTo(1, 12);
  });

  // Ten takers, four items; totals 4 4 3 3 3 2 1 1 1 0.
  const ten = rightsOf(
    [1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
    [1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
    [1, 1, 1, 1, 0, 0, 0, 0, 1, 0],
    [1, 1, 0, 0, 1, 0, 0, 0, 0, 0],
  );

  test("Kelley's groups are the best and the weakest three of ten, ties in part", () => {
    // Best: both 4s, and of the three 3s one place; weakest: the 0, and of the three 1s two places.
    // (3 − 4/3) / 3, (3 − 0) / 3, (8/3 − 2/3) / 3, (7/3 − 0) / 3.
    const found = ten.map((one) => rounded(upperLowerOf(ten, one)));
    expect(found).toEqual([0.5556, 1, 0.6667, 0.7778]);
    expect(ten.map((one) => difficultyOf(one))).toEqual([0.8, 0.6, 0.5, 0.3]);
    // 4/3 · (1 − (0.16 + 0.24 + 0.25 + 0.21) / 1.76), the KR-20.
    expect(rounded(alphaOf(ten))).toBe(0.6818);
  });

  test("discrimination is Henrysson's: the point-biserial of the whole, corrected for the part", () => {
    // Of the second item by hand: (13/6 − 3/4) / √0.84 · √(0.6 · 0.4).
    const [, second] = ten;
    expect(second && rounded(discriminationOf(ten, second))).toBe(0.7572);
    const totals = totalsOf(ten).map((total) => total / 100);
    for (const one of ten) {
      // r = (M₁ − M₀) / s · √(pq), then (r·s − √(pq)) / √(s² + pq − 2·r·s·√(pq)).
      const right = totals.filter((_, taker) => one.earned[taker] === 100);
      const wrong = totals.filter((_, taker) => one.earned[taker] === 0);
      const spread = Math.sqrt(1.76);
      const part = Math.sqrt((right.length * wrong.length) / 100);
      const whole = (((meanOf(right) ?? 0) - (meanOf(wrong) ?? 0)) / spread) * part;
      const both = whole * spread * part;
      const corrected = (whole * spread - part) / Math.sqrt(1.76 + part ** 2 - 2 * both);
      expect(discriminationOf(ten, one)).toBeCloseTo(corrected, 12);
    }
  });

  test("what a group was not asked is no part of any of it", () => {
    const asked = ten.map(({ max, earned }) => ({ max, earned: [...earned, null, null] }));
    const whole = { max: 100, earned: [...Array.from({ length: 10 }, () => null), 100, 0] };
    const columns = [...asked, whole];
    expect(asked.map((one) => discriminationOf(columns, one))).toEqual(
      ten.map((one) => discriminationOf(ten, one)),
    );
    expect(asked.map((one) => upperLowerOf(columns, one))).toEqual(
      ten.map((one) => upperLowerOf(ten, one)),
    );
    expect(difficultyOf(whole)).toBe(0.5);
    expect([discriminationOf(columns, whole), alphaOf(columns)]).toEqual([null, null]);
  });

  test("the slope is what is gained from one to the next", () => {
    expect(slopeOf([0.25, 0.5, 0.75])).toBeCloseTo(0.25, 12);
  });
});
