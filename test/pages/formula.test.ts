/** Formulas: MathML for what is TeX, nothing for what reaches out or does not end. */
import { expect, test } from "bun:test";
import { renderToString } from "katex";
import { pageFiles } from "../../src/http/page-files.ts";
import { FORMULA_OPTIONS } from "../../src/pages/formula-options.ts";

const mathOf = (tex: string): string => renderToString(tex, FORMULA_OPTIONS);

test("TeX becomes MathML alone, with its source beside it", () => {
  const math = mathOf("\\frac{a_1}{\\sqrt{b}} \\le \\sum_{i=1}^n x^2");
  expect(math).toContain("<mfrac>");
  expect(math).toContain('<annotation encoding="application/x-tex">');
  expect(math).not.toContain("katex-html");
});

test.each([
  "\\href{javascript:alert(1)}{x}",
  "\\includegraphics{https://tracker.example/pixel}",
  "\\htmlStyle{position: fixed}{x}",
  "\\url{https://evil.example}",
])("PG9: %s links nowhere and takes nothing", (tex) => {
  expect(mathOf(tex)).not.toMatch(/href=|src=|style="position/);
});

test("PG9: macros without an end, and what is no TeX, are refused", () => {
  expect(() => mathOf("\\def\\a{\\a\\a}\\a")).toThrow("Too many expansions");
  expect(() => mathOf("\\frac{")).toThrow("Unexpected end of input");
});

test("no page waits for KaTeX: it is a script of its own, which nothing preloads", async () => {
  const { files, scripts } = await pageFiles();
  const withTex = [...files].filter(([, { plain }]) => Buffer.from(plain).includes("mathcal"));
  expect(withTex).toHaveLength(1);
  const preloaded = Object.values(scripts).flat();
  expect(preloaded).not.toContain(withTex[0]?.[0] ?? "");
});
