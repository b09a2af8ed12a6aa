/**
 * The key of an item as a document: what a reveal shows, what `round.score` may bring corrected.
 *
 * Owns both directions. Errors' paths are relative to the key: `/choices/0`. Invariant:
 * IT5: Putting an item's own key back changes no score; what is put back is an item without errors.
 */
import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import type { Json, JsonObject } from "../json.ts";
import type { FieldError } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import { type Answer, answerError, parseAnswer, pointer, rightsOf } from "./answer.ts";
import {
  AcceptedNumbers,
  AcceptedTexts,
  type Item,
  type ItemOf,
  Weight,
  itemErrors,
} from "./item.ts";
import { weightsOf } from "./score.ts";

type Choosable = ItemOf<"single-choice"> | ItemOf<"multiple-choice">;
type Answerlike = ItemOf<"true-false"> | ItemOf<"matching"> | ItemOf<"ordering">;

export function keyOf(item: Item): JsonObject | null {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return {
        choices: item.choices.filter((choice) => choice.correct).map((choice) => choice.id),
        weights: Object.fromEntries(weightsOf(item)),
      };
    case "true-false":
      return { value: item.correct };
    case "short-text":
    case "numeric":
      return { accepted: item.accepted.map((each): Json => ({ ...each })) };
    case "matching":
      return { pairs: Object.fromEntries(item.pairs.map((pair) => [pair.left, pair.right])) };
    case "ordering":
      return { order: item.items.map((each) => each.id) };
    case "poll":
    case "open-text":
      return null;
    default:
      return unreachable(item);
  }
}

/** The item with another key; an error (it has a `path`) if the key does not fit the item. */
export function withKey(item: Item, key: unknown): Item | FieldError {
  const keyed = keyedBy(item, key);
  if ("path" in keyed) {
    return keyed;
  }
  const [error] = itemErrors(keyed);
  return error ?? keyed;
}

function keyedBy(item: Item, key: unknown): Item | FieldError {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return withChoices(item, key);
    case "short-text":
      return withTexts(item, key);
    case "numeric":
      return withNumbers(item, key);
    case "true-false":
    case "matching":
    case "ordering":
      return answerError(item, key) ?? withAnswer(item, parseAnswer(key));
    case "poll":
    case "open-text":
      return { path: "", message: "Expected no key: this kind of item has none" };
    default:
      return unreachable(item);
  }
}

/** The keys of these kinds are the shape of an answer: the one that is right. */
function withAnswer(item: Answerlike, answer: Answer): Item | FieldError {
  switch (item.kind) {
    case "true-false":
      return { ...item, correct: "value" in answer && answer.value === true };
    case "ordering": {
      const order = "order" in answer ? answer.order : [];
      const places = new Map(order.map((id, index) => [id, index]));
      const placeOf = (each: { readonly id: string }) => places.get(each.id) ?? 0;
      return { ...item, items: item.items.toSorted((a, b) => placeOf(a) - placeOf(b)) };
    }
    case "matching": {
      const rights = new Map("pairs" in answer ? Object.entries(answer.pairs) : []);
      if (rights.size < item.pairs.length) {
        return { path: "/pairs", message: "Expected a right text for every left one" };
      }
      const offered = [...rightsOf(item)];
      const pairs = item.pairs.map(({ left, right }) => ({
        left,
        right: rights.get(left) ?? right,
      }));
      const used = new Set(pairs.map((pair) => pair.right));
      const extra = offered.filter((right) => !used.has(right));
      return { ...item, pairs, ...(extra.length > 0 || item.extra ? { extra } : {}) };
    }
    default:
      return unreachable(item);
  }
}

/** Without `weights` the choices are worth what a right or wrong choice is worth by itself. */
function withChoices(item: Choosable, key: unknown): Item | FieldError {
  const error = fieldsError(key, ["choices", "weights"]);
  if (error !== undefined) {
    return error;
  }
  const chosen = { choices: fieldOf(key, "choices") };
  const choicesError = answerError({ ...item, kind: "multiple-choice" }, chosen);
  if (choicesError !== undefined) {
    return choicesError;
  }
  const weights = fieldOf(key, "weights") ?? {};
  const weightError = weightsError(item, weights);
  if (weightError !== undefined) {
    return weightError;
  }
  const answer = parseAnswer(chosen);
  const choices = item.choices.map(({ id, text, feedback }) => {
    const weight = fieldOf(weights, id);
    return {
      id,
      text,
      correct: "choices" in answer && answer.choices.includes(id),
      ...(typeof weight === "number" ? { weight } : {}),
      ...(feedback === undefined ? {} : { feedback }),
    };
  });
  return { ...item, choices };
}

function weightsError(item: Choosable, weights: unknown): FieldError | undefined {
  const error = fieldsError(
    weights,
    item.choices.map((choice) => choice.id),
  );
  if (error !== undefined) {
    return { ...error, path: `/weights${error.path}` };
  }
  const wrong = item.choices.find(({ id }) => {
    const weight = fieldOf(weights, id);
    return weight !== undefined && !Value.Check(Weight, weight);
  });
  return wrong && { path: `/weights/${wrong.id}`, message: "Expected a number from -1 to 1" };
}

function withTexts(item: ItemOf<"short-text">, key: unknown): Item | FieldError {
  const accepted = fieldOf(key, "accepted");
  return Value.Check(AcceptedTexts, accepted)
    ? (fieldsError(key, ["accepted"]) ?? { ...item, accepted })
    : (fieldsError(key, ["accepted"]) ?? firstError(AcceptedTexts, accepted));
}

function withNumbers(item: ItemOf<"numeric">, key: unknown): Item | FieldError {
  const accepted = fieldOf(key, "accepted");
  return Value.Check(AcceptedNumbers, accepted)
    ? (fieldsError(key, ["accepted"]) ?? { ...item, accepted })
    : (fieldsError(key, ["accepted"]) ?? firstError(AcceptedNumbers, accepted));
}

function firstError(schema: TSchema, accepted: unknown): FieldError {
  const error = Value.Errors(schema, accepted).First();
  return {
    path: `/accepted${error?.path ?? ""}`,
    message: "Expected the accepted answers in the shape that the item has them",
  };
}

function fieldsError(value: unknown, names: readonly string[]): FieldError | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { path: "", message: `Expected an object with ${names.join(", ")}` };
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  return unknown === undefined
    ? undefined
    : { path: pointer(unknown), message: "Unknown field of a key" };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
