/**
 * Items over many sessions of a lesson: each step's numbers, put together.
 *
 * A step counts as one item as long as its words and options are the same: one that was changed is
 * another. What was asked out of the lesson's order, without a step, is left out.
 */
import type { ItemAnalysis } from "./item-analysis.ts";
import { rounded } from "./statistics.ts";

export interface PooledItem {
  readonly stepId: string;
  readonly kind: string;
  readonly prompt: string;
  /** How often it was asked. */
  readonly rounds: number;
  readonly takers: number;
  readonly answered: number;
  /** These are means, weighted by takers, over the rounds where they are defined. */
  readonly difficulty: number | null;
  readonly discrimination: number | null;
  readonly upperLower: number | null;
  readonly options:
    | readonly {
        readonly id: string;
        readonly text: string;
        readonly correct: boolean | null;
        readonly count: number;
        readonly share: number | null;
      }[]
    | null;
}

/** In the order in which they were first seen. */
export function pooled(items: readonly ItemAnalysis[]): readonly PooledItem[] {
  const groups = Map.groupBy(
    items.filter(({ stepId }) => stepId !== null),
    identityOf,
  );
  return [...groups.values()].flatMap((group) => poolOf(group) ?? []);
}

function identityOf({ stepId, kind, prompt, pointsMax, options }: ItemAnalysis): string {
  const choices = options?.map(({ id, text, correct }) => [id, text, correct]);
  return JSON.stringify([stepId, kind, prompt, pointsMax, choices]);
}

function poolOf(group: readonly ItemAnalysis[]): PooledItem | undefined {
  const [first] = group;
  if (first === undefined || first.stepId === null) {
    return undefined;
  }
  const answered = sumOf(group.map((item) => item.answered));
  return {
    ...{ stepId: first.stepId, kind: first.kind, prompt: first.prompt, rounds: group.length },
    ...{ takers: sumOf(group.map(({ takers }) => takers)), answered },
    difficulty: weighted(group, "difficulty"),
    discrimination: weighted(group, "discrimination"),
    upperLower: weighted(group, "upperLower"),
    options:
      first.options?.map(({ id, text, correct }) => {
        const found = group.flatMap(({ options }) => options?.find((each) => each.id === id) ?? []);
        const count = sumOf(found.map((option) => option.count));
        return {
          id,
          text,
          correct,
          count,
          share: answered === 0 ? null : rounded(count / answered),
        };
      }) ?? null,
  };
}

function weighted(
  group: readonly ItemAnalysis[],
  name: "difficulty" | "discrimination" | "upperLower",
): number | null {
  const known = group.flatMap(({ takers, [name]: value }) =>
    value === null ? [] : [{ takers, value }],
  );
  const takers = sumOf(known.map((each) => each.takers));
  return takers === 0
    ? null
    : rounded(sumOf(known.map((each) => each.takers * each.value)) / takers);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
