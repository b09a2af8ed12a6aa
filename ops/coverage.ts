/**
 * The coverage gate: `bun ops/coverage.ts [LCOV]` prints line coverage per folder from what
 * `bun test --coverage --coverage-reporter=lcov` wrote, and fails below the promised share.
 *
 * Invariants:
 * 1. A file with code that no test loaded counts as not covered at all; the runner leaves it out.
 * 2. A folder that does not exist, or holds types only, is not judged.
 */
import { readFileSync } from "node:fs";
import { projectFiles } from "./source/files.ts";

const ROOT = `${import.meta.dir}/..`;
const DEFAULT_REPORT = "coverage/lcov.info";
/** What decides and what keeps promises is covered to this share of lines; the rest is printed. */
const REQUIRED = { machines: 95, actors: 95 } as const;
const PRINTED = ["machines", "actors", "db", "src"] as const;
/** Names enough to know where to look. */
const WORST_MAX = 5;

export interface Covered {
  readonly path: string;
  readonly lines: number;
  readonly hit: number;
}

export interface FolderCoverage {
  readonly folder: string;
  readonly lines: number;
  readonly hit: number;
  readonly worst: readonly Covered[];
}

/** The files of an lcov report; paths are as the runner saw them from the root. */
export function parseLcov(report: string): readonly Covered[] {
  return report
    .split("end_of_record")
    .map((record) => ({
      path: /^SF:(.*)$/m.exec(record)?.[1] ?? "",
      lines: [...record.matchAll(/^DA:\d+,/gm)].length,
      hit: [...record.matchAll(/^DA:\d+,[1-9]/gm)].length,
    }))
    .filter((file) => file.path !== "");
}

export function byFolder(covered: readonly Covered[]): readonly FolderCoverage[] {
  return PRINTED.map((folder) => {
    const files = covered.filter((file) => file.path.startsWith(`${folder}/`) && file.lines > 0);
    return {
      folder,
      lines: files.reduce((sum, file) => sum + file.lines, 0),
      hit: files.reduce((sum, file) => sum + file.hit, 0),
      worst: files
        .filter((file) => file.hit < file.lines)
        .toSorted((a, b) => b.lines - b.hit - (a.lines - a.hit))
        .slice(0, WORST_MAX),
    };
  });
}

/** What is below its share, as sentences. */
export function shortfalls(folders: readonly FolderCoverage[]): readonly string[] {
  return Object.entries(REQUIRED).flatMap(([name, required]) => {
    const folder = folders.find((each) => each.folder === name);
    const found = folder === undefined || folder.lines === 0 ? 100 : percent(folder);
    return found < required
      ? [`${name}/ is covered to ${found.toFixed(1)} %, ${required} % are promised`]
      : [];
  });
}

/** Files with code that the report does not know, at zero. */
function unloaded(known: readonly Covered[]): readonly Covered[] {
  const transpiler = new Bun.Transpiler({ loader: "ts", trimUnusedImports: true });
  const paths = new Set(known.map((file) => file.path));
  return projectFiles(ROOT)
    .filter((file) => /^(machines|actors)\/.*\.ts$/.test(file.path) && !paths.has(file.path))
    .map((file) => {
      const code = transpiler.transformSync(file.text).replaceAll(/export \{\};?/g, "");
      const lines = code.split("\n").filter((line) => line.trim() !== "").length;
      return { path: file.path, lines, hit: 0 };
    });
}

function percent(part: { readonly lines: number; readonly hit: number }): number {
  return (100 * part.hit) / part.lines;
}

function main(path: string): number {
  const known = parseLcov(readFileSync(path, "utf8"));
  const folders = byFolder([...known, ...unloaded(known)]);
  for (const folder of folders.filter((each) => each.lines > 0)) {
    const share = percent(folder).toFixed(1);
    console.log(
      `coverage ${folder.folder.padEnd(9)} ${share} %  ${folder.hit}/${folder.lines} lines`,
    );
    for (const file of folder.worst) {
      console.log(`         ${percent(file).toFixed(0).padStart(3)} %  ${file.path}`);
    }
  }
  const short = shortfalls(folders);
  for (const sentence of short) {
    console.error(sentence);
  }
  return short.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  process.exitCode = main(process.argv[2] ?? `${ROOT}/${DEFAULT_REPORT}`);
}
