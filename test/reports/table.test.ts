/** The table of a report: what spreadsheets would run is text in it. */
import { describe, expect, test } from "bun:test";
import type { Report } from "../../machines/learning-session/report.ts";
import { groupTableOf, questionTableOf, tableOf } from "../../src/reports/table.ts";

function named(name: string, answer: unknown = null, comment = ""): Report {
  const given = { roundId: "r1", answer, correct: null, points: 0, atMs: 5, graded: false };
  const row = { participantId: "p1", name, points: 0, attendance: "present", attendedMs: 1 };
  const presence = { groups: [], attendanceMarked: false, attendanceMeasured: "present" };
  const participants = [{ ...row, ...presence, answers: [{ ...given, comment }] }];
  return { session: {}, rounds: [{ roundId: "r1" }], participants, questions: [] };
}

/** The second line as a spreadsheet has it that splits at `delimiter` and knows quotes. */
function cellsOf(csv: string, delimiter: string): readonly string[] {
  const line = csv.slice(csv.indexOf("\r\n") + 2);
  const cells: string[] = [""];
  let quoted = false;
  for (const letter of line) {
    const last = cells.length - 1;
    if (letter === '"' && (quoted || cells[last] === "")) {
      quoted = !quoted;
    } else if (!quoted && (letter === delimiter || letter === "\n" || letter === "\r")) {
      cells.push("");
    } else {
      cells[last] = `${cells[last] ?? ""}${letter}`;
    }
  }
  return cells;
}

describe("RP4: no cell is a formula", () => {
  const risky = ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"];

  test.each(risky)("that begins with %j", (sign) => {
    const csv = tableOf(named(`${sign}1+1`));
    expect(csv).toContain(`'${sign}1+1`);
    expect(cellsOf(csv, ",")[1]).toStartWith("'");
  });

  test.each(risky)("nor one that begins with %j behind a semicolon or a tab", (sign) => {
    for (const delimiter of [";", "\t"]) {
      const csv = tableOf(
        named(`a${delimiter}${sign}1+1`, { text: `b${delimiter}${sign}2` }, `${sign}3`),
      );
      for (const cell of cellsOf(csv, delimiter).slice(1)) {
        expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }
    }
  });

  test.each(risky)(
    "nor a question or a group, or who asked it or was in it, that begins with %j",
    (sign) => {
      const flags = {
        askedAt: "2026-09-01T08:00:00.000Z",
        upvotes: 2,
        pinned: true,
        resolved: false,
      };
      const [text, name] = [`${sign}1+1;${sign}2`, `${sign}Ann`];
      const question = { questionId: "q7", text, participantId: "p1", name, ...flags };
      const csv = questionTableOf({ ...named("Ann"), questions: [question] });
      const member = { participantId: "p1", name, answered: 1, points: 1, pointsMax: 2 };
      const group = { groupId: "g1", name: text, rounds: ["r1"], takers: 1 };
      const groups = [{ ...group, pointsMean: 1, share: 0.5, members: [member] }];
      for (const delimiter of [",", ";"]) {
        const grouped = cellsOf(groupTableOf({ groups }), delimiter);
        for (const cell of [...cellsOf(csv, delimiter), ...grouped]) {
          expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
        }
      }
    },
  );

  test("numbers, words and quotes stay what they are", () => {
    const csv = tableOf(named('Ann "A", B', { value: -3 }));
    expect(csv.split("\r\n")[1]).toBe('p1,"Ann ""A"", B",present,0,"{""value"":-3}",,0,5,');
  });
});
