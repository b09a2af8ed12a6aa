/**
 * Rule ids: which headers promise them, and which tests are named by them.
 *
 * An id is one to four capitals and a number, such as `LS3`. A header promises it by an invariant
 * that begins with `LS3:` or has `(LS3)` behind it, a rule that several files keep by several
 * headers; a test proves it by a name that begins with `LS3:`, or with several, `LS3, LS4:`.
 */
import { type Source, isIn } from "./files.ts";

export interface Place {
  readonly id: string;
  readonly says: string;
  readonly path: string;
  readonly line: number;
}

const PROMISE = /^([A-Z]{1,4}\d{1,3}):\s+(\S.*)$/;
const BEHIND = /\s*\(([A-Z]{1,4}\d{1,3}(?:, [A-Z]{1,4}\d{1,3})*)\)/g;
const PROOF = /^["'`]([A-Z]{1,4}\d{1,3}(?:, [A-Z]{1,4}\d{1,3})*):\s+(\S[\s\S]*?)["'`]?$/;

/** What headers promise, in order of path. */
export function promisesOf(files: readonly Source[]): readonly Place[] {
  return files
    .filter((file) => isIn(file, "machines", "actors", "src", "db", "test/contracts"))
    .flatMap((file) => itemsOf(file.header).flatMap((item) => promisesIn(file, item)));
}

function promisesIn(file: Source, item: string): readonly Place[] {
  const [, id, rest = item] = PROMISE.exec(item) ?? [];
  const behind = [...item.matchAll(BEHIND)].flatMap(([, ids = ""]) => ids.split(", "));
  const ids = new Set(id === undefined ? behind : [id, ...behind]);
  const says = rest.replaceAll(BEHIND, "");
  return [...ids].map((each) => ({ id: each, says, path: file.path, line: lineOf(file, each) }));
}

/** A header's invariants and paragraphs, each on one line and without its number. */
function itemsOf(header: string): readonly string[] {
  return header.split(/\n\s*\n|\n(?=\s*(?:\d+\.|[-*]|[A-Z]{1,4}\d{1,3}:)\s)/).map((item) =>
    item
      .trim()
      .replace(/^(?:\d+\.|[-*])\s+/, "")
      .replaceAll(/\s*\n\s*/g, " "),
  );
}

function lineOf(file: Source, id: string): number {
  const isHere = new RegExp(`\\b${id}\\b`);
  return 1 + file.lines.findIndex((line) => isHere.test(line));
}

/** What tests prove: every string of a test, contract or scenario that begins with ids. */
export function proofsOf(files: readonly Source[]): readonly Place[] {
  return files
    .filter(
      (file) =>
        file.path.endsWith(".test.ts") || isIn(file, "test/contracts", "test/sim/scenarios"),
    )
    .flatMap((file) =>
      file.code.flatMap((token) => {
        const literal = token.kind === "string" || token.kind === "template" ? token.text : "";
        const [, ids = "", says = ""] = PROOF.exec(literal) ?? [];
        return ids === ""
          ? []
          : ids.split(", ").map((id) => ({ id, says, path: file.path, line: token.line }));
      }),
    );
}

/** Promises without a proof and proofs without a promise, as sentences. */
export function loose(promises: readonly Place[], proofs: readonly Place[]): readonly string[] {
  const promised = new Set(promises.map((each) => each.id));
  const proved = new Set(proofs.map((each) => each.id));
  const at = (place: Place): string => `${place.path}:${place.line} ${place.id}`;
  return [
    ...promises.filter((each) => !proved.has(each.id)).map((each) => `${at(each)} has no test`),
    ...proofs.filter((each) => !promised.has(each.id)).map((each) => `${at(each)} is in no header`),
  ];
}
