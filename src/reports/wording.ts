/** How a report speaks: its words and numbers in the language of whoever reads it. */
import { filled, numberOf, percentOf } from "../pages/format.ts";
import { CATALOGUE, type Language, type WordKey, directionOf } from "../pages/words/words.ts";

export interface Wording {
  readonly language: Language;
  readonly direction: "ltr" | "rtl";
  readonly say: (key: WordKey, values?: Readonly<Record<string, string | number>>) => string;
  /** With two places at most; a dash where there is none. */
  readonly number: (value: number | null) => string;
  readonly percent: (share: number) => string;
}

/** Marks by which a browser orders a line; on paper they would be signs. */
const ORDERING = /[\u{200E}\u{200F}\u{061C}]/gu;

export function wordingOf(language: Language): Wording {
  const number = (value: number) => numberOf(value, language).replaceAll(ORDERING, "");
  return {
    language,
    direction: directionOf(language),
    say: (key, values = {}) =>
      filled(CATALOGUE[language][key], values, language).replaceAll(ORDERING, ""),
    number: (value) => (value === null ? "–" : number(value)),
    percent: (share) => percentOf(share, language).replaceAll(ORDERING, ""),
  };
}

export const ENGLISH = wordingOf("en");
