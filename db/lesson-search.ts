/**
 * Words that are looked for in lessons: as written, by their stems, and the last one as it begins.
 *
 * Owns what a search means. Invariants:
 * DB25: A lesson is found by another form of a word in its own language, as far as Postgres has
 *    stems of that language, and by every word as it is written in any.
 * DB26: Nothing of what is typed is an operator but `"a phrase"`, `or` and `-not`.
 */
import { type RawBuilder, sql } from "kysely";

/** By the first subtag of a lesson's language; the same as in the column of stems. */
const STEMMED = [
  ["en", "english"],
  ["es", "spanish"],
  ["de", "german"],
  ["fr", "french"],
  ["ar", "arabic"],
] as const;

/** A shorter beginning is one of too many words. */
const BEGINNING_CHARS_MIN = 3;
/** A word of its own at the end: nothing that excludes, quotes or offers. */
const LAST_WORD = new RegExp(`(?:^|\\s)([\\p{L}\\p{M}\\p{N}]{${BEGINNING_CHARS_MIN},})$`, "u");

type Condition = RawBuilder<boolean>;

export function hasWords(words: string): Condition {
  const last = beginningIn(words);
  if (last === undefined) {
    return matches(words);
  }
  const before = words.slice(0, words.length - last.length).trim();
  const begun = sql<boolean>`search @@ to_tsquery('simple', ${`${last}:*`})`;
  const found = sql<boolean>`(${begun} or ${hasStems(last)})`;
  return before === "" ? found : sql<boolean>`(${matches(before)} and ${found})`;
}

/** Who offers a choice of words, or has not closed a quote, means them as they are. */
function beginningIn(words: string): string | undefined {
  const isPlain = !/(?:^|\s)or(?:\s|$)/i.test(words) && words.split('"').length % 2 === 1;
  return isPlain ? LAST_WORD.exec(words)?.[1] : undefined;
}

function matches(words: string): Condition {
  const written = sql<boolean>`search @@ websearch_to_tsquery('simple', ${words})`;
  return sql<boolean>`(${written} or ${hasStems(words)})`;
}

/** Each language's query is made once, not for every lesson. */
function hasStems(words: string): Condition {
  const cases = STEMMED.map(
    ([language, config]) =>
      sql`when ${sql.lit(language)} then websearch_to_tsquery(${sql.lit(config)}, ${words})`,
  );
  return sql<boolean>`stems @@ case split_part(lower(language), '-', 1) ${sql.join(cases, sql` `)} end`;
}
