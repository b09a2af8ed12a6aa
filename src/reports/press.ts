/**
 * Sets reports as PDF on threads of their own: a class of a thousand takes a second (measured), and
 * meanwhile the classes of this node go on.
 */
import type { Language } from "../pages/words/words.ts";
import type { Printable } from "./pdf-sections.ts";

/** A node has few cores, and its sessions come first. */
const AT_ONCE_MAX = 2;

const running = new Set<Worker>();

/** Undefined: as many as may run are running. */
export async function printed(
  report: Printable,
  language: Language,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (running.size >= AT_ONCE_MAX) {
    return undefined;
  }
  const worker = new Worker(new URL("./pdf-thread.ts", import.meta.url).href);
  running.add(worker);
  try {
    return await answerOf(worker, { report, language });
  } finally {
    running.delete(worker);
    worker.terminate();
  }
}

function answerOf(worker: Worker, wish: object): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const bytes =
        typeof data === "object" && data !== null && "bytes" in data ? data.bytes : undefined;
      if (bytes instanceof Uint8Array) {
        resolve(new Uint8Array(bytes));
      } else {
        reject(new Error(`expected a PDF, found ${JSON.stringify(data)}`));
      }
    });
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    worker.addEventListener("close", () => reject(new Error("expected a PDF, the thread ended")));
    worker.postMessage(wish, []);
  });
}
