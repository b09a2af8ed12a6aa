/** The table: one line a fault, and below it what the faults have to say besides. */
import type { Row } from "./run.ts";

const COLUMNS = [
  "fault",
  "verdict",
  "strikes",
  "operations",
  "by HTTP",
  "acknowledged",
  "failed",
  "lost",
  "duplicated",
  "reordered",
  "refused actors",
  "unavailable p50",
  "p99",
  "max",
] as const;

/** What was said of each row: nothing, if it is ok. */
export type Judged = readonly (readonly [row: Row, failures: readonly string[]])[];

export function table(judged: Judged): readonly string[] {
  const cells = [[...COLUMNS], ...judged.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
  const notes = judged.flatMap(([{ fault, notes }]) => notes.map((note) => `${fault}: ${note}`));
  return [...lines, ...(notes.length === 0 ? [] : ["", ...notes]), "", ...summaryOf(judged)];
}

function summaryOf(judged: Judged): readonly string[] {
  const failed = judged.filter(([, failures]) => failures.length > 0);
  return [
    ...failed.map(([{ fault }, failures]) => `${fault} failed: ${failures.join(", ")}`),
    `${judged.length - failed.length} ok, ${failed.length} failed`,
  ];
}

function cellsOf([row, failures]: Judged[number]): string[] {
  const ms = (value: number): string => `${value} ms`;
  return [
    row.fault,
    failures.length === 0 ? "ok" : "failed",
    ...[row.strikes, row.operations, row.posted, row.acknowledged, row.failed].map(String),
    ...[row.lost, row.duplicated, row.reordered, row.refused].map(String),
    ...[row.unavailableP50Ms, row.unavailableP99Ms, row.unavailableMaxMs].map(ms),
  ];
}
