/**
 * A class's log: who answered what, rightly or wrongly. `student,item,correct[,skill]`, one answer
 * a line; an answer that is not there was not given.
 */
import { BadInput } from "./bad-input.ts";

const HEADERS = ["student,item,correct", "student,item,correct,skill"];
/** Names in a session are this long at most. */
const NAME_CHARS_MAX = 40;
/** Of a name that is taken again, in front of its ` (500)`, behind a number. */
const ALIAS_CHARS = 30;
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

/** As many as asked: the same students again under other names, the same items asked again. */
export function resized(
  log: ClassLog,
  to: { readonly students: number | undefined; readonly items: number | undefined },
): ClassLog {
  const students = taken(log.students, to.students, ALIAS_CHARS);
  const items = taken(log.items, to.items, Infinity);
  return {
    students: [...students.keys()],
    items: [...items.keys()],
    correct: (student, item) => log.correct(students.get(student) ?? "", items.get(item) ?? ""),
  };
}

/** By name, whose answers it has: first as they are, from the second time on as `name (2)`. */
function taken(
  names: readonly string[],
  count = names.length,
  charsMax: number,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let turn = 0; found.size < count; turn += 1) {
    const name = names[turn % names.length] ?? "";
    const times = Math.floor(turn / names.length) + 1;
    const alias = times === 1 ? name : `${name.slice(0, charsMax)} (${times})`;
    found.set(found.has(alias) ? `${turn} ${alias}` : alias, name);
  }
  return found;
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
