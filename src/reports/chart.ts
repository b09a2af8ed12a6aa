/**
 * Charts as SVG: strings out of numbers, which anybody can read.
 *
 * A chart stands on white of its own, so it reads the same on dark pages and on paper; what a
 * colour says a pattern and a word say too; it has a title and a description, and each bar its full
 * text.
 * Invariants:
 * RP5: No text gets out of its place: the markup is well-formed whatever a label holds.
 */
import type { ClassGrowth } from "./class-growth.ts";
import type { Analysis, ItemAnalysis } from "./item-analysis.ts";
import { ENGLISH, type Wording } from "./wording.ts";
import { piecesOf } from "./written.ts";

type Fill = "plain" | "right" | "wrong";

interface Bar {
  readonly label: string;
  /** 0 to 1 of the width; null: there is no number, and no bar. */
  readonly share: number | null;
  readonly said: string;
  readonly fill: Fill;
}

export interface Sheet {
  readonly wording: Wording;
  /** Nothing there puts the words of a line in order, as a browser does. */
  readonly isPaper: boolean;
}

interface Chart {
  /** Its ids begin with this, so that two charts may stand in one page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly bars: readonly Bar[];
}

/** As many as fill two printed pages; a lesson of more rounds shows its first. */
const BARS_MAX = 100;
const LABEL_CHARS_MAX = 28;
const TITLE_CHARS_MAX = 66;
const SIZE = { width: 640, margin: 16, top: 40, row: 28, bar: 18, left: 220, wide: 300 } as const;
const INK = "#1a1a1a";
const RIGHT = "#15803d";

const SCREEN: Sheet = { wording: ENGLISH, isPaper: false };

export function pointsChart({ overall }: Analysis, sheet = SCREEN): string {
  const { say, number } = sheet.wording;
  const { takers, pointsMax: max } = overall;
  const counts = overall.distribution ?? [];
  const most = Math.max(1, ...counts);
  return svgOf(sheet, {
    id: "points",
    title: say("r.chart-points"),
    description: say("r.chart-points-text", { takers, max }),
    bars: counts.map((count, band) => ({
      label: `${number(band * 10)}–${number((band + 1) * 10)}%`,
      share: count / most,
      said: number(count),
      fill: "plain",
    })),
  });
}

export function difficultyChart({ items }: Analysis, sheet = SCREEN): string {
  return svgOf(sheet, {
    id: "difficulty",
    title: sheet.wording.say("r.chart-difficulty"),
    description: sheet.wording.say("r.chart-difficulty-text"),
    bars: items.map(({ prompt, difficulty }, index) => ({
      label: `${sheet.wording.number(index + 1)}. ${prompt}`,
      ...measured(difficulty, sheet.wording),
    })),
  });
}

/** A bar a session, the oldest at the top. */
export function growthChart({ sessions }: Pick<ClassGrowth, "sessions">, sheet = SCREEN): string {
  return svgOf(sheet, {
    id: "growth",
    title: sheet.wording.say("r.chart-growth"),
    description: sheet.wording.say("r.chart-growth-text"),
    bars: sessions.map(({ title, meanShare }, index) => ({
      label: `${sheet.wording.number(index + 1)}. ${title}`,
      ...measured(meanShare, sheet.wording),
    })),
  });
}

/** Undefined: the item has no options. */
export function optionsChart(item: ItemAnalysis, sheet = SCREEN): string | undefined {
  const { wording } = sheet;
  const { roundId, prompt, options } = item;
  return options === null
    ? undefined
    : svgOf(sheet, {
        id: `options-${roundId}`,
        title: prompt,
        description: wording.say("r.chart-options-text"),
        bars: options.map(({ id, text, correct, count, share }) => ({
          label: item.kind === "true-false" ? truthOf(id, wording) : text,
          share,
          said: [
            wording.number(count),
            ...(share === null ? [] : [`(${wording.percent(share)})`]),
            ...(correct === null ? [] : [wording.say(correct ? "r.right" : "r.wrong")]),
          ].join(" "),
          fill: fillOf(correct),
        })),
      });
}

function truthOf(id: string, { say }: Wording): string {
  return say(id === "true" ? "c.true" : "c.false");
}

function measured(share: number | null, { say, percent }: Wording) {
  const said = share === null ? say("r.not-judged") : percent(share);
  return { share, said, fill: "plain" } as const;
}

function fillOf(correct: boolean | null): Fill {
  return correct === null
    ? "plain"
    : { true: "right" as const, false: "wrong" as const }[`${correct}`];
}

function svgOf(sheet: Sheet, { id, title, description, bars }: Chart): string {
  const shown = bars.slice(0, BARS_MAX);
  const height = SIZE.top + Math.max(1, shown.length) * SIZE.row + 8;
  const rows = shown.map((bar, index) =>
    barOf(sheet, { ...bar, id, y: SIZE.top + index * SIZE.row }),
  );
  const empty = { x: SIZE.margin, y: SIZE.top + 14, text: sheet.wording.say("r.no-numbers") };
  const heading = { x: SIZE.margin, y: 25, text: shortened(title, TITLE_CHARS_MAX) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${SIZE.width}" height="${height}"`,
    ` viewBox="0 0 ${SIZE.width} ${height}" aria-labelledby="${id}-title ${id}-desc"`,
    ` font-family="DejaVu Sans, sans-serif" font-size="13" fill="${INK}">`,
    `<title id="${id}-title">${escaped(title)}</title>`,
    `<desc id="${id}-desc">${escaped(description)}</desc>`,
    patternsOf(id),
    `<rect width="${SIZE.width}" height="${height}" fill="#ffffff"/>`,
    `<g font-size="15" font-weight="bold">${textAt(sheet, heading)}</g>`,
    ...(rows.length === 0 ? [textAt(sheet, empty)] : rows),
    "</svg>",
  ].join("");
}

interface Placed extends Bar {
  readonly id: string;
  readonly y: number;
}

function barOf(sheet: Sheet, { id, y, label, share, said, fill }: Placed): string {
  const width = Math.round((share ?? 0) * SIZE.wide * 10) / 10;
  const middle = y + 14;
  const left = isMirrored(sheet) ? SIZE.width - SIZE.left - width : SIZE.left;
  const named = { x: SIZE.left - 8, y: middle, text: shortened(label, LABEL_CHARS_MAX) };
  const rect =
    share === null
      ? ""
      : `<rect x="${left}" y="${y}" width="${width}" height="${SIZE.bar}"` +
        ` fill="${fill === "right" ? RIGHT : `url(#${id}-${fill})`}" stroke="${INK}"/>`;
  return (
    `<g><title>${escaped(`${label}: ${said}`)}</title>` +
    `${textAt(sheet, { ...named, isBefore: true })}${rect}` +
    `${textAt(sheet, { x: SIZE.left + width + 6, y: middle, text: said })}</g>`
  );
}

interface Line {
  /** From the side where the language begins. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** It ends at `x`, instead of beginning there. */
  readonly isBefore?: boolean;
}

function textAt(sheet: Sheet, { x, y, text, isBefore = false }: Line): string {
  const place = isMirrored(sheet) ? SIZE.width - x : x;
  const anchor = isBefore === isMirrored(sheet) ? "" : ' text-anchor="end"';
  return `<text x="${place}" y="${y}"${anchor}>${lineOf(sheet, text)}</text>`;
}

function isMirrored({ wording }: Sheet): boolean {
  return wording.direction === "rtl";
}

/** As it is, in a direction of its own, or word by word in the order in which words are set. */
function lineOf(sheet: Sheet, text: string): string {
  const { wording, isPaper } = sheet;
  if (!isPaper) {
    return isMirrored(sheet) ? `\u{2068}${escaped(text)}\u{2069}` : escaped(text);
  }
  const pieces = piecesOf(text, { base: wording.direction });
  return pieces
    .map((piece) => `<tspan>${escaped(piece.text === " " ? "\u{A0}" : piece.text)}</tspan>`)
    .join("");
}

/** Right is full and dark, wrong is hatched, and what is neither has dots. */
function patternsOf(id: string): string {
  const pattern = (fill: Exclude<Fill, "right">, ground: string, marks: string) =>
    `<pattern id="${id}-${fill}" width="6" height="6" patternUnits="userSpaceOnUse">` +
    `<rect width="6" height="6" fill="${ground}"/>${marks}</pattern>`;
  const hatch = '<path d="M0 6L6 0" stroke="#9a3412" stroke-width="1.5"/>';
  return [
    "<defs>",
    pattern("wrong", "#fff1e6", hatch),
    pattern("plain", "#c7d8f5", '<circle cx="3" cy="3" r="1" fill="#1e3a8a"/>'),
    "</defs>",
  ].join("");
}

function shortened(text: string, charsMax: number): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length <= charsMax
    ? letters.join("")
    : `${letters.slice(0, charsMax - 1).join("")}…`;
}

/** XML 1.0 has no characters for controls, halves of pairs, U+FFFE and U+FFFF. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\u{FFFD}")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
