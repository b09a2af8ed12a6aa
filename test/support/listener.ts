/**
 * A reader of server-sent events over `fetch` that writes down all it hears, in order.
 *
 * Its parser is written from the format's own description, and knows nothing of the server's.
 */
import { parseObject } from "./school.ts";

export interface HeardEvent {
  readonly event: string;
  /** Absent where the event carried none. */
  readonly id: string | undefined;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface Listener {
  readonly status: number;
  readonly headers: Headers;
  /** Of an answer that is no stream. */
  readonly problem: Readonly<Record<string, unknown>>;
  readonly heard: readonly HeardEvent[];
  of(event: string): readonly HeardEvent[];
  /** The ids and events, for what is to be compared as a whole. */
  seqs(): readonly number[];
  comments(): number;
  /** The server ended it, or it was closed. */
  ended(): boolean;
  close(): void;
}

export interface Noted {
  readonly heard: HeardEvent[];
  comments: number;
  ended: boolean;
}

export async function listen(
  url: string,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Listener> {
  const abort = new AbortController();
  const answer = await fetch(url, {
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    signal: abort.signal,
  });
  const noted: Noted = { heard: [], comments: 0, ended: false };
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const problem = isStream ? {} : parseObject(await answer.text());
  if (isStream && answer.body !== null) {
    void note(answer.body, noted);
  }
  return {
    status: answer.status,
    headers: answer.headers,
    problem,
    heard: noted.heard,
    of: (event) => noted.heard.filter((each) => each.event === event),
    seqs: () => noted.heard.flatMap(({ id }) => (id === undefined ? [] : [Number(id)])),
    comments: () => noted.comments,
    ended: () => noted.ended,
    close: () => abort.abort(),
  };
}

export async function note(body: ReadableStream<Uint8Array>, noted: Noted): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of parseChunks(body)) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      blocks.forEach((block) => noteBlock(block, noted));
    }
  } catch {
    noted.ended = true;
  }
  noted.ended = true;
}

/** Bun's streams are iterable; the types of the web's do not say so. */
function parseChunks(body: unknown): AsyncIterable<Uint8Array> {
  return body as AsyncIterable<Uint8Array>;
}

function noteBlock(block: string, noted: Noted): void {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    fields.set(name, value);
  }
  noted.comments += fields.has("") ? 1 : 0;
  const [event, data] = [fields.get("event"), fields.get("data")];
  if (event !== undefined && data !== undefined) {
    noted.heard.push({ event, id: fields.get("id"), document: parseObject(data) });
  }
}
