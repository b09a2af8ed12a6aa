/** Texts as XHTML and back: what is written is read, what is shown stays, nothing becomes a tag. */
import { beforeAll, describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { markdownIn } from "../../src/content/qti-markdown.ts";
import { textIn } from "../../src/content/qti-text.ts";
import { loadFormulas, markedUp } from "../../src/content/qti-xhtml.ts";
import { type Element, type Node, element, escapedXml, readXml } from "../../src/content/xml.ts";
import { plainOf } from "../../src/pages/markdown.ts";

beforeAll(loadFormulas);

const RUNS = { numRuns: 300 };

function parsed(xml: string): Element {
  const read = readXml(Buffer.from(xml));
  if (!read.ok) {
    throw new Error(read.message);
  }
  return read.root;
}

const back = (xml: string): string => textIn([parsed(xml)]);

const word = fc.constantFrom("a", "Blatt", "5", "1 < 2", "é", "x_y", "لون", "2 * 3", "& co", "$5");
const mark = fc.constantFrom(
  "**",
  "*",
  "_",
  "`",
  "$",
  "$$",
  "- ",
  "1. ",
  "## ",
  "```",
  "\n",
  "\n\n",
);
const piece = fc.oneof(
  word,
  mark,
  word.map((text) => `**${text}**`),
  word.map((text) => `[${text}](https://a.example/?q=1&r=2)`),
  word.map((text) => `![${text}](media:abc)`),
  fc.constantFrom(
    "$\\frac{a}{b}$",
    "$a<b$",
    "\n\n$$\nx^2 \\le 3\n$$\n\n",
    "\\*",
    "&lt;",
    "\\frac{",
  ),
);
const markdown = fc
  .array(fc.oneof(piece, fc.constant(" ")), { maxLength: 12 })
  .map((all) => all.join(""));

const TAGS = ["p", "div", "b", "em", "code", "pre", "ul", "li", "h2", "a", "sup", "td", "tr"];
const anyTree = fc.letrec<{ node: string; nodes: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(word, mark, fc.string({ maxLength: 6 })).map(escapedXml),
    fc
      .tuple(fc.constantFrom(...TAGS), tie("nodes"))
      .map(([name, inner]) =>
        element(name, name === "a" ? { href: "https://a.example" } : {}, inner),
      ),
    fc.constantFrom(
      "<br/>",
      '<img src="media:x" alt="a ] leaf"/>',
      "<qti-text-entry-interaction/>",
      "<math><mi>y</mi></math>",
    ),
  ),
  nodes: fc.array(tie("node"), { maxLength: 4 }).map((all) => all.join("")),
}));

describe("texts as XHTML", () => {
  test("QX2: any Markdown comes back as it was, or the second time as the first", () => {
    fc.assert(
      fc.property(markdown, fc.constantFrom("block", "line"), (text, place) => {
        const once = back(markedUp(text, place));
        expect(back(markedUp(once, place))).toBe(once);
        if (!/<(?=[A-Za-z/!?])|&lt;/.test(text) && text === text.trim()) {
          expect(once).toBe(text);
        }
      }),
      RUNS,
    );
  });

  test("XT1, XT2: of any XHTML the words stay, in order, and no tag begins", () => {
    fc.assert(
      fc.property(anyTree.nodes, (inner) => {
        const root = parsed(element("div", {}, inner));
        const text = markdownIn([root]);
        expect(text).not.toMatch(/<[A-Za-z/!?]/);
        const letters = (shown: string) => shown.replace(/[^\p{L}\p{N}]/gu, "");
        expect(letters(plainOf(text))).toBe(letters(wordsOf(root)));
      }),
      RUNS,
    );
  });

  /** By a walk of its own, without any of the marks. */
  const wordsOf = (node: Node): string => {
    if (typeof node === "string") {
      return node;
    }
    return node.name === "img"
      ? (node.attributes["alt"] ?? "")
      : node.children.map(wordsOf).join("");
  };

  test.each([
    ["**3** and *4*", "<p><strong>3</strong> and <em>4</em></p>"],
    ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
    ["1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"],
    ["```\nx < y\n```", "<pre><code>x &#60; y</code></pre>"],
    ["### Leaves\n\none\ntwo", "<h3>Leaves</h3><p>one<br/>two</p>"],
    ["[a](https://b.example)", '<p><a href="https://b.example">a</a></p>'],
    ["![a leaf](media:a1)", '<p><img src="media:a1" alt="a leaf"/></p>'],
    ["`1 + 1`", "<p><code>1 + 1</code></p>"],
  ])("XH1: %j is written as %s, with nothing beside it", (text, inner) => {
    expect(markedUp(text, "block")).toBe(`<div>${inner}</div>`);
    expect(back(`<div>${inner}</div>`)).toBe(text);
  });

  test("a formula is MathML with its TeX, in a line and by itself; what is none is code", () => {
    const line = markedUp("So $\\frac{a}{b}$.", "line");
    expect(line).toContain("<mfrac><mi>a</mi><mi>b</mi></mfrac>");
    expect(back(line)).toBe("So $\\frac{a}{b}$.");
    const block = markedUp("$$\n\\sqrt{2}\n$$", "block");
    expect(block).toStartWith(
      '<div><div><math xmlns="http://www.w3.org/1998/Math/MathML" display="block">',
    );
    expect(back(block)).toBe("$$\n\\sqrt{2}\n$$");
    expect(markedUp("$\\frac{$", "line")).toContain("<code>\\frac{</code>");
  });

  test("more formulas than a text should have stand as they were written, and come back", () => {
    const text = Array.from({ length: 600 }, (_, n) => `$x_{${n}}$`).join(" ");
    const xml = markedUp(text, "block");
    expect(xml.split("<math").length - 1).toBe(500);
    expect(back(xml)).toBe(text);
  });

  test("PG6, XT1: the largest hostile texts are read in time, and those that fit no lesson plainly", () => {
    const since = performance.now();
    for (const unit of ["<b>a</b>", "<i>$</i>", "`", "<code>`</code>", "<math><mi>x</mi></math>"]) {
      back(`<div>${unit.repeat(500_000 / unit.length)}</div>`);
    }
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(back(`<div>${"<b>a</b>".repeat(60_000)}</div>`)).toBe("a".repeat(60_000));
  });

  test("what only our Markdown says goes along, until somebody changes what is shown", () => {
    const xml = markedUp("# Leaves  ", "block");
    expect(xml).toBe('<div data-markdown="# Leaves  "><h3>Leaves</h3></div>');
    const loud = markedUp("__a__", "line");
    expect([loud, back(loud)]).toEqual([
      '<span data-markdown="__a__"><strong>a</strong></span>',
      "__a__",
    ]);
    expect(back(loud.replace(">a<", ">b<"))).toBe("**b**");
  });

  test("XT2: scripts are gone, and neither a link nor a carried text runs anything", () => {
    const hostile = [
      '<div>a<script>alert(1)</script><a href="javascript:alert(1)">b</a></div>',
      '<div data-markdown="[ab](javascript:alert(1))"><p>ab</p></div>',
      '<div data-markdown="a&lt;img src=x onerror=alert(1)>b"><p>ab</p></div>',
      "<div>a&lt;!--b</div>",
    ];
    expect(hostile.map(back)).toEqual(["ab", "ab", "ab", "a&lt;!--b"]);
  });

  test("MathML of others stands as its signs, tables as lines, signs of dollars as such", () => {
    const math = "<div>x <math><mi>y</mi><mo>+</mo><mn>1</mn></math></div>";
    expect(back(math)).toBe("x $y+1$");
    expect(back("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>")).toBe(
      "a b\n\nc",
    );
    expect(plainOf(back("<p>$1 and b$, c$</p>"))).toBe("$1 and b$, c$");
  });
});
