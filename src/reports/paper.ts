/**
 * Texts, tables and pictures as pdfmake takes them, in the direction of the reader's language.
 *
 * Lines that may hold words of both directions are broken here, by the width that letters surely
 * have.
 */
import type { Wording } from "./wording.ts";
import { type Piece, piecesOf } from "./written.ts";

export interface Column {
  readonly head: string;
  /** Points; the rest of the page is left to the one column without. */
  readonly width?: number;
}

/** A4 less its margins. */
const PAGE_WIDTH = 515;
/** Between two columns, as `lightHorizontalLines` has it. */
const GAP = 16;
/** Of its size: what a letter of DejaVu Sans takes at most on average. */
const LETTER_WIDTH = 0.62;
const BOLD_WIDTH = 0.7;
const SIZES = { title: 13, heading: 12, text: 9 } as const;
/** Points; a chart of a hundred items is as high as a page, and no higher. */
const PICTURE = [480, 700];

export const STYLES = {
  title: { fontSize: SIZES.title, bold: true, margin: [0, 0, 0, 6] },
  heading: { fontSize: SIZES.heading, bold: true, margin: [0, 14, 0, 6] },
};
export const TEXT_SIZE = SIZES.text;

export function textOn(
  wording: Wording,
  text: string,
  style: keyof typeof STYLES | "text" = "text",
): object {
  const letter = SIZES[style] * (style === "text" ? LETTER_WIDTH : BOLD_WIDTH);
  return {
    text: linesOf(wording, text, PAGE_WIDTH / letter),
    ...(style === "text" ? {} : { style }),
  };
}

/** Columns run in the direction of the language. */
export function tableOn(
  wording: Wording,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): object {
  const set = columns.reduce((sum, { width = 0 }) => sum + width, GAP * (columns.length - 1));
  const widths = columns.map(({ width }) => width ?? PAGE_WIDTH - set);
  const lineOf = (bold: boolean) => (text: string, index: number) => {
    const letter = SIZES.text * (bold ? BOLD_WIDTH : LETTER_WIDTH);
    return { text: linesOf(wording, text, (widths[index] ?? PAGE_WIDTH) / letter), bold };
  };
  const inOrder = <Value>(values: readonly Value[]): readonly Value[] =>
    wording.direction === "rtl" ? values.toReversed() : values;
  const head = columns.map((column) => column.head).map(lineOf(true));
  const body = [head, ...rows.map((row) => row.map(lineOf(false)))].map(inOrder);
  return {
    layout: "lightHorizontalLines",
    table: { headerRows: 1, dontBreakRows: true, widths: inOrder(widths), body },
  };
}

export function pictureOn({ direction }: Wording, svg: string): object {
  const alignment = direction === "rtl" ? "right" : "left";
  return { svg, fit: PICTURE, alignment, margin: [0, 4, 0, 4] };
}

function linesOf({ direction }: Wording, text: string, charsMax: number): readonly Piece[] {
  return piecesOf(text, { base: direction, charsMax: Math.floor(charsMax) });
}
