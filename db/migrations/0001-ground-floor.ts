/**
 * The first schema: tenants, people, lessons, sessions, their read models, and the archive.
 *
 * Row-level security is enabled and forced on every table from here on. Tenant tables show a
 * transaction the rows of `app.tenant`; a few have a second policy for `app.platform`, for one
 * verb.
 */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

export const groundFloor: Migration = {
  async up(db) {
    for (const statement of [...TABLES, ...INDEXES]) {
      await sql.raw(statement).execute(db);
    }
    for (const table of TENANT_TABLES) {
      await forceTenant(db, table);
    }
    for (const [table, verb] of PLATFORM_POLICIES) {
      await sql
        .raw(
          `create policy ${table}_platform_${verb} on ${table} for ${verb} ${PLATFORM_RULE[verb]}`,
        )
        .execute(db);
    }
    await sql.raw("alter table signing_keys enable row level security").execute(db);
    await sql.raw("alter table signing_keys force row level security").execute(db);
    await sql.raw(APP_ROLE).execute(db);
  },
};

/** `collate "C"`: ids and keys compare as bytes, whatever the locale of the cluster. */
const ID = 'text collate "C" not null';

const TABLES = [
  `create table tenants (
     tenant_id ${ID} primary key,
     slug ${ID} unique,
     name text not null,
     time_zone text not null,
     created_at bigint not null)`,
  `create table users (
     tenant_id ${ID} references tenants, id ${ID},
     email text not null, email_key ${ID},
     name text not null,
     role text not null check (role in
       ('owner', 'admin', 'teacher', 'student', 'guardian', 'operator')),
     password_hash text,
     created_at bigint not null, disabled_at bigint,
     primary key (tenant_id, id),
     unique (tenant_id, email_key))`,
  `create table refresh_tokens (
     tenant_id ${ID} references tenants, hash ${ID},
     family ${ID},
     kind text not null check (kind in ('user', 'guest', 'board')),
     user_id text collate "C", session_id text collate "C", seat_id text collate "C",
     salt text not null,
     created_at bigint not null, expires_at bigint not null,
     used_at bigint, replaced_by text, revoked_at bigint,
     primary key (tenant_id, hash),
     check (case kind when 'user' then user_id is not null
                      else session_id is not null and seat_id is not null end))`,
  `create table signing_keys (
     kid ${ID} primary key,
     private_jwk text not null, public_jwk text not null,
     created_at bigint not null, retired_at bigint)`,
  `create table lessons (
     tenant_id ${ID} references tenants, id ${ID},
     owner_id ${ID},
     title text not null, language text not null,
     status text not null check (status in ('draft', 'published')),
     version int not null,
     steps jsonb not null, tags text[] not null,
     created_at bigint not null, updated_at bigint not null, deleted_at bigint,
     primary key (tenant_id, id))`,
  `create table sessions (
     tenant_id ${ID} references tenants, id ${ID},
     lesson_id ${ID}, host_user_id ${ID}, co_host_user_ids text[] not null,
     title text not null, phase text not null, join_code text,
     starts_at bigint, created_at bigint not null, ended_at bigint,
     seq int not null,
     primary key (tenant_id, id))`,
  `create table participants (
     tenant_id ${ID}, session_id ${ID}, participant_id ${ID},
     user_id text collate "C",
     name text not null, status text not null, joined_at bigint not null,
     primary key (tenant_id, session_id, participant_id))`,
  `create table answers (
     tenant_id ${ID}, session_id ${ID}, round_id ${ID}, participant_id ${ID},
     step_id text, answer jsonb,
     correct boolean, points double precision,
     at_ms bigint not null, auto boolean not null,
     primary key (tenant_id, session_id, round_id, participant_id))`,
  `create table actors (
     tenant_id ${ID} references tenants, kind ${ID}, id ${ID},
     resident boolean not null,
     epoch text not null, seq int not null, head text not null, envelope text not null,
     owed_due_at bigint, updated_at bigint not null,
     parked_at bigint, parked_reason text,
     primary key (tenant_id, kind, id))`,
  `create table records (
     tenant_id ${ID}, kind ${ID}, id ${ID}, seq int not null,
     line text not null,
     primary key (tenant_id, kind, id, seq))`,
  `create table actor_ids (
     tenant_id ${ID}, kind ${ID}, id ${ID}, id_key ${ID},
     digest text not null, seq int not null,
     primary key (tenant_id, kind, id, id_key))`,
  `create table join_codes (
     code ${ID} primary key,
     tenant_id ${ID} references tenants, session_id ${ID},
     claimed_at bigint not null)`,
  `create table idempotency_keys (
     tenant_id ${ID}, principal ${ID}, key ${ID},
     digest text not null, status int, body text, created_at bigint not null,
     primary key (tenant_id, principal, key))`,
  `create table seat_pins (
     tenant_id ${ID}, session_id ${ID}, participant_id ${ID},
     hash text not null, created_at bigint not null, expires_at bigint not null,
     wrong_tries int not null,
     primary key (tenant_id, session_id, participant_id))`,
];

const INDEXES = [
  "create index on refresh_tokens (hash)",
  "create index on refresh_tokens (tenant_id, family)",
  "create index on refresh_tokens (tenant_id, session_id, seat_id) where session_id is not null",
  "create index on refresh_tokens (tenant_id, user_id) where user_id is not null",
  "create index on refresh_tokens (expires_at)",
  "create index on users (tenant_id, created_at desc, id desc)",
  "create index on lessons (tenant_id, created_at desc, id desc) where deleted_at is null",
  "create index on sessions (tenant_id, created_at desc, id desc)",
  "create index on sessions (tenant_id, host_user_id, created_at desc)",
  "create index on sessions using gin (co_host_user_ids)",
  "create index on participants (tenant_id, user_id) where user_id is not null",
  "create index on actors (owed_due_at) where owed_due_at is not null and not resident",
  "create index on actors (parked_at) where parked_at is not null",
  "create index on join_codes (tenant_id, session_id)",
  "create index on idempotency_keys (created_at)",
  "create index on seat_pins (expires_at)",
];

const TENANT_TABLES = [
  "tenants",
  "users",
  "refresh_tokens",
  "lessons",
  "sessions",
  "participants",
  "answers",
  "actors",
  "records",
  "actor_ids",
  "join_codes",
  "idempotency_keys",
  "seat_pins",
] as const;

type Verb = "all" | "select" | "delete";

const IS_PLATFORM = "(current_setting('app.platform', true) = 'on')";

const PLATFORM_RULE: Readonly<Record<Verb, string>> = {
  all: `using ${IS_PLATFORM} with check ${IS_PLATFORM}`,
  select: `using ${IS_PLATFORM}`,
  delete: `using ${IS_PLATFORM}`,
};

/** What has no tenant yet, and the sweeps of what expired (a delete must also see). */
const PLATFORM_POLICIES = [
  ["tenants", "all"],
  ["signing_keys", "all"],
  ["join_codes", "select"],
  ["actors", "select"],
  ["refresh_tokens", "select"],
  ["refresh_tokens", "delete"],
  ["idempotency_keys", "select"],
  ["idempotency_keys", "delete"],
  ["seat_pins", "select"],
  ["seat_pins", "delete"],
] as const satisfies readonly (readonly [string, Verb])[];

async function forceTenant(db: Kysely<unknown>, table: string): Promise<void> {
  const own = "(tenant_id = nullif(current_setting('app.tenant', true), ''))";
  await sql.raw(`alter table ${table} enable row level security`).execute(db);
  await sql.raw(`alter table ${table} force row level security`).execute(db);
  await sql
    .raw(`create policy ${table}_tenant on ${table} using ${own} with check ${own}`)
    .execute(db);
}

/**
 * The role that a login above row-level security steps down to. Roles belong to the cluster, so
 * another database may have made it a moment ago. A login that may not make roles is an ordinary
 * one and needs none: the policies are forced on the owner too.
 */
const APP_ROLE = `
  do $$
  begin
    if not exists (select from pg_roles where rolname = 'toolboxai_app') then
      begin
        create role toolboxai_app nologin nosuperuser nobypassrls;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then return;
      end;
    end if;
    execute format('grant usage on schema %I to toolboxai_app', current_schema());
    grant select, insert, update, delete on
      ${TENANT_TABLES.join(", ")}, signing_keys to toolboxai_app;
  end
  $$`;
