/**
 * Who may read and change which lesson.
 *
 * Invariants:
 * LV1: For whoever does not teach, and of private lessons for colleagues, there is nothing there.
 * LV2: Its author, admins and owners change a lesson; a colleague may read what is shared, no more.
 */
import { asTenant } from "../../db/as-tenant.ts";
import type { Lesson, LessonSummary } from "../../db/lesson-row.ts";
import { versionOf } from "../../db/lesson-versions.ts";
import { findLesson } from "../../db/lessons.ts";
import type { UserId } from "../../machines/ids.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import type { Read } from "./body.ts";
import type { AppParts } from "./parts.ts";
import { teaches } from "./access.ts";

/** Students, guests and boards are told what a stranger is told. */
export function lessonsHidden({ principal }: VerifiedCaller): Problem | undefined {
  return teaches(principal) ? undefined : lessonMissing();
}

export function authorOf(caller: VerifiedCaller): Read<UserId> {
  const { principal } = caller;
  return principal.kind === "user" && teaches(principal)
    ? { ok: true, value: principal.userId }
    : { ok: false, problem: lessonMissing() };
}

/** Whose private lessons this caller may not find; undefined: his office shows him all. */
export function seenByOf({ principal }: VerifiedCaller): UserId | undefined {
  return principal.kind === "user" && principal.role === "teacher" ? principal.userId : undefined;
}

/** Whether an edit of it would be taken. */
export function mayChange(caller: VerifiedCaller, lesson: LessonSummary): boolean {
  const teacher = seenByOf(caller);
  return teaches(caller.principal) && (teacher === undefined || teacher === lesson.ownerId);
}

/** A lesson that this caller may read: its newest version, or the one that is named. */
export async function lessonFor(
  { db, log }: AppParts,
  caller: VerifiedCaller,
  id: string,
  version?: number,
): Promise<Read<Lesson>> {
  const author = authorOf(caller);
  if (!author.ok) {
    return author;
  }
  const { tenantId } = caller;
  const lesson = await asTenant(db, tenantId, async (tx) => {
    const newest = await findLesson(tx, id);
    return newest && versionOf(tx, newest, version ?? newest.version);
  });
  const isOther = lesson?.visibility === "private" && lesson.ownerId !== author.value;
  if (lesson === undefined || (isOther && !mayChange(caller, lesson))) {
    return { ok: false, problem: lessonMissing() };
  }
  if (isOther) {
    log.info("lesson.read-by-office", { tenantId, userId: author.value, lessonId: id });
  }
  return { ok: true, value: lesson };
}

/** Why this caller may not change this lesson; undefined: he may. */
export async function lessonClosed(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Problem | undefined> {
  const lesson = await lessonToChange(parts, caller, id);
  return lesson.ok ? undefined : lesson.problem;
}

export async function lessonToChange(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<Lesson>> {
  const lesson = await lessonFor(parts, caller, id);
  if (!lesson.ok || mayChange(caller, lesson.value)) {
    return lesson;
  }
  const detail = "Only its author, admins and owners change a lesson; copy it to make your own.";
  return { ok: false, problem: problem("not-allowed", detail) };
}

export function lessonMissing(): Problem {
  return problem("not-found", "There is no such lesson, or it is not yours.");
}
