/**
 * Packing: the text of an envelope as it is stored, an eighth of its size where that pays.
 *
 * Every commit writes the whole envelope, and most of it is as it was: names of fields, seats, the
 * lesson's content. The objects of the first levels (the envelope, its snapshot, the snapshot's
 * context) change with every step and are walked through; what they hold is written once, and a
 * long list among it is packed by itself, once, for as long as it lives. Invariants:
 * 1. The text is that of `JSON.stringify`, byte for byte; what is stored depends on nothing else.
 * 2. Parts are immutable: what was written once is never changed afterwards.
 * 3. What is stored tells by its first character how it was packed: `{` not at all, `z` by
 *    Zstandard. Anything else was written by a newer program, and is refused as that (C8).
 */
import type { Json, JsonObject } from "../machines/json.ts";
import { UnknownVersion } from "../machines/versions.ts";

const WALKED_LEVELS = 3;
/** Shorter parts are written again as quickly as they are found. */
const KEPT_CHARS_MIN = 200;
/** Shorter texts gain nothing. */
const PACKED_CHARS_MIN = 1_024;
/** A larger one is near a limit of the store, and limits are those of the text. */
const PACKED_CHARS_MAX = 1_048_576;
/** The fastest: the next ones take twice the time for a tenth of the bytes. */
const LEVEL = 1;
/** The members of the first levels are few, and named in the code of machines. */
const NAMES_MAX = 1_000;

const MARK = "z";
const BETWEEN = ".";
/** Where a list was that is packed by itself: no JSON text has this character. */
const HOLE = "\u0001";

/** What became of a part: its text, or that of a list by itself. */
interface Kept {
  readonly text: string;
  readonly chars: number;
  readonly isPacked: boolean;
}

interface Written {
  readonly packed: string[];
  chars: number;
}

const kept = new WeakMap<object, Kept>();
const names = new Map<string, string>();

export function pack(value: JsonObject): string {
  const written: Written = { packed: [], chars: 0 };
  const text = textOf(value, 1, written);
  const chars = text.length + written.chars;
  if (chars < PACKED_CHARS_MIN || chars > PACKED_CHARS_MAX) {
    return JSON.stringify(value);
  }
  return MARK + [squeezed(text), ...written.packed].join(BETWEEN);
}

export function unpack(stored: string): string {
  if (stored.startsWith("{")) {
    return stored;
  }
  if (!stored.startsWith(MARK)) {
    throw new UnknownVersion("the envelope is packed in a way that only another node can read");
  }
  const [text = "", ...lists] = stored.slice(MARK.length).split(BETWEEN).map(restored);
  const [first = "", ...others] = text.split(HOLE);
  return others.reduce((sum, after, index) => sum + (lists[index] ?? "") + after, first);
}

function textOf(value: JsonObject, level: number, written: Written): string {
  let text = "";
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member !== undefined) {
      const part = partText(member, level, written);
      text += `${text === "" ? "" : ","}${quoted(name)}:${part}`;
    }
  }
  return `{${text}}`;
}

function partText(part: Json, level: number, written: Written): string {
  if (part === null || typeof part !== "object") {
    return JSON.stringify(part);
  }
  if (level < WALKED_LEVELS && !isList(part)) {
    return textOf(part, level + 1, written);
  }
  const { text, chars, isPacked } = kept.get(part) ?? keep(part);
  if (!isPacked) {
    return text;
  }
  written.packed.push(text);
  written.chars += chars - HOLE.length;
  return HOLE;
}

function keep(part: readonly Json[] | JsonObject): Kept {
  const text = JSON.stringify(part);
  const chars = text.length;
  const isPacked = isList(part) && chars >= PACKED_CHARS_MIN;
  const written = { text: isPacked ? squeezed(text) : text, chars, isPacked };
  if (chars >= KEPT_CHARS_MIN) {
    kept.set(part, written);
  }
  return written;
}

function squeezed(text: string): string {
  return Bun.zstdCompressSync(text, { level: LEVEL }).toString("base64");
}

function restored(packed: string): string {
  return Bun.zstdDecompressSync(Buffer.from(packed, "base64")).toString();
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
