/**
 * Zip archives, written, and read within limits: what comes in is not trusted.
 *
 * Invariants:
 * ZI1: Never more is unpacked than the limits and one slice's worth, whatever sizes the archive
 *    claims; a bomb is refused while it unpacks. A picture that is too large by itself is left out.
 * ZI2: Names are names: nothing is ever written to a place that an archive names.
 */
import { PICTURE_BYTES_MAX } from "./picture.ts";
import { Unzip, UnzipInflate, type ZippableFile, strToU8, zipSync } from "fflate";

/** A lesson's steps, each in a file, with its manifest, a test, and pictures. */
const FILES_MAX = 2_000;
/** Texts: as much as a whole lesson may be on the wire, and sixteen bytes of markup for one. */
const TEXT: Limits = { fileBytesMax: 1024 * 1024, totalBytesMax: 16 * 1024 * 1024 };
/** As much as may be sent by itself, and four times what a packed package has. */
const PICTURE: Limits = { fileBytesMax: PICTURE_BYTES_MAX, totalBytesMax: 64 * 1024 * 1024 };
/** A packed byte becomes a thousand at most, so a slice becomes 4 MiB before anybody looks. */
const SLICE_BYTES = 4 * 1024;
/** The earliest time that zip can say: the same lesson gives the same bytes. */
const NO_TIME = "1980-01-01T00:00:00";

interface Limits {
  readonly fileBytesMax: number;
  readonly totalBytesMax: number;
}

/** What a file is unpacked as; undefined: it is counted, and no more. */
export type FileKind = "text" | "picture" | undefined;

export type Unpacked =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly message: string };

/** Pictures are packed already. */
export function zipped(files: ReadonlyMap<string, string | Uint8Array>): Uint8Array {
  const entries = [...files].map(([name, file]): [string, ZippableFile] =>
    typeof file === "string" ? [name, [strToU8(file), { level: 6 }]] : [name, [file, { level: 0 }]],
  );
  return zipSync(Object.fromEntries(entries), { mtime: NO_TIME });
}

export function unzipped(bytes: Uint8Array, kindOf: (name: string) => FileKind): Unpacked {
  const state: Unpacking = { files: new Map(), seen: 0, open: 0, fault: undefined };
  const totals = { text: 0, picture: 0 };
  const unzip = new Unzip((file) => {
    state.seen += 1;
    if (state.seen > FILES_MAX) {
      state.fault = `expected at most ${FILES_MAX} files`;
      return;
    }
    const kind = kindOf(file.name);
    if (state.fault === undefined && kind !== undefined) {
      gather(state, file, { kind, totals });
    }
  });
  unzip.register(UnzipInflate);
  try {
    for (let at = 0; at < bytes.length && state.fault === undefined; at += SLICE_BYTES) {
      unzip.push(bytes.subarray(at, at + SLICE_BYTES), at + SLICE_BYTES >= bytes.length);
    }
  } catch (error) {
    // The library throws its own errors, of which nothing but that it is no archive is known.
    return { ok: false, message: error instanceof Error ? "expected a whole zip archive" : "" };
  }
  return finished(state);
}

interface Unpacking {
  readonly files: Map<string, Uint8Array>;
  seen: number;
  open: number;
  fault: string | undefined;
}

interface Counted {
  readonly kind: "text" | "picture";
  readonly totals: Record<"text" | "picture", number>;
}

function gather(
  state: Unpacking,
  file: Parameters<Unzip["onfile"]>[0],
  { kind, totals }: Counted,
): void {
  const { fileBytesMax, totalBytesMax } = kind === "text" ? TEXT : PICTURE;
  const chunks: Uint8Array[] = [];
  let size = 0;
  state.open += 1;
  file.ondata = (error, chunk, final) => {
    if (error !== null) {
      state.fault ??= "expected a whole zip archive";
      return;
    }
    size += chunk.length;
    totals[kind] += chunk.length;
    const isTooLarge = size > fileBytesMax;
    if (totals[kind] > totalBytesMax || (isTooLarge && kind === "text")) {
      state.fault ??= `expected at most ${fileBytesMax} bytes a file, ${totalBytesMax} in all`;
    }
    if (state.fault !== undefined || isTooLarge) {
      chunks.length = 0;
    } else {
      chunks.push(chunk);
    }
    if (final && state.fault === undefined) {
      state.open -= 1;
      if (!isTooLarge) {
        state.files.set(file.name, Buffer.concat(chunks));
      }
    }
  };
  file.start();
}

function finished({ files, seen, open, fault }: Unpacking): Unpacked {
  if (fault !== undefined) {
    return { ok: false, message: fault };
  }
  return seen === 0 || open > 0
    ? { ok: false, message: "expected a whole zip archive" }
    : { ok: true, files };
}
