/**
 * Source text as tokens: enough of TypeScript to tell code from comments, strings and patterns.
 *
 * TypeScript 7 ships no compiler interface, so the tidy rules read tokens. Not a parser: it knows
 * no grammar beyond where a literal begins and ends and which brackets belong together.
 */

export type TokenKind =
  | "word"
  | "number"
  | "string"
  | "template"
  | "pattern"
  | "mark"
  | "doc"
  | "comment";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** After one of these words a slash begins a pattern; after any other word it divides. */
const BEFORE_PATTERN = new Set(["return", "typeof", "case", "in", "of", "await", "yield", "void"]);

const DOC = /\/\*\*[\s\S]*?\*\//y;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|^#![^\n]*/y;
const STRING = /"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*'/y;
const PATTERN = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const NUMBER = /\d[\w.]*/y;
const WORD = /[#@]?[\p{L}_$][\p{L}\p{N}_$]*/uy;
const MARK = /=>|\.\.\.|\?\.|\?\?|[=!]==?|[<>]=|&&|\|\||[\s\S]/uy;
/** Up to the end of a template, or to the expression that interrupts it. */
const TEMPLATE = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{)/y;
const SPACE = /\s+/y;

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  /** One entry per open brace: does its end resume a template? */
  const braces: boolean[] = [];
  let at = 0;
  let line = 1;
  const take = (kind: TokenKind, length: number): void => {
    const taken = text.slice(at, at + length);
    tokens.push({ kind, text: taken, line });
    pass(length);
  };
  const pass = (length: number): void => {
    line += count(text, at, at + length);
    at += length;
  };
  const takeTemplate = (from: number): void => {
    const length = matched(TEMPLATE, text, at + from) + from;
    const opens = text.startsWith("${", at + length - 2);
    take("template", opens ? length - 2 : length);
    if (opens) {
      take("mark", 2);
      braces.push(true);
    }
  };
  while (at < text.length) {
    const space = matched(SPACE, text, at);
    if (space > 0) {
      pass(space);
    } else if (text[at] === "`") {
      takeTemplate(1);
    } else {
      const [kind, length] = next(text, at, tokens);
      const mark = kind === "mark" ? text[at] : undefined;
      take(kind, length);
      if (mark === "{") {
        braces.push(false);
      } else if (mark === "}" && braces.pop() === true) {
        takeTemplate(0);
      }
    }
  }
  return tokens;
}

function next(text: string, at: number, before: readonly Token[]): readonly [TokenKind, number] {
  const kinds: readonly (readonly [TokenKind, RegExp])[] = [
    ["doc", DOC],
    ["comment", COMMENT],
    ["string", STRING],
    ["number", NUMBER],
    ["word", WORD],
  ];
  for (const [kind, pattern] of kinds) {
    const length = matched(pattern, text, at);
    if (length > 0) {
      return [kind, length];
    }
  }
  const length = text[at] === "/" && mayBeginPattern(before) ? matched(PATTERN, text, at) : 0;
  return length > 0 ? ["pattern", length] : ["mark", matched(MARK, text, at)];
}

function mayBeginPattern(before: readonly Token[]): boolean {
  const last = before.findLast((token) => token.kind !== "comment" && token.kind !== "doc");
  if (last === undefined || last.kind === "mark") {
    // After `<` it closes an element: no number is compared with a pattern.
    return last === undefined || ![")", "]", "}", "<"].includes(last.text);
  }
  return last.kind === "word" && BEFORE_PATTERN.has(last.text);
}

function matched(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function count(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) {
    lines += 1;
  }
  return lines;
}
