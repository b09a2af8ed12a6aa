/**
 * A report on paper: what happened, charts, each student and item, as far as the reader has it.
 *
 * Owns the one place that knows pdfmake. DejaVu Sans has Latin, Cyrillic, Greek and Arabic, and is
 * embedded as far as it is used. Nothing is fetched and no file but the two fonts is read.
 */
import { fileURLToPath } from "node:url";
import pdfmake from "pdfmake";
import type { Report, ReportRow } from "../../machines/learning-session/report.ts";
import { difficultyChart, optionsChart, pointsChart } from "./chart.ts";
import type { ClassInSession } from "./expected.ts";
import type { GroupResult } from "./group-results.ts";
import type { Analysis, ItemAnalysis, Overall } from "./item-analysis.ts";
import { type Piece, piecesOf } from "./written.ts";

/** What hosts have beside the report itself. */
export interface Printable extends Report, Partial<Analysis> {
  readonly class?: ClassInSession | null;
  readonly groups?: readonly GroupResult[];
}
type Row = Pick<ReportRow, "name" | "attendance" | "points">;
type Cell = string | { readonly text: readonly Piece[] | string; readonly bold?: boolean };

/** Four pages or so, and layout takes time: what more there is has a chart of its own. */
const OPTION_CHARTS_MAX = 20;
const PROMPT_CHARS_MAX = 60;
/** Points; a chart of a hundred items is as high as a page, and no higher. */
const PICTURE = [480, 700];
const FAMILY = "DejaVu Sans";
const FONTS = {
  normal: fontAt("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  bold: fontAt("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
};

pdfmake.addFonts({ [FAMILY]: FONTS });
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => path === FONTS.normal || path === FONTS.bold);

export function pdfOf(report: Printable): Promise<Uint8Array> {
  const { session, items, overall } = report;
  const title = typeof session["title"] === "string" ? shortened(session["title"]) : "";
  const document = {
    info: { title },
    pageSize: "A4",
    pageMargins: [40, 40, 40, 50],
    defaultStyle: { font: FAMILY, fontSize: 9 },
    styles: {
      title: { fontSize: 13, bold: true, margin: [0, 0, 0, 6] },
      heading: { fontSize: 12, bold: true, margin: [0, 14, 0, 6] },
    },
    footer: (page: number, pages: number) => ({
      text: `${page} / ${pages}`,
      alignment: "center",
      margin: [0, 15, 0, 0],
    }),
    content: [
      { text: piecesOf(title), style: "title" },
      timesOf(report),
      ...(items === undefined || overall === undefined ? [] : wholeOf({ items, overall })),
      { text: "Students", style: "heading" },
      tableOf(["Name", "Attendance", "Points"], rowsOf(report), ["*", 90, 60]),
      ...(items === undefined ? [] : itemsOf(items)),
    ],
  };
  return pdfmake.createPdf(document).getBuffer();
}

function fontAt(name: string): string {
  return fileURLToPath(import.meta.resolve(name));
}

function timesOf({ session }: Report): string {
  const { startedAt, endedAt } = session;
  const said = (at: unknown) =>
    typeof at === "string" ? `${at.slice(0, 16).replace("T", " ")} UTC` : "not yet";
  return `Began: ${said(startedAt)}. Ended: ${said(endedAt)}.`;
}

function wholeOf(analysis: Analysis): readonly object[] {
  return [
    { text: linesOf(analysis.overall).join("\n"), margin: [0, 6, 0, 8] },
    ...[pointsChart(analysis), difficultyChart(analysis)].map(picture),
  ];
}

function linesOf(overall: Overall): readonly string[] {
  const { takers, pointsMean, pointsMax, reliability, reliabilityKind, attendance } = overall;
  const kind = reliabilityKind === "kr-20" ? "KR-20" : "Cronbach's alpha";
  const { present, late, absent, excused } = attendance;
  return [
    `Took part: ${takers}. Points on average: ${written(pointsMean)} of ${written(pointsMax)}.`,
    `Present: ${present}, late: ${late}, absent: ${absent}, excused: ${excused}.`,
    ...(reliability === null ? [] : [`Reliability (${kind}): ${written(reliability)}.`]),
  ];
}

function rowsOf({ participants, class: held }: Printable): readonly (readonly Cell[])[] {
  const missing = (held?.expected ?? []).map((row) => rowOf({ ...row, points: null }));
  return [...participants.map(rowOf), ...missing];
}

function rowOf({ name, attendance, points }: Row): readonly Cell[] {
  return [{ text: piecesOf(name) }, attendance ?? "–", written(points)];
}

function itemsOf(items: readonly ItemAnalysis[]): readonly object[] {
  const rows = items.map((item, index) => [
    { text: piecesOf(`${index + 1}. ${shortened(item.prompt)}`) },
    `${item.answered} / ${item.takers}`,
    ...[item.difficulty, item.discrimination, item.upperLower].map(written),
  ]);
  const head = ["Item", "Answers", "Difficulty", "Discrimination", "Upper − lower"];
  const charts = items.flatMap((item) => optionsChart(item) ?? []).slice(0, OPTION_CHARTS_MAX);
  return [
    { text: "Items", style: "heading" },
    tableOf(head, rows, ["*", 50, 55, 80, 75]),
    ...charts.map((svg, index) =>
      index === 0
        ? { stack: [{ text: "Options", style: "heading" }, picture(svg)], unbreakable: true }
        : picture(svg),
    ),
  ];
}

function tableOf(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  widths: readonly (string | number)[],
): object {
  const body = [head.map((text) => ({ text, bold: true })), ...rows];
  return {
    layout: "lightHorizontalLines",
    table: { headerRows: 1, dontBreakRows: true, widths, body },
  };
}

function picture(svg: string): object {
  return { svg, fit: PICTURE, margin: [0, 4, 0, 4] };
}

function written(value: number | null): string {
  return value === null ? "–" : String(Math.round(value * 100) / 100);
}

function shortened(text: string): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length <= PROMPT_CHARS_MAX
    ? letters.join("")
    : `${letters.slice(0, PROMPT_CHARS_MAX - 1).join("")}…`;
}
