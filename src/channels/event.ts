/**
 * One event of a stream: the documents of the wire as server-sent events.
 *
 * What moves a client's cursor carries its seq as the event's id, which comes back as
 * `Last-Event-ID`; what moves none carries no id.
 */
import type { ByeDocument, Outbound, RecordDocument } from "./wire.ts";

/** A stream begins with `view`, the document of a reset, unless it goes on from a record. */
type StreamEvent = keyof Outbound | "view";

/** A line that begins with a colon is nothing to a client; it keeps the connection in use. */
export const HEARTBEAT = encode(":\n\n");

export function encodeEvent(event: StreamEvent, document: object): Uint8Array {
  return encode(textOf(event, document));
}

/** One after the other, in one piece. */
export function encodeRecords(records: readonly RecordDocument[]): Uint8Array {
  return encode(records.map((record) => textOf("record", record)).join(""));
}

/** Its wait is said in the words of the format too: clients of browsers keep to those. */
export function encodeBye(document: ByeDocument): Uint8Array {
  const { retryAfterMs } = document;
  const retry = retryAfterMs === undefined ? "" : `retry: ${retryAfterMs}\n`;
  return encode(`${retry}${textOf("bye", document)}`);
}

/** JSON has no line breaks outside of its texts, and escapes those inside. */
function textOf(event: StreamEvent, document: object): string {
  const movesCursor = event !== "delta" && "seq" in document;
  const id = movesCursor ? `id: ${String(document.seq)}\n` : "";
  return `${id}event: ${event}\ndata: ${JSON.stringify(document)}\n\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
