/**
 * Markup at import: any of GIFT's text formats becomes Markdown without raw HTML.
 *
 * Owns what becomes of HTML: scripts, styles, frames, SVG and the like are dropped with what they
 * hold; comments and the tags of HTML are dropped, block tags leaving a blank line, list items a
 * "- ", `sup` a "^" and `sub` a "_"; links and images leave their text. What only looks like a
 * tag (`x<y then z>0`) stays as text. In `moodle` (GIFT's default) and `markdown` the rest is
 * Markdown and stays so; in `html` and `plain` the rest is escaped, so that it means itself.
 * Invariants:
 * MU1: No Markdown has a `<` before a letter, `/`, `!` or `?`: nothing in it is a tag to any
 *    reader, also not what was written with entities, which are decoded when the tags are gone.
 *    A plain text, which is there to compare answers with, holds a tag only from an entity.
 * MU2: Links in Markdown go to http, https, mailto or a place without a scheme; others become `#`.
 * MU3: The work is linear in the length of the text.
 */
import { decodeEntities } from "./entities.ts";

export interface MarkedUp {
  readonly format: "html" | "markdown" | "moodle" | "plain";
  readonly text: string;
}

/** Dropped with everything up to their end tag: what is in them is not text for a reader. */
export const DROPPED_ELEMENTS: ReadonlySet<string> = new Set(
  (
    "script style iframe frame frameset object embed applet template noscript noembed noframes " +
    "svg math head title textarea xmp plaintext audio video canvas select"
  ).split(" "),
);
export const BLOCK_ELEMENTS: ReadonlySet<string> = new Set(
  (
    "address article aside blockquote body br caption center dd details dialog dir div dl dt " +
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend main " +
    "menu nav ol p pre section summary table tbody tfoot thead tr ul"
  ).split(" "),
);
const INLINE: ReadonlySet<string> = new Set(
  (
    "a abbr acronym area b base basefont bdi bdo big blink button cite code col colgroup data " +
    "datalist del dfn em font i img input ins kbd label li link map mark marquee meta meter nobr " +
    "optgroup option output param picture progress q rp rt ruby s samp small source span strike " +
    "strong sub sup td th time track tt u var wbr"
  ).split(" "),
);
/** Tags within tags within tags: nobody writes more of them by accident. */
const PASSES_MAX = 4;
const BREAK = "\n\n";
/** Stand-in for a list item's dash, which must not be escaped; controls are not in any source. */
const DASH = "\u0001";
const REPLACED: ReadonlyMap<string, string> = new Map([
  ["li", `\n${DASH}`],
  ["sup", "^"],
  ["sub", "_"],
  ["td", " "],
  ["th", " "],
]);

const TAG = /<(\/?)([A-Za-z][^\s/<>"'=]*)(?:[^<>"']|"[^"]*"|'[^']*')*>/y;
const DECLARATION = /<[!?][^<>]*>/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]*)>/y;
const WOULD_BE_TAG = /<(?=[A-Za-z/!?])/g;
const CONTROLS = /(?![\t\n])\p{Cc}/gu;

/** Text for people: questions, choices, feedback, explanations. */
export function markdownOf({ format, text }: MarkedUp): string {
  const source = text.replaceAll("\r\n", "\n").replace(CONTROLS, "");
  switch (format) {
    case "plain":
      return inert(escapedMarkdown(source)).trim();
    case "html": {
      const bare = trimmed(withoutTags(source.replace(/\s+/g, " "), false));
      return inert(escapedMarkdown(decodeEntities(bare).trim())).replaceAll(DASH, "- ");
    }
    case "moodle": {
      const bare = trimmed(withoutTags(source, true)).replaceAll(DASH, "- ");
      return inert(withSafeLinks(decodeEntities(bare, isMarkup)));
    }
    case "markdown": {
      const bare = withoutTags(source, true).replaceAll(DASH, "- ").trim();
      return inert(withSafeLinks(decodeEntities(bare, isMarkup)));
    }
  }
}

/** Text to compare an answer with: no Markdown, no HTML, nothing escaped. */
export function plainOf({ format, text }: MarkedUp): string {
  const source = text.replace(CONTROLS, "");
  if (format === "plain") {
    return source.trim();
  }
  const bare = bareOf(source).replaceAll(DASH, "");
  return decodeEntities(bare).replace(/\s+/g, " ").trim();
}

/** Nothing is escaped in it, so what two tags leave behind may not be a third one. */
function bareOf(text: string): string {
  let bare = text;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const barer = withoutTags(bare, false);
    if (barer === bare) {
      return bare;
    }
    bare = barer;
  }
  return bare.replaceAll("<", "");
}

/** With `markdown`, what stands in code stays, and `<https://…>` is a link. */
function withoutTags(text: string, markdown: boolean): string {
  const source = { text, lower: text.toLowerCase(), lastCommentEnd: text.lastIndexOf("-->") };
  let kept = "";
  let at = 0;
  while (at < text.length) {
    const next = nextMark(text, at, markdown);
    kept += text.slice(at, next);
    if (next === text.length) {
      break;
    }
    const found = text[next] === "<" ? tagAt(source, next) : codeAt(text, next);
    kept += found.becomes;
    at = found.end;
  }
  return kept;
}

interface Source {
  readonly text: string;
  readonly lower: string;
  /** Beyond it a comment has no end, and is not looked for. */
  readonly lastCommentEnd: number;
}

interface Found {
  readonly becomes: string;
  readonly end: number;
}

function nextMark(text: string, from: number, markdown: boolean): number {
  const mark = markdown ? /[<`\\]/g : /</g;
  mark.lastIndex = from;
  return mark.exec(text)?.index ?? text.length;
}

function tagAt({ text, lower, lastCommentEnd }: Source, at: number): Found {
  const link = matchAt(AUTOLINK, text, at);
  if (link !== null) {
    return { becomes: link[1] ?? "", end: at + link[0].length };
  }
  if (text.startsWith("<!--", at) && at < lastCommentEnd) {
    return { becomes: "", end: text.indexOf("-->", at + 2) + 3 };
  }
  const declaration = matchAt(DECLARATION, text, at);
  if (declaration !== null) {
    return { becomes: "", end: at + declaration[0].length };
  }
  const tag = matchAt(TAG, text, at);
  const name = tag?.[2]?.toLowerCase() ?? "";
  if (tag === null || !isElement(name)) {
    return { becomes: "<", end: at + 1 };
  }
  const end = at + tag[0].length;
  const opens = tag[1] === "";
  if (DROPPED_ELEMENTS.has(name)) {
    return { becomes: "", end: opens ? endOfElement(lower, name, end) : end };
  }
  return { becomes: opens ? (REPLACED.get(name) ?? breakOf(name)) : breakOf(name), end };
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function isElement(name: string): boolean {
  return (
    DROPPED_ELEMENTS.has(name) ||
    BLOCK_ELEMENTS.has(name) ||
    INLINE.has(name) ||
    /^[a-z][a-z0-9:]*[-:][a-z0-9:-]*$/.test(name)
  );
}

function breakOf(name: string): string {
  return BLOCK_ELEMENTS.has(name) ? BREAK : "";
}

/** Without an end tag the element goes on to the end of the text, as it does in a browser. */
function endOfElement(lower: string, name: string, from: number): number {
  const start = lower.indexOf(`</${name}`, from);
  const end = start < 0 ? -1 : lower.indexOf(">", start);
  return end < 0 ? lower.length : end + 1;
}

/** A backslash keeps the mark after it; a run of backticks reaches to the next run as long. */
function codeAt(text: string, at: number): Found {
  if (text[at] === "\\") {
    const escapes = text.slice(at, at + 2);
    return { becomes: escapes === "\\<" ? "&lt;" : escapes, end: at + 2 };
  }
  const [run = "`"] = matchAt(/`+/y, text, at) ?? [];
  const closing = new RegExp(`(?<!\`)${run}(?!\`)`, "g");
  closing.lastIndex = at + run.length;
  const end = (closing.exec(text)?.index ?? at) + run.length;
  return { becomes: text.slice(at, end), end };
}

/** No line begins or ends with spaces, and no two lines on end are blank. */
function trimmed(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line, index) => line !== "" || (index > 0 && lines[index - 1] !== ""))
    .join("\n")
    .trim();
}

export function inert(text: string): string {
  return text.replace(WOULD_BE_TAG, "&lt;");
}

/** Of decoded references those stay that Markdown could take for markup of its own. */
function isMarkup(decoded: string, rest: string): boolean {
  if (decoded === "&") {
    return /^#?[A-Za-z0-9]+;/.test(rest);
  }
  if (decoded === "<") {
    return !/^\s/.test(rest);
  }
  return decoded !== '"' && decoded !== "'" && decoded.charCodeAt(0) < 0x80;
}

/** Every destination of a link, an image or a reference, wherever it may stand. */
function withSafeLinks(text: string): string {
  const [first = "", ...rest] = text.split(/(\][(:]\s*)/);
  return rest.reduce(
    (done, part, index) => done + (index % 2 === 0 ? part : withSafeTarget(part)),
    first,
  );
}

/** The text after `](` or `]:`, which begins with the target. */
function withSafeTarget(text: string): string {
  return text.replace(/^(?:[^\s()]|\([^\s()]*\))+/, (target) => (isSafe(target) ? target : "#"));
}

/** A scheme that was written with a backslash or an entity is no better than one without. */
function isSafe(target: string): boolean {
  const [place = ""] = target.split(/[/?]|(?<!&)#/);
  return (
    /^(?:https?|mailto):/i.test(target) || (!place.includes(":") && !/&(?!amp;)#?\w+;/.test(place))
  );
}

/** Only where the sign could be read as markup, so that most text looks as it did. */
export function escapedMarkdown(text: string): string {
  return text
    .replace(/[\\*`[\]]/g, "\\$&")
    .replace(/_+/g, (run, at: number, all: string) =>
      isBlankOrInWord(all[at - 1] ?? " ", all[at + run.length] ?? " ")
        ? run
        : run.replaceAll("_", "\\_"),
    )
    .replace(/~~+/g, (run) => run.replaceAll("~", "\\~"))
    .replace(/&(?=#?[A-Za-z0-9]+;)/g, "&amp;")
    .replace(/^([ \t]*)([#>+=|-])/gm, "$1\\$2")
    .replace(/^([ \t]*\d{1,9})([.)])/gm, "$1\\$2");
}

/** A gap to fill in stands between spaces; an underscore within a word is a letter. */
function isBlankOrInWord(before: string, after: string): boolean {
  const isSpace = /\s/.test(before) && /\s/.test(after);
  return isSpace || (/[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after));
}
