/** Items, answers, scores and keys by example: what each rule of the contract means in numbers. */
import { describe, expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import {
  type Answer,
  answerError,
  draftError,
  isBlank,
} from "../../machines/learning-session/answer.ts";
import {
  type Item,
  ItemSchema,
  type Step,
  StepSchema,
  itemErrors,
  stepErrors,
} from "../../machines/learning-session/item.ts";
import { keyOf, withKey } from "../../machines/learning-session/key.ts";
import { questionOf } from "../../machines/learning-session/question.ts";
import { countsOf, feedbackOf, scoreOf } from "../../machines/learning-session/score.ts";

const prompt = "?";

const single: Item = {
  kind: "single-choice",
  prompt,
  points: 2,
  choices: [
    { id: "a", text: "A", correct: true, feedback: "Yes!" },
    { id: "b", text: "B", correct: false, weight: 0.5 },
    { id: "c", text: "C", correct: false },
  ],
};
const multiple: Item = {
  kind: "multiple-choice",
  prompt,
  choices: [
    { id: "a", text: "A", correct: true, feedback: "one" },
    { id: "b", text: "B", correct: true, feedback: "two" },
    { id: "c", text: "C", correct: false },
  ],
};
const thirds: Item = {
  kind: "multiple-choice",
  prompt,
  choices: ["a", "b", "c"].map((id) => ({ id, text: id, correct: true, weight: 0.33333 })),
};
const truth: Item = {
  kind: "true-false",
  prompt,
  correct: false,
  feedback: { true: "No.", false: "Right." },
};
const short: Item = {
  kind: "short-text",
  prompt,
  accepted: [
    { text: "Straße", weight: 1 },
    { text: "str*e*", weight: 0.5, wildcards: true, feedback: "Nearly." },
    { text: "*", weight: 0, wildcards: true, feedback: "No." },
  ],
};
const numeric: Item = {
  kind: "numeric",
  prompt,
  accepted: [
    { value: 0.3, tolerance: 0.1, weight: 1 },
    { min: 0, max: 1, weight: 0.5, feedback: "Closer!" },
  ],
};
const matching: Item = {
  kind: "matching",
  prompt,
  points: 3,
  pairs: [
    { left: "Canada", right: "Ottawa" },
    { left: "Italy", right: "Rome" },
    { left: "Japan", right: "Tokyo" },
  ],
  extra: ["Oslo"],
};
const ordering: Item = {
  kind: "ordering",
  prompt,
  items: ["x", "y", "z"].map((id) => ({ id, text: id })),
};
const poll: Item = {
  kind: "poll",
  prompt,
  choices: ["x", "y"].map((id) => ({ id, text: id })),
};
const open: Item = { kind: "open-text", prompt, rubric: "Two reasons." };

describe("points", () => {
  const cases: readonly [string, Item, Answer, number, boolean | null][] = [
    ["the right choice", single, { choice: "a" }, 2, true],
    ["half a choice", single, { choice: "b" }, 1, false],
    ["the wrong choice", single, { choice: "c" }, 0, false],
    ["both right of two", multiple, { choices: ["b", "a"] }, 1, true],
    ["one right of two", multiple, { choices: ["a"] }, 0.5, false],
    ["one right, one wrong", multiple, { choices: ["a", "c"] }, 0, false],
    ["all of them", multiple, { choices: ["a", "b", "c"] }, 0.5, false],
    ["only the wrong one", multiple, { choices: ["c"] }, 0, false],
    ["none", multiple, { choices: [] }, 0, false],
    ["three thirds of 33.333 %", thirds, { choices: ["a", "b", "c"] }, 1, true],
    ["false where false is right", truth, { value: false }, 1, true],
    ["true where false is right", truth, { value: true }, 0, false],
    ["a text in another case, with outer space", short, { text: "  STRASSE\n" }, 1, true],
    ["a text that fits a pattern", short, { text: "strange" }, 0.5, false],
    ["a text that fits nothing", short, { text: "street" }, 0.5, false],
    ["a text that only the last pattern fits", short, { text: "road" }, 0, false],
    ["the edge of a tolerance, inclusive", numeric, { value: 0.4 }, 1, true],
    ["outside of it, in the range", numeric, { value: 0.41 }, 0.5, false],
    ["the edge of the range, inclusive", numeric, { value: 1 }, 0.5, false],
    ["outside of all", numeric, { value: 1.01 }, 0, false],
    ["two pairs of three", matching, { pairs: { Canada: "Ottawa", Italy: "Rome" } }, 2, false],
    ["the right order", ordering, { order: ["x", "y", "z"] }, 1, true],
    ["another order", ordering, { order: ["x", "z", "y"] }, 0, false],
    ["a poll", poll, { choice: "x" }, 0, null],
    ["an open text", open, { text: "Because." }, 0, null],
  ];
  for (const [name, item, answer, points, correct] of cases) {
    test(`LS7: ${name}`, () => {
      expect(answerError(item, answer)).toBeUndefined();
      expect(scoreOf(item, answer)).toMatchObject({ points, correct });
    });
  }

  test("no answer is neither right nor wrong", () => {
    expect(scoreOf(single, undefined)).toEqual({ share: 0, points: 0, correct: null });
  });

  test("a pattern of many stars is matched without going back and forth", () => {
    const item: Item = {
      kind: "short-text",
      prompt,
      accepted: [{ text: `${"a*".repeat(200)}b`, weight: 1, wildcards: true }],
    };

    expect(scoreOf(item, { text: "a".repeat(500) }).correct).toBe(false);
    expect(scoreOf(item, { text: `${"ax".repeat(200)}b` }).correct).toBe(true);
    expect(
      scoreOf(
        { ...item, accepted: [{ text: "ab*ba", weight: 1, wildcards: true }] },
        {
          text: "aba",
        },
      ).correct,
    ).toBe(false);
  });

  test("feedback is the author's to this answer", () => {
    expect(feedbackOf(single, { choice: "a" })).toBe("Yes!");
    expect(feedbackOf(single, { choice: "b" })).toBeNull();
    expect(feedbackOf(multiple, { choices: ["b", "a"] })).toBe("one\n\ntwo");
    expect(feedbackOf(truth, { value: true })).toBe("No.");
    expect(feedbackOf(short, { text: "strange" })).toBe("Nearly.");
    expect(feedbackOf(short, { text: "road" })).toBe("No.");
    expect(feedbackOf(numeric, { value: 1 })).toBe("Closer!");
    expect(feedbackOf(numeric, { value: 9 })).toBeNull();
    expect(feedbackOf(open, { text: "x" })).toBeNull();
  });

  test("IT4: counts are per choice, per truth value, else right, wrong and blank", () => {
    const partly = { pairs: { Italy: "Rome" } };

    expect(countsOf(single, [{ choice: "a" }, { choice: "a" }, undefined])).toEqual({
      a: 2,
      b: 0,
      c: 0,
    });
    expect(countsOf(multiple, [{ choices: ["a", "c"] }])).toEqual({ a: 1, b: 0, c: 1 });
    expect(countsOf(truth, [{ value: true }, undefined])).toEqual({ true: 1, false: 0 });
    expect(countsOf(matching, [partly, undefined])).toEqual({ right: 0, wrong: 1, blank: 1 });
    expect(countsOf(open, [{ text: "x" }, undefined])).toEqual({ right: 0, wrong: 0, blank: 1 });
  });
});

describe("bad answers", () => {
  const long = "x".repeat(501);
  const cases: readonly [Item, unknown, string][] = [
    [single, "a", ""],
    [single, null, ""],
    [single, [], ""],
    [single, {}, "/choice"],
    [single, { choice: 1 }, "/choice"],
    [single, { choice: "d" }, "/choice"],
    [single, { choice: "__proto__" }, "/choice"],
    [single, { choice: "a", more: 1 }, "/more"],
    [single, { "a/~b": 1 }, "/a~1~0b"],
    [multiple, { choices: "a" }, "/choices"],
    [multiple, { choices: ["a", "a"] }, "/choices/1"],
    [multiple, { choices: ["a", "x"] }, "/choices/1"],
    [multiple, { choices: ["a", "b", "c", "a"] }, "/choices"],
    [truth, { value: "true" }, "/value"],
    [truth, { value: 1 }, "/value"],
    [short, { text: 1 }, "/text"],
    [short, { text: long }, "/text"],
    [short, { text: "a\0b" }, "/text"],
    [short, { text: "a\ud800" }, "/text"],
    [numeric, { value: "1" }, "/value"],
    [numeric, { value: Number.NaN }, "/value"],
    [numeric, { value: Number.POSITIVE_INFINITY }, "/value"],
    [matching, { pairs: [] }, "/pairs"],
    [matching, { pairs: { Peru: "Lima" } }, "/pairs/Peru"],
    [matching, { pairs: { Italy: "Lima" } }, "/pairs/Italy"],
    [matching, { pairs: JSON.parse('{"__proto__":"Rome"}') }, "/pairs/__proto__"],
    [ordering, { order: ["x", "y"] }, "/order"],
    [ordering, { order: ["x", "y", "y"] }, "/order/2"],
    [poll, { choices: ["x"] }, "/choices"],
    [open, { text: "x".repeat(10_001) }, "/text"],
  ];
  for (const [item, answer, path] of cases) {
    test(`${item.kind}: ${JSON.stringify(answer).slice(0, 40)} is refused at "${path}"`, () => {
      expect(answerError(item, answer)).toMatchObject({ path });
    });
  }

  test("a pair may be left out, and any right text may be used, an extra one too", () => {
    expect(answerError(matching, { pairs: {} })).toBeUndefined();
    expect(answerError(matching, { pairs: { Italy: "Oslo" } })).toBeUndefined();
  });

  test("a draft may be empty or an order not yet whole; else it is judged as an answer is", () => {
    expect(draftError(single, {})).toBeUndefined();
    expect(draftError(ordering, { order: ["z"] })).toBeUndefined();
    expect(draftError(ordering, { order: ["z", "z"] })).toMatchObject({ path: "/order/1" });
    expect(draftError(ordering, { order: ["q"] })).toMatchObject({ path: "/order/0" });
    expect(draftError(single, { choice: "q" })).toMatchObject({ path: "/choice" });
    expect(draftError(single, null)).toMatchObject({ path: "" });
  });

  test("blank is what has nothing in it", () => {
    expect(isBlank(multiple, { choices: [] })).toBe(true);
    expect(isBlank(short, { text: " \n" })).toBe(true);
    expect(isBlank(matching, { pairs: {} })).toBe(true);
    expect(isBlank(ordering, { order: [] })).toBe(true);
    expect(isBlank(truth, { value: false })).toBe(false);
    expect(isBlank(numeric, { value: 0 })).toBe(false);
    expect(isBlank(single, { choice: "a" })).toBe(false);
  });
});

describe("items", () => {
  test("all nine kinds fit the schema; an unknown field, `media` too, does not", () => {
    for (const item of [single, multiple, truth, short, numeric, matching, ordering, poll, open]) {
      expect(Value.Check(ItemSchema, item)).toBe(true);
      expect(itemErrors(item)).toEqual([]);
      expect(Value.Check(ItemSchema, { ...item, media: [] })).toBe(false);
      expect(Value.Check(StepSchema, { id: "s1", kind: "item", item })).toBe(true);
    }
  });

  test("IT1: an item that nobody could earn anything with is refused", () => {
    const choices = single.choices.map((choice) => ({ ...choice, correct: false }));

    expect(itemErrors({ ...single, choices })).toMatchObject([{ path: "/choices" }]);
    expect(itemErrors({ ...short, accepted: [{ text: "x", weight: 0 }] })).toMatchObject([
      { path: "/accepted" },
    ]);
  });

  test("IT2: ids and lefts are distinct, and safe as names of properties", () => {
    const twice = [...poll.choices, { id: "x", text: "again" }];
    const pairs = [...matching.pairs, { left: "Italy", right: "Rome" }];
    const unsafe = [{ left: "__proto__", right: "x" }];
    const choices = [{ id: "__proto__", text: "x" }, ...poll.choices];

    expect(itemErrors({ ...poll, choices: twice })).toMatchObject([{ path: "/choices/2/id" }]);
    expect(itemErrors({ ...matching, pairs })).toMatchObject([{ path: "/pairs/3/left" }]);
    expect(itemErrors({ ...matching, pairs: unsafe })).toMatchObject([{ path: "/pairs/0/left" }]);
    expect(Value.Check(ItemSchema, { ...poll, choices })).toBe(false);
  });

  test("a range begins before it ends, and points have two places", () => {
    const accepted = [{ min: 2, max: 1, weight: 1 }];

    expect(itemErrors({ ...numeric, accepted })).toMatchObject([{ path: "/accepted/0/max" }]);
    expect(itemErrors({ ...open, points: 0.125 })).toMatchObject([{ path: "/points" }]);
    expect(itemErrors({ ...open, points: 0.07 })).toEqual([]);
  });

  test("errors of steps have the path of the step", () => {
    const content: Step = { id: "s1", kind: "content", title: "", body: "" };
    const broken: Step = { id: "s1", kind: "item", item: { ...open, points: 0.125 } };

    expect(stepErrors([content, broken]).map((error) => error.path)).toEqual([
      "/1/id",
      "/1/item/points",
    ]);
  });
});

describe("keys", () => {
  test("keys are documents, in the shape of an answer where there is one right answer", () => {
    expect(keyOf(single)).toEqual({ choices: ["a"], weights: { a: 1, b: 0.5, c: 0 } });
    expect(keyOf(multiple)).toEqual({ choices: ["a", "b"], weights: { a: 0.5, b: 0.5, c: -0.5 } });
    expect(keyOf(truth)).toEqual({ value: false });
    expect(keyOf(matching)).toEqual({
      pairs: { Canada: "Ottawa", Italy: "Rome", Japan: "Tokyo" },
    });
    expect(keyOf(ordering)).toEqual({ order: ["x", "y", "z"] });
    expect(keyOf(numeric)).toMatchObject({ accepted: [{ value: 0.3 }, { min: 0 }] });
    expect(keyOf(poll)).toBeNull();
    expect(keyOf(open)).toBeNull();
  });

  test("IT5: a corrected key changes what is right and nothing that the class saw", () => {
    const cases: readonly [Item, unknown, Answer][] = [
      [single, { choices: ["c"] }, { choice: "c" }],
      [single, { choices: ["a", "b"] }, { choice: "b" }],
      [multiple, { choices: ["c"], weights: { c: 1, a: 0 } }, { choices: ["c", "a"] }],
      [truth, { value: true }, { value: true }],
      [short, { accepted: [{ text: "road", weight: 1 }] }, { text: "Road" }],
      [numeric, { accepted: [{ min: 5, max: 6, weight: 1 }] }, { value: 5 }],
      [ordering, { order: ["z", "y", "x"] }, { order: ["z", "y", "x"] }],
      [
        matching,
        { pairs: { Canada: "Oslo", Italy: "Rome", Japan: "Tokyo" } },
        { pairs: { Canada: "Oslo", Italy: "Rome", Japan: "Tokyo" } },
      ],
    ];
    for (const [item, key, answer] of cases) {
      const corrected = withKey(item, key);

      expect(scoreOf(item, answer).correct).toBe(false);
      expect("kind" in corrected && scoreOf(corrected, answer).correct).toBe(true);
      expect("kind" in corrected && questionOf(corrected)).toEqual(questionOf(item));
    }
  });

  test("a key that does not fit is refused with its path", () => {
    const cases: readonly [Item, unknown, string][] = [
      [single, null, ""],
      [single, { choices: ["q"] }, "/choices/0"],
      [single, { choices: [] }, "/choices"],
      [single, { choices: ["a"], weights: { q: 1 } }, "/weights/q"],
      [single, { choices: ["a"], weights: { a: 2 } }, "/weights/a"],
      [single, { choices: ["a"], path: "" }, "/path"],
      [truth, { value: 1 }, "/value"],
      [short, { accepted: [] }, "/accepted"],
      [short, { accepted: [{ text: "x" }] }, "/accepted/0/weight"],
      [short, { accepted: [{ text: "x", weight: 1 }], more: 1 }, "/more"],
      [numeric, { accepted: [{ min: 2, max: 1, weight: 1 }] }, "/accepted/0/max"],
      [matching, { pairs: { Italy: "Rome" } }, "/pairs"],
      [ordering, { order: ["x"] }, "/order"],
      [poll, { choices: ["x"] }, ""],
      [open, {}, ""],
    ];
    for (const [item, key, path] of cases) {
      expect(withKey(item, key)).toMatchObject({ path });
    }
  });
});

describe("questions", () => {
  test("LS10: a matching shows lefts and rights, an ordering its items, each shuffled", () => {
    const question = questionOf(matching, { roundId: "r1" });

    expect(question).toMatchObject({
      kind: "matching",
      prompt,
      points: 3,
      lefts: ["Canada", "Italy", "Japan"],
    });
    expect(Object.keys(question).toSorted()).toEqual([
      "kind",
      "lefts",
      "points",
      "prompt",
      "rights",
    ]);
    expect(Object.keys(questionOf(ordering)).toSorted()).toEqual([
      "items",
      "kind",
      "points",
      "prompt",
    ]);
  });

  test("choices keep the author's order unless they are to be shuffled", () => {
    const orders = Array.from({ length: 20 }, (_, n) =>
      JSON.stringify(questionOf(single, { roundId: "r1", participantId: `p${n}` })),
    );

    expect(questionOf(single)["choices"]).toEqual(
      single.choices.map(({ id, text }) => ({ id, text })),
    );
    expect(new Set(orders).size).toBeGreaterThan(3);
  });
});
