/**
 * Packing: the text of an envelope as it is stored, an eighth of its size where that pays.
 *
 * Invariants:
 * 1. The text is that of `JSON.stringify`, byte for byte; what is stored depends on nothing else.
 * 2. What is stored tells by its first character how it was packed: `=` not at all, `y` by
 *    Zstandard; `{` and `z` were written when no delta could stand on them yet. Anything else was
 *    written by a newer program, and is refused as that (C8).
 */
import type { JsonObject } from "../machines/json.ts";
import { UnknownVersion } from "../machines/versions.ts";

/** Shorter texts gain nothing. */
const PACKED_CHARS_MIN = 1_024;
/** A larger one is near a limit of the store, and limits are those of the text. */
const PACKED_CHARS_MAX = 1_048_576;
/** The fastest: the next ones take twice the time for a tenth of the bytes. */
const LEVEL = 1;

const PLAIN = "=";
const PACKED = "y";
/** Before deltas: long lists were packed by themselves, and left a hole in the text. */
const OLD_PLAIN = "{";
const OLD_PACKED = "z";
const OLD_BETWEEN = ".";
const OLD_HOLE = "\u0001";

export function pack(value: JsonObject): string {
  const text = JSON.stringify(value);
  return text.length < PACKED_CHARS_MIN || text.length > PACKED_CHARS_MAX
    ? PLAIN + text
    : PACKED + squeezed(text);
}

export function unpack(stored: string): string {
  switch (stored[0]) {
    case PLAIN:
      return stored.slice(PLAIN.length);
    case PACKED:
      return restored(stored.slice(PACKED.length));
    case OLD_PLAIN:
      return stored;
    case OLD_PACKED:
      return withoutHoles(stored.slice(OLD_PACKED.length));
    default:
      throw new UnknownVersion("the envelope is packed in a way that only another node can read");
  }
}

function withoutHoles(stored: string): string {
  const [text = "", ...lists] = stored.split(OLD_BETWEEN).map(restored);
  const [first = "", ...others] = text.split(OLD_HOLE);
  return others.reduce((sum, after, index) => sum + (lists[index] ?? "") + after, first);
}

function squeezed(text: string): string {
  return Bun.zstdCompressSync(text, { level: LEVEL }).toString("base64");
}

function restored(packed: string): string {
  return Bun.zstdDecompressSync(Buffer.from(packed, "base64")).toString();
}
