/** Markdown of lessons: what is marked, and that nothing of it is ever more than text. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { type Block, type Inline, blocksOf, inlinesOf, plainOf } from "../../src/pages/markdown.ts";

const hrefsIn = (inlines: readonly Inline[]): readonly string[] =>
  inlines.flatMap((each) => [
    ...(each.kind === "link" ? [each.href] : []),
    ...("inside" in each ? hrefsIn(each.inside) : []),
  ]);

const linesIn = (block: Block): readonly (readonly Inline[])[] => {
  if (block.kind === "code" || block.kind === "math") {
    return [];
  }
  return block.kind === "list" ? block.items : [block.inside];
};

const text = (value: string): Inline => ({ kind: "text", text: value });

describe("markdown", () => {
  test("emphasis, code, links, lists, headings and breaks", () => {
    expect(inlinesOf("Water **evaporates** and *condenses*: `H2O`")).toEqual([
      text("Water "),
      { kind: "strong", inside: [text("evaporates")] },
      text(" and "),
      { kind: "em", inside: [text("condenses")] },
      text(": "),
      { kind: "code", text: "H2O" },
    ]);
    expect(inlinesOf("[sea](https://sea.example/a?b=1)")).toEqual([
      { kind: "link", href: "https://sea.example/a?b=1", inside: [text("sea")] },
    ]);
    expect(
      blocksOf("# Rain\n- one\n- two\n\n1. first\n\nlast\nline").map((each) => each.kind),
    ).toEqual(["heading", "list", "list", "paragraph"]);
  });

  test("formulas: within a line, set apart, over lines, and in choices", () => {
    const math = (tex: string, isBlock = false): Inline => ({ kind: "math", text: tex, isBlock });
    expect(inlinesOf("So $a*b*c_1$, **$x$** and $$y$$.")).toEqual([
      text("So "),
      math("a*b*c_1"),
      text(", "),
      { kind: "strong", inside: [math("x")] },
      text(" and "),
      math("y", true),
      text("."),
    ]);
    expect(blocksOf("Let\n$$\n\\frac{a}{b}\n+ c\n$$\nbe\n\n  $$ x = 1 $$")).toEqual([
      { kind: "paragraph", inside: [text("Let")] },
      { kind: "math", text: "\\frac{a}{b}\n+ c" },
      { kind: "paragraph", inside: [text("be")] },
      { kind: "math", text: "x = 1" },
    ]);
    expect(plainOf("Is $x^2$ even?\n\n$$y$$")).toBe("Is x^2 even? y");
    expect(inlinesOf("$\\text{5\\$ each}$")).toEqual([math("\\text{5\\$ each}")]);
  });

  test.each([
    "It costs $5 or $10.",
    "US$5, AU$7 and $ 3 $",
    "\\$x\\$ and 3$",
    "$5-$10",
    "$$",
    "$$ open\n\nnever closed",
    "$a\nb$",
  ])("%j has no formula", (markdown) => {
    const all = blocksOf(markdown);
    const inlines = all.flatMap(linesIn).flat();
    expect([...all, ...inlines].map(({ kind }) => kind)).not.toContain("math");
    expect(plainOf("\\$x\\$")).toBe("$x$");
  });

  test("PG5: pictures are the school's own, and are read by what they show", () => {
    expect(inlinesOf("![A *leaf*](media:a1-B_2)")).toEqual([
      { kind: "picture", id: "a1-B_2", alt: "A *leaf*" },
    ]);
    expect(plainOf("See ![a leaf](media:a1).")).toBe("See a leaf.");
    for (const href of [
      "media:../x",
      "media:a/b",
      "media:",
      "MEDIA:a",
      "https://x.example/a.png",
    ]) {
      expect([href, plainOf(`![x](${href})`)]).toEqual([href, "x"]);
      expect(inlinesOf(`![x](${href})`).map(({ kind }) => kind)).toEqual(["text"]);
    }
    expect(inlinesOf("[x](media:a1)").map(({ kind }) => kind)).toEqual(["text"]);
  });

  test("what the import escapes reads as it was written", () => {
    expect(plainOf("2 \\* 3 \\< 7 &lt;b&gt; snake_case \\_x\\_")).toBe(
      "2 * 3 < 7 <b> snake_case _x_",
    );
  });

  test.each([
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert)",
    "[x](data:text/html,a)",
    "[x](//evil.example)",
    "[x](vbscript:x)",
    "![x](https://tracker.example/pixel)",
    "[x](\u0000javascript:x)",
  ])("PG5: %p makes no link", (markdown) => {
    expect(blocksOf(markdown).flatMap(linesIn).flatMap(hrefsIn)).toEqual([]);
  });

  test.each(["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\u202Egnp.exe\u200B"])(
    "PG5: %p stays the text that it is",
    (hostile) => {
      expect(plainOf(hostile)).toBe(hostile);
    },
  );

  test("PG5: whatever is written, links go to http, https or mailto", () => {
    const piece = fc.constantFrom(
      "[",
      "]",
      "(",
      ")",
      "*",
      "_",
      "`",
      "\\",
      "a",
      "https://",
      "java",
      ":",
      "!",
      "\n",
      "&lt;",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const hrefs = blocksOf(pieces.join("")).flatMap(linesIn).flatMap(hrefsIn);
        expect(hrefs.every((href) => /^(https?:\/\/|mailto:)/i.test(href))).toBe(true);
      }),
    );
  });

  test("PG6: a long hostile text is read in time", () => {
    const startedAt = performance.now();
    for (const unit of ["*", "**a", "[", "`", "_a_", "[a](", "\\", "$a", "$$ a\n"]) {
      blocksOf(unit.repeat(50_000 / unit.length));
    }
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
