/**
 * XHTML of QTI 3 as Markdown: what our texts can say stays, the rest leaves its words.
 *
 * Invariants:
 * XT1: What is shown is shown: the words of a text are in its Markdown, in order. Where marks would
 *    change one, all marks are left out.
 * XT2: No Markdown has a `<` that could begin a tag; links go to http, https or mailto, and
 *    pictures are those of the school.
 */
import { BODY_CHARS_MAX } from "../../machines/learning-session/item.ts";
import { inlinesOf, plainOf } from "../pages/markdown.ts";
import { DROPPED_ELEMENTS, BLOCK_ELEMENTS, escapedMarkdown, inert } from "./markup.ts";
import { type Element, type Node, childrenOf, descendantsOf, textContent } from "./xml.ts";

/** What has no place in a text: interactions, what is said later, and who else it is for. */
const APART = /^qti-(?!prompt$|content-body$|simple-associable-choice$)/;
const INTERACTION = /^qti-\w+(?:-\w+)*-interaction$/;
const ENTRY = "qti-text-entry-interaction";
const GAP = "_____";
const MEDIUM = /^media:[A-Za-z0-9_-]{1,64}$/;
const LINK = /^(?:https?:\/\/|mailto:)[^()\s<>\\]+$/i;
/** As much as the Markdown of the pages takes for the words of a link or a picture. */
const LABEL_CHARS_MAX = 500;
/** A longer text has no place in a lesson, and is not worth the work on its marks. */
const TEXT_CHARS_MAX = BODY_CHARS_MAX;
const TEX = "application/x-tex";
const ITEM = "- ";

/** Of the elements and texts within; interactions leave nothing, a gap in a sentence its line. */
export function markdownIn(nodes: readonly Node[]): string {
  const shown = shownBy(nodes);
  if (shown.length > TEXT_CHARS_MAX) {
    return plainly(shown);
  }
  const prices = shown.split("$").length > 2;
  const made = inert(blocksIn(nodes, prices).join("\n\n"));
  return squeezed(plainOf(made)) === squeezed(shown) ? made : plainly(shown);
}

function plainly(shown: string): string {
  return inert(escapedMarkdown(shown.replace(/\s+/g, " ").trim()));
}

/** `prices`: signs of dollars are written so that no two of them make a formula. */
function blocksIn(nodes: readonly Node[], prices: boolean): readonly string[] {
  const blocks: string[] = [];
  let run: Node[] = [];
  const flush = (): void => {
    const text = linesOf(inlineIn(run, prices));
    run = [];
    if (text !== "") {
      blocks.push(text);
    }
  };
  for (const node of nodes) {
    if (typeof node === "string" || !isBlock(node)) {
      run.push(node);
    } else {
      flush();
      blocks.push(...blockOf(node, prices));
    }
  }
  flush();
  return blocks;
}

function blockOf(node: Element, prices: boolean): readonly string[] {
  const { name, children } = node;
  if (isApart(node)) {
    return promptsOf(node).flatMap((prompt) => blocksIn(prompt.children, prices));
  }
  switch (name) {
    case "ul":
    case "ol":
      return listOf(node, prices);
    case "pre":
      return codeOf(textContent(node));
    case "math":
      return [`$$\n${texOf(node)}\n$$`];
    case "tr":
      return [
        childrenOf(node)
          .map((cell) => lineIn(cell.children, prices))
          .join(" "),
      ];
    default: {
      const blocks = blocksIn(children, prices);
      const [heading, ...more] = blocks;
      const isHeading = /^h[1-6]$/.test(name) && heading !== undefined && more.length === 0;
      return isHeading ? [`### ${heading.replaceAll("\n", " ")}`] : blocks;
    }
  }
}

/** Lists within lists become more items of the one. */
function listOf(list: Element, prices: boolean): readonly string[] {
  const mark = (at: number): string => (list.name === "ol" ? `${at + 1}. ` : ITEM);
  const items = itemsOf(list).map((nodes) => lineIn(nodes, prices));
  const lines = items.filter((item) => item !== "").map((item, at) => `${mark(at)}${item}`);
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function itemsOf(list: Element): readonly (readonly Node[])[] {
  return childrenOf(list).flatMap((item) => {
    const isList = (node: Node): node is Element =>
      typeof node !== "string" && (node.name === "ul" || node.name === "ol");
    const own = item.children.filter((node) => !isList(node));
    return [own, ...item.children.filter(isList).flatMap(itemsOf)];
  });
}

function codeOf(text: string): readonly string[] {
  const lines = text.replace(/^\n|\n$/g, "");
  return lines.includes("```") || inert(lines) !== lines
    ? [escapedMarkdown(lines)]
    : [`\`\`\`\n${lines}\n\`\`\``];
}

/** Blocks in one line, where only a line can stand. */
function lineIn(nodes: readonly Node[], prices: boolean): string {
  return blocksIn(nodes, prices)
    .join(" ")
    .replace(/\s*\n\s*/g, " ");
}

function inlineIn(nodes: readonly Node[], prices: boolean): string {
  let text = "";
  for (const node of nodes) {
    const next = typeof node === "string" ? wordsOf(node, prices) : inlineOf(node, prices);
    // A formula is none right behind a letter, nor right before a digit.
    const end = text.slice(-2);
    const touches = next.startsWith("$") && /[\p{L}\p{N}$]$/u.test(end);
    text += touches || (/[^\\]\$$/.test(end) && /^[\p{N}$]/u.test(next)) ? ` ${next}` : next;
  }
  return text;
}

function wordsOf(text: string, prices: boolean): string {
  const words = escapedMarkdown(text.replace(/[ \t\n\r]+/g, " "));
  return prices ? words.replaceAll("$", "\\$") : words;
}

function inlineOf(node: Element, prices: boolean): string {
  if (isApart(node)) {
    return node.name === ENTRY ? GAP : "";
  }
  const inner = (): string => inlineIn(node.children, prices);
  switch (node.name) {
    case "br":
      return "\n";
    case "strong":
    case "b":
      return around(inner(), ["**", "__"]);
    case "em":
    case "i":
      return around(inner(), ["*", "_"]);
    case "code":
      return spanOf(textContent(node), prices);
    case "math":
      return formulaOf(texOf(node), prices);
    case "img":
      return pictureOf(node);
    case "a":
      return linkOf(node.attributes["href"] ?? "", inner());
    case "sup":
      return `^${inner()}`;
    case "sub":
      return `\\_${inner()}`;
    default:
      return inner();
  }
}

/** The first mark that the text reads back with; blanks at its ends stay outside of it. */
function around(text: string, marks: readonly string[]): string {
  const [, before = "", inside = "", after = ""] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? [];
  const mark = marks.find((each) => {
    const [first, ...more] = inside === "" ? [] : inlinesOf(`${each}${inside}${each}`);
    const isOne = first?.kind === "strong" || first?.kind === "em";
    return isOne && more.length === 0 && first.kind === (each.length > 1 ? "strong" : "em");
  });
  return `${before}${mark ?? ""}${inside}${mark ?? ""}${after}`;
}

function spanOf(text: string, prices: boolean): string {
  const code = text.trim();
  const isPlain = code !== "" && !code.includes("`") && inert(code) === code;
  return isPlain ? `\`${code}\`` : wordsOf(text, prices);
}

function formulaOf(tex: string, prices: boolean): string {
  const [first, ...more] = tex === "" ? [] : inlinesOf(`$${tex}$`);
  return first?.kind === "math" && more.length === 0 ? `$${tex}$` : wordsOf(tex, prices);
}

function pictureOf({ attributes }: Element): string {
  const { src = "" } = attributes;
  const alt = labelOf(attributes["alt"] ?? "");
  return MEDIUM.test(src) ? `![${alt}](${src})` : escapedMarkdown(alt);
}

function linkOf(href: string, text: string): string {
  const isShort = text.length <= LABEL_CHARS_MAX && !/[\]\n]/.test(text) && text.trim() !== "";
  return LINK.test(href) && isShort ? `[${text}](${href})` : text;
}

function labelOf(text: string): string {
  return text
    .replace(/[[\]\s]+/g, " ")
    .trim()
    .slice(0, LABEL_CHARS_MAX)
    .toWellFormed();
}

/** As it was written; else the words for it, else its signs. */
function texOf(math: Element): string {
  const source = descendantsOf(math).find(
    ({ name, attributes }) => name === "annotation" && attributes["encoding"] === TEX,
  );
  const tex =
    source === undefined ? (math.attributes["alttext"] ?? signsOf(math)) : textContent(source);
  // A relation in TeX may have a space behind it, and then it is no tag to anybody.
  return tex.trim().replace(/<(?=[A-Za-z/!?])/g, "< ");
}

function signsOf(math: Element): string {
  const shown = math.children.map((each) => {
    if (typeof each === "string") {
      return each;
    }
    return each.name.startsWith("annotation") ? "" : signsOf(each);
  });
  return shown.join("");
}

function linesOf(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/[ \t]+/g, " ").trim());
  return lines.filter((line) => line !== "").join("\n");
}

function isBlock(node: Element): boolean {
  const isFormula = node.name === "math" && node.attributes["display"] === "block";
  const isOurs = /^qti-(?:prompt|content-body|simple-associable-choice)$/.test(node.name);
  const isAsked = INTERACTION.test(node.name) && node.name !== ENTRY;
  return (
    isFormula ||
    isOurs ||
    isAsked ||
    (BLOCK_ELEMENTS.has(node.name) && node.name !== "br") ||
    (node.name !== "math" && childrenOf(node).some(isBlock))
  );
}

/** A field of its own is no gap in a sentence. */
function isApart(node: Element): boolean {
  const { name } = node;
  return APART.test(name) || (DROPPED_ELEMENTS.has(name) && name !== "math") || isField(node);
}

function isField({ name, children }: Element): boolean {
  const shown = children.filter((each) => typeof each !== "string" || each.trim() !== "");
  const isEntry = (node: Node): boolean => typeof node !== "string" && node.name === ENTRY;
  return name === "p" && shown.length > 0 && shown.every(isEntry);
}

function promptsOf(node: Element): readonly Element[] {
  return INTERACTION.test(node.name)
    ? childrenOf(node).filter(({ name }) => name === "qti-prompt")
    : [];
}

/** The words that a reader sees, with a blank wherever a line ends. */
function shownBy(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === "string" ? node : shownByOne(node))).join("");
}

function shownByOne(node: Element): string {
  if (isApart(node)) {
    return node.name === ENTRY ? GAP : ` ${shownBy(promptsOf(node))} `;
  }
  switch (node.name) {
    case "br":
      return " ";
    case "math":
      return texOf(node);
    case "img":
      return labelOf(node.attributes["alt"] ?? "");
    case "sup":
      return `^${shownBy(node.children)}`;
    case "sub":
      return `_${shownBy(node.children)}`;
    default:
      return isBlock(node) ? ` ${shownBy(node.children)} ` : shownBy(node.children);
  }
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, "");
}
