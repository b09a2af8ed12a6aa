/** Of each picture: since when no lesson shows it, and when that was last looked at. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const mediaUnused: Migration = {
  async up(db) {
    await sql`alter table media add column unused_since bigint`.execute(db);
    await sql`alter table media add column checked_at bigint not null default 0`.execute(db);
  },
};
