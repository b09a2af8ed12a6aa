/**
 * Making a session: its id, its code, its copy of the lesson, its first record.
 *
 * Invariants:
 * 1. The code belongs to the session before it is shown, and is free again if the birth fails.
 * 2. A repeated request with the same key finds the session it made, also after a crash in between:
 *    the id comes from the key.
 * 3. The class that is named is kept before the birth: no session that was acknowledged lost it.
 */
import type { Address } from "../../actors/address.ts";
import { sha256 } from "../../actors/envelope.ts";
import type { Look, Reply } from "../../actors/reply.ts";
import { asTenant } from "../../db/as-tenant.ts";
import type { Lesson } from "../../db/lesson-row.ts";
import { keepClassOfSession } from "../../db/classes.ts";
import { versionOf } from "../../db/lesson-versions.ts";
import { upsertSession } from "../../db/sessions.ts";
import { parseActorId } from "../../machines/ids.ts";
import type { Json, JsonObject } from "../../machines/json.ts";
import { EXPIRY_MS } from "../../machines/learning-session/course.ts";
import { instantMs } from "../../machines/learning-session/instant.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { claimCode, releaseCode } from "../join-code.ts";
import { type Problem, problem, problemOfRefusal } from "../problem.ts";
import { classFor } from "./class-access.ts";
import { lessonFor } from "./lesson-access.ts";
import type { AppParts } from "./parts.ts";

export interface SessionWish {
  readonly lessonId: string;
  readonly lessonVersion?: number;
  readonly title?: string;
  readonly startsAt?: string;
  readonly settings?: object;
  readonly classId?: string;
}

export interface CreateAsk {
  readonly caller: VerifiedCaller;
  readonly wish: SessionWish;
  /** Present: whoever asks with the same text again means the same session. */
  readonly once?: string;
}

export type Made =
  | { readonly ok: true; readonly session: object }
  | { readonly ok: false; readonly problem: Problem };

const ID_CHARS = 32;

export async function createSession(parts: AppParts, ask: CreateAsk): Promise<Made> {
  const { caller, wish } = ask;
  const startsAt = wish.startsAt === undefined ? null : instantMs(wish.startsAt);
  const isPast = typeof startsAt === "number" && startsAt + EXPIRY_MS <= parts.clock.now();
  if (startsAt === undefined || isPast) {
    const wanted = isPast ? "a time that is not already over" : "RFC 3339 with an offset";
    const errors = [{ path: "/startsAt", message: `Expected ${wanted}` }];
    return refuse(problem("invalid", "The session cannot start then; see errors.", { errors }));
  }
  const lesson = await lessonToTeach(parts, ask);
  if (lesson === undefined || caller.principal.kind !== "user") {
    const path = wish.lessonVersion === undefined ? "/lessonId" : "/lessonVersion";
    const errors = [{ path, message: "Expected one of your lessons" }];
    return refuse(problem("not-found", "There is no such lesson.", { errors }));
  }
  const unfit = await classUnfit(parts, ask);
  if (unfit !== undefined) {
    return refuse(unfit);
  }
  const id = ask.once === undefined ? parts.ids.next() : sha256(ask.once).slice(0, ID_CHARS);
  const address: Address = { tenantId: caller.tenantId, kind: "session", id: parseActorId(id) };
  const { userId, name } = caller.principal;
  const { classId } = wish;
  if (classId !== undefined) {
    await asTenant(parts.db, caller.tenantId, (tx) => keepClassOfSession(tx, address.id, classId));
  }
  return birth(
    parts,
    { ...ask, address },
    (joinCode) => ({
      type: "session.create",
      title: wish.title ?? lesson.title,
      language: lesson.language,
      lessonId: lesson.id,
      lessonVersion: lesson.version,
      steps: lesson.steps,
      joinCode,
      host: { userId, name },
      startsAt,
      settings: parseJson(wish.settings ?? {}),
    }),
    lesson,
  );
}

/** Why no session starts for the class that is named; undefined: one may, or none is named. */
async function classUnfit(
  parts: AppParts,
  { caller, wish: { classId } }: CreateAsk,
): Promise<Problem | undefined> {
  const found = classId === undefined ? undefined : await classFor(parts, caller, classId);
  if (found === undefined || (found.ok && found.value.archivedAt === null)) {
    return undefined;
  }
  const message = "Expected one of your classes, or the school's, that is not archived";
  const errors = [{ path: "/classId", message }];
  return problem("not-found", "No session starts for this class.", { errors });
}

/** The version that is named, or else was published last, or else the draft. */
async function lessonToTeach(
  parts: AppParts,
  { caller, wish }: CreateAsk,
): Promise<Lesson | undefined> {
  const newest = await lessonFor(parts, caller, wish.lessonId);
  if (!newest.ok) {
    return undefined;
  }
  const { version, publishedVersion } = newest.value;
  const wanted = wish.lessonVersion ?? publishedVersion ?? version;
  return asTenant(parts.db, caller.tenantId, (tx) => versionOf(tx, newest.value, wanted));
}

type BirthAsk = CreateAsk & { readonly address: Address };

async function birth(
  parts: AppParts,
  ask: BirthAsk,
  messageFor: (joinCode: string) => JsonObject & { readonly type: string },
  lesson: Lesson,
): Promise<Made> {
  const { address, caller } = ask;
  const joinCode = await claimCode(parts.db, address, parts.clock.now());
  let reply: Reply | undefined;
  try {
    reply = await parts.runtime.birth(address, messageFor(joinCode), caller.principal);
  } finally {
    if (reply?.kind !== "accepted") {
      await releaseCode(parts.db, address, joinCode);
    }
  }
  switch (reply.kind) {
    case "accepted":
      await list(parts, ask, { look: reply.look, joinCode, lesson });
      return seen(parts, ask, reply.look);
    case "refused":
      return (await again(parts, ask)) ?? refuse(problemOfRefusal(reply.refusal, []));
    case "absent":
      return refuse(problem("unavailable", "The session could not be made; send it again."));
  }
}

/** The session that an earlier request with this key made. */
async function again(parts: AppParts, ask: BirthAsk): Promise<Made | undefined> {
  const look = ask.once === undefined ? undefined : await parts.runtime.look(ask.address);
  return look === undefined ? undefined : seen(parts, ask, look);
}

function seen(parts: AppParts, { caller, address }: BirthAsk, look: Look): Made {
  const found = parts.desk.seen(caller, `session/${address.id}`, look);
  if (found === undefined) {
    return refuse(problem("not-found", "There is no such session, or it is not yours."));
  }
  const { seq, state, can, view, now } = found;
  const joinCode = view["joinCode"];
  return { ok: true, session: { id: address.id, joinCode, seq, state, can, view, now } };
}

/** The list shows it at once; the journal keeps the row from here on, also if this fails. */
async function list(
  parts: AppParts,
  { caller, address }: BirthAsk,
  made: { readonly look: Look; readonly joinCode: string; readonly lesson: Lesson },
): Promise<void> {
  const found = parts.desk.seen(caller, `session/${address.id}`, made.look);
  if (found === undefined || caller.principal.kind !== "user") {
    return;
  }
  const { view, state } = found;
  const row = {
    id: address.id,
    lessonId: made.lesson.id,
    lessonVersion: made.lesson.version,
    hostUserId: caller.principal.userId,
    coHostUserIds: [],
    title: typeof view["title"] === "string" ? view["title"] : "",
    phase: phaseOf(state),
    joinCode: made.joinCode,
    startsAt: typeof view["startsAt"] === "string" ? Date.parse(view["startsAt"]) : null,
    createdAt: made.look.at,
    endedAt: null,
    seq: made.look.seq,
  };
  try {
    await asTenant(parts.db, address.tenantId, (tx) => upsertSession(tx, row));
  } catch (error) {
    parts.log.warn("session.listed-late", { sessionId: address.id, error });
  }
}

function phaseOf(state: unknown): string {
  const value = typeof state === "object" && state !== null && "phase" in state ? state.phase : "";
  return typeof value === "string" ? value : "draft";
}

function parseJson(value: object): Json {
  return value as JsonObject;
}

function refuse(document: Problem): Made {
  return { ok: false, problem: document };
}
