/** Gaps: for how long an actor acknowledged nothing, around the moments when faults struck. */
import type { Operation } from "./history.ts";

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * For each actor and fault the time between the last acknowledgement before it and the first after;
 * without a later one, until the end of the run. An actor that is refused has its wait in that.
 */
export function gapsOf(
  operations: readonly Operation[],
  faults: readonly number[],
  run: Span,
): readonly number[] {
  const byActor = new Map<string, number[]>();
  for (const { actor, told } of operations) {
    const times = byActor.get(actor) ?? [];
    byActor.set(actor, times);
    if (told?.kind === "acknowledged") {
      times.push(told.at);
    }
  }
  return [...byActor.values()].flatMap((times) => {
    const ends = [run.from, ...times.toSorted((one, other) => one - other), run.to];
    return faults.map((at) => {
      const after = ends.findIndex((time) => time > at);
      return after < 1 ? run.to - at : (ends[after] ?? run.to) - (ends[after - 1] ?? run.from);
    });
  });
}
