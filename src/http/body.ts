/**
 * Reading a request's body: bounded, typed, and guarded, before anything else looks at it.
 *
 * Invariants:
 * 1. Never more than the limit and one chunk are held, whatever `Content-Length` says.
 * 2. What could not be read is a problem without a position, a value or a parser's words.
 */
import { type Problem, problem } from "../problem.ts";
import { guardJson, textFault } from "./text-guard.ts";

/** An answer in open text is 10,000 characters; everything else of a command is small. */
export const COMMAND_BYTES_MAX = 64 * 1024;
/** Two hundred long questions. */
export const LESSON_BYTES_MAX = 1024 * 1024;

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** The body as parsed and guarded JSON; an empty body is refused. */
export async function readJson(request: Request, bytesMax: number): Promise<Read<unknown>> {
  if (!hasType(request, "application/json")) {
    return refuse(problem("unsupported-media-type", "Send Content-Type: application/json."));
  }
  const text = await readText(request, bytesMax);
  if (!text.ok) {
    return text;
  }
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return refuse(problem("malformed", "The body is not JSON."));
  }
  const errors = guardJson(value);
  return errors.length === 0
    ? { ok: true, value }
    : refuse(problem("invalid", "The body holds what is never accepted.", { errors }));
}

/** The body as text, for formats that are not JSON. */
export async function readPlain(request: Request, bytesMax: number): Promise<Read<string>> {
  if (!hasType(request, "text/plain")) {
    return refuse(problem("unsupported-media-type", "Send Content-Type: text/plain."));
  }
  const text = await readText(request, bytesMax);
  const fault = text.ok ? textFault(text.value) : undefined;
  return fault === undefined
    ? text
    : refuse(problem("invalid", `${fault}.`, { errors: [{ path: "", message: fault }] }));
}

/** A file: text as it is, or the bytes of a zip archive in base64. */
export interface FileBody {
  readonly type: "text" | "zip";
  readonly content: string;
}

export async function readFile(request: Request, bytesMax: number): Promise<Read<FileBody>> {
  if (hasType(request, "text/plain")) {
    const text = await readPlain(request, Math.min(bytesMax, LESSON_BYTES_MAX));
    return text.ok ? { ok: true, value: { type: "text", content: text.value } } : text;
  }
  if (!hasType(request, "application/zip")) {
    const detail = "Send Content-Type: text/plain or application/zip.";
    return refuse(problem("unsupported-media-type", detail));
  }
  const bytes = await readBounded(request, bytesMax);
  return bytes.ok
    ? { ok: true, value: { type: "zip", content: Buffer.from(bytes.value).toString("base64") } }
    : bytes;
}

/** What pictures are sent as; what the bytes are is seen when they are decoded. */
export const IMAGE_TYPES = ["image/jpeg", "image/png", "image/webp"] as const;

/** The bytes of a picture in base64. */
export async function readImage(
  request: Request,
  bytesMax: number,
): Promise<Read<{ readonly content: string }>> {
  if (!IMAGE_TYPES.some((type) => hasType(request, type))) {
    const detail = `Send Content-Type: ${IMAGE_TYPES.join(", ")}.`;
    return refuse(problem("unsupported-media-type", detail));
  }
  const bytes = await readBounded(request, bytesMax);
  return bytes.ok
    ? { ok: true, value: { content: Buffer.from(bytes.value).toString("base64") } }
    : bytes;
}

function hasType(request: Request, wanted: string): boolean {
  const [type = "", ...parameters] = (request.headers.get("content-type") ?? "").split(";");
  const charset = parameters
    .map((each) => each.trim().toLowerCase())
    .find((each) => each.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?(utf-8|utf8|us-ascii)"?$/.test(charset);
  return isUtf8 && type.trim().toLowerCase() === wanted;
}

async function readText(request: Request, bytesMax: number): Promise<Read<string>> {
  const bytes = await readBounded(request, bytesMax);
  if (!bytes.ok) {
    return bytes;
  }
  try {
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes.value) };
  } catch {
    return refuse(problem("malformed", "The body is not UTF-8."));
  }
}

async function readBounded(request: Request, bytesMax: number): Promise<Read<Uint8Array>> {
  const tooLarge = problem("too-large", `The body is limited to ${bytesMax} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) {
    return refuse(tooLarge);
  }
  const bytes = await readBytes(request.body ?? [], bytesMax);
  if (bytes === "too-large") {
    return refuse(tooLarge);
  }
  if (bytes === "cut-off") {
    return refuse(problem("malformed", "The body ended before it was complete."));
  }
  return { ok: true, value: bytes };
}

/** `cut-off`: who sent it went away, which is no failure of ours. */
async function readBytes(
  body: AsyncIterable<Uint8Array> | readonly Uint8Array[],
  bytesMax: number,
): Promise<Uint8Array | "too-large" | "cut-off"> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > bytesMax) {
        return "too-large";
      }
      chunks.push(chunk);
    }
  } catch {
    return "cut-off";
  }
  return Buffer.concat(chunks);
}

function refuse(document: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: document };
}
