/** Migrations on a real Postgres: once, whoever starts when. */
import { afterEach, expect, test } from "bun:test";
import { connect, health } from "../../db/connect.ts";
import { DatabaseUnfit } from "../../db/failure.ts";
import { migrate } from "../../db/migrate.ts";
import { MIGRATIONS } from "../../db/migrations/list.ts";
import { emptyDatabase } from "../support/postgres.ts";
import { rowsOf, run } from "../support/statement.ts";
import { thrownBy } from "../support/failure.ts";

let drops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(drops.map((drop) => drop()));
  drops = [];
});

async function empty(): Promise<string> {
  const database = await emptyDatabase();
  drops.push(database.drop);
  return database.url;
}

test("DB4: a second run finds nothing to do", async () => {
  const url = await empty();
  const first = await migrate(url);

  const second = await migrate(url);

  expect(first).toEqual(Object.keys(MIGRATIONS));
  expect(second).toEqual([]);
});

test("DB4: nodes that start together migrate once", async () => {
  const url = await empty();

  const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(url)));

  expect(ran.flat()).toEqual(Object.keys(MIGRATIONS));
});

test("DB4: databases of one cluster migrate side by side", async () => {
  const urls = await Promise.all([empty(), empty(), empty()]);

  const ran = await Promise.all(urls.map((url) => migrate(url)));

  expect(ran.flat()).toHaveLength(3 * Object.keys(MIGRATIONS).length);
});

test("DB4: a migration that fails leaves nothing behind", async () => {
  const url = await empty();
  await run(url, "create table seat_pins (in_the_way int)");

  expect(await thrownBy(migrate(url))).toThrow("already exists");

  const tables = await rowsOf(
    url,
    `select tablename from pg_tables
      where schemaname = 'public' and tablename not like 'toolboxai_migrations%'`,
  );
  expect(tables).toEqual([{ tablename: "seat_pins" }]);
});

test("DB5: a database that a newer program migrated is refused", async () => {
  const url = await empty();
  await migrate(url);
  await run(url, "insert into toolboxai_migrations values ('0999-from-the-future', 'then')");

  const refused = migrate(url);

  expect(await thrownBy(refused)).toThrow(DatabaseUnfit);
  expect(await thrownBy(refused)).toThrow("0999-from-the-future");
});

test("DB1: a superuser's login is refused until the role that it steps down to is there", async () => {
  const url = await empty();
  await run(url, "alter role toolboxai_app rename to hidden_app");
  const db = connect(url);

  const answer = health(db);

  expect(await thrownBy(answer)).toThrow(DatabaseUnfit);
  await db.close();
  await run(url, "alter role hidden_app rename to toolboxai_app");
});

test("DB1: an ordinary login that owns the tables needs no other role and is walled too", async () => {
  const url = await empty();
  await run(url, "create role plain_owner login password 'plain'");
  await run(url, "grant create on schema public to plain_owner");
  const plain = new URL(url);
  plain.username = "plain_owner";
  plain.password = "plain";

  await migrate(plain.href);
  const db = connect(plain.href);
  await health(db);

  await run(url, "insert into tenants values ('t', 't', 'T', 'UTC', 1)");
  const seen = await db.kysely.selectFrom("tenants").selectAll().execute();
  expect(seen).toEqual([]);
  await db.close();
  await run(url, "drop owned by plain_owner cascade");
  await run(url, "drop role plain_owner");
});
