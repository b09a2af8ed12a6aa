/** The thread that sets one report as PDF: a report in, its bytes or what went wrong out. */
import type { Report } from "../../machines/learning-session/report.ts";
import type { Analysis } from "./item-analysis.ts";
import { pdfOf } from "./pdf.ts";

declare const self: Worker;

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  pdfOf(parseReport(data)).then(
    (bytes) => self.postMessage({ bytes }, []),
    (error: unknown) => self.postMessage({ failed: String(error) }, []),
  );
});

/** What `printed` sent: it came by structured clone from typed code. */
function parseReport(data: unknown): Report & Partial<Analysis> {
  return data as Report & Partial<Analysis>;
}
