/**
 * The text guard: what no door lets in, whatever the schema says.
 *
 * Owns the rules that hold for every JSON value from outside, on HTTP, on sockets and in outcomes:
 * 1. Text holds no NUL (Postgres cannot keep it) and no lone surrogate (it has no UTF-8).
 * 2. No key is `__proto__`; objects and arrays are plain; numbers are finite.
 * 3. Nothing is nested deeper than `DEPTH_MAX`.
 */
import type { FieldError } from "../machines/refusal.ts";

/** A lesson with its items is 7 deep; deeper input only serves to exhaust recursive readers. */
export const DEPTH_MAX = 32;
/** A pointer is for people: a key of 60 KB is cut in it. */
const POINTER_CHARACTERS_MAX = 200;

/** The first thing that is wrong, with an RFC 6901 pointer to it; undefined: the value is clean. */
export function guard(value: unknown): FieldError | undefined {
  return inspect(value, "", 0);
}

function inspect(value: unknown, path: string, depth: number): FieldError | undefined {
  switch (typeof value) {
    case "string":
      return inspectText(value, path, "text");
    case "number":
      return Number.isFinite(value) ? undefined : wrong(path, "expected a finite number");
    case "boolean":
      return undefined;
    case "object":
      return value === null ? undefined : inspectObject(value, path, depth + 1);
    default:
      return wrong(path, "expected JSON");
  }
}

function inspectObject(value: object, path: string, depth: number): FieldError | undefined {
  if (depth > DEPTH_MAX) {
    return wrong(path, `expected at most ${DEPTH_MAX} levels of nesting`);
  }
  if (!Array.isArray(value) && !isPlain(value)) {
    return wrong(path, "expected JSON, found binary data");
  }
  for (const [key, inner] of Object.entries(value)) {
    const at = `${path}/${escape(key)}`;
    const found =
      key === "__proto__"
        ? wrong(at, "this key is not allowed")
        : (inspectText(key, at, "a key") ?? inspect(inner, at, depth));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

function inspectText(text: string, path: string, what: string): FieldError | undefined {
  if (text.includes("\u0000")) {
    return wrong(path, `expected ${what} without NUL characters`);
  }
  return text.isWellFormed() ? undefined : wrong(path, `expected ${what} without lone surrogates`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function escape(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function wrong(path: string, message: string): FieldError {
  return { path: path.slice(0, POINTER_CHARACTERS_MAX).toWellFormed(), message };
}
