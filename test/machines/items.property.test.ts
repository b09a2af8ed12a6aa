/** Items, answers, scores and questions, as properties over any item and any answer. */
import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import * as fc from "fast-check";
import type { JsonObject } from "../../machines/json.ts";
import {
  type Answer,
  answerError,
  draftError,
  rightsOf,
} from "../../machines/learning-session/answer.ts";
import { type Item, ItemSchema } from "../../machines/learning-session/item.ts";
import { keyOf, withKey } from "../../machines/learning-session/key.ts";
import { questionOf } from "../../machines/learning-session/question.ts";
import { countsOf, pointsMaxOf, scoreOf } from "../../machines/learning-session/score.ts";
import { anyAnswered, anyItem } from "../support/any-item.ts";

const SECRETS = /^(correct|weights?|feedback|explanation|accepted|rubric|pairs|extra|title|tags)$/;

describe("answers", () => {
  test("LS7: no answer has negative points, none more than the item's", () => {
    fc.assert(
      fc.property(anyAnswered, ({ item, answer }) => {
        const { points, share } = scoreOf(item, answer);

        expect(points).toBeGreaterThanOrEqual(0);
        expect(points).toBeLessThanOrEqual(pointsMaxOf(item));
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("IT3: points have two decimal places, a whole share is exactly the item's", () => {
    fc.assert(
      fc.property(anyAnswered, ({ item, answer }) => {
        const { points, correct } = scoreOf(item, answer);

        expect(points).toBe(Number(points.toFixed(2)));
        expect(correct !== true || points === pointsMaxOf(item)).toBe(true);
      }),
    );
  });

  test("an answer fits its item and is a draft too; one with a field more is neither", () => {
    fc.assert(
      fc.property(anyAnswered, ({ item, answer }) => {
        expect(Value.Check(ItemSchema, item)).toBe(true);
        expect(answerError(item, answer)).toBeUndefined();
        expect(draftError(item, answer)).toBeUndefined();
        expect(answerError(item, { ...answer, extra: 1 })?.path).toBe("/extra");
      }),
    );
  });

  test("anything at all is either an answer or refused with a path, never thrown at", () => {
    fc.assert(
      fc.property(anyItem, fc.jsonValue(), (item, value) => {
        const error = answerError(item, value) ?? { path: "", message: "" };

        expect(typeof error.path).toBe("string");
        expect(draftError(item, {})).toBeUndefined();
      }),
    );
  });

  test("IT4: right, wrong and blank add up to the answers that were counted", () => {
    fc.assert(
      fc.property(anyAnswered, fc.nat(3), ({ item, answer }, absent) => {
        const answers = [answer, ...Array.from({ length: absent }, () => undefined)];
        const counts = Object.values(countsOf(item, answers));
        const total = counts.reduce((sum, each) => sum + each, 0);

        expect(total).toBe(expectedTotal(item, answer, absent));
      }),
    );
  });

  test("IT5: putting an item's own key back changes no score and gives an item again", () => {
    fc.assert(
      fc.property(anyAnswered, ({ item, answer }) => {
        const key = keyOf(item);
        fc.pre(key !== null);
        const again = withKey(item, JSON.parse(JSON.stringify(key)));

        expect(Value.Check(ItemSchema, again)).toBe(true);
        expect("kind" in again && scoreOf(again, answer)).toEqual(scoreOf(item, answer));
      }),
    );
  });
});

describe("questions", () => {
  test("LS10: no key is in the question of any item", () => {
    fc.assert(
      fc.property(anyItem, fc.boolean(), (item, shuffles) => {
        const question = questionOf(item, shuffles ? { roundId: "r1" } : undefined);

        expect(namesIn(question).filter((name) => SECRETS.test(name))).toEqual([]);
      }),
    );
  });

  test("IT6: two items that differ only in their key give equal questions", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const shuffle = { roundId: "r7", participantId: "p1" };

        expect(questionOf(otherKeyOf(item), shuffle)).toEqual(questionOf(item, shuffle));
        expect(questionOf(otherKeyOf(item))).toEqual(questionOf(item));
      }),
    );
  });

  test("IT6: the same seed gives the same order, and every seed the same parts", () => {
    fc.assert(
      fc.property(anyItem, fc.string(), fc.string(), (item, roundId, participantId) => {
        const first = questionOf(item, { roundId, participantId });
        const again = questionOf(structuredClone(item), { roundId, participantId });

        expect(again).toEqual(first);
        expect(sortedParts(first)).toEqual(sortedParts(questionOf(item)));
      }),
    );
  });

  test("IT6: over many rounds each place holds each part about equally often", () => {
    const item: Item = {
      kind: "ordering",
      prompt: "From small to large",
      items: ["a", "b", "c", "d"].map((id) => ({ id, text: id })),
    };
    const firsts = Array.from({ length: 4_000 }, (_, n) => firstId(item, `r${n}`));

    for (const { id } of item.items) {
      const times = firsts.filter((first) => first === id).length;
      expect(times).toBeGreaterThan(850);
      expect(times).toBeLessThan(1_150);
    }
  });
});

function expectedTotal(item: Item, answer: Answer, absent: number): number {
  switch (item.kind) {
    case "open-text":
      return absent;
    case "multiple-choice":
      return "choices" in answer ? answer.choices.length : 0;
    case "single-choice":
    case "poll":
    case "true-false":
      return 1;
    case "short-text":
    case "numeric":
    case "matching":
    case "ordering":
      return absent + 1;
  }
}

/** The same item to look at, with another key wherever there can be one. */
function otherKeyOf(item: Item): Item {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return {
        ...item,
        choices: item.choices.map((each) => ({ ...each, correct: !each.correct })),
      };
    case "true-false":
      return { ...item, correct: !item.correct };
    case "short-text":
      return { ...item, accepted: [{ text: "something else", weight: 1 }] };
    case "numeric":
      return { ...item, accepted: [{ value: 12_345, tolerance: 0, weight: 1 }] };
    case "ordering":
      return { ...item, items: item.items.toReversed() };
    case "matching": {
      const rights = [...rightsOf(item)];
      const pairs = item.pairs.map(({ left }) => ({ left, right: rights.at(-1) ?? "" }));
      return { ...item, pairs, extra: rights };
    }
    case "poll":
    case "open-text":
      return { ...item, explanation: "another" };
  }
}

function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) {
    return [];
  }
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(namesIn)];
}

function sortedParts(question: JsonObject): unknown {
  return Object.entries(question).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((each) => JSON.stringify(each)).toSorted() : value,
  ]);
}

function firstId(item: Item, roundId: string): unknown {
  const { items } = questionOf(item, { roundId });
  return Array.isArray(items) ? items[0].id : undefined;
}
