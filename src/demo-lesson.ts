/** The lesson of the demo school: one content step, and one item of every kind. */
import type { Step } from "../machines/learning-session/item.ts";

export const DEMO_LESSON: {
  readonly title: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly steps: readonly Step[];
} = {
  title: "Water on Earth",
  language: "en",
  tags: ["science", "water"],
  steps: [
    {
      id: "welcome",
      kind: "content",
      title: "The water cycle",
      body: "Water **evaporates** from the sea, *condenses* into clouds and falls as rain.",
    },
    {
      id: "ocean",
      kind: "item",
      item: {
        kind: "single-choice",
        prompt: "Which ocean is the largest?",
        limitMs: 60_000,
        explanation: "The Pacific covers about a third of the Earth's surface.",
        choices: [
          { id: "a", text: "Atlantic", correct: false },
          { id: "b", text: "Pacific", correct: true, feedback: "Yes: a third of the surface." },
          { id: "c", text: "Indian", correct: false },
          { id: "d", text: "Arctic", correct: false, feedback: "The smallest of them." },
        ],
      },
    },
    {
      id: "states",
      kind: "item",
      item: {
        kind: "multiple-choice",
        prompt: "Which of these are water?",
        points: 2,
        choices: [
          { id: "ice", text: "Ice", correct: true },
          { id: "steam", text: "Steam", correct: true },
          { id: "dry", text: "Dry ice", correct: false, feedback: "That is carbon dioxide." },
          { id: "sand", text: "Sand", correct: false },
        ],
      },
    },
    {
      id: "salt",
      kind: "item",
      item: { kind: "true-false", prompt: "Most water on Earth is salt water.", correct: true },
    },
    {
      id: "boil",
      kind: "item",
      item: {
        kind: "numeric",
        prompt: "At how many °C does water boil at sea level?",
        accepted: [{ value: 100, tolerance: 0.5, weight: 1 }],
      },
    },
    {
      id: "formula",
      kind: "item",
      item: {
        kind: "short-text",
        prompt: "What is the formula of water?",
        accepted: [{ text: "H2O", weight: 1 }],
      },
    },
    {
      id: "match",
      kind: "item",
      item: {
        kind: "matching",
        prompt: "What is it called?",
        pairs: [
          { left: "liquid to gas", right: "evaporation" },
          { left: "gas to liquid", right: "condensation" },
          { left: "liquid to solid", right: "freezing" },
        ],
        extra: ["erosion"],
      },
    },
    {
      id: "order",
      kind: "item",
      item: {
        kind: "ordering",
        prompt: "Put the water cycle in order, from the sea.",
        items: [
          { id: "evaporation", text: "Evaporation" },
          { id: "condensation", text: "Condensation" },
          { id: "rain", text: "Rain" },
          { id: "river", text: "River" },
        ],
      },
    },
    {
      id: "poll",
      kind: "item",
      item: {
        kind: "poll",
        prompt: "How well do you know the water cycle now?",
        choices: [
          { id: "well", text: "I could teach it" },
          { id: "some", text: "Mostly" },
          { id: "not", text: "Not yet" },
        ],
      },
    },
    {
      id: "exit",
      kind: "item",
      item: {
        kind: "open-text",
        prompt: "What surprised you today?",
        rubric: "Any honest answer.",
      },
    },
  ],
};
