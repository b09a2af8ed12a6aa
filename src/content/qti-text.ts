/** Texts of QTI 3 as Markdown: ours as they were written, others' XHTML without its markup. */
import { MARKDOWN } from "./qti-names.ts";
import { markdownOf } from "./markup.ts";
import { type Element, type Node, descendantsOf, textContent } from "./xml.ts";

/** What has no place in a text: interactions, what is said later, and who else it is for. */
const APART = /^qti-(?!prompt$|content-body$|simple-associable-choice$)/;
const GAP = "_____";

/** Of the elements and texts within; interactions leave nothing, a gap in a sentence its line. */
export function markdownIn(nodes: readonly Node[]): string {
  const own = nodes.flatMap((node) => (typeof node === "string" ? [] : [node])).filter(isOurs);
  if (own.length > 0) {
    return markdownOf({ format: "markdown", text: own.map(textContent).join("\n\n") });
  }
  return markdownOf({ format: "html", text: nodes.map(htmlOf).join("") });
}

/** Pictures and sounds are files, which nothing here takes. */
export function hasMedia(parent: Element): boolean {
  return descendantsOf(parent).some(({ name }) => /^(?:img|object|audio|video)$/.test(name));
}

function isOurs({ attributes }: Element): boolean {
  return attributes["class"] === MARKDOWN;
}

function htmlOf(node: Node): string {
  if (typeof node === "string") {
    return node.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  }
  if (node.name === "qti-text-entry-interaction") {
    return GAP;
  }
  if (/^qti-\w+(?:-\w+)*-interaction$/.test(node.name)) {
    const prompts = node.children.filter(isPrompt);
    return prompts.map((prompt) => `<p>${innerOf(prompt)}</p>`).join("");
  }
  if (APART.test(node.name)) {
    return "";
  }
  const name = node.name.startsWith("qti-") ? "div" : node.name;
  return `<${name}>${innerOf(node)}</${name}>`;
}

function isPrompt(node: Node): boolean {
  return typeof node !== "string" && node.name === "qti-prompt";
}

function innerOf(node: Node): string {
  return typeof node === "string" ? "" : node.children.map(htmlOf).join("");
}
