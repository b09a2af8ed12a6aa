/**
 * A right and a wrong answer to an item, made from its key as a teacher sees it.
 *
 * Undefined where there is none: polls and open texts have no right answer, and an item may accept
 * everything, or nothing for all its points.
 */
import { type Answer, answerError, rightsOf } from "../../machines/learning-session/answer.ts";
import type { Item } from "../../machines/learning-session/item.ts";
import { scoreOf } from "../../machines/learning-session/score.ts";

export interface Replies {
  readonly right: Answer;
  readonly wrong: Answer;
}

export function repliesTo(item: Item): Replies | undefined {
  const right = firstJudged(item, rightOnes(item), true);
  const wrong = firstJudged(item, wrongOnes(item), false);
  return right === undefined || wrong === undefined ? undefined : { right, wrong };
}

/** The first that fits the item, and is what it should be. */
function firstJudged(item: Item, answers: readonly Answer[], correct: boolean): Answer | undefined {
  return answers.find(
    (answer) =>
      answerError(item, answer) === undefined && scoreOf(item, answer).correct === correct,
  );
}

function rightOnes(item: Item): readonly Answer[] {
  switch (item.kind) {
    case "single-choice":
      return item.choices.filter((each) => each.correct).map((each) => ({ choice: each.id }));
    case "multiple-choice":
      return [{ choices: item.choices.filter((each) => each.correct).map((each) => each.id) }];
    case "true-false":
      return [{ value: item.correct }];
    case "short-text":
      return item.accepted
        .filter((each) => each.weight === 1)
        .map(({ text, wildcards }) => ({ text: wildcards ? text.replaceAll("*", "x") : text }));
    case "numeric":
      return item.accepted
        .filter((each) => each.weight === 1)
        .map((each) => ({ value: "value" in each ? each.value : (each.min + each.max) / 2 }));
    case "matching":
      return [{ pairs: Object.fromEntries(item.pairs.map((pair) => [pair.left, pair.right])) }];
    case "ordering":
      return [{ order: item.items.map((each) => each.id) }];
    case "poll":
    case "open-text":
      return [];
  }
}

function wrongOnes(item: Item): readonly Answer[] {
  switch (item.kind) {
    case "single-choice":
      return item.choices.filter((each) => !each.correct).map((each) => ({ choice: each.id }));
    case "multiple-choice":
      return [
        { choices: item.choices.filter((each) => !each.correct).map((each) => each.id) },
        { choices: [] },
      ];
    case "true-false":
      return [{ value: !item.correct }];
    case "short-text":
      return ["no idea", "?", "42", "-"].map((text) => ({ text }));
    case "numeric":
      return item.accepted.flatMap((each) => {
        const [low, high] =
          "value" in each
            ? [each.value - each.tolerance, each.value + each.tolerance]
            : [each.min, each.max];
        return [{ value: high + 1 }, { value: low - 1 }, { value: high * 2 + 1 }];
      });
    case "matching": {
      const rights = [...rightsOf(item)];
      const next = (right: string): string =>
        rights[(rights.indexOf(right) + 1) % rights.length] ?? right;
      return [
        { pairs: Object.fromEntries(item.pairs.map(({ left, right }) => [left, next(right)])) },
        { pairs: {} },
      ];
    }
    case "ordering":
      return [{ order: item.items.map((each) => each.id).toReversed() }];
    case "poll":
    case "open-text":
      return [];
  }
}
