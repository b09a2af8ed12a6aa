/**
 * A real Postgres for the suites: one embedded server a test process, a new database for each suite.
 *
 * Started by the first who asks. When the test process ends, however it ends, the server stops by
 * itself and a watcher removes its directory.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { Log } from "../../actors/clock.ts";
import { type Database, connect } from "../../db/connect.ts";
import { migrate } from "../../db/migrate.ts";
import { startEmbeddedPostgres } from "../../src/embedded-postgres.ts";
import { systemClock } from "../../src/platform.ts";

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

/** One statement on a connection of its own, as the superuser. */
export async function run(url: string, statement: string): Promise<void> {
  await rowsOf(url, statement);
}

export async function rowsOf(
  url: string,
  statement: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** A directory that Postgres' user can reach, removed when this process has ended. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `toolboxai-${name}-`));
  chmodSync(directory, 0o755);
  removeAtEnd(directory);
  return directory;
}

export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function serverUrl(): Promise<string> {
  server ??= startServer();
  return server;
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

/** Reads a pipe until we are gone, waits for Postgres to be, then removes (10 s at most). */
function removeAtEnd(directory: string): void {
  const script = `
    while read -r _; do :; done
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      [ -e "$1/postgres/cluster/postmaster.pid" ] || break
      sleep 0.5
    done
    rm -rf "$1"`;
  spawn("/bin/sh", ["-c", script, "toolboxai-test-remove", directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
}
