/** The thread that sets one report as PDF: a report in, its bytes or what went wrong out. */
import { type Printable, pdfOf } from "./pdf.ts";

declare const self: Worker;

self.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  pdfOf(parseReport(data)).then(
    (bytes) => self.postMessage({ bytes }, []),
    (error: unknown) => self.postMessage({ failed: String(error) }, []),
  );
});

/** What `printed` sent: it came by structured clone from typed code. */
function parseReport(data: unknown): Printable {
  return data as Printable;
}
