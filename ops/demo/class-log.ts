/**
 * A class's log: who answered what, rightly or wrongly. `student,item,correct[,skill]`, one answer
 * a line; an answer that is not there was not given.
 */
import { BadInput } from "./bad-input.ts";

const HEADERS = ["student,item,correct", "student,item,correct,skill"];
/** Names in a session are this long at most. */
const NAME_CHARS_MAX = 40;
const BYTES_MAX = 16 * 1024 * 1024;

export interface ClassLog {
  /** In order of appearance. */
  readonly students: readonly string[];
  readonly items: readonly string[];
  /** Undefined: not answered. */
  correct(student: string, item: string): boolean | undefined;
}

/** `name` is that of the file, for what is said of a line that is wrong. */
export function parseClassLog(text: string, name: string): ClassLog {
  if (text.length > BYTES_MAX) {
    throw new BadInput(`${name} is larger than ${BYTES_MAX} bytes`);
  }
  const [header = "", ...lines] = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  if (!HEADERS.includes(header.trim().toLowerCase())) {
    throw new BadInput(`${name}, line 1: expected the header student,item,correct[,skill]`);
  }
  const columns = header.split(",").length;
  const answers = new Map<string, Map<string, boolean>>();
  const items = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() !== "") {
      const where = `${name}, line ${index + 2}`;
      const { student, item, correct } = rowOf(line, columns, where);
      const own = answers.get(student) ?? new Map<string, boolean>();
      if (own.has(item)) {
        throw new BadInput(`${where}: ${student} has answered ${item} already`);
      }
      answers.set(student, own.set(item, correct));
      items.add(item);
    }
  }
  if (answers.size === 0) {
    throw new BadInput(`${name} has no answers`);
  }
  refuseSameNames([...answers.keys()], name);
  return {
    students: [...answers.keys()],
    items: [...items],
    correct: (student, item) => answers.get(student)?.get(item),
  };
}

function rowOf(line: string, columns: number, where: string) {
  const cells = line.split(",").map((cell) => cell.trim());
  const [student = "", item = "", correct = ""] = cells;
  if (line.includes('"')) {
    throw new BadInput(`${where}: quotes are not understood, leave them out`);
  }
  if (cells.length !== columns) {
    throw new BadInput(`${where}: expected ${columns} values, found ${cells.length}`);
  }
  if (student === "" || student.length > NAME_CHARS_MAX || item === "") {
    throw new BadInput(
      `${where}: expected a student of 1 to ${NAME_CHARS_MAX} characters, and an item`,
    );
  }
  if (correct !== "0" && correct !== "1") {
    throw new BadInput(`${where}: expected correct to be 0 or 1, found "${correct.slice(0, 20)}"`);
  }
  return { student, item, correct: correct === "1" };
}

/** A session has no two names that differ only in case. */
function refuseSameNames(students: readonly string[], name: string): void {
  const seen = new Map<string, string>();
  for (const student of students) {
    const folded = student.normalize("NFKC").toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      throw new BadInput(`${name}: ${other} and ${student} would have the same name in a session`);
    }
    seen.set(folded, student);
  }
}
