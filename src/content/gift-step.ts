/**
 * One step of a lesson as a question of GIFT; undefined: GIFT has no such question.
 *
 * Owns the escapes, and how each kind is written; `gift-item.ts` is the way back. Texts are marked
 * as Markdown once, in the question, and its answers inherit that. Answers to compare with are
 * plain. Every answer stands on a line of its own, and no text holds a line's end: it is `\n`.
 */
import type {
  AcceptedNumber,
  AcceptedText,
  Choice,
  Item,
  ItemOf,
  Step,
} from "../../machines/learning-session/item.ts";
import { weightsOf } from "../../machines/learning-session/score.ts";
import { unreachable } from "../../machines/unreachable.ts";

/** Percentages keep this many places, and come back as the weight that they were. */
export const PERCENT_PLACES = 12;

export function giftOf(step: Step): string | undefined {
  if (step.kind === "content") {
    return `${headOf(step)}[markdown]${escaped(step.body)}\n`;
  }
  const { item } = step;
  const answers = answersOf(item);
  if (answers === undefined) {
    return undefined;
  }
  const explanation = item.explanation ?? "";
  const lines = [...answers, ...(explanation === "" ? [] : [`####${escaped(explanation)}`])];
  const [first = "", ...rest] = lines;
  const body = rest.length === 0 && !/^[=~]/.test(first) ? first : `${["", ...lines].join("\n")}\n`;
  return `${headOf(item)}[markdown]${escaped(item.prompt)} {${lines.length === 0 ? "" : body}}\n`;
}

/** Tags stand in comments above the question, one a line: a longer comment is not looked into. */
function headOf(titled: { readonly title?: string; readonly tags?: readonly string[] }): string {
  const tags = (titled.tags ?? []).map((tag) => `// [tag:${tag.replace(/[\r\n]/g, " ")}]\n`);
  const title = titled.title ?? "";
  return `${tags.join("")}${title === "" ? "" : `::${escaped(title)}::`}`;
}

function answersOf(item: Item): readonly string[] | undefined {
  switch (item.kind) {
    case "single-choice":
      return item.choices.map(singleOf);
    case "multiple-choice":
      return multipleOf(item);
    case "true-false":
      return [trueFalseOf(item)];
    case "short-text":
      return item.accepted.map(textOf);
    case "numeric":
      return ["#", ...item.accepted.map(numberOf)];
    case "matching":
      return [
        ...item.pairs.map(({ left, right }) => `=${marked(left)} -> ${escaped(right)}`),
        ...(item.extra ?? []).map((right) => `= -> ${escaped(right)}`),
      ];
    case "open-text":
      return [];
    case "ordering":
    case "poll":
      return undefined;
    default:
      return unreachable(item);
  }
}

function singleOf({ correct, weight, text, feedback }: Choice): string {
  const share = weight === undefined ? "" : percent(weight);
  return `${correct ? "=" : "~"}${share}${marked(text)}${saidOf(feedback)}`;
}

function multipleOf(item: ItemOf<"multiple-choice">): readonly string[] {
  const weights = weightsOf(item);
  return item.choices.map(
    ({ id, text, feedback }) =>
      `~${percent(weights.get(id) ?? 0)}${marked(text)}${saidOf(feedback)}`,
  );
}

/** First what is said to a wrong answer, then what is said to a right one. */
function trueFalseOf({ correct, feedback = {} }: ItemOf<"true-false">): string {
  const [right, wrong] = correct
    ? [feedback.true, feedback.false]
    : [feedback.false, feedback.true];
  const both = (right ?? "") === "" ? saidOf(wrong) : `#${escaped(wrong ?? "")}${saidOf(right)}`;
  return `${correct ? "TRUE" : "FALSE"}${both}`;
}

function textOf({ text, weight, wildcards, feedback }: AcceptedText): string {
  const share = weight === 1 ? "" : percent(weight);
  const format = /[<&]|^[[%]/.test(text) ? "[plain]" : "";
  const literal = wildcards === true ? escaped(text) : escaped(text).replaceAll("*", "\\*");
  return `=${share}${format}${literal}${saidOf(feedback)}`;
}

function numberOf(accepted: AcceptedNumber): string {
  const share = accepted.weight === 1 ? "" : percent(accepted.weight);
  return `=${share}${rangeOf(accepted)}${saidOf(accepted.feedback)}`;
}

/** Without a number, any number. */
function rangeOf(accepted: AcceptedNumber): string {
  if ("value" in accepted) {
    return `${decimal(accepted.value)}:${decimal(accepted.tolerance)}`;
  }
  const isAny = accepted.min === -Number.MAX_VALUE && accepted.max === Number.MAX_VALUE;
  return isAny ? "" : `${decimal(accepted.min)}..${decimal(accepted.max)}`;
}

function percent(weight: number): string {
  return `%${decimal(Number((weight * 100).toFixed(PERCENT_PLACES)))}%`;
}

/** GIFT has no exponents. */
function decimal(value: number): string {
  return value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 20 });
}

function saidOf(feedback = ""): string {
  return feedback === "" ? "" : `#${marked(feedback)}`;
}

/** A text that begins like a mark of GIFT's has one before it. */
function marked(text: string): string {
  return /^[[%]/.test(text) ? `[markdown]${escaped(text)}` : escaped(text);
}

function escaped(text: string): string {
  return text.replace(/[\\~=#{}:]/g, "\\$&").replaceAll("\n", "\\n");
}
