/** Rules about the project as a whole: its pages, its packages, and words not meant for readers. */
import { posix } from "node:path";
import type { Source } from "./files.ts";

/** Put together from pieces, so that this file does not hold what it looks for. */
const PRIVATE = new RegExp(
  [
    ["/wo", "rk/(main|shared|\\.)"].join(""),
    ["\\.\\./", "shared/"].join(""),
    ["/tmp/", "(brief|bash_jobs)"].join(""),
    ["registry", "\\.[a-z]+\\.[a-z]{2,}"].join(""),
    ["\\bissue", "s? #?\\d"].join(""),
  ].join("|"),
  "i",
);
const LOCK = "bun.lock";
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const PAGES = /^[^/]+\.md$/;

/** Places of one machine, hosts of registries and numbers of a tracker mean nothing to a reader. */
export function privateWords(files: readonly Source[]): readonly string[] {
  return files.flatMap((file) =>
    file.lines.flatMap((line, index) => {
      const found = PRIVATE.exec(line)?.[0];
      return found === undefined ? [] : [`${file.path}:${index + 1} ${found}`];
    }),
  );
}

/** The lock file names packages, never where this machine happened to get them. */
export function resolvedUrls(files: readonly Source[]): readonly string[] {
  const lock = files.find((file) => file.path === LOCK);
  return (lock?.lines ?? []).flatMap((line, index) =>
    /https?:\/\//.test(line) ? [`${LOCK}:${index + 1} holds a URL`] : [],
  );
}

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Exact versions only; and each dependency is a decision, with its reason in ARCHITECTURE.md. */
export function looseDependencies(manifest: Manifest, files: readonly Source[]): readonly string[] {
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const page = files.find((file) => file.path === "ARCHITECTURE.md")?.text;
  const inexact = all.filter(([, version]) => !EXACT.test(version));
  const silent = Object.keys(manifest.dependencies ?? {}).filter(
    (name) => page !== undefined && !page.includes(`\`${name}\``),
  );
  return [
    ...inexact.map(([name, version]) => `${name}: expected an exact version, found ${version}`),
    ...silent.map((name) => `${name} has no line in ARCHITECTURE.md`),
  ];
}

/** Links from page to page and to files, which a move would break. */
export function deadLinks(files: readonly Source[]): readonly string[] {
  const known = new Set(files.flatMap((file) => [file.path, ...foldersOf(file.path)]));
  return files
    .filter((file) => PAGES.test(file.path))
    .flatMap((file) =>
      [...file.text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
        .map(([, target = ""]) => posix.normalize(target).replace(/\/$/, ""))
        .filter((target) => !known.has(target) && !target.startsWith("http"))
        .map((target) => `${file.path} links to ${target}, which is not there`),
    );
}

export interface ConfigRow {
  readonly name: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** The rows of the README's table of environment variables, as they must stand there. */
export function configRows(rows: readonly ConfigRow[]): readonly string[] {
  return rows.map((row) => `| \`${row.name}\` | ${row.byDefault} | ${row.meaning} |`);
}

/** Rows of any Markdown table whose first cell is a variable's name; padding does not count. */
export function variableRows(page: Source): readonly string[] {
  return page.lines
    .map((line) =>
      line
        .trim()
        .replaceAll(/\s*\|\s*/g, " | ")
        .trim(),
    )
    .filter((line) => /^\| `[A-Z][A-Z0-9_]+` \|/.test(line));
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
