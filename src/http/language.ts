/** In which language a route speaks to people: what `?language=` names, else what is accepted. */
import { Type } from "@sinclair/typebox";
import { LANGUAGES, type Language, languageFor } from "../pages/words/words.ts";

export const LanguageQuery = Type.Optional(
  Type.Union(
    LANGUAGES.map((each) => Type.Literal(each)),
    { description: "Of its words; without it, the best of `Accept-Language`." },
  ),
);

export function languageOf({ headers }: Request, wanted: Language | undefined): Language {
  return languageFor(wanted ?? null, headers.get("accept-language"));
}
