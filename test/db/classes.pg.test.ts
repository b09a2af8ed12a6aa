/** Classes in Postgres: who finds one, how many fit, and what stays when somebody goes. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { sql } from "kysely";
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import {
  MEMBERS_MAX,
  addMembers,
  findStudents,
  membersOf,
  removeMember,
} from "../../db/class-members.ts";
import {
  CLASSES_MAX,
  classOfSession,
  createClass,
  deleteClass,
  findClass,
  keepClassOfSession,
  listClasses,
  updateClass,
} from "../../db/classes.ts";
import { createUser, deleteUser, updateUser } from "../../db/users.ts";
import { parseActorId, parseUserId } from "../../machines/ids.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { rowsOf } from "../support/statement.ts";
import { eventually } from "../support/eventually.ts";
import { NORTH, NOW, SOUTH, TEACHER, makeSchool } from "./school.ts";

const COLLEAGUE = parseUserId("u9");
const PAGE = { after: undefined, limit: 50, archived: false } as const;

let fresh: FreshDatabase;
beforeAll(async () => {
  fresh = await freshDatabase();
  await makeSchool(fresh.db, NORTH);
  await makeSchool(fresh.db, SOUTH);
});
afterAll(() => fresh.drop());

function asNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

let made = 0;

async function newClass(visibility: "private" | "school" = "private") {
  made += 1;
  const wish = { id: `class${made}`, ownerId: TEACHER, title: `Class ${made}`, visibility };
  await asNorth((tx) => createClass(tx, { ...wish, at: NOW + made }));
  return wish.id;
}

async function newStudent(name: string) {
  made += 1;
  const id = parseUserId(`pupil${made}`);
  const user = { id, name, email: `pupil${made}@example.org`, role: "student" } as const;
  await asNorth((tx) => createUser(tx, { ...user, passwordHash: null, at: NOW }));
  return id;
}

const namesIn = (id: string) =>
  asNorth(async (tx) => (await membersOf(tx, id)).map(({ name }) => name));

test("DB21: a private class is found by its owner and by office, a shared one by all", async () => {
  const [hidden, shared] = [await newClass(), await newClass("school")];
  const found = (seenBy: typeof TEACHER | undefined) =>
    asNorth(async (tx) => {
      const { items } = await listClasses(tx, { ...PAGE, seenBy });
      return [hidden, shared].filter((id) => items.some((each) => each.id === id));
    });
  expect(await found(TEACHER)).toEqual([hidden, shared]);
  expect(await found(undefined)).toEqual([hidden, shared]);
  expect(await found(COLLEAGUE)).toEqual([shared]);
});

test("DB22: a session is for the class that was named first, and for none that is gone", async () => {
  const [first, second] = [await newClass(), await newClass()];
  const session = parseActorId("held");
  const titleOf = () => asNorth(async (tx) => (await classOfSession(tx, session))?.id);
  await asNorth((tx) => keepClassOfSession(tx, session, "gone"));
  expect(await titleOf()).toBeUndefined();
  await asNorth((tx) => keepClassOfSession(tx, session, first));
  await asNorth((tx) => keepClassOfSession(tx, session, second));
  expect(await titleOf()).toBe(first);
  expect(await asNorth((tx) => deleteClass(tx, first))).toBe(true);
  expect(await titleOf()).toBeUndefined();
});

test("DB23: of two who fill a class at once one is told, and it never has too many", async () => {
  const id = await newClass();
  await asNorth((tx) =>
    sql`insert into users (tenant_id, id, email, email_key, name, role, created_at)
      select ${NORTH}, 'many' || n, 'many' || n || '@example.org', 'many' || n || '@example.org',
             'Many', 'student', ${NOW} from generate_series(1, ${MEMBERS_MAX + 1}) n`.execute(tx.q),
  );
  const many = Array.from({ length: MEMBERS_MAX + 1 }, (_, n) => parseUserId(`many${n + 1}`));
  const add = (userIds: typeof many) => asNorth((tx) => addMembers(tx, id, { userIds, at: NOW }));

  expect(await add(many)).toBe("too-many");
  expect(await namesIn(id)).toEqual([]);
  expect(await add(many.slice(0, MEMBERS_MAX - 1))).toBe("added");
  const [isIn, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = asNorth(async (tx) => {
    const done = await addMembers(tx, id, { userIds: many.slice(-2, -1), at: NOW });
    isIn.resolve();
    await mayEnd.promise;
    return done;
  });
  await isIn.promise;
  let isAnswered = false;
  const second = add(many.slice(-1)).finally(() => (isAnswered = true));
  await eventually(async () => {
    const waiting = await rowsOf(
      fresh.url,
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return isAnswered || waiting.length > 0;
  });
  mayEnd.resolve();
  expect([await first, await second]).toEqual(["added", "too-many"]);
  expect(await add(many.slice(0, 5))).toBe("added");
  expect((await namesIn(id)).length).toBe(MEMBERS_MAX);
});

test("DB24: only students are members, and who is none any more is not in the list", async () => {
  const id = await newClass();
  const [ada, bea] = [await newStudent("ada"), await newStudent("Bea")];
  const add = (userIds: readonly (typeof ada)[]) =>
    asNorth((tx) => addMembers(tx, id, { userIds, at: NOW }));
  expect(await add([ada, TEACHER])).toBe("no-student");
  expect(await add([parseUserId("nobody")])).toBe("no-student");
  expect(await namesIn(id)).toEqual([]);
  expect(await add([bea, ada, ada])).toBe("added");
  expect(await namesIn(id)).toEqual(["ada", "Bea"]);

  await asNorth((tx) => updateUser(tx, bea, { role: "teacher" }));
  expect(await namesIn(id)).toEqual(["ada"]);
  await asNorth((tx) => deleteUser(tx, ada));
  expect(await asNorth((tx) => findClass(tx, id))).toMatchObject({ members: 0 });
});

test("a class is renamed, archived, taken up again; who is removed is out of it", async () => {
  const id = await newClass();
  const ada = await newStudent("Ada");
  await asNorth((tx) => addMembers(tx, id, { userIds: [ada], at: NOW }));
  const archived = await asNorth((tx) => updateClass(tx, id, { title: "8b", archivedAt: NOW }));
  expect(archived).toMatchObject({ title: "8b", archivedAt: NOW, members: 1 });
  const listed = (isArchived: boolean) =>
    asNorth(async (tx) =>
      (await listClasses(tx, { ...PAGE, archived: isArchived, memberId: ada })).items.map(
        (each) => each.id,
      ),
    );
  expect([await listed(true), await listed(false)]).toEqual([[id], []]);
  await asNorth((tx) => updateClass(tx, id, { archivedAt: null }));
  expect([await listed(true), await listed(false)]).toEqual([[], [id]]);
  await asNorth((tx) => removeMember(tx, id, ada));
  expect(await listed(false)).toEqual([]);
});

test("students are found by letters of name or address, never the disabled, never others", async () => {
  const zoe = await newStudent("Zoë 100%");
  const gone = await newStudent("Zoë Gone");
  await asNorth((tx) => updateUser(tx, gone, { disabledAt: NOW }));
  const found = (letters: string) =>
    asNorth(async (tx) => (await findStudents(tx, letters)).map(({ userId }) => userId));
  expect(await found(" zOË ")).toEqual([zoe]);
  expect(await found("100%")).toEqual([zoe]);
  expect(await found(`${zoe}@`)).toEqual([zoe]);
  expect(await found("ada@example.org")).toEqual([]);
});

test("a school has a named number of classes at most", async () => {
  await asTenant(fresh.db, SOUTH, (tx) =>
    sql`insert into classes (tenant_id, id, owner_id, title, visibility, created_at)
      select ${SOUTH}, 'full' || n, 'u1', 'Full', 'private', ${NOW}
        from generate_series(1, ${CLASSES_MAX - 1}) n`.execute(tx.q),
  );
  const wish = { id: "over", ownerId: TEACHER, title: "Over", visibility: "private" } as const;
  const kept = await asTenant(fresh.db, SOUTH, (tx) => createClass(tx, { ...wish, at: NOW }));
  expect(kept).toBe("too-many");
});
