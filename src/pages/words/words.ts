/**
 * The catalogue of all text that people read: which languages there are, and which a reader gets.
 *
 * Keys begin with the page that needs them (`s` students, `t` teachers, `b` board) or with `c` and
 * `p`, which every page has; `r` is for reports on paper and charts. Invariants:
 * PG1: Every language has every key of English, with the same placeholders.
 * PG2: The language is the one that was asked for by name, else the best of `Accept-Language`, else
 *    English.
 */
import { ar } from "./ar.ts";
import { CLASS_WORDS } from "./classes.ts";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { FAULT_WORDS } from "./faults.ts";
import { FLOOR_WORDS } from "./floor.ts";
import { fr } from "./fr.ts";
import { GROUP_WORDS } from "./groups.ts";
import { LESSON_WORDS } from "./lessons.ts";
import { MARKING_WORDS } from "./marking.ts";
import { REPORT_WORDS } from "./report.ts";
import { SCHEDULE_WORDS } from "./schedule.ts";
import { uk } from "./uk.ts";

/** A language that lacks a key does not compile. */
export type Words = Readonly<Record<keyof typeof en, string>>;
export type WordKey =
  | keyof typeof en
  | keyof (typeof CLASS_WORDS)["en"]
  | keyof (typeof FAULT_WORDS)["en"]
  | keyof (typeof FLOOR_WORDS)["en"]
  | keyof (typeof GROUP_WORDS)["en"]
  | keyof (typeof LESSON_WORDS)["en"]
  | keyof (typeof MARKING_WORDS)["en"]
  | keyof (typeof REPORT_WORDS)["en"]
  | keyof (typeof SCHEDULE_WORDS)["en"];

export const LANGUAGES = ["en", "es", "de", "fr", "ar", "uk"] as const;
export type Language = (typeof LANGUAGES)[number];

export const CATALOGUE: Readonly<Record<Language, Readonly<Record<WordKey, string>>>> = {
  en: whole("en", en),
  es: whole("es", es),
  de: whole("de", de),
  fr: whole("fr", fr),
  ar: whole("ar", ar),
  uk: whole("uk", uk),
};

function whole(language: Language, own: Words): Readonly<Record<WordKey, string>> {
  return {
    ...own,
    ...CLASS_WORDS[language],
    ...FAULT_WORDS[language],
    ...FLOOR_WORDS[language],
    ...GROUP_WORDS[language],
    ...LESSON_WORDS[language],
    ...MARKING_WORDS[language],
    ...REPORT_WORDS[language],
    ...SCHEDULE_WORDS[language],
  };
}

/** Each language in its own words, for the menu. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  es: "Español",
  de: "Deutsch",
  fr: "Français",
  ar: "العربية",
  uk: "Українська",
};

export type PageName = "join" | "teach" | "board";

const SECTIONS: Readonly<Record<PageName, readonly string[]>> = {
  join: ["c", "p", "s"],
  teach: ["c", "p", "t"],
  board: ["c", "p", "b"],
};

/** Longer headers are nobody's list of languages. */
const HEADER_CHARS_MAX = 500;

export function directionOf(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** What one page needs, so that no reader is sent the words of another. */
export function wordsOf(page: PageName, language: Language): Readonly<Record<string, string>> {
  const sections = SECTIONS[page];
  return Object.fromEntries(
    Object.entries(CATALOGUE[language]).filter(([key]) => sections.includes(key.slice(0, 1))),
  );
}

export function languageFor(wanted: string | null, accepted: string | null): Language {
  const named = LANGUAGES.find((each) => each === wanted);
  return named ?? bestOf(accepted ?? "") ?? "en";
}

function bestOf(header: string): Language | undefined {
  const ranges = header
    .slice(0, HEADER_CHARS_MAX)
    .split(",")
    .map((range) => {
      const [tag = "", ...parameters] = range.trim().split(";");
      const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((range) => range.quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of ranges) {
    const found = LANGUAGES.find((each) => tag === each || tag.startsWith(`${each}-`));
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
