/**
 * Classes: lists of students that outlive a session, and which session was held for which class.
 *
 * A session's row is a read model that the journal writes from its snapshot; the class it is for is
 * not in the snapshot, so it stands in a table of its own. Whoever is deleted leaves his classes.
 */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const classes: Migration = {
  async up(db) {
    for (const statement of [...TABLES, ...INDEXES, ...WALLED.flatMap(wallOf), APP_ROLE]) {
      await sql.raw(statement).execute(db);
    }
  },
};

const ID = 'text collate "C" not null';

const TABLES = [
  `create table classes (
     tenant_id ${ID} references tenants, id ${ID},
     owner_id ${ID}, title text not null,
     visibility text not null check (visibility in ('private', 'school')),
     created_at bigint not null, archived_at bigint,
     primary key (tenant_id, id))`,
  `create table class_members (
     tenant_id ${ID}, class_id ${ID}, user_id ${ID},
     added_at bigint not null,
     primary key (tenant_id, class_id, user_id),
     foreign key (tenant_id, class_id) references classes on delete cascade,
     foreign key (tenant_id, user_id) references users on delete cascade)`,
  `create table class_sessions (
     tenant_id ${ID}, session_id ${ID}, class_id ${ID},
     primary key (tenant_id, session_id),
     foreign key (tenant_id, class_id) references classes on delete cascade)`,
];

const INDEXES = [
  "create index on classes (tenant_id, created_at desc, id desc)",
  "create index on class_members (tenant_id, user_id)",
  "create index on class_sessions (tenant_id, class_id)",
];

const WALLED = ["classes", "class_members", "class_sessions"] as const;

function wallOf(table: string): readonly string[] {
  const own = "(tenant_id = nullif(current_setting('app.tenant', true), ''))";
  return [
    `alter table ${table} enable row level security`,
    `alter table ${table} force row level security`,
    `create policy ${table}_tenant on ${table} using ${own} with check ${own}`,
  ];
}

/** A login that may not make roles has none to grant to, and owns the tables itself. */
const APP_ROLE = `
  do $$
  begin
    if exists (select from pg_roles where rolname = 'toolboxai_app') then
      grant select, insert, update, delete on ${WALLED.join(", ")} to toolboxai_app;
    end if;
  end
  $$`;
