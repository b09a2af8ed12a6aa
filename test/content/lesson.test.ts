/** A lesson's body: what is refused, and by which name. */
import { describe, expect, test } from "bun:test";
import { parseLesson } from "../../src/content/lesson.ts";

const step = { id: "s1", kind: "content", title: "Hello", body: "*Hi*" };
const item = { kind: "true-false", prompt: "1 = 1?", correct: true };
const lesson = { title: "Numbers", language: "en", steps: [step] };

describe("lessons", () => {
  test("a lesson comes back as it is, its language in canonical form", () => {
    const parsed = parseLesson({ ...lesson, title: " Numbers ", language: "EN-us" });

    expect(JSON.parse(JSON.stringify(parsed))).toEqual({
      ok: true,
      value: { ...lesson, language: "en-US" },
    });
  });

  const cases: readonly [string, unknown, string][] = [
    ["no object", null, ""],
    ["no title", { ...lesson, title: undefined }, "/title"],
    ["a blank title", { ...lesson, title: " " }, "/title"],
    ["a language that is none", { ...lesson, language: "en_US" }, "/language"],
    ["an unknown field", { ...lesson, colour: 1 }, "/colour"],
    ["media", { ...lesson, media: [] }, "/media"],
    ["media in an item", withItem({ ...item, media: [] }), "/steps/0/item/media"],
    ["steps that are none", { ...lesson, steps: {} }, "/steps"],
    ["too many steps", { ...lesson, steps: Array.from({ length: 501 }, () => step) }, "/steps"],
    ["one id twice", { ...lesson, steps: [step, step] }, "/steps/1/id"],
    ["an item without its key", withItem({ ...item, correct: undefined }), "/steps/0/item/correct"],
    ["an item of the wrong points", withItem({ ...item, points: 0.125 }), "/steps/0/item/points"],
  ];
  test.each(cases)("%s is refused by its name", (_, body, path) => {
    const parsed = parseLesson(JSON.parse(JSON.stringify(body)));

    expect(parsed.ok ? [] : parsed.errors.map((error) => error.path)).toContain(path);
  });

  test("media is refused with the reason", () => {
    const parsed = parseLesson(withItem({ ...item, media: [] }));

    expect(parsed.ok ? "" : parsed.errors[0]?.message).toContain("stand in texts");
  });
});

function withItem(item: object): object {
  return { ...lesson, steps: [{ id: "s1", kind: "item", item }] };
}
