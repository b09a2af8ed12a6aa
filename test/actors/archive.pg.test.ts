/** The archive on Postgres keeps the archive's contract. */
import { afterAll } from "bun:test";
import { parseTenantId } from "../../machines/ids.ts";
import { createArchive } from "../../src/archive.ts";
import { systemClock } from "../../src/platform.ts";
import { archiveContract } from "../contracts/archive.ts";
import { makeTenant } from "../db/school.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";

const tenantId = parseTenantId("north");
let opened: Promise<FreshDatabase> | undefined;

async function open(): Promise<FreshDatabase> {
  const database = await freshDatabase();
  await makeTenant(database.db, tenantId);
  return database;
}

afterAll(async () => {
  await (await opened)?.drop();
});

archiveContract("Postgres", async () => {
  opened ??= open();
  const { db } = await opened;
  const archive = createArchive({ db, clock: systemClock, readModel: async () => undefined });
  return { archive, tenantId };
});
