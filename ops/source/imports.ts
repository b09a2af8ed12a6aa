/**
 * The import table: which folder may use which, and which packages.
 *
 * Invariants:
 * 1. Imports point one way: `machines ← actors ← src`, `db ← src`; nobody imports `test/`.
 * 2. What a folder may import from outside is listed here; a package that is not listed is refused.
 */
import { posix } from "node:path";
import { CODE_FOLDERS, type Source, isTypeScript } from "./files.ts";
import type { Finding, Rule } from "./rule.ts";

type Folder = (typeof CODE_FOLDERS)[number];

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

interface Allowance {
  readonly folders: readonly Folder[];
  /** Folders of which only types may be imported. */
  readonly typesOf: readonly Folder[];
  readonly packages: readonly string[] | "all";
  readonly packageTypes: readonly string[];
  /** Single files that may be imported whole although their folder may not. */
  readonly files?: readonly string[];
}

/** What runs in a browser: its own files, the client, and types of everything else. */
const PAGES = "src/pages/";
const PAGES_MAY = ["src/pages/", "src/client/", "src/platform.ts"] as const;
const PAGES_PACKAGES = ["katex", "react", "react-dom", "lean-qr"] as const;

const TABLE: Readonly<Record<Folder, Allowance>> = {
  machines: {
    folders: ["machines"],
    typesOf: [],
    packages: ["xstate", "@sinclair/typebox"],
    packageTypes: [],
  },
  actors: {
    folders: ["machines", "actors"],
    typesOf: [],
    packages: ["redis", "bun", "bun:sqlite", "node:"],
    packageTypes: ["xstate"],
  },
  db: {
    folders: ["db"],
    typesOf: ["machines"],
    packages: ["kysely", "pg", "bun", "node:"],
    packageTypes: [],
    // A branded id is a type that only its parser makes; rows are where ids come from.
    files: ["machines/ids.ts"],
  },
  src: {
    folders: ["machines", "actors", "db", "src"],
    typesOf: [],
    packages: "all",
    packageTypes: [],
  },
  test: { folders: CODE_FOLDERS, typesOf: [], packages: "all", packageTypes: [] },
  ops: {
    folders: ["machines", "actors", "db", "src", "ops"],
    typesOf: [],
    packages: "all",
    packageTypes: [],
  },
};

export const importTable: Rule = {
  name: "imports point one way and only to what the folder may use",
  find: (file) => {
    const folder = CODE_FOLDERS.find((each) => file.path.startsWith(`${each}/`));
    if (folder === undefined || !isTypeScript(file)) {
      return [];
    }
    return importsOf(file).flatMap((one) => [
      ...judge(file, folder, one),
      ...(file.path.startsWith(PAGES) ? judgePages(file, one) : []),
    ]);
  },
};

function judgePages(file: Source, one: Import): readonly Finding[] {
  const target = posix.join(posix.dirname(file.path), one.from);
  const known = one.from.startsWith(".")
    ? one.typeOnly || PAGES_MAY.some((each) => target.startsWith(each))
    : isPackage(one.from, PAGES_PACKAGES);
  return known ? [] : [{ line: one.line, says: `${PAGES} may not import ${one.from}` }];
}

function judge(file: Source, folder: Folder, one: Import): readonly Finding[] {
  const allowed = TABLE[folder];
  const refuse = (says: string): readonly Finding[] => [{ line: one.line, says }];
  if (!one.from.startsWith(".")) {
    const known =
      allowed.packages === "all" ||
      isPackage(one.from, allowed.packages) ||
      (one.typeOnly && isPackage(one.from, allowed.packageTypes));
    return known ? [] : refuse(`${folder}/ may not import ${one.from}`);
  }
  const target = posix.join(posix.dirname(file.path), one.from);
  const targetFolder = CODE_FOLDERS.find((each) => target.startsWith(`${each}/`));
  if (posix.extname(target) === "") {
    return refuse(`write the file's extension: ${one.from}`);
  }
  if (targetFolder === undefined) {
    const isData = target.endsWith(".json") && !target.startsWith("..");
    return isData && allowed.packages === "all" ? [] : refuse(`${one.from} is outside the house`);
  }
  const known =
    allowed.folders.includes(targetFolder) ||
    allowed.files?.includes(target) === true ||
    (one.typeOnly && allowed.typesOf.includes(targetFolder));
  const types = allowed.typesOf.includes(targetFolder) ? " more than types of" : "";
  return known ? [] : refuse(`${folder}/ may not import${types} ${targetFolder}/: ${one.from}`);
}

/** `node:` stands for all modules of Node; any other name also for its sub-paths. */
function isPackage(from: string, names: readonly string[]): boolean {
  return names.some((name) =>
    name.endsWith(":") ? from.startsWith(name) : from === name || from.startsWith(`${name}/`),
  );
}

export function importsOf(file: Source): readonly Import[] {
  const found: Import[] = [];
  for (const [index, token] of file.code.entries()) {
    const after = file.code[index + 1];
    const isSpecifier = after?.kind === "string";
    if (token.kind !== "word" || after === undefined || file.code[index - 1]?.text === ".") {
      continue;
    }
    if ((token.text === "from" || token.text === "import") && isSpecifier) {
      found.push({
        from: after.text.slice(1, -1),
        typeOnly: isTypeOnly(file, index),
        line: token.line,
      });
    }
    const argument = file.code[index + 2];
    if (["import", "require"].includes(token.text) && after.text === "(" && argument) {
      const from = argument.kind === "string" ? argument.text.slice(1, -1) : "(computed)";
      found.push({ from, typeOnly: file.code[index - 1]?.text === "typeof", line: token.line });
    }
  }
  return found;
}

/** `import type …`, or braces in which every name is marked `type`. */
function isTypeOnly(file: Source, fromIndex: number): boolean {
  const brace =
    file.code[fromIndex - 1]?.text === "}" ? file.partner.get(fromIndex - 1) : undefined;
  const before = file.code[(brace ?? fromIndex - 1) - 1]?.text;
  if (before === "type" || file.code[fromIndex - 2]?.text === "type") {
    return true;
  }
  if (brace === undefined || (before !== "import" && before !== "export")) {
    return file.code[fromIndex - 4]?.text === "type" && file.code[fromIndex - 3]?.text === "*";
  }
  const names = file.code.slice(brace + 1, fromIndex - 1).map((token) => token.text);
  return names
    .join(" ")
    .split(",")
    .every((name) => name.trim() === "" || /^type \w/.test(name.trim()));
}
