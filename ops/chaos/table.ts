/** The table: one line a fault, and below it what the faults have to say besides. */
import type { Row } from "./run.ts";

const COLUMNS = [
  "fault",
  "strikes",
  "operations",
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

export function table(rows: readonly Row[]): readonly string[] {
  const cells = [[...COLUMNS], ...rows.map(cellsOf)];
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
  const notes = rows.flatMap(({ fault, notes }) => notes.map((note) => `${fault}: ${note}`));
  return notes.length === 0 ? lines : [...lines, "", ...notes];
}

function cellsOf(row: Row): string[] {
  const ms = (value: number): string => `${value} ms`;
  return [
    row.fault,
    ...[row.strikes, row.operations, row.acknowledged, row.failed].map(String),
    ...[row.lost, row.duplicated, row.reordered, row.refused].map(String),
    ...[row.unavailableP50Ms, row.unavailableP99Ms, row.unavailableMaxMs].map(ms),
  ];
}
