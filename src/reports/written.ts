/**
 * The order in which words stand on a line of a PDF.
 *
 * pdfmake sets words from left to right, and its fonts the letters of each word in their own
 * direction; so the order of words is made here, as the Unicode bidirectional algorithm (UAX 9) has
 * it for two levels, by whole words: P2 (a text runs as its first letter does), W7, N1, N2 and L4.
 * Lines that have to be turned are broken here too, by how many letters surely fit.
 */
export interface Piece {
  readonly text: string;
}

export type Direction = "ltr" | "rtl";

/** Whose letters run to the left, to the right, a number, or a sign that goes with neighbours. */
type Kind = "leftwards" | "rightwards" | "number" | "sign";

/** The parts of a word, set one by one without a space, from left to right. */
type Parts = readonly string[];

interface Run {
  readonly leftwards: boolean;
  readonly words: string[];
}

const LEFTWARDS = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;
/** No-break spaces hold a number and its sign together. */
const SPACE = /[^\S\u{A0}\u{202F}]+/u;
/** Within a word, where letters that run to the left meet others, or digits. */
const SEAM = seamOf("\\p{Script=Arabic}\\p{Script=Hebrew}");
const LEAD = /^(?![-−%])[\p{P}<>]*/u;
const TRAIL = /(?:(?!%)[\p{P}<>])*$/u;
const MIRRORED: Readonly<Record<string, string>> = {
  ...{ "(": ")", ")": "(", "[": "]", "]": "[", "{": "}", "}": "{" },
  ...{ "<": ">", ">": "<", "«": "»", "»": "«", "‹": "›", "›": "‹" },
};

/** Words and the spaces between them are pieces of their own: a space belongs to no direction. */
export function piecesOf(
  text: string,
  { base = "ltr", charsMax = Infinity }: { base?: Direction; charsMax?: number } = {},
): readonly Piece[] {
  const words = text.split(SPACE).filter((each) => each !== "");
  const direction = directionOf(words) ?? base;
  const isPlain = direction === "ltr" && !LEFTWARDS.test(text);
  const lines = isPlain ? [words] : brokenAt(words, charsMax);
  return lines.flatMap((line, index) => {
    const set = ordered(line, direction);
    const pieces = set.flatMap((parts, at) => (at === 0 ? parts : [" ", ...parts]));
    return (index === 0 ? pieces : ["\n", ...pieces]).map((each) => ({ text: each }));
  });
}

function directionOf(words: readonly string[]): Direction | undefined {
  const strong = words.map(kindOf).find((kind) => kind === "leftwards" || kind === "rightwards");
  return strong && (strong === "leftwards" ? "rtl" : "ltr");
}

/** Greedily; a word that is longer than a line has one to itself. */
function brokenAt(words: readonly string[], charsMax: number): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let chars = Infinity;
  for (const word of words) {
    const more = [...word].length;
    const fits = chars + 1 + more <= charsMax;
    if (lines.length === 0 || !fits) {
      lines.push([]);
    }
    chars = fits && lines.length > 0 && chars !== Infinity ? chars + 1 + more : more;
    lines.at(-1)?.push(word);
  }
  return lines;
}

function ordered(words: readonly string[], base: Direction): readonly Parts[] {
  const runs: Run[] = [];
  for (const [index, leftwards] of turnsOf(words, base).entries()) {
    const word = words[index] ?? "";
    const last = runs.at(-1);
    if (last?.leftwards === leftwards) {
      last.words.push(word);
    } else {
      runs.push({ leftwards, words: [word] });
    }
  }
  const inOrder = base === "rtl" ? runs.toReversed() : runs;
  return inOrder.flatMap((run) => setOf(run, base));
}

/** Which words run to the left: a number as what is before it, a sign as what is around it. */
function turnsOf(words: readonly string[], base: Direction): readonly boolean[] {
  const rest = base === "rtl";
  let strong = rest;
  const known = words.map(kindOf).map((kind) => {
    strong = kind === "leftwards" || (kind === "rightwards" ? false : strong);
    return kind === "sign" ? undefined : strong;
  });
  return known.map((each, index) => {
    const before = known.slice(0, index).findLast((one) => one !== undefined) ?? rest;
    const after = known.slice(index).find((one) => one !== undefined) ?? rest;
    return each ?? (before === after ? before : rest);
  });
}

function kindOf(word: string): Kind {
  const letter = /\p{L}/u.exec(word)?.[0];
  if (letter !== undefined) {
    return LEFTWARDS.test(letter) ? "leftwards" : "rightwards";
  }
  return /\p{N}/u.test(word) ? "number" : "sign";
}

/** Signs at the edges of a run against the text's direction are the text's. */
function setOf({ leftwards, words }: Run, base: Direction): readonly Parts[] {
  const isAgainst = leftwards !== (base === "rtl");
  const lead = isAgainst ? (LEAD.exec(words[0] ?? "")?.[0] ?? "") : "";
  const bare = words.with(0, (words[0] ?? "").slice(lead.length));
  const last = bare.at(-1) ?? "";
  const trail = isAgainst ? (TRAIL.exec(last)?.[0] ?? "") : "";
  const inner = bare.with(bare.length - 1, last.slice(0, last.length - trail.length));
  const set = leftwards
    ? inner.toReversed().map(turnedParts)
    : inner.map((word) => word.split(SEAM));
  const [first, end] = base === "rtl" ? [turned(trail), turned(lead)] : [lead, trail];
  const opened = set.with(0, [first, ...(set[0] ?? [])]);
  const closed = opened.with(opened.length - 1, [...(opened.at(-1) ?? []), end]);
  return closed.map((parts) => parts.filter((part) => part !== ""));
}

function turnedParts(word: string): Parts {
  const parts = word.split(SEAM).toReversed();
  return parts.map((part) => (LEFTWARDS.test(part) ? mirrored(part) : swapped(part)));
}

/** Nothing turns a number; what stands before and behind it changes places. */
function swapped(text: string): string {
  const lead = LEAD.exec(text)?.[0] ?? "";
  const rest = text.slice(lead.length);
  const trail = TRAIL.exec(rest)?.[0] ?? "";
  return `${turned(trail)}${rest.slice(0, rest.length - trail.length)}${turned(lead)}`;
}

function turned(signs: string): string {
  return mirrored([...signs].toReversed().join(""));
}

/** The font turns letters, and leaves brackets as they are. */
function mirrored(text: string): string {
  return [...text].map((sign) => MIRRORED[sign] ?? sign).join("");
}

function seamOf(leftwards: string): RegExp {
  const other = `(?![${leftwards}])[\\p{L}\\p{N}]`;
  const behind = `(?<=[${leftwards}][^${leftwards}\\p{L}\\p{N}]*)(?=${other})`;
  return new RegExp(`${behind}|(?<=${other}[^${leftwards}]*)(?=[${leftwards}])`, "u");
}
