/** QTI 3 out and in again: what is not listed as lost comes back, whatever the lesson holds. */
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import type { Standard } from "../../db/lesson-row.ts";
import type { Item, Step } from "../../machines/learning-session/item.ts";
import { type Exportable, exportGift } from "../../src/content/gift-export.ts";
import { importGift } from "../../src/content/gift.ts";
import { exportQti } from "../../src/content/qti-export.ts";
import { importQti } from "../../src/content/qti.ts";
import { systemClock } from "../../src/platform.ts";
import { anyItem } from "../support/any-item.ts";

const everyKind = await Bun.file(`${import.meta.dir}/every-kind.gift`).text();
const RUNS = { numRuns: 150 };
/** A second on a machine that does nothing else. */
const LONG_MS = 60_000;

async function roundTrip(lesson: Exportable) {
  const { content, lost } = await exportQti(lesson, systemClock);
  const imported = await importQti(content, systemClock);
  return { lost, steps: imported.ok ? imported.steps : [], imported };
}

const STANDARDS: readonly Standard[] = [
  { framework: "CCSS & co", code: "3.NF.A.1", title: "Parts < wholes", steps: ["s1"] },
  { framework: "NGSS", code: "MS-LS1-6" },
];

function lessonOf(items: readonly Item[]): Exportable {
  const steps = items.map((item, index): Step => ({ id: `s${index + 1}`, kind: "item", item }));
  const title = "Rivers & <hills>";
  return { title, language: "pt-BR", tags: ["geo", "5 > 4"], standards: STANDARDS, steps };
}

test(
  "QX1: whatever is written, import reads it: as many steps as are not left out",
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyItem, { minLength: 1, maxLength: 5 }), async (items) => {
        const { lost, steps } = await roundTrip(lessonOf(items));
        const left = new Set(lost.flatMap(({ path }) => /^\/steps\/\d+$/.exec(path) ?? []));
        expect(steps).toHaveLength(items.length - left.size);
      }),
      RUNS,
    );
  },
  LONG_MS,
);

test(
  "QX2: import(export(x)) is x for all that QTI can say",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyItem, async (item) => {
        const lesson = lessonOf([item]);
        const { steps } = await roundTrip(lesson);
        fc.pre(steps.length > 0);
        const second = await roundTrip({ ...lesson, steps });
        expect(second.lost).toEqual([]);
        expect(second.steps).toEqual([...steps]);
      }),
      RUNS,
    );
  },
  LONG_MS,
);

test("QX2: a right choice of little weight stays right beside one of full weight", async () => {
  const choices = [
    { id: "full", text: "a", correct: false, weight: 1 },
    { id: "little", text: "b", correct: true, weight: 0.01 },
  ];
  const lesson = lessonOf([{ kind: "single-choice", prompt: "?", points: 1, choices }]);

  const { steps } = await roundTrip(lesson);
  const second = await roundTrip({ ...lesson, steps });

  expect([second.lost, second.steps]).toEqual([[], [...steps]]);
});

const ONE_OF_EACH: readonly Item[] = [
  {
    kind: "single-choice",
    prompt: "1 < 2 & **3**?\n\n- a\n- b",
    title: "A",
    tags: ["t", "u"],
    points: 2.5,
    limitMs: 30_500,
    explanation: "So.",
    choices: [
      { id: "a", text: "`x`", correct: true, feedback: "Yes." },
      { id: "2", text: "y", correct: false, weight: 0.5 },
    ],
  },
  {
    kind: "multiple-choice",
    prompt: "?",
    choices: [
      { id: "a", text: "A", correct: true, weight: 0.7 },
      { id: "b", text: "B", correct: true, weight: 0.3, feedback: "Half." },
      { id: "c", text: "C", correct: false, weight: -1 },
    ],
  },
  { kind: "true-false", prompt: "?", correct: false, feedback: { true: "No.", false: "Yes." } },
  {
    kind: "short-text",
    prompt: "?",
    accepted: [
      { text: "Nile", weight: 0.5 },
      { text: "the Nile & co", weight: 1 },
    ],
  },
  {
    kind: "numeric",
    prompt: "?",
    accepted: [
      { value: 1.5, tolerance: 0.25, weight: 0.5 },
      { min: -2, max: 3e22, weight: 1 },
    ],
  },
  {
    kind: "matching",
    prompt: "?",
    pairs: [
      { left: "France", right: "Paris" },
      { left: "Also France", right: "Paris" },
      { left: "Italy", right: "Rome" },
    ],
    extra: ["Vienna"],
  },
  {
    kind: "ordering",
    prompt: "?",
    items: [
      { id: "z", text: "first" },
      { id: "a", text: "second" },
    ],
  },
  {
    kind: "poll",
    prompt: "?",
    choices: [
      { id: "a", text: "A" },
      { id: "b", text: "B" },
    ],
  },
  { kind: "open-text", prompt: "Why?", rubric: "Two reasons." },
];

test("QX2: every kind of item comes back whole, and nothing is listed", async () => {
  const lesson = lessonOf(ONE_OF_EACH);
  const read: Step = { id: "9", kind: "content", title: "Read", body: "Old *hills*.", tags: ["t"] };
  const steps = [...lesson.steps, read];
  const { lost, imported } = await roundTrip({ ...lesson, steps });
  expect(lost).toEqual([]);
  expect(imported).toEqual({ ok: true, ...lesson, standards: STANDARDS, steps, lost: [] });
});

test("QX2: feedback of blanks alone is none, in the first round trip and the next", async () => {
  const choices = ["a", "b"].map((id) => ({ id, text: id, correct: id === "a", feedback: " " }));
  const { steps } = await roundTrip(lessonOf([{ kind: "single-choice", prompt: "?", choices }]));
  const second = await roundTrip({ ...lessonOf([]), steps });
  expect(second.steps).toEqual([...steps]);
});

test("questions that came from GIFT lose what QTI has no place for, by name", async () => {
  const imported = await importGift(everyKind, systemClock);
  const steps = imported.ok ? imported.steps : [];
  const { lost } = await roundTrip({ title: "T", language: "en", tags: [], steps });
  expect(lost.map(({ path }) => path)).toEqual([
    "/steps/5/item/accepted/1/feedback",
    "/steps/5/item/accepted/2/wildcards",
    "/steps/5/item/accepted/2/feedback",
    "/steps/7/item/accepted/0/feedback",
    "/steps/7/item/accepted/1/feedback",
    "/steps/7/item/accepted/2/feedback",
  ]);
});

const anyStandard = fc.record(
  {
    framework: fc.constantFrom("A", "B & C", " D", "<e>"),
    code: fc.string({ minLength: 1, maxLength: 4, unit: "grapheme" }),
    title: fc.string({ minLength: 1, maxLength: 5 }),
    steps: fc.uniqueArray(fc.constantFrom("s1", "s2", "s3"), { minLength: 1 }),
  },
  { requiredKeys: ["framework", "code"] },
);

test("QX2: standards come back as they were, or are listed", async () => {
  const selector = ({ framework, code }: Standard) => `${framework}\0${code}`;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(anyStandard, { maxLength: 6, selector }), async (standards) => {
      const lesson = { ...lessonOf(ONE_OF_EACH.slice(0, 3)), standards };
      const { lost, imported } = await roundTrip(lesson);
      const sorted = (all: readonly Standard[] = []) =>
        all.map((each) => ({ ...each, steps: each.steps?.toSorted() }));
      const isListed = lost.some(({ path }) => path.startsWith("/standards"));
      const back = sorted(imported.ok ? imported.standards : []);
      expect(isListed).toBe(!Bun.deepEquals(back, sorted(standards)));
    }),
    { numRuns: 60 },
  );
});

test("GIFT has no place for standards, and says so", async () => {
  const { lost } = await exportGift(lessonOf(ONE_OF_EACH.slice(0, 1)), systemClock);
  expect(lost.map(({ path }) => path)).toContain("/standards/1");
});
