/** The verdict on a row: each sentence is a promise that was not kept; without one it is ok. */
import type { Fault } from "./fault.ts";
import type { Row } from "./run.ts";

type Promised = Pick<Fault, "failsNothing" | "damages">;

export function failuresOf(row: Row, { failsNothing, damages }: Promised): readonly string[] {
  const { lost, duplicated, reordered, failed, refused } = row;
  const harms = Object.entries({ lost, duplicated, reordered });
  return [
    ...harms.flatMap(([harm, times]) => (times > 0 ? [`${times} ${harm}`] : [])),
    ...(failsNothing === true && failed > 0 ? [`${failed} failed where nothing may`] : []),
    ...(damages !== true && refused > 0 ? [`${refused} refused, and nothing was damaged`] : []),
    ...(row.operations === 0 ? ["nobody did anything"] : []),
    ...row.broken,
  ];
}
