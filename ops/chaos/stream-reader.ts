/**
 * A reader of a session's server-sent events, as a page without a socket would be: it comes back
 * with the id of the last event, in the epoch that it was told.
 */
import type { Heard } from "./history.ts";
import { type Onlooker, type OnlookerParts, pathOf } from "./onlooker.ts";

const OPENED_WITHIN_MS = 5_000;
/** A heartbeat comes every 10 s. */
const SILENT_MS_MAX = 25_000;
const AGAIN_MS = 200;

export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

export function readStream(parts: OnlookerParts): Onlooker {
  const { actor, http, signal } = parts;
  const heard: Heard[] = [];
  const at: Cursor = { id: undefined, epoch: undefined, seq: 0 };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await readOne(parts, at, heard).catch(() => undefined);
      await Bun.sleep(AGAIN_MS);
    }
  };
  void run();
  return {
    ...{ watcher: { actor, name: "the stream", heard }, http },
    get seq() {
      return at.seq;
    },
  };
}

interface Cursor {
  id: string | undefined;
  epoch: string | undefined;
  seq: number;
}

/** One connection, to its end. */
async function readOne(parts: OnlookerParts, at: Cursor, heard: Heard[]): Promise<void> {
  const end = new AbortController();
  const stop = (): void => end.abort();
  parts.signal.addEventListener("abort", stop, { once: true });
  let late = setTimeout(stop, OPENED_WITHIN_MS);
  try {
    const response = await open(parts, at, end.signal);
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(response)) {
      clearTimeout(late);
      late = setTimeout(stop, SILENT_MS_MAX);
      const { events, left } = eventsIn(rest + decoder.decode(chunk, { stream: true }));
      rest = left;
      events.forEach((event) => hear(event, at, heard));
    }
  } finally {
    clearTimeout(late);
    parts.signal.removeEventListener("abort", stop);
  }
}

function open(parts: OnlookerParts, at: Cursor, signal: AbortSignal): Promise<Response> {
  const query = at.epoch === undefined ? "" : `?epoch=${encodeURIComponent(at.epoch)}`;
  return fetch(`${parts.url}/api/v1${pathOf(parts.actor, "stream")}${query}`, {
    signal,
    // A connection of its own, which ends with the stream.
    keepalive: false,
    headers: {
      authorization: `Bearer ${parts.accessToken() ?? ""}`,
      ...(at.id === undefined ? {} : { "last-event-id": at.id }),
    },
  });
}

/** Nothing of an answer that is no stream. */
async function* chunksOf({ ok, body }: Response): AsyncGenerator<Uint8Array> {
  if (!ok || body === null) {
    await body?.cancel();
    return;
  }
  yield* body;
}

/** Whole events; what follows the last empty line is left for the next chunk. */
export function eventsIn(text: string): {
  readonly events: readonly StreamEvent[];
  readonly left: string;
} {
  const blocks = text.split("\n\n");
  const left = blocks.pop() ?? "";
  return { left, events: blocks.flatMap((block) => eventIn(block) ?? []) };
}

function eventIn(block: string): StreamEvent | undefined {
  const fields = new Map(
    block.split("\n").map((line) => {
      const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
      return [name, value] as const;
    }),
  );
  const [event, data] = [fields.get("event"), fields.get("data")];
  return event === undefined || data === undefined
    ? undefined
    : { event, data, id: fields.get("id") };
}

function hear({ event, id, data }: StreamEvent, at: Cursor, heard: Heard[]): void {
  const isReset = event === "view" || event === "reset";
  if (!isReset && event !== "record") {
    return;
  }
  const { seq, epoch } = parseMoved(data);
  heard.push({ kind: isReset ? "reset" : "record", seq });
  at.seq = seq;
  at.id = id ?? at.id;
  at.epoch = epoch ?? at.epoch;
}

function parseMoved(data: string): { readonly seq: number; readonly epoch?: string } {
  return JSON.parse(data) as { readonly seq: number; readonly epoch?: string };
}
