/**
 * A real Postgres for the suites: one embedded server a test process, a database for each suite.
 *
 * Started when the first suite imports this file: loading has no time limit, while a hook has 5 s,
 * and `initdb` took 6 s on two cores that were busy with other work. When the test process ends,
 * however it ends, the server stops by itself and a watcher removes its directory.
 */
import type { Log } from "../../actors/clock.ts";
import { type Database, connect } from "../../db/connect.ts";
import { migrate } from "../../db/migrate.ts";
import { startEmbeddedPostgres } from "../../src/embedded-postgres.ts";
import { systemClock } from "../../src/platform.ts";
import { run } from "./statement.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const TEMPLATE = "toolboxai_template";
/** Suites in one process share the server's 50 connections. */
const POOL_MAX = 6;

export interface FreshDatabase {
  readonly db: Database;
  readonly url: string;
  /** Closes `db` and drops the database, whoever else is connected. */
  drop(): Promise<void>;
}

let server: Promise<string> | undefined;
let databases = 0;

/** A database of its own with the newest schema and no rows. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const admin = await serverUrl();
  databases += 1;
  const name = `fresh_${databases}`;
  await run(admin, `create database ${name} template ${TEMPLATE} strategy file_copy`);
  const url = databaseUrl(admin, name);
  const db = connect(url, { poolMax: POOL_MAX });
  const drop = async (): Promise<void> => {
    await db.close();
    await run(admin, `drop database ${name} with (force)`);
  };
  return { db, url, drop };
}

/** A database without any table, for the tests of migrations. */
export async function emptyDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const admin = await serverUrl();
  databases += 1;
  const name = `empty_${databases}`;
  await run(admin, `create database ${name}`);
  return {
    url: databaseUrl(admin, name),
    drop: () => run(admin, `drop database ${name} with (force)`),
  };
}

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The one server; another if the first did not start, or was killed with a test that hung. */
async function serverUrl(): Promise<string> {
  const earlier = server;
  if (earlier !== undefined && (await isUp(earlier))) {
    return earlier;
  }
  if (server === earlier) {
    server = startServer();
  }
  return server ?? startServer();
}

async function isUp(starting: Promise<string>): Promise<boolean> {
  return starting
    .then((url) => run(url, "select 1"))
    .then(
      () => true,
      () => false,
    );
}

async function startServer(): Promise<string> {
  const { url } = await startEmbeddedPostgres({
    dataDir: temporaryDirectory("postgres"),
    clock: systemClock,
    log: quiet,
    durable: false,
  });
  await run(url, `create database ${TEMPLATE}`);
  await migrate(databaseUrl(url, TEMPLATE));
  return url;
}

function databaseUrl(admin: string, name: string): string {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

await serverUrl();
