/**
 * Pictures as they come in: sniffed, decoded, made smaller, and encoded anew by Bun's own codecs.
 *
 * Invariants:
 * PC1: What goes out is a WebP that was made here. Of what came in it has the picture and its
 *    colour profile: no EXIF, no place where it was taken, no bytes behind its end.
 * PC2: What is no JPEG, PNG or WebP is refused by its first bytes, whatever it is called; what has
 *    more pixels than the limit is refused before it is decoded.
 * PC3: One picture is decoded at a time, and few wait: memory stays below that of one and its line.
 */
import { sha256 } from "../../actors/envelope.ts";

/** A photo of a phone has 3 to 6 MB. */
export const PICTURE_BYTES_MAX = 8 * 1024 * 1024;
/** As a phone takes them; decoded it has 100 MB. */
const PIXELS_MAX = 25_000_000;
/** What a class of thirty loads over one line at once. */
const KEPT_BYTES_MAX = 1024 * 1024;
const WAITING_MAX = 8;
/** The best that is small enough; more than the first side no projector shows. */
const SIZES = [
  { side: 2_000, quality: 82 },
  { side: 1_400, quality: 70 },
  { side: 900, quality: 60 },
] as const;
const ID_CHARS = 32;

export interface Picture {
  readonly id: string;
  readonly mediaType: "image/webp";
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export type ReadPicture =
  | { readonly ok: true; readonly picture: Picture }
  | { readonly ok: false; readonly why: "unknown" | "broken" | "too-large" | "busy" };

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

export async function readPicture(bytes: Uint8Array): Promise<ReadPicture> {
  if (!isKnown(bytes)) {
    return { ok: false, why: "unknown" };
  }
  if (waiting >= WAITING_MAX) {
    return { ok: false, why: "busy" };
  }
  waiting += 1;
  const made = last.then(() => encoded(bytes));
  last = made.then(
    () => undefined,
    () => undefined,
  );
  try {
    return await made;
  } finally {
    waiting -= 1;
  }
}

async function encoded(bytes: Uint8Array): Promise<ReadPicture> {
  for (const size of SIZES) {
    const found = await attempted(bytes, size);
    if (!("bytes" in found)) {
      return { ok: false, why: found.why };
    }
    if (found.bytes.length <= KEPT_BYTES_MAX) {
      const id = pictureIdOf(found.bytes);
      return { ok: true, picture: { id, mediaType: "image/webp", ...found } };
    }
  }
  return { ok: false, why: "too-large" };
}

/** Of its bytes alone: who has a picture that was made here knows its id. */
export function pictureIdOf(bytes: Uint8Array): string {
  return sha256(Buffer.from(bytes).toString("latin1")).slice(0, ID_CHARS);
}

type Attempt =
  | Pick<Picture, "width" | "height" | "bytes">
  | { readonly why: "broken" | "too-large" };

async function attempted(
  bytes: Uint8Array,
  { side, quality }: (typeof SIZES)[number],
): Promise<Attempt> {
  const image = new Bun.Image(bytes, { maxPixels: PIXELS_MAX, autoOrient: true });
  try {
    const made = await image
      .resize(side, side, { fit: "inside", withoutEnlargement: true })
      .webp({ quality })
      .bytes();
    const { width, height } = await new Bun.Image(made).metadata();
    return { width, height, bytes: new Uint8Array(made) };
  } catch (error) {
    if (error instanceof Error && "code" in error) {
      return { why: error.code === "ERR_IMAGE_TOO_MANY_PIXELS" ? "too-large" : "broken" };
    }
    throw error;
  }
}

/** The first bytes of JPEG, PNG and WebP. */
function isKnown(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  return (
    head.startsWith("\u00ff\u00d8\u00ff") ||
    head.startsWith("\u0089PNG\r\n\u001a\n") ||
    /^RIFF[^]{4}WEBP$/.test(head)
  );
}
