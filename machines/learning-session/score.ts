/**
 * What an answer is worth: a pure function of item and answer.
 *
 * Owns points, feedback and counts. A speed bonus and a teacher's own grade are decided by the
 * round, on top of this. Invariants:
 * IT3: Points are from 0 to the item's points, with two decimal places.
 * IT4: Right, wrong and blank add up to the answers that were counted, an open text aside.
 */
import { unreachable } from "../unreachable.ts";
import type { Answer } from "./answer.ts";
import type { AcceptedNumber, AcceptedText, Choice, Item, ItemOf } from "./item.ts";

/** Three thirds written as 33.333 % are a whole: what is this close to 1 counts as 1. */
const SHARE_SLACK = 1e-4;
/** A sum of decimal fractions is off by a few last bits: 0.4 is within 0.3 ± 0.1. */
const NUMBER_SLACK = 4 * Number.EPSILON;

export interface Score {
  /** 0 to 1. */
  readonly share: number;
  readonly points: number;
  /** null: there is no right or wrong, or no answer. */
  readonly correct: boolean | null;
}

/** Points of an item that does not say: one. */
export function pointsMaxOf(item: Item): number {
  return item.points ?? 1;
}

export function scoreOf(item: Item, answer: Answer | undefined): Score {
  if (answer === undefined || item.kind === "poll" || item.kind === "open-text") {
    return { share: 0, points: 0, correct: null };
  }
  const share = clamped(shareOf(item, answer));
  const points = Math.round(share * pointsMaxOf(item) * 100) / 100;
  return { share, points, correct: share === 1 };
}

/** What the author has to say to who answered this. */
export function feedbackOf(item: Item, answer: Answer): string | null {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
      return joined(chosenOf(item, answer).map((choice) => choice.feedback));
    case "true-false":
      return joined([item.feedback?.[answerIs(answer, true) ? "true" : "false"]]);
    case "short-text":
      return joined([bestText(item, answer)?.feedback]);
    case "numeric":
      return joined([bestNumber(item, answer)?.feedback]);
    case "matching":
    case "ordering":
    case "poll":
    case "open-text":
      return null;
    default:
      return unreachable(item);
  }
}

/**
 * How the class answered; undefined stands for somebody without an answer, and is `blank` where
 * there is right and wrong. An answer that is partly right is wrong; an open text is neither.
 */
export function countsOf(
  item: Item,
  answers: readonly (Answer | undefined)[],
): Record<string, number> {
  const given = answers.filter((answer) => answer !== undefined);
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice":
    case "poll":
      return Object.fromEntries(item.choices.map(({ id }) => [id, timesChosen(id, given)]));
    case "true-false":
      return {
        true: given.filter((answer) => answerIs(answer, true)).length,
        false: given.filter((answer) => answerIs(answer, false)).length,
      };
    case "short-text":
    case "numeric":
    case "matching":
    case "ordering":
    case "open-text": {
      const judged = given.map((answer) => scoreOf(item, answer).correct);
      return {
        right: judged.filter((correct) => correct === true).length,
        wrong: judged.filter((correct) => correct === false).length,
        blank: answers.length - given.length,
      };
    }
    default:
      return unreachable(item);
  }
}

type Keyed = Exclude<Item, ItemOf<"poll"> | ItemOf<"open-text">>;

function shareOf(item: Keyed, answer: Answer): number {
  switch (item.kind) {
    case "single-choice":
    case "multiple-choice": {
      const weights = weightsOf(item);
      return sum(chosenOf(item, answer).map((choice) => weights.get(choice.id) ?? 0));
    }
    case "true-false":
      return answerIs(answer, item.correct) ? 1 : 0;
    case "short-text":
      return bestText(item, answer)?.weight ?? 0;
    case "numeric":
      return bestNumber(item, answer)?.weight ?? 0;
    case "matching":
      return rightPairs(item, answer) / item.pairs.length;
    case "ordering":
      return isInOrder(item, answer) ? 1 : 0;
    default:
      return unreachable(item);
  }
}

/** Unless it says, a single choice is worth 1 or 0; of several, a right one 1/r, a wrong −1/r. */
export function weightsOf(
  item: ItemOf<"single-choice"> | ItemOf<"multiple-choice">,
): ReadonlyMap<string, number> {
  const right = item.choices.filter((choice) => choice.correct).length;
  const [gain, loss] = item.kind === "single-choice" ? [1, 0] : [1 / right, -1 / right];
  return new Map(
    item.choices.map((choice) => [choice.id, choice.weight ?? (choice.correct ? gain : loss)]),
  );
}

function chosenOf(
  item: ItemOf<"single-choice"> | ItemOf<"multiple-choice">,
  answer: Answer,
): readonly Choice[] {
  return item.choices.filter((choice) => isChosen(choice.id, answer));
}

function isChosen(id: string, answer: Answer): boolean {
  return "choice" in answer
    ? answer.choice === id
    : "choices" in answer && answer.choices.includes(id);
}

function timesChosen(id: string, answers: readonly Answer[]): number {
  return answers.filter((answer) => isChosen(id, answer)).length;
}

function answerIs(answer: Answer, value: boolean): boolean {
  return "value" in answer && answer.value === value;
}

/** Of the accepted texts that fit, the one worth most; the first of equals. */
function bestText(item: ItemOf<"short-text">, answer: Answer): AcceptedText | undefined {
  if (!("text" in answer)) {
    return undefined;
  }
  const text = folded(answer.text);
  return best(item.accepted.filter((each) => fits(each, text)));
}

function bestNumber(item: ItemOf<"numeric">, answer: Answer): AcceptedNumber | undefined {
  const value = "value" in answer ? answer.value : undefined;
  return typeof value === "number"
    ? best(item.accepted.filter((each) => isWithin(each, value)))
    : undefined;
}

function best<Accepted extends { readonly weight: number }>(fitting: readonly Accepted[]) {
  const weight = Math.max(...fitting.map((each) => each.weight));
  return fitting.find((each) => each.weight === weight);
}

/** Upper case is the fold that makes ß and SS, σ and ς one. */
function folded(text: string): string {
  return text.normalize("NFC").trim().toUpperCase();
}

function fits(accepted: AcceptedText, text: string): boolean {
  const wanted = folded(accepted.text);
  return accepted.wildcards === true ? fitsPieces(wanted.split("*"), text) : wanted === text;
}

/** First and last piece at the ends, the others in order between: no backtracking. */
function fitsPieces(pieces: readonly string[], text: string): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) {
    return text === first;
  }
  if (!text.startsWith(first)) {
    return false;
  }
  let from = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, from);
    if (found < 0) {
      return false;
    }
    from = found + piece.length;
  }
  return from <= text.length - last.length && text.endsWith(last);
}

function isWithin(accepted: AcceptedNumber, value: number): boolean {
  if ("min" in accepted) {
    return accepted.min <= value && value <= accepted.max;
  }
  const scale = Math.max(Math.abs(value), Math.abs(accepted.value), accepted.tolerance);
  return Math.abs(value - accepted.value) <= accepted.tolerance + NUMBER_SLACK * scale;
}

function rightPairs(item: ItemOf<"matching">, answer: Answer): number {
  const given = new Map("pairs" in answer ? Object.entries(answer.pairs) : []);
  return item.pairs.filter((pair) => given.get(pair.left) === pair.right).length;
}

function isInOrder(item: ItemOf<"ordering">, answer: Answer): boolean {
  return (
    "order" in answer &&
    answer.order.length === item.items.length &&
    item.items.every((each, index) => each.id === answer.order[index])
  );
}

function clamped(share: number): number {
  return share >= 1 - SHARE_SLACK ? 1 : Math.max(0, share);
}

function joined(feedbacks: readonly (string | undefined)[]): string | null {
  const said = feedbacks.filter((feedback) => feedback !== undefined && feedback !== "");
  return said.length === 0 ? null : said.join("\n\n");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
