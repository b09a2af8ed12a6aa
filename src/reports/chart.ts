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

type Fill = "plain" | "right" | "wrong";

interface Bar {
  readonly label: string;
  /** 0 to 1 of the width; null: there is no number, and no bar. */
  readonly share: number | null;
  readonly said: string;
  readonly fill: Fill;
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
const SIZE = { width: 640, top: 40, row: 28, bar: 18, left: 220, wide: 300 } as const;
const INK = "#1a1a1a";
const RIGHT = "#15803d";

export function pointsChart({ overall }: Analysis): string {
  const counts = overall.distribution ?? [];
  const most = Math.max(1, ...counts);
  return svgOf({
    id: "points",
    title: "Distribution of points",
    description: `${overall.takers} took part; ${overall.pointsMax} points were to be had.`,
    bars: counts.map((count, band) => ({
      label: `${band === 0 ? "0" : `over ${band * 10}`} to ${(band + 1) * 10} %`,
      share: count / most,
      said: String(count),
      fill: "plain",
    })),
  });
}

export function difficultyChart({ items }: Analysis): string {
  return svgOf({
    id: "difficulty",
    title: "Difficulty of the items",
    description: "The share of its points that each item gave; a long bar is an easy item.",
    bars: items.map(({ prompt, difficulty }, index) => ({
      label: `${index + 1}. ${prompt}`,
      share: difficulty,
      said: difficulty === null ? "not judged" : percent(difficulty),
      fill: "plain",
    })),
  });
}

/** A bar a session, the oldest at the top. */
export function growthChart({ sessions }: Pick<ClassGrowth, "sessions">): string {
  return svgOf({
    id: "growth",
    title: "Share of points by session",
    description: "What part of the points the class earned in each session, the oldest first.",
    bars: sessions.map(({ title, meanShare }, index) => ({
      label: `${index + 1}. ${title}`,
      share: meanShare,
      said: meanShare === null ? "not judged" : percent(meanShare),
      fill: "plain",
    })),
  });
}

/** Undefined: the item has no options. */
export function optionsChart({ roundId, prompt, options }: ItemAnalysis): string | undefined {
  return options === null
    ? undefined
    : svgOf({
        id: `options-${roundId}`,
        title: prompt,
        description: "How many chose each option, and what part they are of those who answered.",
        bars: options.map(({ text, correct, count, share }) => ({
          label: text,
          share,
          said: `${count}${share === null ? "" : ` (${percent(share)})`}${wordOf(correct)}`,
          fill: fillOf(correct),
        })),
      });
}

function wordOf(correct: boolean | null): string {
  return correct === null ? "" : ` ${correct ? "right" : "wrong"}`;
}

function fillOf(correct: boolean | null): Fill {
  return correct === null
    ? "plain"
    : { true: "right" as const, false: "wrong" as const }[`${correct}`];
}

function svgOf({ id, title, description, bars }: Chart): string {
  const shown = bars.slice(0, BARS_MAX);
  const height = SIZE.top + Math.max(1, shown.length) * SIZE.row + 8;
  const rows = shown.map((bar, index) => barOf(id, bar, SIZE.top + index * SIZE.row));
  const none = `<text x="16" y="${SIZE.top + 14}">There are no numbers yet.</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${SIZE.width}" height="${height}"`,
    ` viewBox="0 0 ${SIZE.width} ${height}" aria-labelledby="${id}-title ${id}-desc"`,
    ` font-family="DejaVu Sans, sans-serif" font-size="13" fill="${INK}">`,
    `<title id="${id}-title">${escaped(title)}</title>`,
    `<desc id="${id}-desc">${escaped(description)}</desc>`,
    patternsOf(id),
    `<rect width="${SIZE.width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="25" font-size="15" font-weight="bold">${escaped(shortened(title, 66))}</text>`,
    ...(rows.length === 0 ? [none] : rows),
    "</svg>",
  ].join("");
}

function barOf(id: string, { label, share, said, fill }: Bar, y: number): string {
  const width = Math.round((share ?? 0) * SIZE.wide * 10) / 10;
  const middle = y + 14;
  const rect =
    share === null
      ? ""
      : `<rect x="${SIZE.left}" y="${y}" width="${width}" height="${SIZE.bar}"` +
        ` fill="${fill === "right" ? RIGHT : `url(#${id}-${fill})`}" stroke="${INK}"/>`;
  return (
    `<g><title>${escaped(`${label}: ${said}`)}</title>` +
    `<text x="${SIZE.left - 8}" y="${middle}" text-anchor="end">` +
    `${escaped(shortened(label, LABEL_CHARS_MAX))}</text>${rect}` +
    `<text x="${SIZE.left + width + 6}" y="${middle}">${escaped(said)}</text></g>`
  );
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

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
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
