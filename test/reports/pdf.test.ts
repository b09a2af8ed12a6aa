/** The report on paper: a whole PDF with its own fonts, and words in the direction they run. */
import { describe, expect, test } from "bun:test";
import { reportOf } from "../../machines/learning-session/report.ts";
import { analysisOf } from "../../src/reports/item-analysis.ts";
import { printed } from "../../src/reports/press.ts";
import { piecesOf } from "../../src/reports/written.ts";
import { liveClass } from "../machines/classroom.ts";

const written = (text: string) =>
  piecesOf(text)
    .map((piece) => piece.text)
    .join("");

test("a report is one whole PDF with embedded fonts, set beside this thread", async () => {
  const { context } = liveClass();
  const bytes = await printed({ ...reportOf(context), ...analysisOf(context) });
  const text = new TextDecoder("latin1").decode(bytes);
  expect(text).toStartWith("%PDF-");
  expect(text.trimEnd()).toEndWith("%%EOF");
  expect(text).toContain("/FontFile2");
  expect(text).toContain("DejaVuSans-Bold");
});

test("no more than two are set at once, and the third can come later", async () => {
  const report = reportOf(liveClass().context);
  const asked = [printed(report), printed(report), printed(report)];
  expect((await Promise.all(asked)).map((bytes) => bytes !== undefined)).toEqual([
    ...[true, true, false],
  ]);
  expect(await printed(report)).toBeDefined();
});

describe("words", () => {
  test("of one direction stay, of the other are turned round together", () => {
    expect(written("Ada  Lovelace")).toBe("Ada Lovelace");
    expect(written("محمد بن سلمان")).toBe("سلمان بن محمد");
    expect(written("Dr. محمد بن (10b)")).toBe("Dr. بن محمد (10b)");
    expect(written(" ")).toBe("");
  });
});
