/**
 * A report on paper, in the language of its reader.
 *
 * Owns the one place that knows pdfmake. DejaVu Sans has Latin, Cyrillic, Greek and Arabic, and is
 * embedded as far as it is used. Nothing is fetched and no file but the two fonts is read.
 */
import { fileURLToPath } from "node:url";
import pdfmake from "pdfmake";
import type { Language } from "../pages/words/words.ts";
import { STYLES, TEXT_SIZE } from "./paper.ts";
import { type Printable, sectionsOf, titleOf } from "./pdf-sections.ts";
import { wordingOf } from "./wording.ts";

const FAMILY = "DejaVu Sans";
const FONTS = {
  normal: fontAt("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
  bold: fontAt("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
};

pdfmake.addFonts({ [FAMILY]: FONTS });
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => path === FONTS.normal || path === FONTS.bold);

export function pdfOf(report: Printable, language: Language): Promise<Uint8Array> {
  const wording = wordingOf(language);
  const alignment = wording.direction === "rtl" ? "right" : "left";
  const document = {
    info: { title: titleOf(report) },
    language,
    pageSize: "A4",
    pageMargins: [40, 40, 40, 50],
    defaultStyle: { font: FAMILY, fontSize: TEXT_SIZE, alignment },
    styles: STYLES,
    footer: (page: number, pages: number) => ({
      text: `${page} / ${pages}`,
      alignment: "center",
      margin: [0, 15, 0, 0],
    }),
    content: sectionsOf(report, wording),
  };
  return pdfmake.createPdf(document).getBuffer();
}

function fontAt(name: string): string {
  return fileURLToPath(import.meta.resolve(name));
}
