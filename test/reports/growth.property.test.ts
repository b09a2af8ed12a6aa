/** A student over his sessions, and items over many: means and trends of what is known. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type Sat, growthOf } from "../../src/reports/growth.ts";
import type { ItemAnalysis } from "../../src/reports/item-analysis.ts";
import { pooled } from "../../src/reports/pool.ts";

function sat(points: number | null, pointsMax: number | null): Sat {
  const fields = { sessionId: "s1", title: "T", endedAt: null, attendance: "present" };
  return { ...fields, points, pointsMax };
}

describe("growth", () => {
  test("is the slope of the shares that are known, whatever is not", () => {
    const growth = growthOf([sat(1, 4), sat(null, null), sat(2, 4), sat(0, 0), sat(3, 4)]);
    expect(growth.sessions.map(({ share }) => share)).toEqual([0.25, null, 0.5, null, 0.75]);
    expect(growth).toMatchObject({ meanShare: 0.5, trend: 0.25, attendance: { present: 5 } });
  });

  test("RP1: of one session or none there is no trend, and nothing is ever NaN", () => {
    expect(growthOf([])).toMatchObject({ meanShare: null, trend: null });
    expect(growthOf([sat(1, 2)])).toMatchObject({ meanShare: 0.5, trend: null });
    const number = fc.option(fc.nat(100));
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number)), (all) => {
        const { meanShare, trend, sessions } = growthOf(all.map(([of, max]) => sat(of, max)));
        const numbers = [meanShare, trend, ...sessions.map(({ share }) => share)];
        expect(numbers.every((each) => each === null || Number.isFinite(each))).toBe(true);
      }),
    );
  });
});

describe("items over many sessions", () => {
  const options = [
    { id: "a", text: "A", correct: true, count: 1, share: 1, meanRest: null },
    { id: "b", text: "B", correct: false, count: 0, share: 0, meanRest: null },
  ];
  const item: ItemAnalysis = {
    ...{
      roundId: "r1",
      stepId: "s1",
      kind: "single-choice",
      prompt: "Why?",
      pointsMax: 1,
      group: null,
    },
    ...{ takers: 1, answered: 1, difficulty: 1, discrimination: null, upperLower: null, options },
  };

  test("are weighted by takers, and a null weighs nothing", () => {
    const more = { ...item, takers: 3, answered: 2, difficulty: 0.2, discrimination: 0.4 };
    expect(pooled([item, more])).toMatchObject([
      {
        ...{ stepId: "s1", rounds: 2, takers: 4, answered: 3, difficulty: 0.4 },
        ...{ discrimination: 0.4, upperLower: null },
        options: [
          { id: "a", count: 2, share: 0.6667 },
          { id: "b", count: 0, share: 0 },
        ],
      },
    ]);
  });

  test("are apart once their words changed, and what has no step is not there", () => {
    const changed = { ...item, prompt: "Why not?" };
    const turned = { ...item, options: options.map((each) => ({ ...each, correct: false })) };
    expect(pooled([item, changed, turned, { ...item, stepId: null }])).toHaveLength(3);
  });
});
