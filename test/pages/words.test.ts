/** The catalogue: whole in every language, and each reader gets his own. */
import { describe, expect, test } from "bun:test";
import {
  CATALOGUE,
  LANGUAGES,
  directionOf,
  languageFor,
  wordsOf,
} from "../../src/pages/words/words.ts";

const placeholders = (text: string): readonly string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).toSorted();

/** Words that are the same in some languages by right, such as PIN or Text. */
const SAME_MAX = 14;

const { en } = CATALOGUE;

describe("words", () => {
  test.each([...LANGUAGES])(
    "PG1: %s has every key of English, none empty, with the same placeholders",
    (language) => {
      const words = CATALOGUE[language];
      expect(Object.keys(words).toSorted()).toEqual(Object.keys(en).toSorted());
      for (const [key, text] of Object.entries(words)) {
        expect([key, text.trim()]).not.toEqual([key, ""]);
        const english = Object.entries(en).find(([each]) => each === key)?.[1] ?? "";
        expect([key, ...placeholders(text)]).toEqual([key, ...placeholders(english)]);
      }
    },
  );

  test.each(LANGUAGES.filter((each) => each !== "en"))(
    "PG1: %s is a translation, not English left over",
    (language) => {
      const same = Object.entries(CATALOGUE[language]).filter(([key, text]) =>
        Object.entries(en).some(([each, english]) => each === key && english === text),
      );
      expect(same.length).toBeLessThanOrEqual(SAME_MAX);
    },
  );

  test.each([
    ["de", "fr", "de"],
    [null, "fr-CA, en;q=0.8", "fr"],
    [null, "pt, uk;q=0.4, es;q=0.7", "es"],
    [null, "ar-EG", "ar"],
    [null, "uk;q=0, de;q=0.1", "de"],
    ["xx", "ja", "en"],
    [null, null, "en"],
    [null, ";;;q=,,=", "en"],
    ["__proto__", "constructor", "en"],
  ] as const)("PG2: asked for %p with %p, a reader gets %p", (wanted, accepted, expected) => {
    expect(languageFor(wanted, accepted)).toBe(expected);
  });

  test("Arabic is written from right to left, the others are not", () => {
    const rightToLeft = LANGUAGES.filter((each) => directionOf(each) === "rtl");
    expect(rightToLeft).toEqual(["ar"]);
  });

  test("a page is sent its own words and no other page's", () => {
    const keys = Object.keys(wordsOf("board", "de"));
    expect(new Set(keys.map((key) => key[0]))).toEqual(new Set(["c", "p", "b"]));
  });
});
