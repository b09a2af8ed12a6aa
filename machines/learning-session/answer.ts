/**
 * What a learner may answer to an item, and whether something is such an answer.
 *
 * Owns the shapes of answers and drafts. Judging (`score.ts`) happens elsewhere and later: an
 * answer that fits may be wrong. Paths in errors are relative to the answer: `/choice`.
 */
import type { FieldError } from "../refusal.ts";
import { unreachable } from "../unreachable.ts";
import { type Item, type ItemKind, OPEN_TEXT_CHARS_MAX, SHORT_TEXT_CHARS_MAX } from "./item.ts";

/** Unknown names are shown to people, and a stranger chose them. */
const NAME_CHARS_MAX = 64;

/** The one field of the answers to each kind. */
const FIELD = {
  "single-choice": "choice",
  "multiple-choice": "choices",
  "true-false": "value",
  "short-text": "text",
  numeric: "value",
  matching: "pairs",
  ordering: "order",
  poll: "choice",
  "open-text": "text",
} as const satisfies Record<ItemKind, string>;

export type Answer =
  | { readonly choice: string }
  | { readonly choices: readonly string[] }
  | { readonly value: boolean | number }
  | { readonly text: string }
  | { readonly pairs: { readonly [left: string]: string } }
  | { readonly order: readonly string[] };

/** Why this is no answer to the item; undefined: it is one, and `parseAnswer` may have it. */
export function answerError(item: Item, answer: unknown): FieldError | undefined {
  const field = FIELD[item.kind];
  const given = fieldsOf(answer);
  if (given === undefined) {
    return { path: "", message: `Expected an object with the field "${field}"` };
  }
  const unknown = Object.keys(given).find((name) => name !== field);
  if (unknown !== undefined) {
    return {
      path: pointer(unknown),
      message: `Unknown field: an answer here has only "${field}"`,
    };
  }
  return valueError(item, Object.hasOwn(given, field) ? given[field] : undefined);
}

/**
 * Why this is no draft: a draft is an answer, or has nothing in it yet, or (ordering) not yet all.
 */
export function draftError(item: Item, draft: unknown): FieldError | undefined {
  const given = fieldsOf(draft);
  if (given !== undefined && Object.keys(given).length === 0) {
    return undefined;
  }
  const error = answerError(item, draft);
  return item.kind === "ordering" && error?.path === "/order"
    ? distinctError(idsOf(item.items), given?.["order"], error.path)
    : error;
}

/** Only for what `answerError` or `draftError` has found nothing wrong with. */
export function parseAnswer(answer: unknown): Answer {
  return answer as Answer;
}

/** Nothing has been answered in it: such a draft is not handed in. */
export function isBlank(item: Item, answer: Answer): boolean {
  if (!Object.hasOwn(answer, FIELD[item.kind])) {
    return true;
  }
  if ("text" in answer) {
    return answer.text.trim() === "";
  }
  if ("choices" in answer) {
    return answer.choices.length === 0;
  }
  if ("order" in answer) {
    return answer.order.length === 0;
  }
  return "pairs" in answer && Object.keys(answer.pairs).length === 0;
}

function valueError(item: Item, value: unknown): FieldError | undefined {
  const path = `/${FIELD[item.kind]}`;
  switch (item.kind) {
    case "single-choice":
    case "poll":
      return knownError(idsOf(item.choices), value, path);
    case "multiple-choice":
      return distinctError(idsOf(item.choices), value, path);
    case "ordering":
      return permutationError(idsOf(item.items), value, path);
    case "true-false":
      return typeof value === "boolean" ? undefined : { path, message: "Expected true or false" };
    case "numeric":
      return Number.isFinite(value) ? undefined : { path, message: "Expected a finite number" };
    case "short-text":
      return textError(value, SHORT_TEXT_CHARS_MAX, path);
    case "open-text":
      return textError(value, OPEN_TEXT_CHARS_MAX, path);
    case "matching":
      return pairsError(item, value, path);
    default:
      return unreachable(item);
  }
}

function knownError(ids: ReadonlySet<string>, value: unknown, path: string) {
  if (typeof value !== "string") {
    return { path, message: "Expected the id of a choice, a string" };
  }
  return ids.has(value) ? undefined : { path, message: "Expected the id of a choice of this item" };
}

/** At most as many as there are, so the length of a hostile array costs nothing. */
function distinctError(ids: ReadonlySet<string>, value: unknown, path: string) {
  if (!Array.isArray(value)) {
    return { path, message: "Expected an array of ids" };
  }
  if (value.length > ids.size) {
    return { path, message: `Expected at most ${ids.size} ids` };
  }
  const seen = new Set<unknown>();
  for (const [index, id] of value.entries()) {
    const error = knownError(ids, id, `${path}/${index}`);
    if (error !== undefined || seen.has(id)) {
      return error ?? { path: `${path}/${index}`, message: "Expected distinct ids" };
    }
    seen.add(id);
  }
  return undefined;
}

function permutationError(ids: ReadonlySet<string>, value: unknown, path: string) {
  const error = distinctError(ids, value, path);
  if (error !== undefined || !Array.isArray(value)) {
    return error;
  }
  return value.length === ids.size
    ? undefined
    : { path, message: `Expected all ${ids.size} ids, each once` };
}

function textError(value: unknown, charsMax: number, path: string): FieldError | undefined {
  if (typeof value !== "string") {
    return { path, message: "Expected text, a string" };
  }
  if (value.length > charsMax) {
    return { path, message: `Expected at most ${charsMax} characters` };
  }
  return value.includes("\0") || !value.isWellFormed()
    ? { path, message: "Expected well-formed text without NUL" }
    : undefined;
}

function pairsError(
  item: Extract<Item, { kind: "matching" }>,
  value: unknown,
  path: string,
): FieldError | undefined {
  const pairs = fieldsOf(value);
  if (pairs === undefined) {
    return { path, message: "Expected an object of left and right texts" };
  }
  const lefts = new Set(item.pairs.map((pair) => pair.left));
  const rights = rightsOf(item);
  for (const left of Object.keys(pairs)) {
    if (!lefts.has(left)) {
      return { path: `${path}${pointer(left)}`, message: "Expected a left text of this item" };
    }
    const right = pairs[left];
    if (typeof right !== "string" || !rights.has(right)) {
      return { path: `${path}${pointer(left)}`, message: "Expected a right text of this item" };
    }
  }
  return undefined;
}

/** Every right side that may be chosen, once. */
export function rightsOf(item: Extract<Item, { kind: "matching" }>): ReadonlySet<string> {
  return new Set([...item.pairs.map((pair) => pair.right), ...(item.extra ?? [])]);
}

function idsOf(named: readonly { readonly id: string }[]): ReadonlySet<string> {
  return new Set(named.map((each) => each.id));
}

function fieldsOf(value: unknown): { readonly [name: string]: unknown } | undefined {
  return isFields(value) ? value : undefined;
}

function isFields(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One step of an RFC 6901 pointer, of a name that a stranger chose. */
export function pointer(name: string): string {
  const clipped = name.slice(0, NAME_CHARS_MAX).toWellFormed();
  return `/${clipped.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
