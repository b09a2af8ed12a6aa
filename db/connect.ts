/**
 * The pool of connections to Postgres: bounded, timed, and never above row-level security.
 *
 * Owns the limits of every statement. Invariants:
 * 1. DB1: no pooled connection acts as a superuser or with BYPASSRLS: such a login steps down to
 *    the role of the program when the connection is made, or the connection is refused.
 */
import { CompiledQuery, Kysely, PostgresDialect } from "kysely";
import { Pool, type PoolClient, TypeOverrides } from "pg";
import { DatabaseUnfit, failureOf } from "./failure.ts";
import type { Tables } from "./schema.ts";

/** The role that owns nothing and may only read and write rows; the first migration makes it. */
export const APP_ROLE = "toolboxai_app";

/** Two cores serve about this many transactions at once; more only queue inside Postgres. */
const POOL_MAX_DEFAULT = 16;
/** A request waits at most 5 s for a connection; then it is refused rather than queued. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The slowest statement (a report of 1,000 seats) takes under 1 s. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** A server that fell silent (a cut cable, a stopped machine) is given this much more to answer. */
const SILENCE_MS = 2_000;
/** A connection to a server that fell silent may be tried again for this long, then is replaced. */
const CONNECTION_LIFE_S = 300;
/** Longer than any turn holds a row; a stuck holder must not stop the journal. */
const LOCK_TIMEOUT_MS = 5_000;
/** A transaction that its program forgot is ended by Postgres. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;

const OID_INT8 = 20;

export interface Database {
  readonly kysely: Kysely<Tables>;
  /** Lets running transactions finish, then closes every connection. The second call waits too. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly poolMax?: number;
  readonly statementTimeoutMs?: number;
}

/** Opens nothing yet: the first query does, and throws `DatabaseUnreachable` if it cannot. */
export function connect(url: string, options: ConnectOptions = {}): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const pool = new Pool({
    connectionString: url,
    keepAlive: true,
    maxLifetimeSeconds: CONNECTION_LIFE_S,
    max: options.poolMax ?? POOL_MAX_DEFAULT,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + SILENCE_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: "toolboxai",
    types: columnTypes(),
    // Not Kysely's hook: a connection whose hook throws there is never given back to the pool.
    verify: (client, done) => {
      stepDown(client).then(() => done(), done);
    },
  });
  // A connection that breaks, idle or between two statements, is dropped at its next use; unheard,
  // its error would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
  });
  let closing: Promise<void> | undefined;
  return { kysely, close: () => (closing ??= close(kysely, pool)) };
}

/** Throws `DatabaseUnreachable` or `DatabaseUnfit`; resolves when Postgres answers. */
export async function health(db: Database): Promise<void> {
  try {
    await db.kysely.executeQuery(CompiledQuery.raw("select 1"));
  } catch (error) {
    throw failureOf(error);
  }
}

/** Counts and times are far below 2^53, so bigint columns are read as numbers. */
function columnTypes(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(OID_INT8, Number);
  return overrides;
}

async function stepDown(client: PoolClient): Promise<void> {
  const asked = await client.query<{ above: boolean; role_exists: boolean }>(
    `select (rolsuper or rolbypassrls) as above,
            exists (select from pg_roles where rolname = '${APP_ROLE}') as role_exists
       from pg_roles where rolname = current_user`,
  );
  const [login] = asked.rows;
  if (login?.above !== true) {
    return;
  }
  if (!login.role_exists) {
    throw new DatabaseUnfit(
      `the login role bypasses row-level security and the role ${APP_ROLE} is missing: ` +
        "run the migrations first, or log in as an ordinary role",
    );
  }
  await client.query(`set role ${APP_ROLE}`);
}

async function close(kysely: Kysely<Tables>, pool: Pool): Promise<void> {
  await kysely.destroy();
  if (!pool.ended) {
    await pool.end();
  }
}
