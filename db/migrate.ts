/**
 * Brings a database to this program's schema: forward only, one migrator at a time.
 *
 * Invariants:
 * 1. DB4: any number of nodes may start at once: an advisory lock lets one migrate, the others
 *    wait and find nothing to do. A failed migration leaves nothing behind.
 * 2. DB5: a database that a newer program migrated is refused, not touched.
 */
import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { Pool } from "pg";
import { DatabaseUnfit, failureOf } from "./failure.ts";
import { MIGRATIONS } from "./migrations/list.ts";

const MIGRATION_TABLE = "toolboxai_migrations";
/** As long as another node may take to migrate before the start gives up. */
const LOCK_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The names of the migrations that this call ran. The login role must own the tables. */
export async function migrate(url: string): Promise<readonly string[]> {
  const pool = new Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    application_name: "toolboxai migrate",
  });
  pool.on("error", () => undefined);
  const kysely = new Kysely<MigrationTables>({ dialect: new PostgresDialect({ pool }) });
  try {
    await refuseNewer(kysely);
    return await toLatest(kysely);
  } catch (error) {
    throw failureOf(error);
  } finally {
    await kysely.destroy();
  }
}

interface MigrationTables {
  [MIGRATION_TABLE]: { name: string };
}

async function refuseNewer(kysely: Kysely<MigrationTables>): Promise<void> {
  const { rows } = await sql<{
    present: boolean;
  }>`select to_regclass(${MIGRATION_TABLE}) is not null as present`.execute(kysely);
  if (rows[0]?.present !== true) {
    return;
  }
  const ran = await kysely.selectFrom(MIGRATION_TABLE).select("name").execute();
  const unknown = ran.map((row) => row.name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) {
    throw new DatabaseUnfit(
      `expected migrations up to ${Object.keys(MIGRATIONS).at(-1)}, found ${unknown.join(", ")}: ` +
        "start the newer version of the program that made them",
    );
  }
}

async function toLatest(kysely: Kysely<MigrationTables>): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: `${MIGRATION_TABLE}_lock`,
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw failureOf(error);
  }
  return (results ?? []).map((result) => result.migrationName);
}
