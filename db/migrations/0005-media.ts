/** Pictures of a school's lessons: as they were encoded anew, under an id made of their bytes. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const media: Migration = {
  async up(db) {
    for (const statement of STATEMENTS) {
      await sql.raw(statement).execute(db);
    }
  },
};

const OWN = "(tenant_id = nullif(current_setting('app.tenant', true), ''))";

const STATEMENTS = [
  `create table media (
     tenant_id text collate "C" not null references tenants, id text collate "C" not null,
     media_type text not null, width int not null, height int not null,
     bytes bytea not null,
     created_by text collate "C" not null, created_at bigint not null,
     primary key (tenant_id, id))`,
  "alter table media enable row level security",
  "alter table media force row level security",
  `create policy media_tenant on media using ${OWN} with check ${OWN}`,
  `do $$
   begin
     if exists (select from pg_roles where rolname = 'toolboxai_app') then
       grant select, insert, update, delete on media to toolboxai_app;
     end if;
   end
   $$`,
];
