/** The lesson of the tests. Every key in it holds the word KEY and the step, so that leaks show. */
import type { Step } from "../../machines/learning-session/item.ts";

function item(id: string, fields: object): Step {
  return parseStep({
    id,
    kind: "item",
    item: { prompt: `Prompt ${id}`, explanation: `KEY-${id}`, ...fields },
  });
}

function parseStep(step: object): Step {
  return step as Step;
}

export const STEPS: readonly Step[] = [
  { id: "intro", kind: "content", title: "Hello", body: "Welcome" },
  item("single", {
    kind: "single-choice",
    points: 2,
    choices: [
      { id: "a", text: "A", correct: true, feedback: "KEY-single" },
      { id: "b", text: "B", correct: false },
      { id: "c", text: "C", correct: false, weight: -0.5 },
    ],
  }),
  item("multiple", {
    kind: "multiple-choice",
    limitMs: 20_000,
    choices: [
      { id: "a", text: "A", correct: true },
      { id: "b", text: "B", correct: true },
      { id: "c", text: "C", correct: false, weight: -1 },
    ],
  }),
  item("text", { kind: "short-text", accepted: [{ text: "KEY-text", weight: 1 }] }),
  item("order", {
    kind: "ordering",
    items: [
      { id: "one", text: "1" },
      { id: "two", text: "2" },
      { id: "three", text: "3" },
    ],
  }),
  item("open", { kind: "open-text", rubric: "KEY-open" }),
  item("poll", {
    kind: "poll",
    choices: [
      { id: "a", text: "A" },
      { id: "b", text: "B" },
    ],
  }),
];

/** Right, wrong and unfit answers to each of them. */
export const ANSWERS: Readonly<Record<string, readonly object[]>> = {
  single: [{ choice: "a" }, { choice: "b" }, { choice: "c" }, { choice: "z" }],
  multiple: [{ choices: ["a", "b"] }, { choices: ["c"] }, { choices: [] }, { choices: ["a", "a"] }],
  text: [{ text: "key-text" }, { text: "no" }, { text: "" }, { text: 7 }],
  order: [{ order: ["one", "two", "three"] }, { order: ["two", "one", "three"] }, { order: [] }],
  open: [{ text: "Because" }, { text: " " }, { value: true }],
  poll: [{ choice: "a" }, { choice: "b" }, {}],
};
