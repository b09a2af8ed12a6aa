/**
 * Rule ids: which headers promise them, and which tests are named by them.
 *
 * An id is one to four capitals and a number, such as `LS3`. A header promises it by a line that
 * begins with `LS3:` (an invariant's number may stand before it); a test proves it by a name that
 * begins with `LS3:`, or with several ids, `LS3, LS4:`.
 */
import { type Source, isIn } from "./files.ts";

export interface Place {
  readonly id: string;
  readonly says: string;
  readonly path: string;
  readonly line: number;
}

const PROMISE = /^(?:\d+\.\s+|[-*]\s+)?([A-Z]{1,4}\d{1,3}):\s+(\S.*)$/;
const PROOF = /^["'`]([A-Z]{1,4}\d{1,3}(?:, [A-Z]{1,4}\d{1,3})*):\s+(\S[\s\S]*?)["'`]?$/;

/** What headers promise, in order of path; a promise goes on until the next one or a blank line. */
export function promisesOf(files: readonly Source[]): readonly Place[] {
  return files
    .filter((file) => isIn(file, "machines", "actors", "src", "db", "test/contracts"))
    .flatMap((file) =>
      file.header.split("\n").flatMap((line, index, lines) => {
        const [, id = "", first = ""] = PROMISE.exec(line.trim()) ?? [];
        const rest = lines.slice(index + 1);
        const end = rest.findIndex(
          (each) => each.trim() === "" || /^\s*(\d+\.|[-*]|[A-Z]{1,4}\d{1,3}:)\s/.test(each),
        );
        const more = rest.slice(0, end === -1 ? rest.length : end).map((each) => each.trim());
        return id === ""
          ? []
          : [{ id, says: [first, ...more].join(" "), path: file.path, line: lineOf(file, id) }];
      }),
    );
}

function lineOf(file: Source, id: string): number {
  return 1 + file.lines.findIndex((line) => line.includes(`${id}:`));
}

/** What tests prove: every string of a test or contract that begins with ids is a test's name. */
export function proofsOf(files: readonly Source[]): readonly Place[] {
  return files
    .filter((file) => file.path.endsWith(".test.ts") || isIn(file, "test/contracts"))
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

/** Promises without a proof, proofs without a promise, and ids that one header gives twice. */
export function loose(promises: readonly Place[], proofs: readonly Place[]): readonly string[] {
  const promised = new Set(promises.map((each) => each.id));
  const proved = new Set(proofs.map((each) => each.id));
  const twice = promises.filter((each, index) =>
    promises.some(
      (other, before) => before < index && other.id === each.id && other.path === each.path,
    ),
  );
  const at = (place: Place): string => `${place.path}:${place.line} ${place.id}`;
  return [
    ...promises.filter((each) => !proved.has(each.id)).map((each) => `${at(each)} has no test`),
    ...proofs.filter((each) => !promised.has(each.id)).map((each) => `${at(each)} is in no header`),
    ...twice.map((each) => `${at(each)} is promised twice`),
  ];
}
