/** The epoch in which an actor was built again; null: it lives on from its birth, unbroken. */
import { sql } from "kysely";
import type { Migration } from "kysely/migration";

export const rebuiltIn: Migration = {
  async up(db) {
    await sql.raw("alter table actors add column rebuilt_in text").execute(db);
  },
};
