/**
 * Lesson Markdown as a tree: paragraphs, headings, lists, code, formulas, emphasis, links.
 *
 * There is no HTML in it and none comes out of it: what is not one of these is text. Formulas are
 * TeX between `$` and `$`, close to it so that prices are none, or between `$$` and `$$`.
 * Invariants:
 * PG5: Every text of a node is shown as text; links go to http, https or mailto, others stay text.
 *    Pictures are the school's own, by id (`![what it shows](media:ID)`), and none from elsewhere.
 * PG6: The work is linear in blocks, and emphasis nests at most `DEPTH_MAX` deep.
 */

export type Inline =
  | { readonly kind: "text" | "code"; readonly text: string }
  | { readonly kind: "strong" | "em"; readonly inside: readonly Inline[] }
  | { readonly kind: "math"; readonly text: string; readonly isBlock: boolean }
  | { readonly kind: "picture"; readonly id: string; readonly alt: string }
  | { readonly kind: "link"; readonly href: string; readonly inside: readonly Inline[] }
  | { readonly kind: "break" };

export type Block =
  | { readonly kind: "paragraph" | "heading"; readonly inside: readonly Inline[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: readonly Inline[][] }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "math"; readonly text: string };

const DEPTH_MAX = 4;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["nbsp", "\u00a0"],
]);

const BULLET = /^\s{0,3}[-*+]\s+(.*)$/;
const NUMBERED = /^\s{0,3}\d{1,9}[.)]\s+(.*)$/;
const HEADING = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;
const FENCE = /^\s{0,3}```/;
const MATH = /^\s{0,3}\$\$/;
const PICTURE = /^media:([A-Za-z0-9_-]{1,64})$/;
/** Longer formulas are somebody's mistake, and the search for their end would take long. */
const FORMULA_CHARS_MAX = 2_000;
const FORMULA_LINES_MAX = 50;

/** The pieces of a line that mean something, the longest first. */
const MARK =
  /\\([\\`*_{}[\]()#+\-.!<>~|=&$])|(`{1,8})([^`]+)\2|\*\*([^*\n](?:[^\n]*?[^*\n])?)\*\*|(?<![\p{L}\p{N}])__([^_\n]+)__(?![\p{L}\p{N}])|\*([^*\s](?:[^*\n]*[^*\s])?)\*|(?<![\p{L}\p{N}])_([^_\s](?:[^_\n]*[^_\s])?)_(?![\p{L}\p{N}])|!?\[([^\]\n]{0,500})\]\(([^()\s]{0,2000})\)|&(lt|gt|amp|quot|nbsp);|(\n)|\$\$([^$]{1,2000})\$\$|(?<![\p{L}\p{N}$])\$(?=[^\s$])((?:\\\$|[^$\n]){1,1000})(?<=[^\s\\])\$(?![\p{N}$])/u;

export function blocksOf(markdown: string): readonly Block[] {
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const [block, next] = blockAt(lines, at);
    if (block !== undefined) {
      blocks.push(block);
    }
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number): readonly [Block | undefined, number] {
  const line = lines[at] ?? "";
  if (line.trim() === "") {
    return [undefined, at + 1];
  }
  if (FENCE.test(line)) {
    const end = endOf(lines, at + 1, (each) => FENCE.test(each));
    return [{ kind: "code", text: lines.slice(at + 1, end).join("\n") }, end + 1];
  }
  const formula = MATH.test(line) ? formulaAt(lines, at) : undefined;
  if (formula !== undefined) {
    return formula;
  }
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) {
    return [{ kind: "heading", inside: inlinesOf(heading) }, at + 1];
  }
  for (const [marker, ordered] of [[BULLET, false] as const, [NUMBERED, true] as const]) {
    if (marker.test(line)) {
      const end = endOf(lines, at, (each) => !marker.test(each));
      const items = lines
        .slice(at, end)
        .map((each) => [...inlinesOf(marker.exec(each)?.[1] ?? "")]);
      return [{ kind: "list", ordered, items }, end];
    }
  }
  const end = endOf(lines, at + 1, (each, n) => each.trim() === "" || isBlockStart(lines, n));
  return [{ kind: "paragraph", inside: inlinesOf(lines.slice(at, end).join("\n")) }, end];
}

/** From `$$` to the line that ends with it; undefined: none does, before a blank one. */
function formulaAt(lines: readonly string[], at: number): readonly [Block, number] | undefined {
  const isLast = (line: string) => line.trimEnd().endsWith("$$");
  const first = (lines[at] ?? "").replace(MATH, "");
  const after = isLast(first)
    ? at
    : endOf(
        lines,
        at + 1,
        (each, n) => each.trim() === "" || isLast(each) || n - at > FORMULA_LINES_MAX,
      );
  const last = after === at ? first : (lines[after] ?? "");
  const inside = after === at ? [] : [first, ...lines.slice(at + 1, after)];
  const text = [...inside, last.trimEnd().slice(0, -2)].join("\n").trim();
  const isFormula = isLast(last) && text !== "" && !text.includes("$$");
  return isFormula && text.length <= FORMULA_CHARS_MAX
    ? [{ kind: "math", text }, after + 1]
    : undefined;
}

function isBlockStart(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  const isFormula = MATH.test(line) && formulaAt(lines, at) !== undefined;
  return isFormula || [FENCE, HEADING, BULLET, NUMBERED].some((each) => each.test(line));
}

function endOf(
  lines: readonly string[],
  from: number,
  isEnd: (line: string, at: number) => boolean,
): number {
  let at = from;
  while (at < lines.length && !isEnd(lines[at] ?? "", at)) {
    at += 1;
  }
  return at;
}

export function inlinesOf(text: string, depth = 0): readonly Inline[] {
  const found: Inline[] = [];
  let rest = text;
  while (rest !== "") {
    const match = depth < DEPTH_MAX ? MARK.exec(rest) : null;
    if (match === null) {
      found.push({ kind: "text", text: rest });
      break;
    }
    if (match.index > 0) {
      found.push({ kind: "text", text: rest.slice(0, match.index) });
    }
    found.push(inlineOf(match, depth + 1));
    rest = rest.slice(match.index + match[0].length);
  }
  return found;
}

function inlineOf(match: RegExpExecArray, depth: number): Inline {
  const [whole, escaped, , code, star, under, starEm, underEm, label, href, entity, ...rest] =
    match;
  const [line, display, math] = rest;
  const strong = star ?? under;
  const em = starEm ?? underEm;
  if (line !== undefined) {
    return { kind: "break" };
  }
  if (escaped !== undefined || entity !== undefined) {
    return { kind: "text", text: escaped ?? ENTITIES.get(entity ?? "") ?? whole };
  }
  if (display !== undefined || math !== undefined) {
    const isBlock = display !== undefined;
    return { kind: "math", text: (display ?? math ?? "").trim(), isBlock };
  }
  if (code !== undefined) {
    return { kind: "code", text: code.trim() };
  }
  if (strong !== undefined || em !== undefined) {
    const kind = strong === undefined ? "em" : "strong";
    return { kind, inside: inlinesOf(strong ?? em ?? "", depth) };
  }
  const picture = whole.startsWith("!") ? PICTURE.exec(href ?? "")?.[1] : undefined;
  if (picture !== undefined) {
    return { kind: "picture", id: picture, alt: label ?? "" };
  }
  return label !== undefined && href !== undefined && isSafe(href) && !whole.startsWith("!")
    ? { kind: "link", href, inside: inlinesOf(label, depth) }
    : { kind: "text", text: label ?? whole };
}

function isSafe(href: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(href);
}

/** Without its marks: for names of buttons and titles. */
export function plainOf(markdown: string): string {
  const textOf = (each: Inline): string => {
    switch (each.kind) {
      case "text":
      case "code":
      case "math":
        return each.text;
      case "picture":
        return each.alt;
      case "break":
        return " ";
      default:
        return each.inside.map(textOf).join("");
    }
  };
  return blocksOf(markdown)
    .map((block) => {
      if (block.kind === "code" || block.kind === "math") {
        return block.text;
      }
      const lines = block.kind === "list" ? block.items : [block.inside];
      return lines.map((line) => line.map(textOf).join("")).join(" ");
    })
    .join(" ");
}
