/** Users, lessons and the read models of sessions: writes that may be refused, and their lists. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { answersOf, upsertAnswers } from "../../db/answers.ts";
import { type TenantTx, asPlatform, asTenant } from "../../db/as-tenant.ts";
import { type Paged, PAGE_MAX, parseCursor } from "../../db/cursor.ts";
import {
  createLesson,
  deleteLesson,
  findLesson,
  listLessons,
  replaceLesson,
} from "../../db/lessons.ts";
import { participantsOf, upsertParticipants } from "../../db/participants.ts";
import { type SessionRow, findSession, listSessions, upsertSession } from "../../db/sessions.ts";
import { createTenant, findTenant, listTenants } from "../../db/tenants.ts";
import { createUser, findCredentials, findUser, listUsers, updateUser } from "../../db/users.ts";
import {
  type ActorId,
  type UserId,
  parseActorId,
  parseParticipantId,
  parseRoundId,
  parseUserId,
} from "../../machines/ids.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { NORTH, NOW, SEAT, SESSION, SOUTH, TEACHER, makeTenant } from "./school.ts";

let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase();
  await makeTenant(fresh.db, NORTH);
  await makeTenant(fresh.db, SOUTH);
});

afterAll(() => fresh.drop());

function inNorth<T>(work: (tx: TenantTx) => Promise<T>): Promise<T> {
  return asTenant(fresh.db, NORTH, work);
}

/** All pages, followed to the end. */
async function pages<T>(
  list: (tx: TenantTx, after: ReturnType<typeof parseCursor>) => Promise<Paged<T>>,
): Promise<readonly (readonly T[])[]> {
  const seen: (readonly T[])[] = [];
  let next: string | null = "";
  while (next !== null) {
    const after = parseCursor(next);
    const page: Paged<T> = await inNorth((tx) => list(tx, after));
    seen.push(page.items);
    next = page.next;
  }
  return seen;
}

test("a tenant's slug and id are taken once, and it sees its own row", async () => {
  const tenant = { id: NORTH, slug: "other", name: "N", timeZone: "UTC", createdAt: NOW };
  const again = await asPlatform(fresh.db, (tx) => createTenant(tx, tenant));

  const own = await inNorth(findTenant);
  const all = await asPlatform(fresh.db, (tx) => listTenants(tx, 10));

  expect(again).toBe(false);
  expect(own?.slug).toBe("north");
  expect(all.map((each) => each.id)).toEqual([NORTH, SOUTH]);
});

test("DB6: a user keeps what a patch does not name, and cannot take another's address", async () => {
  const [a, b] = [parseUserId("ua"), parseUserId("ub")];
  const user = { name: "A", role: "teacher" as const, passwordHash: "h", at: NOW };
  await inNorth((tx) => createUser(tx, { ...user, id: a, email: "a@x.org" }));
  await inNorth((tx) => createUser(tx, { ...user, id: b, email: "b@x.org" }));

  const taken = await inNorth((tx) => updateUser(tx, b, { email: "A@X.org" }));
  const own = await inNorth((tx) => updateUser(tx, a, { email: "A@x.org", disabledAt: NOW }));
  const enabled = await inNorth((tx) => updateUser(tx, a, { disabledAt: null }));
  const nobody = await inNorth((tx) => updateUser(tx, parseUserId("no"), { name: "N" }));

  expect(taken).toBe("email-taken");
  expect(own).toMatchObject({ email: "A@x.org", name: "A", disabledAt: NOW });
  expect(enabled).toMatchObject({ disabledAt: null });
  expect(nobody).toBeUndefined();
  expect(await inNorth((tx) => findUser(tx, a))).not.toHaveProperty("passwordHash");
  expect((await inNorth((tx) => findCredentials(tx, "a@x.org")))?.passwordHash).toBe("h");
});

test("DB6: of many users who take one address at the same time one gets it", async () => {
  const ids = Array.from({ length: 6 }, (_, index) => parseUserId(`race-${index}`));
  const user = { name: "C", role: "student" as const, passwordHash: null, at: NOW };
  await Promise.all(
    ids.map((id) => inNorth((tx) => createUser(tx, { ...user, id, email: `${id}@x.org` }))),
  );

  const answers = await Promise.all(
    ids.map((id) => inNorth((tx) => updateUser(tx, id, { email: "same@x.org" }))),
  );

  expect(answers.filter((answer) => answer === "email-taken")).toHaveLength(5);
});

test("lists run newest first, page by page, each row once, also where times are equal", async () => {
  const ids = Array.from({ length: 23 }, (_, index) => `list-${String(index).padStart(2, "0")}`);
  for (const [index, id] of ids.entries()) {
    await inNorth((tx) =>
      createUser(tx, {
        id: parseUserId(id),
        email: `${id}@x.org`,
        name: id,
        role: "guardian",
        passwordHash: null,
        at: NOW + Math.floor(index / 7),
      }),
    );
  }

  const seen = await pages((tx, after) => listUsers(tx, { after, limit: 5, role: "guardian" }));

  expect(seen.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
  expect(seen.flat().map((user) => String(user.id))).toEqual(ids.toReversed());
});

test("a page has at least 1 and at most PAGE_MAX rows, whatever is asked", async () => {
  const least = await inNorth((tx) => listUsers(tx, { after: undefined, limit: -5 }));
  const most = await inNorth((tx) => listUsers(tx, { after: undefined, limit: 1e9 }));

  expect(least.items).toHaveLength(1);
  expect(most.items.length).toBeLessThanOrEqual(PAGE_MAX);
});

test.each(["", "x", "MTI", "e30=", "a".repeat(500), "MTIzLi4vLi4", "\0"])(
  "%j is no cursor",
  (text) => {
    expect(parseCursor(text)).toBeUndefined();
  },
);

test("a lesson is replaced by version, deleted softly, and listed without its steps", async () => {
  const steps = [{ id: "st1", kind: "content", title: "é", body: "b" }];
  const content = { title: "T", language: "en", status: "draft" as const, steps, tags: ["t"] };
  const lesson = { ...content, id: "lv", ownerId: TEACHER, at: NOW };
  await inNorth((tx) => createLesson(tx, lesson));
  const change = { ...content, id: "lv", version: 1, title: "T2", by: TEACHER, at: NOW + 1 };

  const replaced = await inNorth((tx) => replaceLesson(tx, change));
  const conflict = await inNorth((tx) => replaceLesson(tx, change));
  const found = await inNorth((tx) => findLesson(tx, "lv"));
  const listed = await inNorth((tx) => listLessons(tx, { after: undefined, limit: 5 }));
  const foreign = await asTenant(fresh.db, SOUTH, (tx) => findLesson(tx, "lv"));
  const deleted = await inNorth((tx) => deleteLesson(tx, "lv", NOW + 2));
  const again = await inNorth((tx) => deleteLesson(tx, "lv", NOW + 2));
  const gone = await inNorth((tx) => replaceLesson(tx, { ...change, version: 2 }));

  expect(replaced).toMatchObject({ version: 2, title: "T2", updatedAt: NOW + 1, createdAt: NOW });
  expect(conflict).toBe("version-conflict");
  expect(found?.steps).toEqual(steps);
  expect(listed.items[0]).not.toHaveProperty("steps");
  expect([foreign, deleted, again, gone]).toEqual([undefined, true, false, undefined]);
});

function session(id: string, changes: Partial<SessionRow> = {}): SessionRow {
  return {
    id: parseActorId(id),
    lessonId: "l1",
    lessonVersion: 3,
    hostUserId: TEACHER,
    coHostUserIds: [],
    title: "S",
    phase: "lobby",
    joinCode: "CODE22",
    startsAt: null,
    createdAt: NOW,
    endedAt: null,
    seq: 1,
    ...changes,
  };
}

test("DB9: a session's row never goes back", async () => {
  const write = (row: SessionRow): Promise<void> => inNorth((tx) => upsertSession(tx, row));
  await write(session("back", { seq: 5, phase: "live" }));

  await write(session("back", { seq: 4, phase: "lobby" }));
  const kept = await inNorth((tx) => findSession(tx, parseActorId("back")));
  await write(session("back", { seq: 6, phase: "ended", endedAt: NOW, joinCode: null }));
  const moved = await inNorth((tx) => findSession(tx, parseActorId("back")));

  expect(kept).toEqual(session("back", { seq: 5, phase: "live" }));
  expect(moved).toEqual(session("back", { seq: 6, phase: "ended", endedAt: NOW, joinCode: null }));
});

test("hosts list their own and co-hosted sessions, students what they joined, owners all", async () => {
  const [host, coHost, student] = [parseUserId("h1"), parseUserId("h2"), parseUserId("st")];
  const mine: readonly [string, Partial<SessionRow>][] = [
    ["of-1", { hostUserId: host, phase: "p-of" }],
    ["of-2", { hostUserId: host, coHostUserIds: [coHost], phase: "p-of" }],
    ["of-3", { hostUserId: coHost, phase: "p-other" }],
  ];
  for (const [id, changes] of mine) {
    await inNorth((tx) => upsertSession(tx, session(id, changes)));
  }
  const seat = { participantId: SEAT, userId: student, name: "S", status: "admitted", joinedAt: 1 };
  await inNorth((tx) => upsertParticipants(tx, [{ ...seat, sessionId: parseActorId("of-3") }]));
  const idsOf = async (who: "host" | "student", userId: UserId): Promise<readonly ActorId[]> => {
    const of = { who, userId };
    const page = await inNorth((tx) => listSessions(tx, { after: undefined, limit: 9, of }));
    return page.items.map((item) => item.id).toSorted();
  };

  const lists = [
    await idsOf("host", host),
    await idsOf("host", coHost),
    await idsOf("student", student),
    await idsOf("student", host),
  ];
  const ofPhase = await inNorth((tx) =>
    listSessions(tx, { after: undefined, limit: 9, of: { who: "everyone" }, phase: "p-of" }),
  );

  const expected = [["of-1", "of-2"], ["of-2", "of-3"], ["of-3"], []];
  expect(lists.map((ids) => ids.map(String))).toEqual(expected);
  expect(ofPhase.items).toHaveLength(2);
});

test("participants and answers are upserted in batches; the last row of one seat holds", async () => {
  const many = Array.from({ length: 1_200 }, (_, index) => ({
    participantId: parseParticipantId(`p${index}`),
    userId: null,
    name: `Name ${index}`,
    status: "waiting",
    joinedAt: NOW + index,
  }));
  const last = {
    participantId: SEAT,
    userId: TEACHER,
    name: "New",
    status: "admitted",
    joinedAt: 9,
  };

  await inNorth((tx) => upsertParticipants(tx, [...many, last].map(inSession)));
  await inNorth((tx) => upsertParticipants(tx, []));

  const seats = await inNorth((tx) => participantsOf(tx, SESSION));
  expect(seats).toHaveLength(1_200);
  expect(seats[0]).toEqual(last);
});

function inSession<Row>(row: Row): Row & { readonly sessionId: typeof SESSION } {
  return { ...row, sessionId: SESSION };
}

test("rows of several sessions go in one list, and each is its own session's", async () => {
  const [one, other] = [parseActorId("one"), parseActorId("another")];
  const seat = { participantId: SEAT, userId: null, status: "admitted", joinedAt: 9 };
  const given = { roundId: parseRoundId("r9"), participantId: SEAT, stepId: null, auto: false };
  const answer = { ...given, answer: { choice: "a" }, correct: null, points: null, atMs: 5 };

  await inNorth(async (tx) => {
    await upsertParticipants(tx, [
      { ...seat, name: "Here", sessionId: one },
      { ...seat, name: "There", sessionId: other },
    ]);
    await upsertAnswers(tx, [
      { ...answer, sessionId: one },
      { ...answer, answer: { choice: "b" }, sessionId: other },
    ]);
  });

  const [there] = await inNorth((tx) => participantsOf(tx, other));
  const answers = await inNorth((tx) => answersOf(tx, other));
  expect(there?.name).toBe("There");
  expect(answers).toEqual([{ ...answer, answer: { choice: "b" } }]);
});

test("answers keep their JSON and take the scores of a later row of their round alone", async () => {
  const [r1, r2] = [parseRoundId("r1"), parseRoundId("r2")];
  const base = { participantId: SEAT, stepId: null, correct: null, points: null, atMs: 5 };
  const given = { ...base, roundId: r1, answer: { pairs: { b: "2", a: "1" } }, auto: false };
  const blank = { ...base, roundId: r2, answer: null, auto: true };
  await inNorth((tx) =>
    upsertAnswers(tx, [{ ...given, answer: "older" }, blank, given].map(inSession)),
  );

  const scored = { ...given, correct: true, points: 0.67 };
  await inNorth((tx) => upsertAnswers(tx, [inSession(scored)]));

  const answers = await inNorth((tx) => answersOf(tx, SESSION));
  expect(answers).toEqual([scored, blank]);
});
