/**
 * The key of a round that is asked already, as it is edited, and as `round.score` takes it.
 *
 * Pure. What the fields do not show stays as it was: feedback, wildcards, and a share to its last
 * decimal place as long as nobody types another. Shares are in percent of the points.
 */
import type { SeenFact } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { ItemKind } from "../../machines/learning-session/item.ts";
import { typedNumber } from "./answer.ts";
import type { Answer, Key, Question } from "./view.ts";
import type { WordKey } from "./words/words.ts";

/** As many as an item may have. */
export const ACCEPTED_MAX = 50;
/** Weights that differ by less are the same fraction, reckoned another way. */
const WEIGHT_SLACK = 1e-9;

type Accepted = NonNullable<Key["accepted"]>[number];

export interface AcceptedDraft {
  readonly id: string;
  readonly isRange: boolean;
  /** The text, the number, or where the range begins. */
  readonly text: string;
  /** Of a number its tolerance, of a range its end. */
  readonly more: string;
  readonly share: string;
  readonly before?: Accepted;
}

export interface KeyDraft {
  /** Choices, truth, pairs and order: the answer that is right. */
  readonly answer: Answer;
  /** Of choices that are not worth what such choices are worth by themselves. */
  readonly shares?: Readonly<Record<string, string>>;
  readonly accepted: readonly AcceptedDraft[];
}

export interface Judged {
  readonly points: number;
  readonly correct: boolean | null;
}

interface Scored extends Judged {
  readonly participantId: string;
}

export function hasKey(kind: ItemKind): boolean {
  return kind !== "poll" && kind !== "open-text";
}

export function keyDraftOf(question: Question, key: Key): KeyDraft {
  const { choices, value, pairs, order, weights } = key;
  const accepted = (key.accepted ?? []).map(acceptedDraft);
  if (choices === undefined) {
    const answer = {
      ...(value === undefined ? {} : { value }),
      ...(pairs === undefined ? {} : { pairs }),
      ...(order === undefined ? {} : { order }),
    };
    return { answer, accepted };
  }
  const usual = usualWeights(question, choices);
  const own = Object.entries(weights ?? {});
  const isOwn = own.some(([id, each]) => Math.abs(each - (usual[id] ?? 0)) > WEIGHT_SLACK);
  const shares = Object.fromEntries(own.map(([id, each]) => [id, shareText(each)]));
  return { answer: { choices }, accepted, ...(isOwn ? { shares } : {}) };
}

/** What a right or a wrong choice is worth where its author says nothing of it. */
export function usualWeights(
  { kind, choices = [] }: Pick<Question, "kind" | "choices">,
  right: readonly string[],
): Readonly<Record<string, number>> {
  const [gain, loss] = kind === "single-choice" ? [1, 0] : [1 / right.length, -1 / right.length];
  return Object.fromEntries(choices.map(({ id }) => [id, right.includes(id) ? gain : loss]));
}

function acceptedDraft(before: Accepted, index: number): AcceptedDraft {
  const { text, value, tolerance, min, max, weight } = before;
  const isRange = min !== undefined;
  const numbers = isRange ? [min, max] : [value, tolerance];
  const [first = "", second = ""] = numbers.map((each) => (each === undefined ? "" : String(each)));
  return {
    ...{ id: `k${index}`, isRange, before },
    ...{ text: text ?? first, more: second, share: shareText(weight) },
  };
}

export function newAccepted(accepted: readonly AcceptedDraft[]): AcceptedDraft {
  const taken = accepted.map(({ id }) => Number(id.slice(1)));
  const id = `k${Math.max(-1, ...taken) + 1}`;
  return { id, isRange: false, text: "", more: "0", share: "100" };
}

/** What is sent, or in a word why it cannot be. */
export function keyIn(
  question: Question,
  draft: KeyDraft,
  key: Key,
): { readonly key: JsonObject } | { readonly problem: WordKey } {
  const { answer, shares, accepted } = draft;
  switch (question.kind) {
    case "single-choice":
    case "multiple-choice":
      return choicesIn(answer.choices ?? [], shares, key);
    case "short-text":
    case "numeric":
      return acceptedIn(question.kind, accepted);
    default:
      return { key: parseKey(answer) };
  }
}

function choicesIn(
  choices: readonly string[],
  shares: KeyDraft["shares"],
  before: Key,
): { readonly key: JsonObject } | { readonly problem: WordKey } {
  if (shares === undefined) {
    return choices.length === 0 ? { problem: "t.key-none" } : { key: parseKey({ choices }) };
  }
  const weights = Object.entries(shares).map(
    ([id, share]) => [id, weightIn(share, before.weights?.[id])] as const,
  );
  if (weights.some(([, weight]) => weight === undefined || Math.abs(weight) > 1)) {
    return { problem: "t.key-shares" };
  }
  const earns = weights.some(([id, weight]) => choices.includes(id) && (weight ?? 0) > 0);
  return earns
    ? { key: parseKey({ choices, weights: Object.fromEntries(weights) }) }
    : { problem: "t.key-none" };
}

function acceptedIn(
  kind: "short-text" | "numeric",
  drafts: readonly AcceptedDraft[],
): { readonly key: JsonObject } | { readonly problem: WordKey } {
  const filled = drafts.filter(({ text }) => text.trim() !== "");
  const accepted = filled.map((draft) => {
    const weight = weightIn(draft.share, draft.before?.weight);
    const said = kind === "short-text" ? { text: draft.text } : numbersIn(draft);
    return weight === undefined || weight < 0 || weight > 1 || said === undefined
      ? undefined
      : { ...keptOf(draft), ...said, weight };
  });
  if (accepted.includes(undefined)) {
    return { problem: kind === "short-text" ? "t.key-shares" : "t.key-numbers" };
  }
  return accepted.some((each) => (each?.weight ?? 0) > 0)
    ? { key: parseKey({ accepted }) }
    : { problem: "t.key-none" };
}

function numbersIn({ isRange, text, more }: AcceptedDraft): object | undefined {
  const [first, second] = [typedNumber(text), typedNumber(more)];
  if (first === undefined || second === undefined) {
    return undefined;
  }
  if (isRange) {
    return first <= second ? { min: first, max: second } : undefined;
  }
  return second >= 0 ? { value: first, tolerance: second } : undefined;
}

function keptOf({ before }: AcceptedDraft): object {
  const { feedback, wildcards } = before ?? {};
  return {
    ...(feedback === undefined ? {} : { feedback }),
    ...(wildcards === undefined ? {} : { wildcards }),
  };
}

function shareText(weight: number): string {
  return String(Math.round(weight * 1e5) / 1e3);
}

function weightIn(share: string, before: number | undefined): number | undefined {
  if (before !== undefined && share === shareText(before)) {
    return before;
  }
  const typed = typedNumber(share);
  return typed === undefined ? undefined : typed / 100;
}

function parseKey(key: object): JsonObject {
  return key as JsonObject;
}

/** How many results are others than before, by what was told of the new score. */
export function changedResults(
  before: ReadonlyMap<string, Judged>,
  facts: readonly SeenFact[],
): number {
  return parseResults(facts.find(({ type }) => type === "round.scored")).filter((each) => {
    const was = before.get(each.participantId);
    return was?.points !== each.points || was.correct !== each.correct;
  }).length;
}

function parseResults(fact: SeenFact | undefined): readonly Scored[] {
  const results = fact?.["results"];
  return Array.isArray(results) ? (results as Scored[]) : [];
}
