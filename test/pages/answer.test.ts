/** An answer in the making, numbers as they are typed, lessons as they are edited, clocks. */
import { describe, expect, test } from "bun:test";
import type { Step } from "../../machines/learning-session/item.ts";
import {
  EMPTY,
  fillingOf,
  isComplete,
  isSame,
  typedNumber,
  withMoved,
  withPair,
  withToggled,
  withTyped,
} from "../../src/pages/answer.ts";
import { clockOf, filled, spacedCode } from "../../src/pages/format.ts";
import { draftOf, newStep, stepOf } from "../../src/pages/lesson-draft.ts";
import { DEMO_LESSON } from "../../src/demo-lesson.ts";
import { questionOf } from "../../src/pages/view.ts";

const items = DEMO_LESSON.steps.flatMap((step) => (step.kind === "item" ? [step.item] : []));

describe("answer", () => {
  test.each(items.map((item) => [item.kind, item] as const))(
    "nothing is complete in a %s that nobody touched",
    (_, item) => {
      expect(isComplete(questionOf(item), EMPTY)).toBe(false);
    },
  );

  test.each([
    ["1,5", 1.5],
    ["1.5", 1.5],
    ["−3", -3],
    ["١٢٫٥", 12.5],
    [" 1 000 ", 1_000],
    ["", undefined],
    ["-", undefined],
    ["1e", undefined],
    ["Infinity", undefined],
  ])("%p is read as %p", (typed, value) => {
    expect(typedNumber(typed)).toBe(value);
  });

  test("half a number is no answer, and what was typed stays", () => {
    expect(withTyped("-")).toEqual({ typed: "-", answer: {} });
    expect(fillingOf({ value: 2.5 }).typed).toBe("2.5");
  });

  test("choices are toggled, pairs replaced and taken back, orders moved within bounds", () => {
    expect(withToggled({ choices: ["a"] }, "b")).toEqual({ choices: ["a", "b"] });
    expect(withToggled({ choices: ["a", "b"] }, "a")).toEqual({ choices: ["b"] });
    expect(withPair({ pairs: { a: "1" } }, "a", "2")).toEqual({ pairs: { a: "2" } });
    expect(withPair({ pairs: { a: "1" } }, "a", "")).toEqual({ pairs: {} });
    expect(withMoved(["a", "b", "c"], 2, 0)).toEqual({ order: ["c", "a", "b"] });
    expect(withMoved(["a", "b"], 0, -1)).toEqual({ order: ["a", "b"] });
  });

  test("the order of choices and pairs makes no other answer; the order of an ordering does", () => {
    expect(isSame({ choices: ["a", "b"] }, { choices: ["b", "a"] })).toBe(true);
    expect(isSame({ pairs: { a: "1", b: "2" } }, { pairs: { b: "2", a: "1" } })).toBe(true);
    expect(isSame({ order: ["a", "b"] }, { order: ["b", "a"] })).toBe(false);
    expect(isSame(null, { choice: "a" })).toBe(false);
  });
});

describe("lesson draft", () => {
  test.each(DEMO_LESSON.steps.map((step) => [step.id, step] as const))(
    "the step %s is sent as it was read when nothing was changed",
    (_, step) => {
      const points = step.kind === "item" ? { points: step.item.points ?? 1 } : {};
      const whole: Step =
        step.kind === "item" ? { ...step, item: { ...step.item, ...points } } : step;
      expect<object>(stepOf(draftOf(step))).toEqual(whole);
    },
  );

  test("a text keeps the tags that the editor does not show", () => {
    const step = { id: "s1", kind: "content", title: "T", body: "B", tags: ["t"] } as const;
    expect<object>(stepOf(draftOf({ ...step, tags: ["t"] }))).toEqual(step);
  });

  test("pairs are split at the first equals sign between spaces, else at the first", () => {
    const draft = { ...newStep("matching", "s1"), text: "?", lines: "a=b = c\nx=y\n\n" };
    expect(stepOf(draft)).toMatchObject({
      item: {
        pairs: [
          { left: "a=b", right: "c" },
          { left: "x", right: "y" },
        ],
      },
    });
  });
});

describe("format", () => {
  test.each([
    [59_001, "en", "1:00"],
    [0, "en", "0:00"],
    [-5, "en", "0:00"],
    [3_725_000, "en", "1:02:05"],
    [65_000, "ar-EG", "١:٠٥"],
  ] as const)("%p ms in %p are %p", (ms, language, expected) => {
    expect(clockOf(ms, language)).toBe(expected);
  });

  test("what a person wrote is put in as it is, also if it looks like a placeholder", () => {
    expect(filled("{name}: {n}", { name: "{n} $& <b>", n: 1.5 }, "de")).toBe("{n} $& <b>: 1,5");
    expect(filled("{who}", {}, "en")).toBe("{who}");
    expect(spacedCode("K7PM4X")).toBe("K7P M4X");
  });
});
