/** A rule of the house: what is wrong in one file, as places and sentences. */
import { type Source, isIn } from "./files.ts";

export interface Finding {
  readonly line: number;
  readonly says: string;
}

export interface Rule {
  /** The sentence that the style page holds the code to. */
  readonly name: string;
  readonly find: (file: Source) => readonly Finding[];
}

/** `path:line sentence`, as editors and people read it. */
export function findings(rule: Rule, files: readonly Source[]): readonly string[] {
  return files.flatMap((file) =>
    rule.find(file).map((finding) => `${file.path}:${finding.line} ${finding.says}`),
  );
}

/** Node, Bun and Postgres have files of their own languages; a launcher has no suffix. */
const CODE = /\.(tsx?|lua|sql|sh)$|^ops\/run$/;

export function isCode(file: Source): boolean {
  return CODE.test(file.path) && isIn(file, "machines", "actors", "db", "src", "test", "ops");
}
