/** Gaps: for how long an actor acknowledged nothing, around the moments when faults struck. */
import type { Operation } from "./history.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * For each actor and fault the longest time without an acknowledgement from the fault to the next
 * one, or to the end: also where an answer that was on its way still came after the blow. The time
 * in which an actor's commands wait for an answer that never comes is in it.
 */
export function gapsOf(
  operations: readonly Operation[],
  faults: readonly number[],
  run: Span,
): readonly number[] {
  const actors = Map.groupBy(operations, ({ actor }) => actor);
  return [...actors.values()].flatMap((own) => {
    const silences = silencesOf(own, run);
    return faults.flatMap((from, index) => {
      const to = faults[index + 1] ?? run.to;
      const around = silences.filter((silence) => silence.to > from && silence.from < to);
      return around.length === 0 ? [] : [Math.max(...around.map(lengthOf))];
    });
  });
}

/** From one acknowledgement to the next, until nobody asked any more. */
function silencesOf(operations: readonly Operation[], run: Span): readonly Span[] {
  const ends = operations.flatMap(({ told }) => (told?.kind === "acknowledged" ? [told.at] : []));
  const last = Math.max(...operations.map(({ told }) => told?.at ?? run.to));
  const marks = [run.from, ...ends, last].toSorted((one, other) => one - other);
  return marks.slice(1).map((to, index) => ({ from: marks[index] ?? run.from, to }));
}

function lengthOf({ from, to }: Span): number {
  return to - from;
}
