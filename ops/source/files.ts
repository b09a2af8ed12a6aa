/**
 * The project's own files, read and tokenized, for the rules of the house to look at.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Token, tokenize } from "./tokens.ts";

export interface Source {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Without comments; empty for other languages than TypeScript. */
  readonly code: readonly Token[];
  readonly comments: readonly Token[];
  /** The text of the comment that the file opens with, without its marks. */
  readonly header: string;
  /** For each token of `code`, the index of the innermost bracket around it; −1 for none. */
  readonly around: readonly number[];
  /** For each bracket of `code`, the index of the one that it belongs with. */
  readonly partner: ReadonlyMap<number, number>;
}

/** Folders that hold code; the rules about code look nowhere else. */
export const CODE_FOLDERS = ["machines", "actors", "db", "src", "test", "ops"] as const;

/** What is not the project's: made here, kept out of git. */
const SKIPPED = new Set([
  ...[".git", "node_modules", ".bun", "data", "coverage", "artefacts"],
  ...[".env", "package-lock.json"],
]);
/** Larger files are data; none of the rules is about data. */
const TEXT_BYTES_MAX = 1_000_000;

const SCRIPT = /\.tsx?$/;

/** Every text file of the project, in order of path. */
export function projectFiles(root: string): readonly Source[] {
  return walk(root, "")
    .toSorted()
    .map((path) => ({ path, bytes: readFileSync(join(root, path)) }))
    .filter(({ bytes }) => bytes.length <= TEXT_BYTES_MAX && !bytes.includes(0))
    .map(({ path, bytes }) => source(path, bytes.toString("utf8")));
}

export function source(path: string, text: string): Source {
  const tokens = SCRIPT.test(path) ? tokenize(text) : [];
  const isComment = (token: Token): boolean => token.kind === "comment" || token.kind === "doc";
  const code = tokens.filter((token) => !isComment(token));
  return {
    path,
    text,
    lines: text.split("\n"),
    code,
    comments: tokens.filter(isComment),
    header: headerOf(path, text),
    ...bracketsOf(code),
  };
}

export function isTypeScript(file: Source): boolean {
  return SCRIPT.test(file.path);
}

export function isIn(file: Source, ...folders: readonly string[]): boolean {
  return folders.some((folder) => file.path.startsWith(`${folder}/`));
}

function walk(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name) && !entry.isSymbolicLink())
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(root, path) : [path];
    });
}

const HEADERS: readonly { readonly of: RegExp; readonly header: RegExp; readonly mark: RegExp }[] =
  [
    { of: SCRIPT, header: /^(?:#![^\n]*\n)?\/\*\*([\s\S]*?)\*\//, mark: /^[ \t]*\* ?/gm },
    { of: /\.(lua|sql)$/, header: /^(?:#![^\n]*\n)?((?:--[^\n]*\n)+)/, mark: /^-- ?/gm },
    { of: /(\.sh|\/run)$/, header: /^#![^\n]*\n((?:#[^\n]*\n)+)/, mark: /^# ?/gm },
  ];

function headerOf(path: string, text: string): string {
  const kind = HEADERS.find((each) => each.of.test(path));
  const found = kind?.header.exec(text)?.[1] ?? "";
  return kind === undefined ? "" : found.replaceAll(kind.mark, "").trim();
}

function bracketsOf(code: readonly Token[]): Pick<Source, "around" | "partner"> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  const around = code.map((token, index) => {
    if (token.kind === "mark" && [")", "]", "}"].includes(token.text)) {
      const opener = open.pop();
      if (opener !== undefined) {
        partner.set(opener, index).set(index, opener);
      }
    }
    const innermost = open.at(-1) ?? -1;
    if (token.kind === "mark" && ["(", "[", "{", "${"].includes(token.text)) {
      open.push(index);
    }
    return innermost;
  });
  return { around, partner };
}
