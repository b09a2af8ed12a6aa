/**
 * The text guard: what no JSON from outside may hold, wherever it is on its way to.
 *
 * Owns the rules that are the same for every JSON body and every socket message. Invariants:
 * 1. No text that passed holds a NUL or half of a surrogate pair: Postgres stores neither.
 * 2. No object that passed has a key that means something to JavaScript itself; objects are plain
 *    and numbers finite.
 * 3. It is bounded: it stops at the named depth and after the named number of errors, and a path
 *    in an error is cut, so that a refusal is never as large as what it refuses.
 */
import type { FieldError } from "../../machines/refusal.ts";

/** No schema is deeper than ten; recursion stays far from the end of the stack. */
export const DEPTH_MAX = 32;
/** Enough to mend a form by. */
export const FIELD_ERRORS_MAX = 20;
/** Paths are shown to people. */
const PATH_CHARS_MAX = 200;
const KEYS_REFUSED: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** What is wrong with this parsed JSON, by path; empty: nothing. */
export function guardJson(value: unknown): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(value, "", 0, errors);
  return errors;
}

/** What is wrong with one text; undefined: nothing. */
export function textFault(text: string): string | undefined {
  if (text.includes("\0")) {
    return "Expected text without NUL";
  }
  return text.isWellFormed() ? undefined : "Expected well-formed Unicode text";
}

/** Paths name keys that a stranger chose: they are cut, and made well-formed. */
export function clipPath(path: string): string {
  const clipped = path.length > PATH_CHARS_MAX ? `${path.slice(0, PATH_CHARS_MAX)}…` : path;
  return clipped.replaceAll("\0", "\uFFFD").toWellFormed();
}

function walk(value: unknown, path: string, depth: number, errors: FieldError[]): void {
  if (errors.length >= FIELD_ERRORS_MAX) {
    return;
  }
  if (typeof value === "object" && value !== null) {
    walkInto(value, path, depth, errors);
    return;
  }
  const fault = scalarFault(value);
  if (fault !== undefined) {
    errors.push({ path: clipPath(path), message: fault, code: "bad-text" });
  }
}

function scalarFault(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return textFault(value);
    case "number":
      return Number.isFinite(value) ? undefined : "Expected a finite number";
    case "boolean":
    case "object":
      return undefined;
    default:
      return "Expected JSON";
  }
}

function walkInto(value: object, path: string, depth: number, errors: FieldError[]): void {
  if (depth >= DEPTH_MAX) {
    errors.push({
      path: clipPath(path),
      code: "bad-form",
      message: `Expected at most ${DEPTH_MAX} levels of nesting`,
    });
    return;
  }
  if (!Array.isArray(value) && !isPlain(value)) {
    errors.push({ path: clipPath(path), message: "Expected JSON, found binary data" });
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    const at = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const fault = KEYS_REFUSED.has(key) ? "Unexpected property" : textFault(key);
    if (fault !== undefined) {
      errors.push({ path: clipPath(at), message: fault });
    }
    walk(each, at, depth + 1, errors);
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
