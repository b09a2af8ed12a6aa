/** Texts of QTI 3 as Markdown: ours as they were written, others' by what they show. */
import { markdownOf } from "./markup.ts";
import { markdownIn } from "./qti-markdown.ts";
import { MARKDOWN } from "./qti-names.ts";
import { carriedBy } from "./qti-xhtml.ts";
import { type Element, type Node, descendantsOf } from "./xml.ts";

/** Where a text shows a picture of the school, which is a place as good as one without a scheme. */
const MEDIA = /\]\(media:(?=[A-Za-z0-9_-]{1,64}\))/g;

/** Of all these nodes, what has a place in a text. */
export function textIn(nodes: readonly Node[]): string {
  if (!nodes.some((node) => carriesText(node))) {
    return markdownIn(nodes);
  }
  const texts = nodes.map((node) => (carriesText(node) ? textCarried(node) : markdownIn([node])));
  return texts.filter((text) => text !== "").join("\n\n");
}

function carriesText(node: Node): node is Element {
  return typeof node !== "string" && node.attributes[MARKDOWN] !== undefined;
}

/** What came in is not trusted: a text is taken whole if there is nothing to take out of it. */
function textCarried(node: Element): string {
  const text = carriedBy(node);
  const judged = text?.replace(MEDIA, "](media-");
  const isSafe =
    judged !== undefined && markdownOf({ format: "markdown", text: judged }) === judged;
  return text !== undefined && isSafe ? text : markdownIn([node]);
}

/** What lessons have not; pictures are `qti-pictures.ts`. */
export function hasMedia(parent: Element): boolean {
  return descendantsOf(parent).some(({ name }) => /^(?:object|audio|video)$/.test(name));
}
