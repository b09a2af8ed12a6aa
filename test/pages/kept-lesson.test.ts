/** What a lesson has beside its steps, as lines of text and back. */
import { expect, test } from "bun:test";
import { servedBy, standardKeysIn, standardsIn, tagsIn } from "../../src/pages/kept-lesson.ts";

test("tags are lines, each once, without blanks", () => {
  expect(tagsIn(" geo \n\nbig rivers\ngeo\n")).toEqual(["geo", "big rivers"]);
});

test("a standard keeps its title, and is for the steps that say so, or for the whole lesson", () => {
  const standards = [
    { framework: "NGSS", code: "1", title: "A | B", steps: ["s1", "s2"] },
    { framework: "NGSS", code: "2" },
  ];
  const text = "NGSS | 1 | A | B\nNGSS|2\n\nCCSS | 3.NF";
  const steps = ["s1", "s2", "s3"].map((id) => ({ id, standards: servedBy(id, standards) }));

  expect(standardKeysIn(`${text}\nNGSS | 1 | again`)).toEqual([
    "NGSS | 1",
    "NGSS | 2",
    "CCSS | 3.NF",
  ]);
  expect(steps.map((step) => step.standards)).toEqual([["NGSS | 1"], ["NGSS | 1"], []]);
  expect(standardsIn(text, steps)).toEqual([...standards, { framework: "CCSS", code: "3.NF" }]);
  expect(standardsIn(text, steps.slice(1))[0]?.steps).toEqual(["s2"]);
  expect(standardsIn("just words", steps)).toEqual([{ framework: "just words", code: "" }]);
});
