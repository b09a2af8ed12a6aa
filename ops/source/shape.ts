/** Rules about a file as a whole: its name, its header, its size, and that it is no barrel. */
import { type Source, isIn, isTypeScript } from "./files.ts";
import { type Finding, type Rule, isCode } from "./rule.ts";

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
/** Names under which anything fits, so everything lands there. */
const SHAPELESS = /^(utils?|helpers?|common|misc|managers?|services?)$/;
const LINES_MAX = 300;
const TEST_LINES_MAX = 500;
/** The most important number in the project: what wires everything must not become everything. */
const RUNTIME_LINES_MAX = 250;
const COLUMNS_MAX = 100;
/** A line with this many characters of strings, templates and patterns may be longer. */
const TEXT_CHARS = 40;
const TEXT = new Set<string>(["string", "template", "pattern"]);

export const names: Rule = {
  name: "files and folders are named in kebab-case after one noun",
  find: (file) => {
    if (!isIn(file, "machines", "actors", "db", "src", "test", "ops")) {
      return [];
    }
    const parts = file.path.split("/");
    const odd = parts
      .filter((part) => !KEBAB.test(part))
      .map((part) => at(1, `expected kebab-case, found ${part}`));
    const shapeless = parts
      .flatMap((part) => part.split(/[-.]/))
      .filter((word) => SHAPELESS.test(word))
      .map((word) => at(1, `a ${word} holds anything: name the file after its noun`));
    const index = parts.at(-1)?.startsWith("index.") === true ? [at(1, "no index files")] : [];
    return [...odd, ...shapeless, ...index];
  },
};

export const headers: Rule = {
  name: "every file opens with a header that says what it is",
  find: (file) => {
    if (!isCode(file)) {
      return [];
    }
    const [first = ""] = file.header.split(/\n\s*\n/);
    const isSentence = /^[\s\S]{14,}[.:?]$/.test(first.trim());
    return isSentence ? [] : [at(1, "expected a header comment that opens with one sentence")];
  },
};

export const sizes: Rule = {
  name: "files stay under their number of lines, and lines under 100 columns",
  find: (file) => {
    if (!isCode(file)) {
      return [];
    }
    const lines = file.lines.length - (file.text.endsWith("\n") ? 1 : 0);
    const max = linesMax(file);
    const long = lines > max ? [at(max, `expected at most ${max} lines, found ${lines}`)] : [];
    const wide = file.lines.flatMap((line, index) => {
      const columns = Array.from(line).length;
      return columns > COLUMNS_MAX && !holdsLongText(file, index + 1)
        ? [at(index + 1, `expected at most ${COLUMNS_MAX} columns, found ${columns}`)]
        : [];
    });
    return [...long, ...wide];
  },
};

export const noBarrels: Rule = {
  name: "no file only passes on what others export",
  find: (file) => {
    if (!isTypeScript(file)) {
      return [];
    }
    const statements = topStatements(file);
    const passesOn = statements.filter((words) => words[0] === "export" && words.includes("from"));
    const own = statements.filter((words) => words[0] !== "import" && !passesOn.includes(words));
    return passesOn.length > 0 && own.length === 0
      ? [at(1, "a barrel hides where things live: import them from their own files")]
      : [];
  },
};

function linesMax(file: Source): number {
  if (file.path === "actors/runtime.ts") {
    return RUNTIME_LINES_MAX;
  }
  return isIn(file, "test") ? TEST_LINES_MAX : LINES_MAX;
}

/** The formatter breaks no string, and a test's name is easier to find in one piece. */
function holdsLongText(file: Source, line: number): boolean {
  const texts = file.code
    .filter((token) => TEXT.has(token.kind))
    .map((token) => token.text.split("\n")[line - token.line]?.length ?? 0);
  return texts.reduce((sum, length) => sum + length, 0) >= TEXT_CHARS;
}

/** The outermost tokens of each statement: enough to tell its kind. */
function topStatements(file: Source): readonly (readonly string[])[] {
  const statements: string[][] = [[]];
  for (const [index, token] of file.code.entries()) {
    if (file.around[index] === -1) {
      if (token.text === ";") {
        statements.push([]);
      } else {
        statements.at(-1)?.push(token.text);
      }
    }
  }
  return statements.filter((statement) => statement.length > 0);
}

function at(line: number, says: string): Finding {
  return { line, says };
}
