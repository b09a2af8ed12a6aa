/**
 * A pasted list of students, as spreadsheets, mail programs and people write one.
 *
 * Each line has an address and mostly a name, in either order, with a comma, semicolon, tab or
 * angle brackets between. Invariants:
 * CL9: Each line that is not blank is a person or is named as a line without an address: none is
 *    passed over.
 */
export interface PastedPerson {
  readonly email: string;
  readonly name?: string;
  /** Counted from 1, as people count. */
  readonly line: number;
}

export interface PastedList {
  readonly people: readonly PastedPerson[];
  /** Lines that have no address. */
  readonly wrong: readonly number[];
}

const ADDRESS = /[^\s,;<>"'()]+@[^\s,;<>"'()@]+/gu;
/** What stands between and around the two. */
const BETWEEN = /[,;،؛\t<>"()]+/gu;

export function pastedList(text: string): PastedList {
  const people: PastedPerson[] = [];
  const wrong: number[] = [];
  for (const [index, line] of text.split(/\r\n|\r|\n/u).entries()) {
    const found = peopleIn(line, index + 1);
    people.push(...found);
    if (found.length === 0 && line.trim() !== "") {
      wrong.push(index + 1);
    }
  }
  return { people, wrong };
}

/** Of several on a line each has his name before his address. */
function peopleIn(text: string, line: number): readonly PastedPerson[] {
  const found = [...text.matchAll(ADDRESS)];
  return found.map(({ 0: email, index }, at) => {
    const before = found[at - 1];
    const from = before === undefined ? 0 : before.index + before[0].length;
    const after = found.length === 1 ? text.slice(index + email.length) : "";
    const name = `${text.slice(from, index)} ${after}`.replace(BETWEEN, " ");
    const written = name.replace(/\s+/gu, " ").trim();
    return written === "" ? { email, line } : { email, name: written, line };
  });
}
