/** The page's words and language, as the server put them into its HTML. */
import { filled } from "./format.ts";
import type { WordKey } from "./words/words.ts";

const words = parseWords(document.getElementById("words")?.textContent ?? "{}");

export const language = document.documentElement.lang;

/** Each language of the catalogue, as `[tag, its own name]`. */
export const languages = (document.documentElement.dataset["languages"] ?? "")
  .split("|")
  .map((each): readonly [string, string] => {
    const [tag = "", name = ""] = each.split("=");
    return [tag, name];
  });

export function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(words[key] ?? key, values, language);
}

/** For keys that are put together: undefined where the catalogue has none. */
export function wordFor(
  key: string,
  values: Readonly<Record<string, string | number>> = {},
): string | undefined {
  const text = words[key];
  return text === undefined ? undefined : filled(text, values, language);
}

function parseWords(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Readonly<Record<string, string>>;
}
