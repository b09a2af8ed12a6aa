/**
 * One question of GIFT as a step of a lesson.
 *
 * Owns what Moodle means by each kind: an `=` makes one choice right and the question a single
 * choice; only `~` with percentages make it a multiple choice; only `=` make it a short answer, in
 * which `*` stands for any text. The first feedback of a true-false is for who answers wrongly, the
 * second for who answers rightly. A pair without a left side is a right side more to choose from.
 * General feedback is the explanation.
 */
import type {
  GIFTQuestion,
  Matching,
  MultipleChoice,
  Numerical,
  NumericalChoice,
  ShortAnswer,
  TextChoice,
  TextFormat,
  TrueFalse,
} from "gift-pegjs";
import {
  type AcceptedNumber,
  type AcceptedText,
  type Choice,
  type Item,
  type Step,
  StepSchema,
  TITLE_CHARS_MAX,
  stepErrors,
} from "../../machines/learning-session/item.ts";
import { createValidator } from "../http/valid.ts";
import { PERCENT_PLACES } from "./gift-step.ts";
import { markdownOf, plainOf } from "./markup.ts";

/** Percentages that miss a whole by no more than rounding (three of 33.3 %) are meant as one. */
const ROUNDING = 0.02;
/** What adding up fractions leaves: such weights are a whole already. */
const EXACT = 1e-9;

const validator = createValidator(StepSchema);

interface Broken {
  readonly message: string;
}

/** The step, or why the question cannot be one. */
export function stepOf(
  question: GIFTQuestion,
  { id, tags }: { readonly id: string; readonly tags: readonly string[] },
): Step | Broken {
  const tagged = tags.length > 0 ? { tags: [...tags] } : {};
  if (question.type === "Category") {
    return { message: "expected a question, found a category" };
  }
  const title = titleOf(question.title);
  if (question.type === "Description") {
    return checked({ id, kind: "content", title, body: markdownOf(question.stem), ...tagged });
  }
  const prompt = closedGap(markdownOf(question.stem)) || title;
  const explanation = question.globalFeedback ? markdownOf(question.globalFeedback) : "";
  const common: Common = {
    prompt,
    ...(title === "" ? {} : { title }),
    ...tagged,
    ...(explanation === "" ? {} : { explanation }),
  };
  return prompt === ""
    ? { message: "expected the text of a question before its answers" }
    : checked({ id, kind: "item", item: itemOf(question, common) });
}

interface Common {
  readonly prompt: string;
  readonly title?: string;
  tags?: string[];
  readonly explanation?: string;
}

/** The parser puts a space behind the gap, also before a full stop. */
function closedGap(text: string): string {
  return text.replace(/_____ (?=[.,;:!?](?:\s|$))/, "_____");
}

type Asked = Exclude<GIFTQuestion, { type: "Category" | "Description" }>;

function itemOf(question: Asked, common: Common): Item {
  switch (question.type) {
    case "MC":
      return choiceItem(question, common);
    case "TF":
      return trueFalseItem(question, common);
    case "Short":
      return { kind: "short-text", ...common, accepted: question.choices.map(acceptedText) };
    case "Numerical":
      return { kind: "numeric", ...common, accepted: acceptedNumbers(question) };
    case "Matching":
      return matchingItem(question, common);
    case "Essay":
      return { kind: "open-text", ...common };
  }
}

/** With one `=` or more, one may be chosen; with percentages only, several. */
function choiceItem({ choices }: MultipleChoice, common: Common): Item {
  if (choices.some((choice) => choice.isCorrect)) {
    return { kind: "single-choice", ...common, choices: choices.map(singleOf) };
  }
  const weights = wholeWeights(choices.map((choice) => (choice.weight ?? 0) / 100));
  return {
    kind: "multiple-choice",
    ...common,
    choices: choices.map((choice, index) => {
      const weight = weights[index] ?? 0;
      return { ...choiceOf(choice, index), correct: weight > 0, weight };
    }),
  };
}

function singleOf(choice: TextChoice, index: number): Choice {
  const weight = choice.weight === null ? {} : { weight: choice.weight / 100 };
  return { ...choiceOf(choice, index), correct: choice.isCorrect, ...weight };
}

function choiceOf(choice: TextChoice, index: number): Omit<Choice, "correct"> {
  return { id: `c${index + 1}`, text: markdownOf(choice.text), ...feedbackOf(choice.feedback) };
}

function wholeWeights(weights: readonly number[]): readonly number[] {
  const gain = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  const missing = Math.abs(gain - 1);
  return missing > EXACT && missing <= ROUNDING
    ? weights.map((weight) => (weight > 0 ? asWritten(weight / gain) : weight))
    : weights;
}

/** The nearest weight that a percentage can say, so that it comes back as it was. */
function asWritten(weight: number): number {
  return Number((weight * 100).toFixed(PERCENT_PLACES)) / 100;
}

function trueFalseItem(question: TrueFalse, common: Common): Item {
  const wrong = said(question.trueFeedback);
  const right = said(question.falseFeedback);
  const [whenTrue, whenFalse] = question.isTrue ? [right, wrong] : [wrong, right];
  const feedback = {
    ...(whenTrue === "" ? {} : { true: whenTrue }),
    ...(whenFalse === "" ? {} : { false: whenFalse }),
  };
  return {
    kind: "true-false",
    ...common,
    correct: question.isTrue,
    ...(whenTrue === "" && whenFalse === "" ? {} : { feedback }),
  };
}

/** `\*` is a star, any other `*` stands for any characters. */
function acceptedText(choice: ShortAnswer["choices"][number]): AcceptedText {
  const text = plainOf(choice.text);
  const wildcards = /(?<!\\)\*/.test(text) ? { wildcards: true as const } : {};
  return {
    text: text.replaceAll("\\*", "*"),
    weight: shareOf(choice),
    ...wildcards,
    ...feedbackOf(choice.feedback),
  };
}

function acceptedNumbers({ choices }: Numerical): AcceptedNumber[] {
  if (!Array.isArray(choices)) {
    return [acceptedNumber({ text: choices, isCorrect: true, weight: null, feedback: null })];
  }
  return choices.map(acceptedNumber);
}

/** A number, a number with a tolerance, or a range; `*`, any number, has none of them. */
function acceptedNumber(choice: NumericalChoice): AcceptedNumber {
  const { number, range, numberLow, numberHigh } = choice.text;
  const rest = { weight: shareOf(choice), ...feedbackOf(choice.feedback) };
  if (number !== undefined) {
    return { value: number, tolerance: Math.abs(range ?? 0), ...rest };
  }
  return { min: numberLow ?? -Number.MAX_VALUE, max: numberHigh ?? Number.MAX_VALUE, ...rest };
}

function shareOf(choice: { readonly isCorrect: boolean; readonly weight: number | null }): number {
  return Math.max(0, (choice.weight ?? (choice.isCorrect ? 100 : 0)) / 100);
}

function matchingItem({ matchPairs }: Matching, common: Common): Item {
  const sides = matchPairs.map(({ subquestion, subanswer }) => ({
    left: markdownOf(subquestion),
    right: markdownOf({ format: subquestion.format, text: unescaped(subanswer) }),
  }));
  const extra = sides.filter(({ left }) => left === "").map(({ right }) => right);
  return {
    kind: "matching",
    ...common,
    pairs: sides.filter(({ left }) => left !== ""),
    ...(extra.length > 0 ? { extra } : {}),
  };
}

/** The parser leaves its own marks for escaped characters in the right side of a pair. */
function unescaped(text: string): string {
  return text.replace(/&&(0\d\d);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

function titleOf(title: string | null): string {
  const text = markdownOf({ format: "moodle", text: title ?? "" }).replace(/\s+/g, " ");
  return text.slice(0, TITLE_CHARS_MAX).toWellFormed();
}

function feedbackOf(feedback: TextFormat | null): { readonly feedback?: string } {
  const text = said(feedback);
  return text === "" ? {} : { feedback: text };
}

function said(feedback: TextFormat | null): string {
  return feedback === null ? "" : markdownOf(feedback);
}

/** What does not fit is said of the part that does not, by its name. */
function checked(step: Step): Step | Broken {
  const validated = validator.validate(step);
  const [error] = validated.ok ? stepErrors([step]) : validated.errors;
  if (error === undefined) {
    return step;
  }
  const part = error.path.replace(/^(\/0)?\/item/, "").replace(/^\/0/, "");
  return { message: `${error.message.replace(/^E/, "e")} (${part.slice(1)})` };
}
