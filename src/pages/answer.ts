/** An answer in the making: what is in it, whether it may be sent, and how it reads. */
import type { Answer, Question } from "./view.ts";

/** What stands in the fields, before it is an answer: a number may be half written. */
export interface Filling {
  readonly answer: Answer;
  /** As typed, of a numeric question. */
  readonly typed: string;
}

export const EMPTY: Filling = { answer: {}, typed: "" };

export function fillingOf(answer: Answer | null): Filling {
  if (answer === null) {
    return EMPTY;
  }
  return { answer, typed: typeof answer.value === "number" ? String(answer.value) : "" };
}

/** May it be sent? Matchings may be partial, orderings may not. */
export function isComplete(question: Question, { answer }: Filling): boolean {
  switch (question.kind) {
    case "single-choice":
    case "poll":
      return answer.choice !== undefined;
    case "multiple-choice":
      return (answer.choices ?? []).length > 0;
    case "true-false":
    case "numeric":
      return answer.value !== undefined;
    case "short-text":
    case "open-text":
      return (answer.text ?? "").trim() !== "";
    case "matching":
      return Object.keys(answer.pairs ?? {}).length > 0;
    case "ordering":
      return (answer.order ?? []).length === (question.items ?? []).length;
  }
}

/** `1,5` and `1.5`, in the digits of any language that we have; undefined: no number yet. */
export function typedNumber(typed: string): number | undefined {
  const latin = typed
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[\s٬]/g, "")
    .replace(/[,٫]/, ".")
    .replace("−", "-");
  const value = Number(latin);
  return latin === "" || !Number.isFinite(value) ? undefined : value;
}

export function withTyped(typed: string): Filling {
  const value = typedNumber(typed);
  return { typed, answer: value === undefined ? {} : { value } };
}

export function withToggled(answer: Answer, id: string): Answer {
  const chosen = answer.choices ?? [];
  return {
    choices: chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id],
  };
}

export function withPair(answer: Answer, left: string, right: string): Answer {
  const others = Object.entries(answer.pairs ?? {}).filter(([each]) => each !== left);
  return { pairs: Object.fromEntries(right === "" ? others : [...others, [left, right]]) };
}

/** The order as it stands on the page: as it was shown, until something was moved. */
export function orderOf(question: Question, answer: Answer): readonly string[] {
  const ids = (question.items ?? []).map(({ id }) => id);
  return answer.order?.length === ids.length ? answer.order : ids;
}

export function withMoved(order: readonly string[], from: number, to: number): Answer {
  const moved = order[from];
  if (moved === undefined || to < 0 || to >= order.length) {
    return { order };
  }
  return { order: order.toSpliced(from, 1).toSpliced(to, 0, moved) };
}

export function isSame(a: Answer | null, b: Answer | null): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(answer: Answer | null): unknown {
  if (answer === null) {
    return null;
  }
  return {
    ...answer,
    ...(answer.choices === undefined ? {} : { choices: answer.choices.toSorted() }),
    ...(answer.pairs === undefined
      ? {}
      : { pairs: Object.entries(answer.pairs).toSorted(([a], [b]) => (a < b ? -1 : 1)) }),
  };
}

/** As lines of text. `words` are those of the language for true and false. */
export function linesOf(
  question: Pick<Question, "choices" | "items">,
  answer: Answer,
  words: { readonly yes: string; readonly no: string },
): readonly string[] {
  const named = [...(question.choices ?? []), ...(question.items ?? [])];
  const textOf = (id: string): string => named.find((each) => each.id === id)?.text ?? id;
  if (answer.choice !== undefined) {
    return [textOf(answer.choice)];
  }
  if (answer.choices !== undefined) {
    return answer.choices.map(textOf);
  }
  if (answer.order !== undefined) {
    return answer.order.map(textOf);
  }
  if (answer.pairs !== undefined) {
    return Object.entries(answer.pairs).map(([left, right]) => `${left} — ${right}`);
  }
  if (answer.value !== undefined) {
    return [typeof answer.value === "number" ? String(answer.value) : wordOf(answer.value, words)];
  }
  return answer.text === undefined ? [] : [answer.text];
}

function wordOf(value: boolean, words: { readonly yes: string; readonly no: string }): string {
  return value ? words.yes : words.no;
}
