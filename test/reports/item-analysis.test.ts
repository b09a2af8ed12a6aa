/** How items did, out of a class that was taught: takers, blanks, bonuses, polls, open texts. */
import { expect, test } from "bun:test";
import type { JsonObject } from "../../machines/json.ts";
import { analysisOf, earnedBy } from "../../src/reports/item-analysis.ts";
import { type Classroom, HOST, LEARNERS, type Options, liveClass } from "../machines/classroom.ts";

/** Asks a step; the answers are of p1, p2 and p3, undefined is none. */
function ask(
  room: Classroom,
  stepId: string,
  answers: readonly (JsonObject | undefined)[],
): string {
  room.must(HOST, { type: "round.open", stepId, limitMs: 60_000 });
  const { roundId } = room;
  for (const [index, answer] of answers.entries()) {
    const learner = LEARNERS[index];
    if (answer !== undefined && learner !== undefined) {
      room.pass(1_000).must(learner.by, { type: "answer.submit", roundId, answer });
    }
  }
  room.must(HOST, { type: "round.close", roundId });
  room.pass(60_000);
  return roundId;
}

const [A, B, C] = ["a", "b", "c"].map((choice) => ({ choice }));

function taught(options: Options = {}): Classroom {
  const room = liveClass({ settings: { graceMs: 0, ...options.settings } });
  ask(room, "single", [A, B, undefined]);
  ask(room, "single", [A, A, B]);
  ask(room, "single", [A, C, undefined]);
  return room;
}

test("a blank earns nothing, and each option knows what its choosers earned elsewhere", () => {
  const { items, overall } = analysisOf(taught().context);
  const points = items[0]?.pointsMax ?? 0;
  expect(items.map(({ takers, answered }) => [takers, answered])).toEqual([
    ...[
      [3, 2],
      [3, 3],
      [3, 2],
    ],
  ]);
  expect(items.map(({ difficulty }) => difficulty)).toEqual([0.3333, 0.6667, 0.3333]);
  expect(items[0]?.options).toMatchObject([
    { id: "a", correct: true, count: 1, share: 0.5, meanRest: 2 * points },
    { id: "b", correct: false, count: 1, share: 0.5, meanRest: points },
    { id: "c", count: 0, share: 0, meanRest: null },
  ]);
  expect(items[0]?.discrimination).toBeCloseTo(0.866, 3);
  expect(items[0]?.upperLower).toBe(1);
  expect(overall).toMatchObject({ takers: 3, pointsMax: 3 * points, reliabilityKind: "kr-20" });
  // Variances 2/9 each, of the totals 3, 1, 0: 14/9; 3/2 · (1 − 6/14).
  expect(overall.reliability).toBeCloseTo(0.8571, 4);
  expect(overall.distribution).toEqual([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  expect(overall.attendance).toEqual({ present: 3, late: 0, absent: 0, excused: 0 });
});

test("one item alone has a difficulty, and nothing to agree with", () => {
  const room = liveClass({ settings: { graceMs: 0 } });
  ask(room, "single", [A, B]);
  const { items, overall } = analysisOf(room.context);
  expect(items).toMatchObject([
    { takers: 2, difficulty: 0.5, discrimination: null, upperLower: null },
  ]);
  expect(items[0]?.options?.map(({ meanRest }) => meanRest)).toEqual([null, null, null]);
  expect(overall.reliability).toBeNull();
});

test("a lesson without a round is empty, not NaN", () => {
  const { items, overall } = analysisOf(liveClass().context);
  expect(items).toEqual([]);
  expect(overall).toMatchObject({ takers: 0, pointsMean: null, distribution: null });
  expect(JSON.stringify(overall)).not.toContain("NaN");
});

test("a speed bonus is no part of what an item says, nor is it growth", () => {
  const room = liveClass({ settings: { graceMs: 0, speedBonus: true } });
  ask(room, "single", [A, A, A]);
  const [first] = room.context.participants;
  expect(analysisOf(room.context).items[0]?.difficulty).toBe(1);
  expect(analysisOf(room.context).overall.distribution?.at(-1)).toBe(3);
  const earned = first && earnedBy(room.context, first);
  expect(earned?.points).toBe(earned?.max);
});

test("RP3: of an anonymous session no two answers are connected, and no seat has points", () => {
  const { context } = taught({ settings: { anonymous: true } });
  const { items } = analysisOf(context);
  expect(items[0]?.options?.map(({ count }) => count)).toEqual([1, 1, 0]);
  expect(items.flatMap(({ options }) => options ?? []).map(({ meanRest }) => meanRest)).toEqual(
    Array.from({ length: 9 }, () => null),
  );
  expect(context.participants.map((seat) => earnedBy(context, seat))).toEqual([null, null, null]);
  const said = JSON.stringify(analysisOf(context));
  for (const { participantId, name } of context.participants) {
    expect(said).not.toContain(`"${participantId}"`);
    expect(said).not.toContain(name);
  }
});
