/**
 * The rule about casts: `as` only where unknown bytes become typed values.
 *
 * Invariants:
 * 1. `as const`, renames in imports and exports, and keys of mapped types are no casts.
 * 2. A cast is fine when any function around it, however far out, is called `parse…` or `decode…`.
 */
import { type Source, isTypeScript } from "./files.ts";
import type { Rule } from "./rule.ts";
import { eachWord } from "./words.ts";

const PARSER = /^(parse|decode)([A-Z0-9]|$)/;
/** Words that begin a statement: whoever looks for a function's name to the left stops here. */
const STATEMENT = new Set(
  ["const", "let", "var", "function", "class", "type", "interface", "export", "import"].concat([
    "return",
    "throw",
    "if",
    "for",
    "while",
    "switch",
  ]),
);
/** Words before a parenthesis that make it no list of parameters. */
const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with"]);

export const castsOnlyInParsers: Rule = {
  name: "no cast outside a function called parse… or decode…",
  find: (file) =>
    isTypeScript(file)
      ? eachWord(file, (index) =>
          isCast(file, index) && !enclosing(file, index).some((name) => PARSER.test(name))
            ? "a cast outside parse…/decode…: narrow it, or parse it"
            : undefined,
        )
      : [],
};

function isCast(file: Source, index: number): boolean {
  if (word(file, index) !== "as" || file.code[index]?.kind !== "word") {
    return false;
  }
  const before = file.code[index - 1];
  const after = word(file, index + 1);
  const isOperand =
    before !== undefined && (before.kind !== "mark" || /^[)\]}]$/.test(before.text));
  const isType = /^[\p{L}_$"'`{[(\d]/u.test(after) && after !== "const";
  return isOperand && isType && !isRename(file, index) && !isMappedKey(file, index);
}

/** `import { a as b } from`, `export { a as b }` */
function isRename(file: Source, index: number): boolean {
  const brace = file.around[index] ?? -1;
  const opener = word(file, brace) === "{" ? word(file, brace - 1) : "";
  const isTyped = opener === "type" && ["import", "export"].includes(word(file, brace - 2));
  const isMixed = opener === "," && word(file, brace - 3) === "import";
  return opener === "import" || opener === "export" || isTyped || isMixed;
}

/** `{ [Key in Keys as Other]: … }` */
function isMappedKey(file: Source, index: number): boolean {
  const bracket = file.around[index] ?? -1;
  return word(file, bracket) === "[" && word(file, bracket + 2) === "in";
}

/** The names of the functions around a token, innermost first. */
function enclosing(file: Source, index: number): readonly string[] {
  const names: string[] = [];
  for (let at = index; at >= 0; at = file.around[at] ?? -1) {
    const name = functionLeftOf(file, at);
    if (name !== undefined) {
      names.push(name);
    }
  }
  return names;
}

/**
 * The function whose body a token of this level belongs to: `function name(…) {`, `name(…) {`,
 * `const name = (…) =>`, `name: (…) =>`. Undefined when the level belongs to none with a name.
 */
function functionLeftOf(file: Source, index: number): string | undefined {
  const isBody = word(file, index) === "{";
  let sawArrow = false;
  let at = index - 1;
  const opened = file.around[index] ?? -1;
  for (; at > opened; at -= 1) {
    const text = word(file, at);
    const opener = file.partner.get(at);
    if (text === ";" || STATEMENT.has(text)) {
      return undefined;
    }
    if (text === "=>") {
      sawArrow = true;
    } else if (text === ">" && !sawArrow) {
      at = genericStart(file, at);
    } else if (opener !== undefined && opener < at) {
      at = opener;
      const named = nameBeforeParameters(file, at, isBody && !sawArrow);
      if (named !== undefined) {
        return named;
      }
    } else if (sawArrow && (text === "=" || text === ":")) {
      const name = declaredBefore(file, at);
      if (name !== undefined) {
        return name;
      }
    }
  }
  return undefined;
}

/** `name(` or `name<T>(`, where the parenthesis is followed by a body. */
function nameBeforeParameters(file: Source, at: number, hasBody: boolean): string | undefined {
  if (word(file, at) !== "(" || !hasBody) {
    return undefined;
  }
  const before = word(file, at - 1) === ">" ? genericStart(file, at - 1) - 1 : at - 1;
  const name = word(file, before);
  return file.code[before]?.kind === "word" && !CONTROL.has(name) ? name : undefined;
}

/** `const name =`, `const name: Type =`, `name:` of an object, `name =` of a class. */
function declaredBefore(file: Source, at: number): string | undefined {
  const owner = file.code[at - 1];
  const isType = word(file, at - 1) === ")" || word(file, at - 1) === ">";
  return owner?.kind === "word" && !isType ? owner.text : undefined;
}

function genericStart(file: Source, end: number): number {
  let depth = 0;
  for (let at = end; at > (file.around[end] ?? -1); at -= 1) {
    const text = word(file, at);
    if (text === ";" || text === "=>") {
      return end;
    }
    depth += Number(text === ">") - Number(text === "<");
    if (depth === 0) {
      return at;
    }
  }
  return end;
}

function word(file: Source, index: number): string {
  return file.code[index]?.text ?? "";
}
