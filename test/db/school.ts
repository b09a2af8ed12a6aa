/** Two schools with a row in every table: what the suites of `db/` are tried on. */
import { createHash } from "node:crypto";
import { announceActor } from "../../db/actors.ts";
import { type Append, type Appended, appendActors } from "../../db/append.ts";
import { upsertAnswers } from "../../db/answers.ts";
import { type TenantTx, asPlatform, asTenant } from "../../db/as-tenant.ts";
import type { Database } from "../../db/connect.ts";
import { claimKey } from "../../db/idempotency-keys.ts";
import { claimJoinCode } from "../../db/join-codes.ts";
import { addMembers } from "../../db/class-members.ts";
import { createClass, keepClassOfSession } from "../../db/classes.ts";
import { createLesson } from "../../db/lessons.ts";
import { keepMedium } from "../../db/media.ts";
import { upsertParticipants } from "../../db/participants.ts";
import { createRefreshToken } from "../../db/refresh-tokens.ts";
import { issueSeatPin } from "../../db/seat-pins.ts";
import { upsertSession } from "../../db/sessions.ts";
import { createTenant } from "../../db/tenants.ts";
import { createUser } from "../../db/users.ts";
import {
  type TenantId,
  parseActorId,
  parseParticipantId,
  parseRoundId,
  parseTenantId,
  parseUserId,
} from "../../machines/ids.ts";

export const NORTH = parseTenantId("north");
export const SOUTH = parseTenantId("south");
/** Any instant: the suites read no clock. */
export const NOW = 1_800_000_000_000;
export const SESSION = parseActorId("s1");
export const SEAT = parseParticipantId("p1");
export const TEACHER = parseUserId("u1");
export const STUDENT = parseUserId("u2");
export const CLASS = "c1";

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export async function appendActor(tx: TenantTx, flush: Append): Promise<Appended | undefined> {
  const chainOver = async (head: string, lines: readonly string[]): Promise<string> =>
    lines.reduce(chainOn, head);
  return (await appendActors(tx, [flush], chainOver))[0];
}

export function chainOn(head: string, line: string): string {
  return hashOf(`${head}\n${line}`);
}

/** The tenant alone. */
export async function makeTenant(db: Database, tenantId: TenantId): Promise<void> {
  await asPlatform(db, (tx) =>
    createTenant(tx, {
      id: tenantId,
      slug: tenantId,
      name: `School ${tenantId}`,
      timeZone: "Europe/Berlin",
      createdAt: NOW,
    }),
  );
}

/** The tenant, with the same ids in it as in every other, and at least one row in each table. */
export async function makeSchool(db: Database, tenantId: TenantId): Promise<void> {
  await makeTenant(db, tenantId);
  await asTenant(db, tenantId, async (tx) => {
    await createUser(tx, {
      id: TEACHER,
      email: "ada@example.org",
      name: "Ada",
      role: "teacher",
      passwordHash: `hash of ${tenantId}`,
      at: NOW,
    });
    await createRefreshToken(tx, {
      hash: hashOf(`token of ${tenantId}`),
      family: "f1",
      holder: { kind: "user", userId: TEACHER },
      salt: "salt",
      at: NOW,
      expiresAt: NOW + 1_000_000,
    });
    await createLesson(tx, {
      id: "l1",
      ownerId: TEACHER,
      title: "Rivers",
      language: "en",
      status: "published",
      steps: [],
      tags: [],
      at: NOW,
    });
    const pupil = { id: STUDENT, email: "bo@example.org", name: "Bo", role: "student" } as const;
    await createUser(tx, { ...pupil, passwordHash: null, at: NOW });
    const kept = { id: CLASS, ownerId: TEACHER, title: "7b", visibility: "private" } as const;
    await createClass(tx, { ...kept, at: NOW });
    await addMembers(tx, CLASS, { userIds: [STUDENT], at: NOW });
    const picture = { id: "p1", mediaType: "image/webp", width: 1, height: 1 };
    const bytes = new Uint8Array([1, 2]);
    await keepMedium(tx, { ...picture, bytes }, { userId: TEACHER, at: NOW });
    await upsertSession(tx, {
      id: SESSION,
      lessonId: "l1",
      lessonVersion: null,
      hostUserId: TEACHER,
      coHostUserIds: [],
      title: "Rivers",
      phase: "lobby",
      joinCode: null,
      startsAt: null,
      createdAt: NOW,
      endedAt: null,
      seq: 1,
    });
    await keepClassOfSession(tx, SESSION, CLASS);
    await upsertParticipants(tx, [
      {
        sessionId: SESSION,
        participantId: SEAT,
        userId: null,
        name: "Bo",
        status: "admitted",
        joinedAt: NOW,
      },
    ]);
    await upsertAnswers(tx, [
      {
        sessionId: SESSION,
        roundId: parseRoundId("r1"),
        participantId: SEAT,
        stepId: null,
        answer: { choice: "a" },
        correct: null,
        points: null,
        atMs: 12,
        auto: false,
      },
    ]);
    const actor = { kind: "session", id: SESSION, at: NOW };
    await announceActor(tx, { ...actor, epoch: "e1", head0: "h0" });
    await appendActor(tx, {
      ...actor,
      seq: 1,
      head: chainOn("h0", "line 1"),
      envelope: "envelope 1",
      over: undefined,
      rebuiltIn: undefined,
      owedDueAt: NOW + 500,
      records: [{ seq: 1, line: "line 1", id: { idKey: "k1", digest: "d1" } }],
    });
    await claimJoinCode(tx, { code: `CODE-${tenantId}`, sessionId: SESSION, at: NOW });
    await claimKey(tx, { principal: "user:u1", key: "key", digest: "d", at: NOW });
    await issueSeatPin(tx, {
      sessionId: SESSION,
      participantId: SEAT,
      hash: hashOf("123456"),
      at: NOW,
      expiresAt: NOW + 600_000,
    });
  });
}
