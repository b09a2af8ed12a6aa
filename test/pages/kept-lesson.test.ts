/** What a lesson has beside its steps, as lines of text and back. */
import { expect, test } from "bun:test";
import { standardsIn, tagsIn } from "../../src/pages/kept-lesson.ts";

test("tags are lines, each once, without blanks", () => {
  expect(tagsIn(" geo \n\nbig rivers\ngeo\n")).toEqual(["geo", "big rivers"]);
});

test("a standard that is only looked at keeps its title and the steps that are still there", () => {
  const before = [
    { framework: "NGSS", code: "1", title: "A | B", steps: ["s1", "s2"] },
    { framework: "NGSS", code: "2", steps: ["s2"] },
  ];
  const text = "NGSS | 1 | A | B\nNGSS|2\n\nCCSS | 3.NF";

  expect(standardsIn(text, before, ["s1"])).toEqual([
    { framework: "NGSS", code: "1", title: "A | B", steps: ["s1"] },
    { framework: "NGSS", code: "2" },
    { framework: "CCSS", code: "3.NF" },
  ]);
  expect(standardsIn("just words", before, [])).toEqual([{ framework: "just words", code: "" }]);
});
