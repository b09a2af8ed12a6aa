/** GIFT out and in again: what is not listed as lost comes back, whatever the lesson holds. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Item, Step } from "../../machines/learning-session/item.ts";
import { exportGift } from "../../src/content/gift-export.ts";
import { importGift } from "../../src/content/gift.ts";
import { systemClock } from "../../src/platform.ts";
import { anyItem } from "../support/any-item.ts";

const everyKind = await Bun.file(`${import.meta.dir}/every-kind.gift`).text();
const RUNS = { numRuns: 400 };

/** Signs of GIFT, Markdown and HTML beside letters, and lines' ends. */
const nasty = fc
  .array(fc.constantFrom(..."ab =~#{}:\\\n*%[]<>&;-_`!/$.?é".split(""), "->", "//", "&&010"), {
    minLength: 1,
    maxLength: 12,
  })
  .map((signs) => signs.join(""));

async function backOf(steps: readonly Step[]) {
  const lesson = { title: "T", language: "en", tags: [], steps };
  const { content, lost } = await exportGift(lesson, systemClock);
  const imported = await importGift(content, systemClock);
  return { content, lost: lost.filter(({ path }) => path !== "/title"), imported };
}

function stepsOf(imported: Awaited<ReturnType<typeof importGift>>): readonly Step[] {
  return imported.ok ? imported.steps : [];
}

function asked(item: Item): Step {
  return { id: "s1", kind: "item", item };
}

test("GX1: whatever is written, import reads it: as many steps as are not left out", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyItem, { minLength: 1, maxLength: 5 }), async (items) => {
      const steps = items.map((item, index) => ({ ...asked(item), id: `s${index + 1}` }));
      const { lost, imported } = await backOf(steps);
      const left = new Set(lost.flatMap(({ path }) => /^\/steps\/\d+$/.exec(path) ?? []));
      expect(stepsOf(imported)).toHaveLength(steps.length - left.size);
    }),
    RUNS,
  );
});

test("GX2: import(export(x)) is x for all that GIFT can say", async () => {
  await fc.assert(
    fc.asyncProperty(anyItem, async (item) => {
      const first = await backOf([asked(item)]);
      const steps = stepsOf(first.imported);
      const second = await backOf(steps);
      expect(second.lost).toEqual([]);
      expect(stepsOf(second.imported)).toEqual([...steps]);
    }),
    RUNS,
  );
});

test("GX2: every kind that GIFT has comes back whole, and nothing is listed", async () => {
  const steps = stepsOf(await importGift(everyKind, systemClock));
  const { lost, imported } = await backOf(steps);
  expect(lost).toEqual([]);
  expect(stepsOf(imported)).toEqual([...steps]);
});

test("GX2: weights that were made a whole once stay as they are", async () => {
  const choices = [
    { id: "c1", text: "a", correct: true, weight: 0 },
    { id: "c2", text: "b", correct: true, weight: 0.65 },
    { id: "c3", text: "c", correct: true },
  ];
  const first = await backOf([asked({ kind: "multiple-choice", prompt: "?", choices })]);
  const second = await backOf(stepsOf(first.imported));
  expect(first.lost.map(({ path }) => path)).toContain("/steps/0/item/choices/1/weight");
  expect(second.lost).toEqual([]);
});

test("LO1: a question whose text is GIFT's own signs is kept, or named", async () => {
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (prompt, right, wrong) => {
      const choices = [
        { id: "c1", text: right, correct: true },
        { id: "c2", text: wrong, correct: false },
      ];
      const { lost, imported } = await backOf([asked({ kind: "single-choice", prompt, choices })]);
      const [step] = stepsOf(imported);
      const back = step?.kind === "item" && step.item.kind === "single-choice" ? step.item : null;
      const paths = lost.map(({ path }) => path);
      const isLost = (path: string) => paths.some((each) => `/steps/0${path}`.startsWith(each));
      expect(isLost("/item/prompt") || back?.prompt === prompt).toBe(true);
      expect(isLost("/item/choices/0/text") || back?.choices[0]?.text === right).toBe(true);
      expect(isLost("/item/choices/1/text") || back?.choices[1]?.text === wrong).toBe(true);
    }),
    RUNS,
  );
});

test("plain words between GIFT's signs are all kept", async () => {
  const prompt = "a = b ~ c # d {e} : \\f\n\n- 50% *of* it -> [x]";
  const choices = [
    { id: "c1", text: "%50% = [html]", correct: true, feedback: "# yes\n= no" },
    { id: "c2", text: "// no", correct: false, weight: 0.07, feedback: "[plain]" },
  ];
  const item: Item = { kind: "single-choice", prompt, choices, title: "A: b", tags: ["t"] };
  const { lost, imported } = await backOf([asked(item)]);
  expect(lost).toEqual([]);
  expect(stepsOf(imported)).toEqual([asked(item)]);
});

test("what GIFT cannot say is listed by its path", async () => {
  const choices = [
    { id: "a", text: "A" },
    { id: "b", text: "B" },
  ];
  const steps: Step[] = [
    { id: "s1", kind: "item", item: { kind: "poll", prompt: "?", choices } },
    { id: "s2", kind: "item", item: { kind: "ordering", prompt: "?", items: choices } },
    {
      id: "s3",
      kind: "item",
      item: { kind: "open-text", prompt: "Why?", rubric: "R", points: 3, limitMs: 9_000 },
    },
    { id: "s4", kind: "content", title: "Read", body: "Rivers are *old*." },
  ];
  const lesson = { title: "Rivers", language: "de", tags: ["geo"], steps };
  const { content, lost } = await exportGift(lesson, systemClock);
  expect(lost.map(({ path }) => path)).toEqual([
    "/title",
    "/language",
    "/tags/0",
    "/steps/0",
    "/steps/1",
    "/steps/2/item/rubric",
    "/steps/2/item/points",
    "/steps/2/item/limitMs",
  ]);
  expect(content).toBe("[markdown]Why? {}\n\n::Read::[markdown]Rivers are *old*.\n");
});
