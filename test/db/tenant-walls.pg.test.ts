/** Row-level security on every table, tried with the other tenant's ids. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { findActor } from "../../db/actors.ts";
import { asPlatform, asTenant } from "../../db/as-tenant.ts";
import { connect, health } from "../../db/connect.ts";
import { DatabaseUnfit, DatabaseUnreachable, RowRefused } from "../../db/failure.ts";
import { findJoinCode } from "../../db/join-codes.ts";
import { findRefreshToken } from "../../db/refresh-tokens.ts";
import { dueActors } from "../../db/residence.ts";
import { findTenantBySlug } from "../../db/tenants.ts";
import { createUser, findCredentials, findUser } from "../../db/users.ts";
import { parseTenantId, parseUserId } from "../../machines/ids.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { rowsOf, run } from "../support/statement.ts";
import { NORTH, NOW, SESSION, SOUTH, TEACHER, hashOf, makeSchool } from "./school.ts";
import { thrownBy } from "../support/failure.ts";

const TENANT_TABLES = [
  "actor_ids",
  "actors",
  "answers",
  "class_members",
  "class_sessions",
  "classes",
  "idempotency_keys",
  "join_codes",
  "lesson_versions",
  "lessons",
  "media",
  "participants",
  "records",
  "refresh_tokens",
  "seat_pins",
  "sessions",
  "tenants",
  "users",
];
const PLATFORM_SEES = [
  "actors",
  "idempotency_keys",
  "join_codes",
  "refresh_tokens",
  "seat_pins",
  "tenants",
];

let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await makeSchool(fresh.db, NORTH);
  await makeSchool(fresh.db, SOUTH);
});

afterAll(() => fresh.drop());

async function countAs(tenant: string, table: string, where: string): Promise<number> {
  return asTenant(fresh.db, parseTenantId(tenant), async (tx) => {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from ${sql.table(table)} where ${sql.raw(where)}`.execute(tx.q);
    return rows[0]?.n ?? -1;
  });
}

function asNorth(statement: string): Promise<bigint> {
  return asTenant(fresh.db, NORTH, async (tx) => {
    const result = await sql.raw(statement).execute(tx.q);
    return result.numAffectedRows ?? 0n;
  });
}

/** All columns but those that Postgres makes, with commas between. */
async function writable(table: string): Promise<string> {
  const rows = await rowsOf(
    fresh.url,
    `select column_name from information_schema.columns
      where table_name = '${table}' and is_generated = 'NEVER' order by ordinal_position`,
  );
  return rows.map((row) => String(row["column_name"])).join(", ");
}

describe("the catalogue", () => {
  test("DB3: every table forces row-level security and has a policy", async () => {
    const open = await rowsOf(
      fresh.url,
      `select relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where nspname = 'public' and relkind in ('r', 'p')
          and relname not like 'toolboxai_migrations%'
          and not (relrowsecurity and relforcerowsecurity
                   and exists (select from pg_policy where polrelid = c.oid))`,
    );

    expect(open).toEqual([]);
  });

  test("DB3: the tables with a tenant are the ones tried here, and all are walled by it", async () => {
    const tables = await rowsOf(
      fresh.url,
      `select table_name from information_schema.columns c
        where table_schema = 'public' and column_name = 'tenant_id'
          and exists (select from pg_policies p
            where p.tablename = c.table_name and qual like '%app.tenant%'
              and with_check like '%app.tenant%' and cmd = 'ALL')
        order by 1`,
    );

    expect(tables.map((row) => row["table_name"])).toEqual(TENANT_TABLES);
  });

  test("DB3: there are no views, definer functions or materialized views to pass through", async () => {
    const ways = await rowsOf(
      fresh.url,
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where nspname = 'public' and relkind in ('v', 'm')
       union all
       select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where nspname = 'public' and prosecdef`,
    );

    expect(ways).toEqual([]);
  });

  test("every primary key of a tenant's table starts with the tenant, except a join code's", async () => {
    const others = await rowsOf(
      fresh.url,
      `select conrelid::regclass::text as name
         from pg_constraint c join pg_attribute a on attrelid = conrelid and attnum = conkey[1]
        where contype = 'p' and connamespace = 'public'::regnamespace
          and attname <> 'tenant_id' and conrelid::regclass::text not like 'toolboxai_migrations%'
        order by 1`,
    );

    expect(others.map((row) => row["name"])).toEqual(["join_codes", "signing_keys"]);
  });
});

describe.each(TENANT_TABLES)("%s", (table) => {
  test("DB3: a tenant sees its own rows and none of another's", async () => {
    const own = await countAs(NORTH, table, "tenant_id = 'north'");
    const others = await countAs(NORTH, table, "tenant_id <> 'north'");

    expect(own).toBeGreaterThan(0);
    expect(others).toBe(0);
  });

  test("DB3: another tenant's rows cannot be changed or deleted", async () => {
    const changed = await asNorth(
      `update ${table} set tenant_id = 'north' where tenant_id = 'south'`,
    );
    const deleted = await asNorth(`delete from ${table} where tenant_id = 'south'`);

    expect(changed).toBe(0n);
    expect(deleted).toBe(0n);
    expect(await countAs(SOUTH, table, "true")).toBeGreaterThan(0);
  });

  test("DB3: a row cannot be written into another tenant", async () => {
    const columns = await writable(table);
    const moved = columns.replace("tenant_id", "'south'");
    const insert = `insert into ${table} (${columns}) select ${moved} from ${table}`;
    const move = `update ${table} set tenant_id = 'south'`;

    expect(await thrownBy(asNorth(insert))).toThrow("row-level security");
    const reason = table === "lesson_versions" ? "never change" : "row-level security";
    expect(await thrownBy(asNorth(move))).toThrow(reason);
  });

  test("DB3: without a setting nothing is seen, and nothing can be written", async () => {
    const seen = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(
      fresh.db.kysely,
    );
    const columns = sql.raw(await writable(table));
    const written = sql`insert into ${sql.table(table)} (${columns})
      select ${columns}
        from jsonb_populate_record(null::${sql.table(table)}, '{"tenant_id": "south"}')`.execute(
      fresh.db.kysely,
    );

    expect(seen.rows).toEqual([{ n: 0 }]);
    expect(await thrownBy(written)).toThrow("row-level security");
  });

  test("DB3: the platform sees only what has no tenant yet, and changes no tenant's row", async () => {
    const seen = await asPlatform(fresh.db, async (tx) => {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from ${sql.table(table)}`.execute(tx.q);
      return rows[0]?.n ?? -1;
    });
    const changed = await asPlatform(fresh.db, async (tx) => {
      const result = await sql.raw(`update ${table} set tenant_id = tenant_id`).execute(tx.q);
      return Number(result.numAffectedRows ?? 0n);
    });

    expect(seen > 0).toBe(PLATFORM_SEES.includes(table));
    expect(changed > 0).toBe(table === "tenants");
  });
});

test("DB1: pooled connections of a superuser's login act as the program's role", async () => {
  const { rows } = await sql<{ name: string; above: boolean }>`
    select rolname as name, rolsuper or rolbypassrls as above
      from pg_roles where rolname = current_user`.execute(fresh.db.kysely);

  expect(rows).toEqual([{ name: "toolboxai_app", above: false }]);
});

test("DB2: nothing set on a pooled connection outlives its transaction", async () => {
  const db = connect(fresh.url, { poolMax: 1 });
  const settings = sql<{ tenant: string | null; platform: string | null }>`
    select nullif(current_setting('app.tenant', true), '') as tenant,
           nullif(current_setting('app.platform', true), '') as platform`;

  await asTenant(db, NORTH, (tx) => findUser(tx, TEACHER));
  const afterCommit = await settings.execute(db.kysely);
  await asTenant(db, NORTH, () => Promise.reject(new Error("no"))).catch(() => undefined);
  const afterRollback = await settings.execute(db.kysely);
  await asPlatform(db, (tx) => findTenantBySlug(tx, "north"));
  const afterPlatform = await settings.execute(db.kysely);

  const none = [{ tenant: null, platform: null }];
  expect([afterCommit.rows, afterRollback.rows, afterPlatform.rows]).toEqual([none, none, none]);
  await db.close();
});

test("DB2: tenants that share one connection in turn never see each other", async () => {
  const db = connect(fresh.url, { poolMax: 1 });
  const turns = Array.from({ length: 40 }, (_, turn) => (turn % 2 === 0 ? NORTH : SOUTH));

  const found = await Promise.all(
    turns.map((tenant) => asTenant(db, tenant, (tx) => findCredentials(tx, "ada@example.org"))),
  );

  expect(found.map((one) => one?.passwordHash)).toEqual(turns.map((tenant) => `hash of ${tenant}`));
  await db.close();
});

test("DB6: two tenants have the same address, one tenant has it once in any case", async () => {
  const again = await asTenant(fresh.db, NORTH, (tx) =>
    createUser(tx, {
      id: parseUserId("u2"),
      email: "ADA@Example.org",
      name: "Another Ada",
      role: "student",
      passwordHash: null,
      at: NOW,
    }),
  );
  const north = await asTenant(fresh.db, NORTH, (tx) => findCredentials(tx, "Ada@example.ORG"));
  const south = await asTenant(fresh.db, SOUTH, (tx) => findCredentials(tx, "ada@example.org"));

  expect(again).toBe("email-taken");
  expect(north?.passwordHash).toBe("hash of north");
  expect(south?.passwordHash).toBe("hash of south");
});

test("the platform's look-ups find what names its own tenant", async () => {
  const found = await asPlatform(fresh.db, async (tx) => ({
    tenant: (await findTenantBySlug(tx, "south"))?.id,
    code: await findJoinCode(tx, "CODE-south"),
    token: (await findRefreshToken(tx, hashOf("token of south"), NOW))?.tenantId,
  }));

  expect(found).toEqual({
    tenant: SOUTH,
    code: { tenantId: SOUTH, sessionId: SESSION },
    token: SOUTH,
  });
});

test("C7: the platform finds what sleeping actors of all tenants owe", async () => {
  const kinds = ["session"];
  const dueBefore = (at: number) =>
    asPlatform(fresh.db, (tx) => dueActors(tx, { before: at, limit: 9, kinds }));
  const before = await dueBefore(NOW + 501);
  await run(fresh.url, "update actors set resident = false");

  const due = await dueBefore(NOW + 501);
  const early = await dueBefore(NOW + 500);

  expect(before).toEqual([]);
  expect(due.map((actor) => actor.tenantId).toSorted()).toEqual([NORTH, SOUTH]);
  expect(early).toEqual([]);
  await run(fresh.url, "update actors set resident = true");
});

describe("failures come out typed", () => {
  test("nobody listens: unreachable", async () => {
    const db = connect("postgres://x:y@127.0.0.1:1/z");

    expect(await thrownBy(health(db))).toThrow(DatabaseUnreachable);
    expect(await thrownBy(asTenant(db, NORTH, (tx) => findUser(tx, TEACHER)))).toThrow(
      DatabaseUnreachable,
    );
    await db.close();
  });

  test("the connection is cut in a transaction: unreachable, and the pool goes on", async () => {
    const cut = asTenant(fresh.db, NORTH, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.q);
      await run(fresh.url, `select pg_terminate_backend(${rows[0]?.pid ?? 0})`);
      return findUser(tx, TEACHER);
    });

    expect(await thrownBy(cut)).toThrow(DatabaseUnreachable);
    await health(fresh.db);
  });

  test("a statement that takes too long: unreachable", async () => {
    const db = connect(fresh.url, { statementTimeoutMs: 30 });

    const slow = asTenant(db, NORTH, (tx) => sql`select pg_sleep(5)`.execute(tx.q));

    expect(await thrownBy(slow)).toThrow(DatabaseUnreachable);
    await db.close();
  });

  test("the server falls silent: unreachable, and not waited for", async () => {
    const db = connect(fresh.url, { poolMax: 1, statementTimeoutMs: 50 });
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db.kysely);
    const pid = rows[0]?.pid ?? 0;
    process.kill(pid, "SIGSTOP");

    expect(await thrownBy(asTenant(db, NORTH, (tx) => findUser(tx, TEACHER)))).toThrow(
      DatabaseUnreachable,
    );

    process.kill(pid, "SIGCONT");
    await db.close();
  });

  test("a login or a database that is not there: unfit, with what to look at", async () => {
    const [login, name] = [new URL(fresh.url), new URL(fresh.url)];
    login.password = "wrong";
    name.pathname = "/nowhere";
    const [noLogin, noDatabase] = [connect(login.href), connect(name.href)];

    expect(await thrownBy(health(noLogin))).toThrow(DatabaseUnfit);
    expect(await thrownBy(health(noDatabase))).toThrow("check DATABASE_URL");

    await Promise.all([noLogin.close(), noDatabase.close()]);
  });

  test("closed by ourselves: unreachable", async () => {
    const db = connect(fresh.url);
    await health(db);
    await db.close();

    expect(await thrownBy(health(db))).toThrow(DatabaseUnreachable);
  });

  test("NUL in text: refused for ever, and what the transaction wrote is gone", async () => {
    const refused = asTenant(fresh.db, NORTH, (tx) =>
      createUser(tx, {
        id: parseUserId("u3"),
        email: "nul@example.org",
        name: "N\0L",
        role: "student",
        passwordHash: null,
        at: NOW,
      }),
    );

    expect(await thrownBy(refused)).toThrow(RowRefused);
    expect(
      await asTenant(fresh.db, NORTH, (tx) => findUser(tx, parseUserId("u3"))),
    ).toBeUndefined();
  });

  test("an error of the caller's passes unchanged and rolls back", async () => {
    const failed = asTenant(fresh.db, NORTH, async (tx) => {
      await sql`delete from records`.execute(tx.q);
      throw new TypeError("a bug");
    });

    expect(await thrownBy(failed)).toThrow(TypeError);
    const there = await asTenant(fresh.db, NORTH, (tx) =>
      findActor(tx, { kind: "session", id: SESSION }),
    );
    expect(there?.seq).toBe(1);
    expect(await countAs(NORTH, "records", "true")).toBe(1);
  });
});
