/**
 * Lessons are found by the stems of their words too, as far as Postgres knows their language.
 *
 * A second column beside the words as written: a vector holds 1 MiB, and both in one could be more.
 * Of a lesson in another language it is empty, since its words as written are all that is known.
 */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const lessonStems: Migration = {
  async up(db) {
    for (const statement of [STEMS, COLUMN]) {
      await sql.raw(statement).execute(db);
    }
  },
};

/** As of the words: the rest of a longer text is found by its title, tags and standards alone. */
const TEXT_CHARS_MAX = 100_000;

/** Strict, or the ids in `steps` would count as texts of the standard. */
const TEXTS = 'strict $[*].* ? (@.type() == "string")';

const STEMS = `
  create function lesson_stems(language text, title text, tags text[], standards jsonb, steps jsonb)
    returns tsvector language sql immutable parallel safe as $$
    select case split_part(lower(language), '-', 1)
        when 'en' then to_tsvector('pg_catalog.english', whole)
        when 'es' then to_tsvector('pg_catalog.spanish', whole)
        when 'de' then to_tsvector('pg_catalog.german', whole)
        when 'fr' then to_tsvector('pg_catalog.french', whole)
        when 'ar' then to_tsvector('pg_catalog.arabic', whole)
        else ''::tsvector end
      from (select left(title || ' ' || array_to_string(tags, ' ') || ' ' || coalesce((
          select string_agg(aim #>> '{}', ' ')
            from jsonb_path_query(standards, '${TEXTS}') as aim), '')
        || ' ' || coalesce((
          select string_agg(found #>> '{}', ' ')
            from unnest(array['$[*].title', '$[*].body', '$[*].tags[*]', '$[*].item.title',
              '$[*].item.prompt', '$[*].item.tags[*]', '$[*].item.explanation',
              '$[*].item.choices[*].text', '$[*].item.accepted[*].text',
              '$[*].item.pairs[*].*', '$[*].item.extra[*]', '$[*].item.items[*].text'
            ]::jsonpath[]) as place, jsonb_path_query(steps, place) as found), ''),
        ${TEXT_CHARS_MAX}) as whole) as all_texts
    $$`;

const COLUMN = `alter table lessons add column stems tsvector not null
  generated always as (lesson_stems(language, title, tags, standards, steps)) stored`;
