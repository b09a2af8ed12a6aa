/** The thread that sets one report as PDF: a report in, its bytes or what went wrong out. */
import type { Language } from "../pages/words/words.ts";
import type { Printable } from "./pdf-sections.ts";
import { pdfOf } from "./pdf.ts";

declare const self: Worker;

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  const { report, language } = parseWish(data);
  pdfOf(report, language).then(
    (bytes) => self.postMessage({ bytes }, []),
    (error: unknown) => self.postMessage({ failed: String(error) }, []),
  );
});

/** What `printed` sent: it came by structured clone from typed code. */
function parseWish(data: unknown): { readonly report: Printable; readonly language: Language } {
  return data as { readonly report: Printable; readonly language: Language };
}
