/** Names of participants: how they are written, and when two are the same. */

const NAME_CHARS_MAX = 40;

/**
 * Control, bidirectional, zero-width and unassigned characters, and letters that show nothing:
 * none is part of a name, or one would look like another, or like nothing.
 */
const UNFIT = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** Tries before it is given up to find a name that is free: more seats than there may be. */
const SUGGESTIONS_MAX = 2_000;

/** The name as it is kept: NFC and trimmed; undefined: it is no name. */
export function nameOf(text: string): string | undefined {
  const name = text.normalize("NFC").trim();
  const chars = [...name].length;
  return chars === 0 || chars > NAME_CHARS_MAX || UNFIT.test(name) ? undefined : name;
}

/** Of a name that comes from an account, as much as fits. */
export function clipped(text: string): string {
  return [...text.normalize("NFC").trim()].slice(0, NAME_CHARS_MAX).join("");
}

/** Two names with the same key are the same name. */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** The name, or with the first number behind it that makes it free. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(nameKey(name))) {
    return name;
  }
  for (let number = 2; number <= SUGGESTIONS_MAX; number += 1) {
    const tail = ` ${number}`;
    const free = `${[...name].slice(0, NAME_CHARS_MAX - tail.length).join("")}${tail}`;
    if (!taken.has(nameKey(free))) {
      return free;
    }
  }
  throw new RangeError("expected fewer seats of one name");
}
