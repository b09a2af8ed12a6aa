/** What is wrong with a lesson, as its author reads it: where, and what, in his own language. */
import { describe, expect, test } from "bun:test";
import { FIELD_CODES, type FieldError } from "../../machines/refusal.ts";
import { exportQti } from "../../src/content/qti-export.ts";
import { contentOf } from "../../src/http/lesson-content.ts";
import { LessonWish } from "../../src/http/lesson-shapes.ts";
import { createValidator } from "../../src/http/valid.ts";
import { type Say, textOfFault } from "../../src/pages/fault-text.ts";
import { filled } from "../../src/pages/format.ts";
import { newStep, stepOf } from "../../src/pages/lesson-draft.ts";
import { systemClock } from "../../src/platform.ts";
import { LANGUAGES, type Language, wordsOf } from "../../src/pages/words/words.ts";

const validator = createValidator(LessonWish);
const ids = { next: () => "made" };

function sayingIn(language: Language): Say {
  const words = wordsOf("teach", language);
  return (key, values = {}) => {
    const word = words[key];
    return word === undefined ? undefined : filled(word, values, language);
  };
}

/** As the server judges a lesson: by its schema, then by what no schema can say. */
function errorsOf(lesson: object): readonly FieldError[] {
  const validated = validator.validate({ title: "T", steps: [], ...lesson });
  if (!validated.ok) {
    return validated.errors;
  }
  const content = contentOf(validated.value, ids);
  return content.ok ? [] : (content.problem.errors ?? []);
}

const question = (parts: object): object => ({
  steps: [
    { id: "a", kind: "content", title: "A", body: "" },
    { id: "b", kind: "item", item: { kind: "poll", prompt: "?", ...parts } },
  ],
});
const draft = (kind: "numeric" | "matching", parts: object): object => ({
  steps: [stepOf({ ...newStep(kind, "s"), text: "?", ...parts })],
});
const choices = [
  { id: "a", text: "A" },
  { id: "b", text: "B" },
];

describe("faults of a lesson", () => {
  test.each([
    [{ title: "" }, "Title: This is empty."],
    [{ title: "  " }, "Title: This is empty."],
    [{ title: "x".repeat(201) }, "Title: At most 200 characters fit here."],
    [{ language: "?" }, "Language: Write the language as a tag, such as en or pt-BR."],
    [{ tags: ["a", "x".repeat(101)] }, "Tag 2: At most 100 characters fit here."],
    [{ standards: [{ framework: "F", code: "" }] }, "Standard 1: The code is empty: write"],
    [question({ prompt: "", choices }), "Step 2, question: This is empty."],
    [question({ choices: [{ id: "a", text: "A" }] }), "Step 2, choices: At least 2 are needed."],
    [
      question({ choices: [choices[0], { id: "b", text: "" }] }),
      "Step 2, choice 2: This is empty.",
    ],
    [question({ kind: "single-choice", choices }), "Step 2, choices: Mark a right answer."],
    [question({ choices, limitMs: 1_000 }), "Step 2, seconds to answer: Not below 5 seconds."],
    [question({ choices, points: 1.005 }), "Step 2, points: At most two decimal places."],
    [question({ choices, points: -1 }), "Step 2, points: Not below 0."],
    [question({ kind: "riddle" }), "Step 2, kind of question: There is no such kind of question."],
    [draft("numeric", { number: "" }), "Step 1, accepted answer 1: Write a number."],
    [draft("matching", { lines: "a = b\nc" }), "Step 1, pair 2: The right side is empty"],
    [draft("matching", { lines: "a = b\na = c" }), "Step 1, pair 2: This is there twice."],
  ])("of %j an author reads: %s", (lesson, expected) => {
    const say = sayingIn("en");
    const texts = errorsOf(lesson).map((error) => textOfFault(error, say));
    expect(texts.join("\n")).toStartWith(expected);
  });

  test.each([...LANGUAGES])("PG10: every code of a field has its words in %s", (language) => {
    const say = sayingIn(language);
    for (const code of FIELD_CODES) {
      const path = "/steps/11/item/choices/1/text";
      const text = textOfFault({ path, message: "the server's", code, limit: 7 }, say);
      expect([code, text]).not.toEqual([code, expect.stringMatching(/server|\{|undefined/)]);
      expect(text).toContain(new Intl.NumberFormat(language).format(12));
    }
  });

  test("what a format loses is named by its place, and of that by its part", async () => {
    const accepted = [{ text: "N*le", weight: 1, wildcards: true as const, feedback: "Yes." }];
    const body = "![a leaf](media:a1)";
    const { lost } = await exportQti(
      {
        ...{ title: "T", language: "en", tags: [] },
        steps: [
          { id: "a", kind: "item", item: { kind: "short-text", prompt: "?", accepted } },
          { id: "b", kind: "content", title: "B", body },
        ],
      },
      systemClock,
    );
    const say = sayingIn("de");
    expect(lost.map((error) => textOfFault(error, say))).toEqual([
      "Schritt 1, gültige Antwort 1, Platzhalter: Das Format hat dafür keinen Platz.",
      "Schritt 1, gültige Antwort 1, Rückmeldung: Das Format hat dafür keinen Platz.",
      "Schritt 2: Das Bild bleibt hier; nur seine Worte gehen mit.",
    ]);
  });

  test("a problem without a code is said as the server said it, at its step", () => {
    const error = { path: "/steps/0/odd", message: "Expected odd" };
    expect(textOfFault(error, sayingIn("de"))).toBe("Schritt 1: Expected odd");
  });
});
