/** The charts: well-formed whatever they are given, and readable without colour. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { difficultyChart, optionsChart, pointsChart } from "../../src/reports/chart.ts";
import type { Analysis, ItemAnalysis } from "../../src/reports/item-analysis.ts";
import { wordingOf } from "../../src/reports/wording.ts";

const ITEM: ItemAnalysis = {
  ...{
    roundId: "r1",
    stepId: "s1",
    kind: "single-choice",
    prompt: "Why?",
    pointsMax: 1,
    group: null,
  },
  ...{ takers: 4, answered: 4, difficulty: 0.75, discrimination: null, upperLower: null },
  options: [
    { id: "a", text: "Yes", correct: true, count: 3, share: 0.75, meanRest: 1 },
    { id: "b", text: "No", correct: false, count: 1, share: 0.25, meanRest: 0 },
  ],
};

function analysis(
  items: readonly ItemAnalysis[],
  distribution: readonly number[] | null,
): Analysis {
  const attendance = { present: 0, late: 0, absent: 0, excused: 0 };
  const none = { pointsMean: null, reliability: null, reliabilityKind: null };
  return { items, overall: { takers: 4, pointsMax: 1, ...none, distribution, attendance } };
}

/** Each tag closed in turn, no bare `<`, `>` or `&`, no character that XML has not. */
function expectWellFormed(svg: string): void {
  const token = /<(\/?)([A-Za-z]+)(?: [A-Za-z:-]+="[^"<>]*")*(\/?)>|&(?:amp|lt|gt|quot);|[^<>&]/guy;
  const open: string[] = [];
  let read = "";
  for (const [whole, closes, name, isEmpty] of svg.matchAll(token)) {
    read += whole;
    if (closes === "/") {
      expect(open.pop()).toBe(name);
    } else if (name !== undefined && isEmpty !== "/") {
      open.push(name);
    }
  }
  expect(read).toBe(svg);
  expect(open).toEqual([]);
  expect(svg.isWellFormed()).toBe(true);
  const codes = [...svg].map((letter) => letter.codePointAt(0) ?? 0);
  expect(codes.filter((code) => code < 32 && ![9, 10, 13].includes(code))).toEqual([]);
  expect(codes.filter((code) => code === 0xfffe || code === 0xffff)).toEqual([]);
}

test("RP5: the chart is well-formed, whatever the words of an item", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "</text><script>alert(1)</script>",
      '" onload="x',
      "]]>&amp;",
      "\u{0}\u{FFFF}\u{D800}",
    ),
  );
  fc.assert(
    fc.property(words, words, (prompt, text) => {
      const options = (ITEM.options ?? []).map((option) => ({ ...option, text }));
      const item = { ...ITEM, prompt, options };
      expectWellFormed(optionsChart(item) ?? "");
      expectWellFormed(difficultyChart(analysis([item], null)));
    }),
  );
});

test("numbers are where they belong: every bar within the picture, nothing NaN", () => {
  const counts = fc.array(fc.nat(1_000), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(counts, (distribution) => {
      const svg = pointsChart(analysis([], distribution));
      expectWellFormed(svg);
      expect(svg).not.toContain("NaN");
      const widths = [...svg.matchAll(/<rect x="220"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
        Number(width),
      );
      expect(widths).toHaveLength(10);
      expect(Math.max(...widths)).toBeLessThanOrEqual(300);
    }),
  );
});

test("in Arabic a chart begins on the right: labels, then bars, each within the picture", () => {
  const sheet = { wording: wordingOf("ar"), isPaper: false };
  const svg = optionsChart(ITEM, sheet) ?? "";
  expectWellFormed(svg);
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)" height="18"/g)];
  expect(bars.map(([, x, width]) => Number(x) + Number(width))).toEqual([420, 420]);
  expect(svg).toMatch(/<text x="428" y="54">\u{2068}Yes\u{2069}/u);
  expect(svg).toMatch(/text-anchor="end">\u{2068}3 \(75%\) صحيح\u{2069}/u);
});

describe("read without colour", () => {
  const svg = optionsChart(ITEM) ?? "";

  test("title and description name the picture to who cannot see it", () => {
    expect(svg).toContain('role="img"');
    expect(svg).toContain('aria-labelledby="options-r1-title options-r1-desc"');
    expect(svg).toContain('<title id="options-r1-title">Why?</title>');
    expect(svg).toContain('<desc id="options-r1-desc">');
  });

  test("right and wrong differ by pattern and by word, on a ground of their own", () => {
    expect(svg).toMatch(/fill="#15803d"[^]*3 \(75%\) right/);
    expect(svg).toMatch(/url\(#options-r1-wrong\)[^]*1 \(25%\) wrong/);
    expect(svg).toContain('fill="#ffffff"');
  });

  test("what was not judged has a word and no bar, and nothing at all says so", () => {
    const open = difficultyChart(analysis([{ ...ITEM, difficulty: null, options: null }], null));
    expect(open).toContain("not judged");
    expect(open).not.toContain("url(#");
    expect(pointsChart(analysis([], null))).toContain("There are no numbers yet.");
    expect(optionsChart({ ...ITEM, options: null })).toBeUndefined();
  });
});
