/** Where the texts of steps show pictures of the school: `![what it shows](media:ID)`. */
import type { Step } from "../../machines/learning-session/item.ts";

const MARK = /!\[([^\]\n]*)\]\(media:([A-Za-z0-9_-]{1,64})\)/g;
/** What stands for a picture that is gone and has no words: a question is never empty. */
export const NO_WORDS = "…";

/** The ids of all of them, each once, in the order of the steps. */
export function picturesIn(steps: readonly Step[]): readonly string[] {
  const marks = JSON.stringify(steps).matchAll(MARK);
  return [...new Set([...marks].map(([, , id = ""]) => id))];
}

/** Those of these ids leave their words. */
export function withoutPictures(
  steps: readonly Step[],
  isGone: (id: string) => boolean,
): readonly Step[] {
  return parseSteps(
    JSON.stringify(steps, (_, value: unknown) =>
      typeof value === "string"
        ? value.replace(MARK, (mark, words: string, id: string) =>
            isGone(id) ? words || NO_WORDS : mark,
          )
        : value,
    ),
  );
}

/** They were steps before. */
function parseSteps(text: string): readonly Step[] {
  return JSON.parse(text) as readonly Step[];
}
