/** An index for the walk over resident actors, which few are beside those that sleep. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const residents: Migration = {
  async up(db) {
    await sql
      .raw("create index actors_resident on actors (tenant_id, kind, id) where resident")
      .execute(db);
  },
};
