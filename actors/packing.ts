/**
 * Packing: the text of an envelope as it is stored, an eighth of its size where that pays.
 *
 * Every commit writes the whole envelope, and most of it is as it was. The objects of the first
 * levels (the envelope, its snapshot, the snapshot's context, the context's members and rows) are
 * walked through, and what one of them holds is written again only where it is another than last
 * time: a class of thirty keeps a hundred objects, and to look at each of them is what a commit
 * would cost most. A long list on the way is packed by itself, once for as long as it stays.
 * Invariants:
 * 1. The text is that of `JSON.stringify`, byte for byte; what is stored depends on nothing else.
 * 2. Parts are immutable: what was written once is never changed afterwards.
 * 3. What is stored tells by its first character how it was packed: `{` not at all, `z` by
 *    Zstandard. Anything else was written by a newer program, and is refused as that (C8).
 */
import type { Json, JsonObject } from "../machines/json.ts";
import { UnknownVersion } from "../machines/versions.ts";

const WALKED_LEVELS = 5;
/** Deeper ones stay in the text. */
const PACKED_LISTS_LEVELS = 3;
/** Shorter texts gain nothing. */
const PACKED_CHARS_MIN = 1_024;
/** A larger one is near a limit of the store, and limits are those of the text. */
const PACKED_CHARS_MAX = 1_048_576;
/** The fastest: the next ones take twice the time for a tenth of the bytes. */
const LEVEL = 1;

const MARK = "z";
const BETWEEN = ".";
/** Where a list was that is packed by itself: no JSON text has this character. */
const HOLE = "\u0001";

/** A list that is packed by itself. */
interface PackedList {
  readonly packed: string;
  readonly chars: number;
}

/** An object as it was last written, in place: by member, what it was and how long its text is. */
interface Written {
  readonly names: readonly string[];
  readonly members: (Json | undefined)[];
  /** With the name and what is before it. */
  readonly lengths: number[];
  /** Undefined where its text is all there is. */
  readonly inner: (Written | PackedList | undefined)[];
}

/** Where an object was, in the text before. */
interface Before {
  readonly written: Written;
  readonly at: number;
}

/** Packs one actor's envelopes, one after the other. */
export class Packer {
  #text = "";
  #written: Written | undefined;

  pack(value: JsonObject): string {
    const writer = new Writer(this.#text);
    const before = this.#written && { written: this.#written, at: 0 };
    // What throws on the way leaves nothing half-written to copy from.
    this.#written = undefined;
    const written = writer.write(value, 1, before);
    const { text } = writer;
    const lists = listsOf(written, 1);
    const chars = lists.reduce((sum, list) => sum + list.chars - HOLE.length, text.length);
    if (chars > PACKED_CHARS_MAX) {
      this.#text = "";
      return JSON.stringify(value);
    }
    this.#written = written;
    this.#text = text;
    if (chars < PACKED_CHARS_MIN) {
      return text;
    }
    return MARK + [squeezed(text), ...lists.map(({ packed }) => packed)].join(BETWEEN);
  }
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

class Writer {
  readonly #before: string;
  #text = "";
  /** What is still to be copied from the text before. */
  #from = 0;
  #to = 0;

  constructor(before: string) {
    this.#before = before;
  }

  get text(): string {
    this.#copy();
    return this.#text;
  }

  write(value: JsonObject, level: number, before: Before | undefined): Written {
    const { names, members } = membersOf(value);
    const was = before?.written;
    const aligned = was === undefined ? 0 : alike(was.names, names);
    const isSame = was?.names.length === aligned && names.length === aligned;
    const written: Written =
      was !== undefined && isSame ? was : { names, members: [], lengths: [], inner: [] };
    let at = before?.at ?? 0;
    for (let index = 0; index < names.length; index += 1) {
      const member = members[index] ?? null;
      const isThere = index < aligned;
      const length = isThere ? (was?.lengths[index] ?? 0) : 0;
      const inner = isThere ? was?.inner[index] : undefined;
      if (isThere && was?.members[index] === member) {
        this.#keep(at, at + length);
        if (!isSame) {
          put(written, index, { member, length, inner });
        }
      } else {
        const began = this.#length;
        const label = `${index === 0 ? "{" : ","}${JSON.stringify(names[index])}:`;
        this.#put(label);
        const anew = this.#part(member, level, placed(inner, at + label.length));
        put(written, index, { member, length: this.#length - began, inner: anew });
      }
      at += length;
    }
    this.#put(names.length === 0 ? "{}" : "}");
    return written;
  }

  #part(part: Json, level: number, before: Before | undefined): Written | PackedList | undefined {
    if (part !== null && typeof part === "object" && !isList(part) && level < WALKED_LEVELS) {
      return this.write(part, level + 1, before);
    }
    const text = JSON.stringify(part);
    const isPacked = isList(part) && level <= PACKED_LISTS_LEVELS;
    if (!isPacked || text.length < PACKED_CHARS_MIN) {
      this.#put(text);
      return undefined;
    }
    this.#put(HOLE);
    return { packed: squeezed(text), chars: text.length };
  }

  get #length(): number {
    return this.#text.length + this.#to - this.#from;
  }

  #put(text: string): void {
    this.#copy();
    this.#text += text;
  }

  #keep(from: number, to: number): void {
    if (from !== this.#to) {
      this.#copy();
      this.#from = from;
    }
    this.#to = to;
  }

  #copy(): void {
    this.#text += this.#before.slice(this.#from, this.#to);
    this.#from = this.#to;
  }
}

function placed(part: Written | PackedList | undefined, at: number): Before | undefined {
  return part !== undefined && "names" in part ? { written: part, at } : undefined;
}

function put(
  written: Written,
  index: number,
  what: {
    readonly member: Json;
    readonly length: number;
    readonly inner: Written | PackedList | undefined;
  },
): void {
  written.members[index] = what.member;
  written.lengths[index] = what.length;
  written.inner[index] = what.inner;
}

/** How many names the two begin with alike. */
function alike(some: readonly string[], others: readonly string[]): number {
  let count = 0;
  while (count < some.length && count < others.length && some[count] === others[count]) {
    count += 1;
  }
  return count;
}

/** In the order of their holes. */
function listsOf(
  { inner }: Written,
  level: number,
  lists: PackedList[] = [],
): readonly PackedList[] {
  for (const part of inner) {
    if (part !== undefined && "packed" in part) {
      lists.push(part);
    } else if (part !== undefined && level < PACKED_LISTS_LEVELS) {
      listsOf(part, level + 1, lists);
    }
  }
  return lists;
}

/** Those that JSON writes. */
function membersOf(value: JsonObject): Pick<Written, "names" | "members"> {
  const [names, members] = [Object.keys(value), Object.values(value)];
  if (!members.includes(undefined)) {
    return { names, members };
  }
  const written = names.filter((_, index) => members[index] !== undefined);
  return { names: written, members: members.filter((member) => member !== undefined) };
}

function squeezed(text: string): string {
  return Bun.zstdCompressSync(text, { level: LEVEL }).toString("base64");
}

function restored(packed: string): string {
  return Bun.zstdDecompressSync(Buffer.from(packed, "base64")).toString();
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
