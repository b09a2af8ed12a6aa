/**
 * One assessment item of QTI 3 as a step; `qti-step.ts` is the way out.
 *
 * Owns what each interaction is here. An item with an interaction that we have not, with several,
 * or with a key that we cannot read is no step, and it is said why.
 */
import {
  type Choice,
  type Item,
  type Step,
  StepSchema,
  stepErrors,
} from "../../machines/learning-session/item.ts";
import { createValidator } from "../http/valid.ts";
import { type Declared, declaredIn } from "./qti-declared.ts";
import { textIn } from "./qti-text.ts";
import { numbersIn } from "./qti-numeric.ts";
import { type Element, childrenOf, descendantsOf } from "./xml.ts";

/** What the test and the manifest say of an item. */
export interface Around {
  readonly id: string;
  readonly points?: number;
  readonly limitMs?: number;
  readonly tags: readonly string[];
}

export interface Unread {
  readonly message: string;
}

const validator = createValidator(StepSchema);

export function stepOfQti(root: Element, around: Around): Step | Unread {
  const body = childrenOf(root).find(({ name }) => name === "qti-item-body");
  if (root.name !== "qti-assessment-item" || body === undefined) {
    return { message: "expected an assessment item of QTI 3 with a body" };
  }
  const interactions = descendantsOf(body).filter(({ name }) => name.endsWith("-interaction"));
  const [interaction] = interactions;
  const text = textIn(body.children);
  const title = root.attributes["title"] ?? "";
  const tags = around.tags.length === 0 ? {} : { tags: [...around.tags] };
  if (interaction === undefined) {
    return checked({ id: around.id, kind: "content", title, body: text, ...tags });
  }
  if (interactions.length > 1) {
    return { message: `expected one interaction, found ${interactions.length}` };
  }
  const key = keyOf({ root, interaction, declared: declaredIn(root) });
  if ("message" in key) {
    return key;
  }
  const explanation = explanationIn(root);
  const common = {
    prompt: text,
    ...(title === "" ? {} : { title }),
    ...tags,
    ...(around.points === undefined ? {} : { points: around.points }),
    ...(around.limitMs === undefined ? {} : { limitMs: around.limitMs }),
    ...(explanation === "" ? {} : { explanation }),
  };
  return checked({ id: around.id, kind: "item", item: { ...key, ...common } });
}

type Without<T> = T extends Item ? Omit<T, "prompt"> : never;
/** An item without what all kinds have. */
type Key = Without<Item>;

interface Asked {
  readonly root: Element;
  readonly interaction: Element;
  readonly declared: Declared;
}

function keyOf(asked: Asked): Key | Unread {
  switch (asked.interaction.name) {
    case "qti-choice-interaction":
      return choiceKey(asked);
    case "qti-text-entry-interaction":
      return asked.declared.type === "string" ? textKey(asked) : numberKey(asked);
    case "qti-match-interaction":
      return matchKey(asked);
    case "qti-order-interaction":
      return orderKey(asked);
    case "qti-extended-text-interaction":
      return openKey(asked);
    default:
      return { message: `there is no item here for ${asked.interaction.name}` };
  }
}

function choiceKey({ interaction, declared }: Asked): Key | Unread {
  const elements = childrenOf(interaction).filter(({ name }) => name === "qti-simple-choice");
  const ids = new Map(elements.map((each, index) => [nameOf(each), idOf(nameOf(each), index)]));
  const shown = elements.map((each) => ({
    id: ids.get(nameOf(each)) ?? "",
    text: textIn(each.children),
    ...feedbackIn(each),
  }));
  const { correct, weights, cardinality } = declared;
  if (correct.length === 0 && weights.size === 0) {
    const choices = shown.map(({ id, text }) => ({ id, text }));
    return cardinality === "single"
      ? { kind: "poll", choices }
      : { message: "expected a poll to take one choice" };
  }
  if (isTrueFalse(shown)) {
    const feedback = Object.fromEntries(
      shown.flatMap(({ id, feedback: said }) => (said === undefined ? [] : [[id, said]])),
    );
    const told = Object.keys(feedback).length === 0 ? {} : { feedback };
    return { kind: "true-false", correct: correct[0] === "true", ...told };
  }
  const isSingle = cardinality === "single";
  const choices = elements.map((each, index): Choice => {
    const weight = weights.size === 0 ? undefined : (weights.get(nameOf(each)) ?? 0);
    const isCorrect = correct.includes(nameOf(each)) || (isSingle && weight === 1);
    const isPlain = weight === undefined || (isSingle && weight === (isCorrect ? 1 : 0));
    const { id = "", text = "", ...feedback } = shown[index] ?? {};
    return { id, text, correct: isCorrect, ...(isPlain ? {} : { weight }), ...feedback };
  });
  return { kind: isSingle ? "single-choice" : "multiple-choice", choices };
}

function isTrueFalse(shown: readonly { readonly id: string; readonly text: string }[]): boolean {
  const names = shown.map(({ id, text }) => `${id} ${text}`).toSorted();
  return names.length === 2 && names[0] === "false False" && names[1] === "true True";
}

function textKey({ declared }: Asked): Key | Unread {
  const { weights, correct } = declared;
  const mapped = weights.size > 0 ? [...weights] : correct.map((text) => [text, 1] as const);
  return mapped.length === 0
    ? { message: "expected a text that is right" }
    : { kind: "short-text", accepted: mapped.map(([text, weight]) => ({ text, weight })) };
}

function numberKey({ root, declared }: Asked): Key | Unread {
  const processing = childrenOf(root).find(({ name }) => name === "qti-response-processing");
  const isTemplate = processing?.attributes["template"] !== undefined;
  const accepted = processing === undefined || isTemplate ? undefined : numbersIn(processing);
  const plain = declared.correct.map((value) => ({
    value: Number(value),
    tolerance: 0,
    weight: 1,
  }));
  if (accepted === undefined && processing !== undefined && !isTemplate) {
    return { message: "the rules by which numbers are scored cannot be read" };
  }
  const numbers = accepted ?? plain;
  return numbers.length === 0 || numbers.some((each) => Object.values(each).some(Number.isNaN))
    ? { message: "expected a number that is right" }
    : { kind: "numeric", accepted: [...numbers] };
}

function matchKey({ interaction, declared }: Asked): Key | Unread {
  const [lefts = [], rights = []] = childrenOf(interaction)
    .filter(({ name }) => name === "qti-simple-match-set")
    .map((set) => childrenOf(set).map((each) => [nameOf(each), textIn(each.children)] as const));
  const keys = new Map(
    declared.correct.map((value) => {
      const [left = "", right = ""] = value.trim().split(/\s+/);
      return [left, right];
    }),
  );
  const texts = new Map(rights);
  const pairs = lefts.flatMap(([name, left]) => {
    const right = texts.get(keys.get(name) ?? "");
    return right === undefined ? [] : [{ left, right }];
  });
  if (
    pairs.length === 0 ||
    pairs.length !== lefts.length ||
    keys.size !== declared.correct.length
  ) {
    return { message: "expected one right side for each left one" };
  }
  const used = new Set(keys.values());
  const extra = rights.flatMap(([name, right]) => (used.has(name) ? [] : [right]));
  return { kind: "matching", pairs, ...(extra.length === 0 ? {} : { extra }) };
}

function orderKey({ interaction, declared }: Asked): Key | Unread {
  const choices = childrenOf(interaction).filter(({ name }) => name === "qti-simple-choice");
  const byName = new Map(
    choices.map((each, index) => [
      nameOf(each),
      { id: idOf(nameOf(each), index), text: textIn(each.children) },
    ]),
  );
  const items = declared.correct.flatMap((name) => byName.get(name) ?? []);
  return items.length === 0 || items.length !== choices.length
    ? { message: "expected the right order of all choices" }
    : { kind: "ordering", items };
}

function openKey({ root }: Asked): Key {
  const rubric = descendantsOf(root)
    .filter(
      ({ name, attributes }) => name === "qti-rubric-block" && attributes["view"] === "scorer",
    )
    .map(saidIn)
    .join("\n\n");
  return rubric === "" ? { kind: "open-text" } : { kind: "open-text", rubric };
}

/** What is shown whatever was answered, or the only thing that is ever shown. */
function explanationIn(root: Element): string {
  const said = childrenOf(root).filter(({ name }) => name === "qti-modal-feedback");
  return said.map(saidIn).join("\n\n");
}

function saidIn(parent: Element): string {
  const body = childrenOf(parent).find(({ name }) => name === "qti-content-body");
  return textIn((body ?? parent).children);
}

function feedbackIn(choice: Element): { readonly feedback?: string } {
  const said = childrenOf(choice).find(({ name }) => name === "qti-feedback-inline");
  const feedback = said === undefined ? "" : textIn(said.children);
  return feedback === "" ? {} : { feedback };
}

function nameOf({ attributes }: Element): string {
  return attributes["identifier"] ?? "";
}

/** Ours come back; of others' those that are ids here. */
function idOf(name: string, index: number): string {
  const id = name.replace(/^_/, "");
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id) ? id : `c${index + 1}`;
}

function checked(step: Step): Step | Unread {
  const validated = validator.validate(step);
  const [error] = validated.ok ? stepErrors([step]) : validated.errors;
  return error === undefined ? step : { message: `${error.message} (${error.path})` };
}
