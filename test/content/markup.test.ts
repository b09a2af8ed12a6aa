/** Markup at import: Markdown comes out, and nothing that any reader could take for HTML. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type MarkedUp, markdownOf, plainOf } from "../../src/content/markup.ts";

const FORMATS = ["html", "markdown", "moodle", "plain"] as const;

const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      ..."< > </ <! <!-- --> & &lt; &amp; &#60; &#x3c; &gt; ; # ` `` \\ [ ] ( ) ]( ]: ! / ? = \" '".split(
        " ",
      ),
      ..."script|b|img src=x onerror=alert(1)|svg|a href=|javascript:|<script>|</script>".split(
        "|",
      ),
      ..."<br>|<li>|\n| |x|b>".split("|"),
    ),
    fc.string({ maxLength: 3 }),
  ),
  { maxLength: 30 },
);
const anything: fc.Arbitrary<MarkedUp> = fc.record({
  format: fc.constantFrom(...FORMATS),
  text: pieces.map((parts) => parts.join("")),
});

describe("markup", () => {
  test("MU1: whatever came in, nothing that came out is a tag", () => {
    fc.assert(
      fc.property(anything, (marked) => {
        expect(markdownOf(marked)).not.toMatch(/<[A-Za-z/!?]/);
      }),
      { numRuns: 2_000 },
    );
  });

  test("MU1: a plain text has a tag only from an entity", () => {
    fc.assert(
      fc.property(anything, (marked) => {
        fc.pre(marked.format !== "plain" && !marked.text.includes("&"));
        expect(plainOf(marked)).not.toMatch(/<\/?(?:script|b|br|li|svg)>/i);
      }),
      { numRuns: 1_000 },
    );
  });

  const cases: readonly [string, MarkedUp["format"], string, string][] = [
    ["MU1: tags go, text stays", "html", "<p>A <b>b</b> <i class='>'>c</i></p>", "A b c"],
    ["MU1: scripts go with what they hold", "moodle", "a<SCRIPT>x</script >b<style>c", "ab"],
    ["MU1: so do frames and drawings", "moodle", "a<svg><a>x</a></svg>b<iframe src=x>c", "ab"],
    ["MU1: comments go", "html", "a<!-- <b> > -->b<!doctype html>c<?xml?>", "abc"],
    ["MU1: two halves make no tag", "moodle", "<scr<script>x</script>ipt>y", "&lt;script>y"],
    [
      "MU1: an entity makes no tag",
      "html",
      "&lt;script&gt; &#60;b> &amp;lt;",
      "&lt;script> &lt;b> &amp;lt;",
    ],
    ["MU1: nor in Markdown", "markdown", "&lt;b&gt; \\<b> `<b>`", "&lt;b&gt; &lt;b> `&lt;b>`"],
    ["what only looks like a tag stays", "moodle", "x<y then z>0, 1 < 2", "x&lt;y then z>0, 1 < 2"],
    ["blocks and list items stand apart", "html", "<h1>A</h1><ul><li>b<li>c</ul>", "A\n\n- b\n- c"],
    ["powers and indices are told", "html", "10<sup>3</sup>, log<sub>2</sub>", "10^3, log_2"],
    [
      "entities are characters",
      "html",
      "caf&eacute; &#233;&#xE9; &hellip; &nope;",
      "café éé … &amp;nope;",
    ],
    ["entities are characters in Markdown too", "moodle", "AT&amp;T caf&eacute;", "AT&T café"],
    [
      "Markdown stays",
      "markdown",
      "**a** [b](https://c.d)\n\n- e",
      "**a** [b](https://c.d)\n\n- e",
    ],
    ["Markdown stays in the default format", "moodle", "*a* `b` _____ c", "*a* `b` _____ c"],
    [
      "plain text means itself",
      "plain",
      "*a* # b\n# c\n1. d_e _f_ <b>",
      "\\*a\\* # b\n\\# c\n1\\. d_e \\_f\\_ &lt;b>",
    ],
    ["no space is left at the ends", "html", "<p>&nbsp;a &nbsp;</p>", "a"],
    ["a gap is a gap", "html", "a _____ b", "a _____ b"],
    ["MU2: a link to script goes nowhere", "moodle", "[a](javascript:alert(1)) b", "[a](#) b"],
    [
      "MU2: however it is written",
      "markdown",
      "[a]( JaVa&Tab;script:x) [b](java\\:x)",
      "[a]( #) [b](#)",
    ],
    [
      "MU2: or hidden",
      "markdown",
      "[q]:x](data:text/html,x)\n[r]: vbscript:x",
      "[q]:x](#)\n[r]: #",
    ],
    ["MU2: with a letter as an entity", "moodle", "[a](java&#115;cript:x)", "[a](#)"],
    ["MU2: an address in brackets is a link", "moodle", "<https://a.b/c>", "https://a.b/c"],
    [
      "MU2: good links stay",
      "moodle",
      "[a](mailto:x@y.z) [b](/c:d#e) [f](g_(h))",
      "[a](mailto:x@y.z) [b](/c:d#e) [f](g_(h))",
    ],
  ];
  test.each(cases)("%s", (_, format, text, markdown) => {
    expect(markdownOf({ format, text })).toBe(markdown);
  });

  test("a text to compare with is neither HTML nor escaped", () => {
    expect(plainOf({ format: "html", text: "<p>a*b &lt;i&gt;</p>" })).toBe("a*b <i>");
    expect(plainOf({ format: "plain", text: " <b>&amp; " })).toBe("<b>&amp;");
    expect(plainOf({ format: "moodle", text: "<scr<script>x</script>ipt>y" })).toBe("");
  });

  test("control characters are dropped", () => {
    expect(markdownOf({ format: "moodle", text: "a\u0001b\u0085c&#1;" })).toBe("abc\ufffd");
  });

  test("MU3: twice as much of anything costs no more than a few times as much", () => {
    const marks = [
      "<",
      "<a ",
      '<a "',
      "<!--",
      "`",
      "` `` ",
      "<script>",
      "](",
      "]:",
      "&#",
      "_",
      "((",
      "<p ",
    ];
    for (const mark of marks) {
      const small = costOf(mark.repeat(20_000));
      const large = costOf(mark.repeat(80_000));

      expect(large).toBeLessThan(200 + 12 * small);
    }
  });
});

function costOf(text: string): number {
  const began = performance.now();
  for (const format of FORMATS) {
    markdownOf({ format, text });
    plainOf({ format, text });
  }
  return performance.now() - began;
}
