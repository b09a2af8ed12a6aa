/**
 * The page's words and language, and where it is: as the server put them into its HTML, or, where
 * the server itself draws the first view, as it says.
 */
import { filled } from "./format.ts";
import type { WordKey } from "./words/words.ts";

export interface Place {
  readonly language: string;
  /** Each language of the catalogue, as `[tag, its own name]`. */
  readonly languages: readonly (readonly [tag: string, name: string])[];
  readonly words: Readonly<Record<string, string>>;
  /** The language that the address asks for by name. */
  readonly wanted: string | null;
  readonly path: string;
}

const NOWHERE: Place = { language: "en", languages: [], words: {}, wanted: null, path: "/" };

let place = typeof document === "undefined" ? NOWHERE : placeOf(document);

/** In a browser, where it never changes. */
export const { language } = place;

export function placeNow(): Place {
  return place;
}

/** For the server, before each view that it draws: drawing is one turn of the event loop. */
export function setPlace(next: Place): void {
  place = next;
}

export function t(key: WordKey, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(place.words[key] ?? key, values, place.language);
}

/** For keys that are put together: undefined where the catalogue has none. */
export function wordFor(
  key: string,
  values: Readonly<Record<string, string | number>> = {},
): string | undefined {
  const text = place.words[key];
  return text === undefined ? undefined : filled(text, values, place.language);
}

function placeOf({ documentElement, location }: Document): Place {
  const languages = (documentElement.dataset["languages"] ?? "")
    .split("|")
    .map((each): readonly [string, string] => {
      const [tag = "", name = ""] = each.split("=");
      return [tag, name];
    });
  return {
    language: documentElement.lang,
    languages,
    words: parseWords(document.getElementById("words")?.textContent ?? "{}"),
    wanted: new URL(location.href).searchParams.get("lang"),
    path: location.pathname,
  };
}

function parseWords(text: string): Readonly<Record<string, string>> {
  return JSON.parse(text) as Readonly<Record<string, string>>;
}
