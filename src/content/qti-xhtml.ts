/**
 * Texts of lessons as XHTML of QTI 3; `qti-markdown.ts` is the way back.
 *
 * Owns what each part of our Markdown is there: emphasis, lists, code, links, pictures, and
 * formulas as MathML with their TeX. Where the way back alone would not give the very text, the
 * element carries it in `data-markdown`, so that others see XHTML and we lose nothing. Invariant:
 * XH1: Only elements and attributes that are named here are written, and text is escaped.
 */
import type { renderToString } from "katex";
import { BODY_CHARS_MAX } from "../../machines/learning-session/item.ts";
import { FORMULA_OPTIONS } from "../pages/formula-options.ts";
import { type Block, type Inline, blocksOf, inlinesOf } from "../pages/markdown.ts";
import { MARKDOWN } from "./qti-names.ts";
import { markdownIn } from "./qti-markdown.ts";
import { type Element, element, escapedXml, readXml } from "./xml.ts";

/** More in one text than on a printed sheet of them; to make as many takes some 30 ms. */
const FORMULAS_MAX = 500;

const formulas: { write?: typeof renderToString; left: number } = { left: 0 };

/** Before texts are written or read: a node that sees no package does without the 10 MB. */
export async function loadFormulas(): Promise<void> {
  formulas.write ??= (await import("katex")).renderToString;
}

export type Place = "block" | "line";

/** A text in an element of its own: a `div` of blocks, or a `span` within a line. */
export function markedUp(text: string, place: Place): string {
  const inner = xhtmlOf(text, place);
  const name = place === "block" ? "div" : "span";
  const plain = element(name, {}, inner);
  const back = readXml(Buffer.from(plain));
  const isWhole = back.ok && markdownIn([back.root]) === text;
  return isWhole ? plain : element(name, { [MARKDOWN]: text }, inner);
}

/**
 * The text that an element of ours carries, if it still says what the element shows: who changed
 * the one in another program had no reason to know of the other.
 */
export function carriedBy(found: Element): string | undefined {
  const text = found.attributes[MARKDOWN];
  if (text === undefined || text.length > BODY_CHARS_MAX) {
    return undefined;
  }
  const place = found.name === "div" ? "block" : "line";
  const again = readXml(
    Buffer.from(element(found.name, { [MARKDOWN]: text }, xhtmlOf(text, place))),
  );
  return again.ok && Bun.deepEquals(again.root, found) ? text : undefined;
}

function xhtmlOf(text: string, place: Place): string {
  formulas.left = FORMULAS_MAX;
  return place === "block"
    ? blocksOf(text).map(blockOf).join("")
    : inlinesOf(text).map(inlineOf).join("");
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case "paragraph":
      return element("p", {}, ...block.inside.map(inlineOf));
    case "heading":
      return element("h3", {}, ...block.inside.map(inlineOf));
    case "code":
      return element("pre", {}, element("code", {}, escapedXml(block.text)));
    case "math":
      return element("div", {}, mathOf(block.text, true));
    case "list": {
      const items = block.items.map((item) => element("li", {}, ...item.map(inlineOf)));
      return element(block.ordered ? "ol" : "ul", {}, ...items);
    }
  }
}

function inlineOf(inline: Inline): string {
  switch (inline.kind) {
    case "text":
      return escapedXml(inline.text);
    case "break":
      return element("br", {});
    case "code":
      return element("code", {}, escapedXml(inline.text));
    case "math":
      return mathOf(inline.text, inline.isBlock);
    case "picture":
      return element("img", { src: `media:${inline.id}`, alt: inline.alt });
    case "strong":
      return element("strong", {}, ...inline.inside.map(inlineOf));
    case "em":
      return element("em", {}, ...inline.inside.map(inlineOf));
    case "link":
      return element("a", { href: inline.href }, ...inline.inside.map(inlineOf));
  }
}

/** What is no TeX stands as the pages show it, as it was written; so does what is too much. */
function mathOf(tex: string, isBlock: boolean): string {
  const { write } = formulas;
  if (write === undefined) {
    throw new Error("expected formulas to be loaded before a text is written; call loadFormulas");
  }
  if (formulas.left === 0) {
    return element("code", {}, escapedXml(tex));
  }
  formulas.left -= 1;
  try {
    const html = write(tex, { ...FORMULA_OPTIONS, displayMode: isBlock });
    return html.slice(html.indexOf("<math"), html.lastIndexOf("</math>") + "</math>".length);
  } catch (error) {
    if (error instanceof Error) {
      return element("code", {}, escapedXml(tex));
    }
    throw error;
  }
}
