/** The report on paper: a whole PDF with its own fonts, and words in the direction they run. */
import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { reportOf } from "../../machines/learning-session/report.ts";
import { analysisOf } from "../../src/reports/item-analysis.ts";
import { CATALOGUE, LANGUAGES } from "../../src/pages/words/words.ts";
import { sectionsOf } from "../../src/reports/pdf-sections.ts";
import { printed } from "../../src/reports/press.ts";
import { wordingOf } from "../../src/reports/wording.ts";
import { piecesOf } from "../../src/reports/written.ts";
import { liveClass } from "../machines/classroom.ts";

const written = (text: string) =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join("");

test("a report is one whole PDF with embedded fonts, set beside this thread", async () => {
  const { context } = liveClass();
  const bytes = await printed({ ...reportOf(context), ...analysisOf(context) }, "en");
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text).toStartWith("%PDF-");
  expect(text.trimEnd()).toEndWith("%%EOF");
  expect(text).toContain("/FontFile2");
  expect(text).toContain("DejaVuSans-Bold");
});

test.each([...LANGUAGES])("in %s the report is set in its own words and direction", (language) => {
  const { context } = liveClass();
  const whole = { ...reportOf(context), ...analysisOf(context) };
  const sections = JSON.stringify(sectionsOf(whole, wordingOf(language)));
  const words = CATALOGUE[language];
  for (const key of ["r.students", "t.attendance", "r.chart-points", "r.not-yet"] as const) {
    for (const word of words[key].split(" ")) {
      expect(sections).toContain(word);
    }
  }
  const heads = [words["c.points"], words["t.attendance"], words["c.name"]];
  const places = heads.map((head) => sections.lastIndexOf(`[{"text":"${head}"}]`));
  expect(places).toEqual(places.toSorted((a, b) => (language === "ar" ? a - b : b - a)));
  expect(places).not.toContain(-1);
});

test("no more than two are set at once, and the third can come later", async () => {
  const report = reportOf(liveClass().context);
  const asked = [printed(report, "en"), printed(report, "en"), printed(report, "en")];
  expect((await Promise.all(asked)).map((bytes) => bytes !== undefined)).toEqual([
    ...[true, true, false],
  ]);
  expect(await printed(report, "en")).toBeDefined();
});

describe("words", () => {
  test("of one direction stay, of the other are turned round together", () => {
    expect(written("Ada  Lovelace")).toBe("Ada Lovelace");
    expect(written("محمد بن سلمان")).toBe("سلمان بن محمد");
    expect(written("Dr. محمد بن (10b)")).toBe("Dr. بن محمد (10b)");
    expect(written(" ")).toBe("");
  });

  test.each([
    ["1. ما هو", "هو ما .1"],
    ["10 / 12", "12 / 10"],
    ["9 (60%) صحيح", "صحيح (60%) 9"],
    ["-0.25", "-0.25"],
    ["1/3؟", "؟1/3"],
    ["الثبات: 0.86 (KR-20)", "(KR-20) 0.86 الثبات:"],
    ["ليلى, Ada Lovelace, عمر", "عمر ,Ada Lovelace ليلى,"],
    ["صف-12", "12صف-"],
    ["(ليلى)", ")ليلى("],
    ["What is 2 + 2?", "What is 2 + 2?"],
  ])("of an Arabic report: %p is set as %p, and the font turns the letters", (text, line) => {
    expect(
      piecesOf(text, { base: "rtl" })
        .map((each) => each.text)
        .join(""),
    ).toBe(line);
  });

  test.each([
    ["Zoë, محمد بن سلمان, Ben", "Zoë, سلمان بن محمد, Ben"],
    ["A (محمد), b", "A (محمد), b"],
  ])("of an English report: %p is set as %p", (text, line) => {
    expect(written(text)).toBe(line);
  });

  test("none is lost, doubled or broken, whatever stands beside it", () => {
    const sign = fc.constantFrom(
      ...["א", "م", "لا", "a", "Ж", "1", "42", "(", ")", "%", "-", ".", " ", "؟"],
    );
    const texts = fc.array(sign, { maxLength: 30 }).map((signs) => signs.join(""));
    const kept = (text: string) => [...text.replaceAll(/[\s()]/g, "")].toSorted().join("");
    fc.assert(
      fc.property(texts, fc.constantFrom("ltr" as const, "rtl" as const), (text, base) => {
        const pieces = piecesOf(text, { base, charsMax: 12 }).map((each) => each.text);
        expect(kept(pieces.join(""))).toBe(kept(text));
        const numbers = (of: string) => (of.match(/\d+/g) ?? []).toSorted();
        expect(numbers(pieces.join(" "))).toEqual(numbers(text));
        const mixed = pieces.filter((each) => /[אم]/.test(each) && /[aЖ\d]/.test(each));
        expect(mixed).toEqual([]);
      }),
    );
  });

  test("are broken into lines before they are turned", () => {
    const lines = piecesOf("واحد اثنان ثلاثة", { charsMax: 10 });
    expect(lines.map((each) => each.text).join("")).toBe("اثنان واحد\nثلاثة");
    const long = piecesOf("one two three", { charsMax: 3 });
    expect(long.map((each) => each.text).join("")).toBe("one two three");
  });
});
