/** A lesson as its author edits it: text fields that become steps, and steps that become fields. */
import type { Item, ItemKind, Step } from "../../machines/learning-session/item.ts";
import { typedNumber } from "./answer.ts";
import { tagsIn } from "./kept-lesson.ts";

export const KINDS = [
  "single-choice",
  "multiple-choice",
  "true-false",
  "short-text",
  "numeric",
  "matching",
  "ordering",
  "poll",
  "open-text",
] as const satisfies readonly ItemKind[];

export interface ChoiceDraft {
  readonly id: string;
  readonly text: string;
  readonly correct: boolean;
  /** What the editor does not show, and keeps: weights, feedback. */
  readonly more: object;
}

export interface StepDraft {
  readonly id: string;
  readonly kind: ItemKind | "content";
  /** The heading of a text. */
  readonly title: string;
  /** A text's body, or a question's prompt. */
  readonly text: string;
  readonly choices: readonly ChoiceDraft[];
  readonly isTrue: boolean;
  /** Accepted answers, pairs or items, one a line. */
  readonly lines: string;
  readonly number: string;
  readonly tolerance: string;
  readonly points: string;
  readonly seconds: string;
  readonly explanation: string;
  /** One tag a line. */
  readonly tags: string;
  /** The lesson's standards that it serves, by their keys. */
  readonly standards: readonly string[];
  /** The item as it was, for the fields that the editor does not show. */
  readonly before: Item | undefined;
}

const SECOND_MS = 1_000;

export function newStep(kind: StepDraft["kind"], id: string): StepDraft {
  return {
    ...{ id, kind, title: "", text: "", choices: [newChoice("a"), newChoice("b")] },
    ...{ isTrue: true, lines: "", number: "", tolerance: "0", points: "1", seconds: "" },
    ...{ explanation: "", tags: "", standards: [], before: undefined },
  };
}

export function newChoice(id: string): ChoiceDraft {
  return { id, text: "", correct: false, more: {} };
}

export function draftOf(step: Step): StepDraft {
  if (step.kind === "content") {
    const { title, body: text, tags = [] } = step;
    return { ...newStep("content", step.id), title, text, tags: tags.join("\n") };
  }
  const { item } = step;
  return {
    ...newStep(item.kind, step.id),
    title: item.title ?? "",
    text: item.prompt,
    points: String(item.points ?? 1),
    seconds: item.limitMs === undefined ? "" : String(item.limitMs / SECOND_MS),
    explanation: item.explanation ?? "",
    tags: (item.tags ?? []).join("\n"),
    before: item,
    ...partsOf(item),
  };
}

function partsOf(item: Item): Partial<StepDraft> {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return {
        choices: item.choices.map(({ id, text, correct, ...more }) => ({
          id,
          text,
          correct,
          more,
        })),
      };
    case "poll":
      return { choices: item.choices.map((each) => ({ ...each, correct: false, more: {} })) };
    case "true-false":
      return { isTrue: item.correct };
    case "short-text":
      return { lines: item.accepted.map(({ text }) => text).join("\n") };
    case "numeric":
      return numberParts(item.accepted[0]);
    case "matching":
      return { lines: item.pairs.map(({ left, right }) => `${left} = ${right}`).join("\n") };
    case "ordering":
      return { lines: item.items.map(({ text }) => text).join("\n") };
    case "open-text":
      return {};
  }
}

function numberParts(accepted: Extract<Item, { kind: "numeric" }>["accepted"][number] | undefined) {
  if (accepted === undefined) {
    return {};
  }
  const isRange = "min" in accepted;
  const value = isRange ? (accepted.min + accepted.max) / 2 : accepted.value;
  const tolerance = isRange ? (accepted.max - accepted.min) / 2 : accepted.tolerance;
  return { number: String(value), tolerance: String(tolerance) };
}

/** As it is sent; whether it may be asked is for the server to judge. */
export function stepOf(draft: StepDraft): object {
  const { id, kind, title, text } = draft;
  const typed = tagsIn(draft.tags);
  const tags = typed.length === 0 ? {} : { tags: typed };
  if (kind === "content") {
    return { id, kind, title, body: text, ...tags };
  }
  const seconds = typedNumber(draft.seconds);
  const explanation = draft.explanation.trim();
  const common = {
    ...(draft.before?.title === undefined ? {} : { title: draft.before.title }),
    ...tags,
    points: typedNumber(draft.points) ?? 1,
    ...(seconds === undefined ? {} : { limitMs: Math.round(seconds * SECOND_MS) }),
    ...(explanation === "" ? {} : { explanation }),
  };
  return {
    id,
    kind: "item",
    item: { kind, prompt: text, ...common, ...itemParts(draft, kind) },
  };
}

function itemParts(draft: StepDraft, kind: ItemKind): object {
  const lines = linesIn(draft.lines);
  const { before } = draft;
  switch (kind) {
    case "single-choice":
    case "multiple-choice":
      return { choices: draft.choices.map(({ more, ...choice }) => ({ ...more, ...choice })) };
    case "poll":
      return { choices: draft.choices.map(({ id, text }) => ({ id, text })) };
    case "true-false":
      return {
        correct: draft.isTrue,
        ...(before?.kind === kind && before.feedback !== undefined
          ? { feedback: before.feedback }
          : {}),
      };
    case "short-text": {
      const known = before?.kind === kind ? before.accepted : [];
      const madeOf = (text: string) => known.find((each) => each.text === text);
      return { accepted: lines.map((text) => madeOf(text) ?? { text, weight: 1 }) };
    }
    case "numeric":
      return { accepted: numbersOf(draft) };
    case "matching":
      return {
        pairs: lines.map(pairOf),
        ...(before?.kind === kind && before.extra !== undefined ? { extra: before.extra } : {}),
      };
    case "ordering": {
      const known = before?.kind === kind ? before.items : [];
      const idOf = (text: string, index: number): string =>
        known.find((each) => each.text === text)?.id ?? `n${index + 1}`;
      return { items: lines.map((text, index) => ({ id: idOf(text, index), text })) };
    }
    case "open-text":
      return before?.kind === kind && before.rubric !== undefined ? { rubric: before.rubric } : {};
  }
}

/** What was not touched stays as it was, also what the two fields cannot show. */
function numbersOf(draft: StepDraft): readonly object[] {
  const { before, number, tolerance } = draft;
  if (before?.kind === "numeric") {
    const shown = numberParts(before.accepted[0]);
    if (shown.number === number && shown.tolerance === tolerance) {
      return before.accepted;
    }
  }
  const value = typedNumber(number);
  return [{ value: value ?? null, tolerance: typedNumber(tolerance) ?? 0, weight: 1 }];
}

function pairOf(line: string): { readonly left: string; readonly right: string } {
  const at = line.indexOf(" = ");
  const [left, right] = at < 0 ? line.split("=", 2) : [line.slice(0, at), line.slice(at + 3)];
  return { left: (left ?? "").trim(), right: (right ?? "").trim() };
}

function linesIn(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** An id that no other choice of the question has. */
export function freeChoiceId(choices: readonly ChoiceDraft[]): string {
  const taken = new Set(choices.map(({ id }) => id));
  let at = choices.length + 1;
  while (taken.has(`c${at}`)) {
    at += 1;
  }
  return `c${at}`;
}
