/** Which version of its lesson a session was made from; null: nobody said. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const sessionVersions: Migration = {
  async up(db) {
    await sql.raw("alter table sessions add column lesson_version int").execute(db);
  },
};
