/**
 * A report as a table for spreadsheets.
 *
 * Invariants:
 * RP4: No cell is a formula to a spreadsheet, also where it takes `;` for the end of a cell.
 */
import { stringify } from "csv-stringify/sync";
import type { Report, ReportRow } from "../../machines/learning-session/report.ts";
import type { ClassInSession } from "./expected.ts";
import type { GroupResult } from "./group-results.ts";

/** Where a spreadsheet of another country, or one that is careless, would begin a new cell. */
const INNER_CELL = /(?<=[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g;

/** Whoever was expected and never came stands below those who had a seat. */
export function tableOf(report: Report & { readonly class?: ClassInSession | null }): string {
  const rounds = report.rounds.flatMap(({ roundId }) =>
    typeof roundId === "string" ? [roundId] : [],
  );
  const head = ["participantId", "name", "attendance", "points"];
  const columns = rounds.flatMap((round) =>
    ["answer", "correct", "points", "atMs", "comment"].map((what) => `${round} ${what}`),
  );
  const rows = report.participants.map((row) => [
    row.participantId,
    row.name,
    row.attendance,
    row.points,
    ...rounds.flatMap((round) => cellsOf(row, round)),
  ]);
  const missing = (report.class?.expected ?? []).map(({ name, attendance }) => [
    ...["", name, attendance, ""],
    ...columns.map(() => ""),
  ]);
  return writtenOf([[...head, ...columns], ...rows, ...missing]);
}

/** A table of its own: who asked stands in it for hosts, and never of an anonymous session. */
export function questionTableOf({ questions }: Report): string {
  const head = ["questionId", "askedAt", "text", "upvotes", "pinned", "resolved"];
  const rows = questions.map((each) => [
    ...[each.questionId, each.askedAt, each.text, each.upvotes, each.pinned, each.resolved],
    ...[each.participantId, each.name],
  ]);
  return writtenOf([[...head, "participantId", "name"], ...rows]);
}

/** For hosts: a line each member of each group; of an anonymous session one for each group. */
export function groupTableOf({
  groups = [],
}: {
  readonly groups?: readonly GroupResult[];
}): string {
  const head = ["groupId", "group", "rounds", "participantId", "name"];
  const rows = groups.flatMap(({ groupId, name, rounds, members }) => {
    const group = [groupId, name, rounds.length];
    return members.length === 0
      ? [[...group, "", "", "", "", ""]]
      : members.map((row) => [
          ...[...group, row.participantId, row.name],
          ...[row.answered, row.points, row.pointsMax],
        ]);
  });
  return writtenOf([[...head, "answered", "points", "pointsMax"], ...rows]);
}

/** Lines of cells as CSV. */
export function writtenOf(lines: readonly (readonly unknown[])[]): string {
  return stringify([...lines], {
    escape_formulas: true,
    record_delimiter: "windows",
    cast: { boolean: String, string: (text) => text.replace(INNER_CELL, "'") },
  });
}

function cellsOf(row: ReportRow, roundId: string): readonly unknown[] {
  const found = row.answers.find((each) => each.roundId === roundId);
  return found === undefined
    ? ["", "", "", "", ""]
    : [JSON.stringify(found.answer), found.correct, found.points, found.atMs, found.comment];
}
