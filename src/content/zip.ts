/**
 * Zip archives, written, and read within limits: what comes in is not trusted.
 *
 * Invariants:
 * ZI1: Never more is unpacked than the limits and one slice's worth, whatever sizes the archive
 *    claims; a bomb is refused while it unpacks.
 * ZI2: Names are names: nothing is ever written to a place that an archive names.
 */
import { Unzip, UnzipInflate, strToU8, zipSync } from "fflate";

/** A lesson's steps, each in a file, with its manifest, a test, and pictures that are not read. */
const FILES_MAX = 2_000;
/** As much as a whole lesson may be on the wire, for each file. */
const FILE_BYTES_MAX = 1024 * 1024;
/** Some sixteen bytes of markup for one of content, at a lesson's limit. */
const TOTAL_BYTES_MAX = 16 * 1024 * 1024;
/** A packed byte becomes a thousand at most, so a slice becomes 4 MiB before anybody looks. */
const SLICE_BYTES = 4 * 1024;
/** The earliest time that zip can say: the same lesson gives the same bytes. */
const NO_TIME = "1980-01-01T00:00:00";

export type Unpacked =
  | { readonly ok: true; readonly files: ReadonlyMap<string, Uint8Array> }
  | { readonly ok: false; readonly message: string };

export function zipped(files: ReadonlyMap<string, string>): Uint8Array {
  const entries = [...files].map(([name, text]) => [name, strToU8(text)] as const);
  return zipSync(Object.fromEntries(entries), { mtime: NO_TIME, level: 6 });
}

/** Only files that `wanted` names are unpacked; the others are counted. */
export function unzipped(bytes: Uint8Array, wanted: (name: string) => boolean): Unpacked {
  const state: Unpacking = { files: new Map(), seen: 0, total: 0, open: 0, fault: undefined };
  const unzip = new Unzip((file) => {
    state.seen += 1;
    if (state.seen > FILES_MAX) {
      state.fault = `expected at most ${FILES_MAX} files`;
      return;
    }
    if (state.fault === undefined && wanted(file.name)) {
      gather(state, file);
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
  total: number;
  open: number;
  fault: string | undefined;
}

function gather(state: Unpacking, file: Parameters<Unzip["onfile"]>[0]): void {
  const chunks: Uint8Array[] = [];
  let size = 0;
  state.open += 1;
  file.ondata = (error, chunk, final) => {
    if (error !== null) {
      state.fault ??= "expected a whole zip archive";
      return;
    }
    size += chunk.length;
    state.total += chunk.length;
    if (size > FILE_BYTES_MAX || state.total > TOTAL_BYTES_MAX) {
      state.fault ??= `expected at most ${FILE_BYTES_MAX} bytes a file, ${TOTAL_BYTES_MAX} in all`;
    }
    if (state.fault !== undefined) {
      chunks.length = 0;
      return;
    }
    chunks.push(chunk);
    if (final) {
      state.open -= 1;
      state.files.set(file.name, Buffer.concat(chunks));
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
