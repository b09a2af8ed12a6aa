/**
 * One step of a lesson as an assessment item of QTI 3; `qti-read.ts` is the way back.
 *
 * SCORE is the share that an answer earns; points and time limits are the test's. A content step is
 * an item without an interaction. Texts are XHTML (`qti-xhtml.ts`).
 */
import type { Choice, Item, ItemOf, Step } from "../../machines/learning-session/item.ts";
import { weightsOf } from "../../machines/learning-session/score.ts";
import { unreachable } from "../../machines/unreachable.ts";
import { FEEDBACK, RESPONSE, SCORE, identifierOf } from "./qti-names.ts";
import { numericRules } from "./qti-numeric.ts";
import { markedUp } from "./qti-xhtml.ts";
import { element, escapedXml } from "./xml.ts";

const NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0";
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** No outcome has this name, so what is hidden by it is always shown. */
const NEVER = "never";

/** What is particular to a kind of item. */
interface Written {
  readonly declaration: string;
  readonly interaction: string;
  readonly rules: string;
  /** Of FEEDBACK, which names what was chosen; undefined: there is no such feedback. */
  readonly feedbackOf?: "single" | "multiple" | undefined;
}

export function qtiOf(step: Step, language: string): string {
  const title = (step.kind === "content" ? step.title : step.item.title) ?? "";
  const head = {
    xmlns: NAMESPACE,
    identifier: identifierOf(step.id),
    title,
    adaptive: "false",
    "time-dependent": "false",
    "xml:lang": language,
  };
  const inner =
    step.kind === "content" ? element("qti-item-body", {}, block(step.body)) : partsOf(step.item);
  return `${HEAD}${element("qti-assessment-item", head, inner)}\n`;
}

function partsOf(item: Item): string {
  const { declaration, interaction, rules, feedbackOf } = writtenOf(item);
  const score = element(
    "qti-outcome-declaration",
    { identifier: SCORE, cardinality: "single", "base-type": "float" },
    element("qti-default-value", {}, element("qti-value", {}, "0")),
  );
  const feedback = {
    identifier: FEEDBACK,
    cardinality: feedbackOf ?? "single",
    "base-type": "identifier",
  };
  const chosen = element("qti-variable", { identifier: RESPONSE });
  const told =
    feedbackOf === undefined
      ? ""
      : element("qti-set-outcome-value", { identifier: FEEDBACK }, chosen);
  const processing = `${rules}${told}`;
  const rubric = item.kind === "open-text" ? rubricOf(item.rubric) : "";
  return [
    declaration,
    score,
    element("qti-outcome-declaration", feedback),
    element("qti-item-body", {}, rubric, block(item.prompt), interaction),
    processing === "" ? "" : element("qti-response-processing", {}, processing),
    explanationOf(item.explanation),
  ].join("");
}

function writtenOf(item: Item): Written {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return choiceOf(item);
    case "true-false":
      return trueFalseOf(item);
    case "poll":
      return {
        declaration: declared({ cardinality: "single", type: "identifier" }),
        interaction: choicesOf(item.choices, 1),
        rules: "",
      };
    case "short-text":
      return shortTextOf(item);
    case "numeric":
      return {
        declaration: declared({ cardinality: "single", type: "float" }, numbersOf(item)),
        interaction: entry(),
        rules: numericRules(item.accepted),
      };
    case "matching":
      return matchingOf(item);
    case "ordering":
      return orderingOf(item);
    case "open-text":
      return {
        declaration: declared({ cardinality: "single", type: "string" }),
        interaction: element("qti-extended-text-interaction", { "response-identifier": RESPONSE }),
        rules: "",
      };
    default:
      return unreachable(item);
  }
}

function choiceOf(item: ItemOf<"single-choice"> | ItemOf<"multiple-choice">): Written {
  const cardinality = item.kind === "single-choice" ? "single" : "multiple";
  const rights = item.choices.filter((choice) => choice.correct);
  // Of a single choice the format names one; the others are known as right by their full weight.
  const named = rights.find(({ weight = 1 }) => weight !== 1) ?? rights[0];
  const correct = rights.filter((each) => cardinality === "multiple" || each === named);
  const weights = [...weightsOf(item)].map(([id, weight]) => [identifierOf(id), weight] as const);
  return {
    declaration: declared(
      { cardinality, type: "identifier" },
      correct.map(({ id }) => identifierOf(id)),
      mapping(weights),
    ),
    interaction: choicesOf(item.choices, cardinality === "single" ? 1 : 0),
    rules: mapped(),
    feedbackOf: item.choices.some(({ feedback = "" }) => feedback !== "") ? cardinality : undefined,
  };
}

function trueFalseOf({ correct, feedback = {} }: ItemOf<"true-false">): Written {
  const choices = [
    { id: "true", text: "True", feedback: feedback.true ?? "" },
    { id: "false", text: "False", feedback: feedback.false ?? "" },
  ];
  const right = String(correct);
  return {
    declaration: declared(
      { cardinality: "single", type: "identifier" },
      [right],
      mapping([[right, 1]]),
    ),
    interaction: choicesOf(choices, 1),
    rules: mapped(),
    feedbackOf: choices.some((choice) => choice.feedback !== "") ? "single" : undefined,
  };
}

function shortTextOf({ accepted }: ItemOf<"short-text">): Written {
  const best = Math.max(...accepted.map(({ weight }) => weight));
  const [right] = accepted.filter(({ weight }) => weight === best);
  const weights = accepted.map(({ text, weight }) => [text, weight] as const);
  return {
    declaration: declared(
      { cardinality: "single", type: "string" },
      [right?.text ?? ""],
      mapping(weights, { "case-sensitive": "false" }),
    ),
    interaction: entry(),
    rules: mapped(),
  };
}

function numbersOf({ accepted }: ItemOf<"numeric">): readonly string[] {
  const best = Math.max(...accepted.map(({ weight }) => weight));
  const right = accepted.find(({ weight }) => weight === best);
  return right === undefined ? [] : [String("value" in right ? right.value : right.min)];
}

function matchingOf({ pairs, extra = [] }: ItemOf<"matching">): Written {
  const rights = [...new Set([...pairs.map(({ right }) => right), ...extra])];
  const keys = pairs.map(({ right }, index) => `L${index + 1} R${rights.indexOf(right) + 1}`);
  const side = (texts: readonly string[], letter: string, most: number) =>
    element(
      "qti-simple-match-set",
      {},
      ...texts.map((text, index) => {
        const attributes = { identifier: `${letter}${index + 1}`, "match-max": most };
        return element("qti-simple-associable-choice", attributes, inline(text));
      }),
    );
  const attributes = {
    "response-identifier": RESPONSE,
    "max-associations": pairs.length,
    shuffle: "true",
  };
  const lefts = pairs.map(({ left }) => left);
  return {
    declaration: declared(
      { cardinality: "multiple", type: "directedPair" },
      keys,
      mapping(keys.map((key) => [key, 1 / keys.length] as const)),
    ),
    interaction: element(
      "qti-match-interaction",
      attributes,
      side(lefts, "L", 1),
      side(rights, "R", 0),
    ),
    rules: mapped(),
  };
}

/** Not in the right order, which is the key: by their ids. */
function orderingOf({ items }: ItemOf<"ordering">): Written {
  const byId = items.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const attributes = { "response-identifier": RESPONSE, shuffle: "true" };
  const right = element("qti-correct", { identifier: RESPONSE });
  const given = element("qti-variable", { identifier: RESPONSE });
  return {
    declaration: declared(
      { cardinality: "ordered", type: "identifier" },
      items.map(({ id }) => identifierOf(id)),
    ),
    interaction: element("qti-order-interaction", attributes, ...byId.map(simpleChoice)),
    rules: element(
      "qti-response-condition",
      {},
      element("qti-response-if", {}, element("qti-match", {}, given, right), scored("1")),
    ),
  };
}

function declared(
  { cardinality, type }: { readonly cardinality: string; readonly type: string },
  correct: readonly string[] = [],
  map = "",
): string {
  const values = correct.map((value) => element("qti-value", {}, escapedXml(value)));
  return element(
    "qti-response-declaration",
    { identifier: RESPONSE, cardinality, "base-type": type },
    values.length === 0 ? "" : element("qti-correct-response", {}, ...values),
    map,
  );
}

function mapping(
  weights: readonly (readonly [key: string, weight: number])[],
  more: Readonly<Record<string, string>> = {},
): string {
  const entries = weights.map(([key, weight]) =>
    element("qti-map-entry", { "map-key": key, "mapped-value": weight, ...more }),
  );
  const bounds = { "lower-bound": 0, "upper-bound": 1, "default-value": 0 };
  return element("qti-mapping", bounds, ...entries);
}

function mapped(): string {
  return element(
    "qti-set-outcome-value",
    { identifier: SCORE },
    element("qti-map-response", { identifier: RESPONSE }),
  );
}

function scored(share: string): string {
  const value = element("qti-base-value", { "base-type": "float" }, share);
  return element("qti-set-outcome-value", { identifier: SCORE }, value);
}

type Shown = Pick<Choice, "id" | "text" | "feedback">;

function choicesOf(choices: readonly Shown[], most: number): string {
  const attributes = { "response-identifier": RESPONSE, "max-choices": most };
  return element("qti-choice-interaction", attributes, ...choices.map(simpleChoice));
}

function simpleChoice({ id, text, feedback = "" }: Shown): string {
  const identifier = identifierOf(id);
  const said = { "outcome-identifier": FEEDBACK, "show-hide": "show", identifier };
  return element(
    "qti-simple-choice",
    { identifier },
    inline(text),
    feedback === "" ? "" : element("qti-feedback-inline", said, inline(feedback)),
  );
}

function entry(): string {
  const attributes = { "response-identifier": RESPONSE, "expected-length": 40 };
  return element("p", {}, element("qti-text-entry-interaction", attributes));
}

function rubricOf(rubric = ""): string {
  const attributes = { use: "scoring", view: "scorer" };
  const body = element("qti-content-body", {}, block(rubric));
  return rubric === "" ? "" : element("qti-rubric-block", attributes, body);
}

function explanationOf(explanation = ""): string {
  const attributes = { "outcome-identifier": FEEDBACK, "show-hide": "hide", identifier: NEVER };
  const body = element("qti-content-body", {}, block(explanation));
  return explanation === "" ? "" : element("qti-modal-feedback", attributes, body);
}

function block(text: string): string {
  return markedUp(text, "block");
}

function inline(text: string): string {
  return markedUp(text, "line");
}
