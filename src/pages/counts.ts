/** The counts of a round as rows for bars, in the order of the question. */
import type { Question, RoundView } from "./view.ts";
import { t, wordFor } from "./text.ts";

export interface Row {
  readonly id: string;
  /** Markdown where it is a choice's text. */
  readonly text: string;
  readonly count: number;
  readonly isRight: boolean;
}

type Counted = Pick<RoundView, "key"> & {
  readonly item: Question;
  readonly counts: Readonly<Record<string, number>>;
};

export function countRows({ item, counts, key }: Counted): readonly Row[] {
  if (item.choices !== undefined) {
    return item.choices.map(({ id, text }) => ({
      id,
      text,
      count: counts[id] ?? 0,
      isRight: key?.choices?.includes(id) ?? false,
    }));
  }
  if (item.kind === "true-false") {
    return (["true", "false"] as const).map((id) => ({
      id,
      text: t(`c.${id}`),
      count: counts[id] ?? 0,
      isRight: key?.value === (id === "true"),
    }));
  }
  // Nobody has judged free text: there is nothing to count.
  if (item.kind === "open-text") {
    return [];
  }
  return ["right", "wrong", "blank"].map((id) => ({
    id,
    text: wordFor(`c.count-${id}`) ?? id,
    count: counts[id] ?? 0,
    isRight: false,
  }));
}
