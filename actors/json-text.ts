/**
 * The JSON text of an envelope, which shares most of its parts with the one before: a snapshot
 * after one more answer is the old one but for a few rows.
 *
 * Owns what is remembered of parts, for as long as they live. The objects of the first levels (the
 * envelope, its snapshot, the snapshot's context) change with every step and are walked through;
 * what they hold is written whole, once. Invariants:
 * 1. The text is that of `JSON.stringify`, byte for byte.
 * 2. Parts are immutable: what was written once is never changed afterwards.
 */
import type { Json, JsonObject } from "../machines/json.ts";

const WALKED_LEVELS = 3;
/** Shorter parts are written again as quickly as they are found. */
const KEPT_CHARS_MIN = 200;
/** The members of the first levels are few, and named in the code of machines. */
const NAMES_MAX = 1_000;

const kept = new WeakMap<object, string>();
const names = new Map<string, string>();

export function jsonText(value: JsonObject, level = 1): string {
  let text = "";
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member !== undefined) {
      text += `${text === "" ? "" : ","}${quoted(name)}:${partText(member, level)}`;
    }
  }
  return `{${text}}`;
}

function partText(part: Json, level: number): string {
  if (part === null || typeof part !== "object") {
    return JSON.stringify(part);
  }
  if (level < WALKED_LEVELS && !isList(part)) {
    return jsonText(part, level + 1);
  }
  const known = kept.get(part);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify(part);
  if (text.length >= KEPT_CHARS_MIN) {
    kept.set(part, text);
  }
  return text;
}

function quoted(name: string): string {
  const known = names.get(name);
  if (known !== undefined) {
    return known;
  }
  const text = JSON.stringify(name);
  if (names.size < NAMES_MAX) {
    names.set(name, text);
  }
  return text;
}

function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}
