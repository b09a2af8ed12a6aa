/** The archive on Postgres keeps the archive's contract. */
import { afterAll, expect, test } from "bun:test";
import { announceActor, setResident } from "../../db/actors.ts";
import { asTenant } from "../../db/as-tenant.ts";
import { RowRefused } from "../../db/failure.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";
import { createArchive } from "../../src/archive.ts";
import { systemClock } from "../../src/platform.ts";
import { archiveContract, flushOf } from "../contracts/archive.ts";
import { appendActor, chainOn, makeTenant } from "../db/school.ts";
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

test("C7: a page of actors of a kind that is not known here hides none that come behind them", async () => {
  const database = await freshDatabase();
  await makeTenant(database.db, tenantId);
  const archive = createArchive({
    ...{ db: database.db, clock: systemClock },
    readModel: async () => undefined,
  });
  const place = async (kind: string, name: string, owedDueAt: number): Promise<void> => {
    const key = { kind, id: parseActorId(name) };
    const born = { ...key, at: 1, epoch: "e1", head0: "h0" };
    const line = "{}";
    await asTenant(database.db, tenantId, async (tx) => {
      await announceActor(tx, born);
      const head = chainOn("h0", line);
      const records = [{ seq: 1, line }];
      const flush = { ...key, seq: 1, head, envelope: "", owedDueAt, records, at: 1 };
      await appendActor(tx, { ...flush, over: undefined, rebuiltIn: undefined });
      await setResident(tx, key, name.startsWith("r"));
    });
  };
  for (const n of [1, 2, 3]) {
    await place("agent", `r${n}`, n);
    await place("agent", `s${n}`, n);
    await place("session", `r${n}`, 10 + n);
    await place("session", `s${n}`, 10 + n);
  }
  await place("zebra", "r4", 1);

  const met: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await archive.residents(cursor, 2);
    met.push(...page.addresses.map(({ kind, id }) => `${kind} ${id}`));
    cursor = page.cursor;
  } while (cursor !== undefined);
  const due = await archive.due(100, 2);
  await database.drop();

  expect(met).toEqual(["session r1", "session r2", "session r3"]);
  expect(due.map(({ kind, id }) => `${kind} ${id}`)).toEqual(["session s1", "session s2"]);
});

test("C4: an envelope that Postgres cannot keep stops its own actor alone", async () => {
  opened ??= open();
  const { db } = await opened;
  const archive = createArchive({ db, clock: systemClock, readModel: async () => undefined });
  const all = ["k1", "k2", "k3"].map((id) => ({
    ...{ tenantId, kind: "session" as const },
    id: parseActorId(id),
  }));
  const [, bad] = all;
  await Promise.all(all.map((each) => archive.announce(each, "e1")));

  const appended = await Promise.allSettled(
    all.map((each) => {
      const flush = flushOf(each, { from: 1, to: 1 });
      return archive.append(each === bad ? { ...flush, envelope: "\u0000" } : flush);
    }),
  );

  const kinds = appended.map((each) =>
    each.status === "fulfilled" ? each.value : each.reason instanceof RowRefused,
  );
  expect(kinds).toEqual(["appended", true, "appended"]);
  const marks = await Promise.all(all.map((each) => archive.mark(each)));
  expect(marks.map((mark) => mark?.seq)).toEqual([1, 0, 1]);
});
