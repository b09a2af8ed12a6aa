/**
 * The first view of a page, drawn by its own components: a phone paints it as soon as it has the
 * HTML and the style, whatever its scripts cost it.
 *
 * The pages are a program for browsers, with types that the server does not have; so they are
 * imported by their place, and what comes back is named here.
 */
import {
  LANGUAGES,
  LANGUAGE_NAMES,
  type Language,
  type PageName,
  wordsOf,
} from "../pages/words/words.ts";

const PROGRAM = `${import.meta.dir}/../pages/first-view.tsx`;

interface Place {
  readonly language: Language;
  /** As the address asks for it. */
  readonly wanted: string | null;
  readonly path: string;
}

type Draw = (
  page: PageName,
  place: Place & {
    readonly languages: readonly (readonly [string, string])[];
    readonly words: Readonly<Record<string, string>>;
  },
) => string;

let program: Promise<Draw> | undefined;

export async function firstView(page: PageName, place: Place): Promise<string> {
  const draw = await firstViewProgram();
  const languages = LANGUAGES.map((each) => [each, LANGUAGE_NAMES[each]] as const);
  return draw(page, { ...place, languages, words: wordsOf(page, place.language) });
}

/** Takes a fifth of a second, once a process. */
export function firstViewProgram(): Promise<Draw> {
  program ??= import(PROGRAM).then(parseDraw);
  return program;
}

function parseDraw(program: unknown): Draw {
  return (program as { readonly firstView: Draw }).firstView;
}
