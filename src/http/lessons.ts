/**
 * Lessons: teachers' material. All teachers of a school read all of it; its author, admins and
 * owners change it. For everybody else there are no lessons.
 */
import { type TenantTx, asTenant } from "../../db/as-tenant.ts";
import { parseCursor } from "../../db/cursor.ts";
import {
  type Lesson,
  type LessonContent,
  type LessonSummary,
  createLesson,
  deleteLesson,
  findLesson,
  listLessons,
  replaceLesson,
} from "../../db/lessons.ts";
import type { UserId } from "../../machines/ids.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import { created, empty, no, ok } from "./answer.ts";
import { LESSON_BYTES_MAX, type Read } from "./body.ts";
import { instantOf } from "./instant.ts";
import { contentOf, movedTo } from "./lesson-content.ts";
import {
  LESSON_EXAMPLE,
  LessonChange,
  LessonShape,
  LessonSummaryShape,
  LessonWish,
  LessonsQuery,
} from "./lesson-shapes.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { badCursor, teaches } from "./sessions.ts";
import { PAGE_DEFAULT, pageShape } from "./shapes.ts";

const KEPT_EXAMPLE = {
  ...LESSON_EXAMPLE,
  id: "b6a1f0c2d4e84a0f",
  ownerId: "0b6f3d",
  version: 1,
  tags: [],
  createdAt: "2026-03-01T10:00:00.000Z",
  updatedAt: "2026-03-01T10:00:00.000Z",
};

export function lessonRoutes(parts: AppParts): readonly Route[] {
  return [
    listRoute(parts),
    createRoute(parts),
    lookRoute(parts),
    replaceRoute(parts),
    deleteRoute(parts),
  ];
}

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/lessons",
    access: "caller",
    query: LessonsQuery,
    gate: async ({ caller }) => lessonsHidden(caller),
    docs: {
      tag: "Lessons",
      summary: "The school's lessons, newest first",
      description: "Of those with all words of `q` in title or tags, and with this `tag`.",
      answers: { 200: { description: "A page.", schema: pageShape(LessonSummaryShape) } },
      problems: ["not-found"],
    },
    async handle({ caller, query }) {
      const hidden = lessonsHidden(caller);
      if (hidden !== undefined) {
        return no(hidden);
      }
      const after = query.after === undefined ? undefined : parseCursor(query.after);
      if (query.after !== undefined && after === undefined) {
        return no(badCursor());
      }
      const { q: words, tag, limit = PAGE_DEFAULT } = query;
      const page = { after, limit, words, tag };
      const found = await asTenant(parts.db, caller.tenantId, (tx) => listLessons(tx, page));
      return ok({ items: found.items.map(summaryOf), next: found.next });
    },
  });
}

function createRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/lessons",
    access: "caller",
    body: LessonWish,
    bytesMax: LESSON_BYTES_MAX,
    keyed: true,
    gate: async ({ caller }) => lessonsHidden(caller),
    docs: {
      tag: "Lessons",
      summary: "Make a lesson",
      example: LESSON_EXAMPLE,
      answers: { 201: { description: "Made.", schema: LessonShape, example: KEPT_EXAMPLE } },
      problems: ["not-found"],
    },
    async handle({ caller, body }) {
      const author = authorOf(caller);
      if (!author.ok) {
        return no(author.problem);
      }
      const content = contentOf(body, parts.ids);
      if (!content.ok) {
        return no(content.problem);
      }
      return created(await keepLesson(parts, caller, author.value, content.value));
    },
  });
}

/** A new lesson of this author, as it is answered. */
export async function keepLesson(
  { db, ids, clock }: AppParts,
  { tenantId }: VerifiedCaller,
  ownerId: UserId,
  content: LessonContent,
): Promise<object> {
  const lesson = { ...content, id: ids.next(), ownerId, at: clock.now() };
  return lessonOf(await asTenant(db, tenantId, (tx) => createLesson(tx, lesson)));
}

function lookRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/lessons/:id",
    access: "caller",
    docs: {
      tag: "Lessons",
      summary: "A lesson with its steps",
      answers: { 200: { description: "Now.", schema: LessonShape, example: KEPT_EXAMPLE } },
    },
    async handle({ caller, params: { id = "" } }) {
      const lesson = await lessonFor(parts, caller, id);
      return lesson.ok ? ok(lessonOf(lesson.value)) : no(lesson.problem);
    },
  });
}

function replaceRoute(parts: AppParts): Route {
  return defineRoute({
    method: "PUT",
    path: "/api/v1/lessons/:id",
    access: "caller",
    body: LessonChange,
    bytesMax: LESSON_BYTES_MAX,
    keyed: true,
    gate: async ({ caller, params: { id = "" } }) => lessonClosed(parts, caller, id),
    docs: {
      tag: "Lessons",
      summary: "Replace a lesson's content",
      description: "With the `version` that was edited; running sessions keep their copy.",
      example: { ...LESSON_EXAMPLE, version: 1 },
      answers: {
        200: {
          description: "Replaced; the version rose by one.",
          schema: LessonShape,
          example: { ...KEPT_EXAMPLE, version: 2 },
        },
      },
      problems: ["version-conflict", "not-allowed"],
    },
    async handle({ caller, params: { id = "" }, body }) {
      const lesson = await lessonToChange(parts, caller, id);
      const closed = lesson.ok ? movedTo(lesson.value, body) : lesson.problem;
      if (closed !== undefined) {
        return no(closed);
      }
      const content = contentOf(body, parts.ids);
      if (!content.ok) {
        return no(content.problem);
      }
      const change = { ...content.value, id, version: body.version, at: parts.clock.now() };
      const kept = await asTenant(parts.db, caller.tenantId, (tx) => replaceLesson(tx, change));
      if (kept === undefined) {
        return no(lessonMissing());
      }
      return kept === "version-conflict"
        ? no(await conflict(parts, caller, { id, version: body.version }))
        : ok(lessonOf(kept));
    },
  });
}

function deleteRoute(parts: AppParts): Route {
  return defineRoute({
    method: "DELETE",
    keyed: true,
    path: "/api/v1/lessons/:id",
    access: "caller",
    docs: {
      tag: "Lessons",
      summary: "Delete a lesson",
      description: "Sessions that were made of it keep their copy.",
      answers: { 204: { description: "Deleted." } },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" } }) {
      const closed = await lessonClosed(parts, caller, id);
      if (closed !== undefined) {
        return no(closed);
      }
      const at = parts.clock.now();
      const done = await asTenant(parts.db, caller.tenantId, (tx) => deleteLesson(tx, id, at));
      return done ? empty() : no(lessonMissing());
    },
  });
}

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

/** A lesson that this caller may read. */
export async function lessonFor(
  { db }: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<Lesson>> {
  const hidden = lessonsHidden(caller);
  const lesson =
    hidden === undefined
      ? await asTenant(db, caller.tenantId, (tx: TenantTx) => findLesson(tx, id))
      : undefined;
  return lesson === undefined
    ? { ok: false, problem: lessonMissing() }
    : { ok: true, value: lesson };
}

/** Why this caller may not change this lesson; undefined: he may. */
async function lessonClosed(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Problem | undefined> {
  const lesson = await lessonToChange(parts, caller, id);
  return lesson.ok ? undefined : lesson.problem;
}

async function lessonToChange(
  parts: AppParts,
  caller: VerifiedCaller,
  id: string,
): Promise<Read<Lesson>> {
  const lesson = await lessonFor(parts, caller, id);
  if (!lesson.ok) {
    return lesson;
  }
  const { principal } = caller;
  const isColleague =
    principal.kind === "user" &&
    principal.role === "teacher" &&
    principal.userId !== lesson.value.ownerId;
  const detail = "Only its author, admins and owners change a lesson; make your own.";
  return isColleague ? { ok: false, problem: problem("not-allowed", detail) } : lesson;
}

async function conflict(
  parts: AppParts,
  caller: VerifiedCaller,
  held: { readonly id: string; readonly version: number },
): Promise<Problem> {
  const lesson = await lessonFor(parts, caller, held.id);
  const found = lesson.ok ? lesson.value.version : held.version;
  const detail = `Expected version ${found}, found ${held.version}; read the lesson again.`;
  return problem("version-conflict", detail, { version: found });
}

function lessonMissing(): Problem {
  return problem("not-found", "There is no such lesson, or it is not yours.");
}

function summaryOf(lesson: LessonSummary) {
  const { id, ownerId, title, language, status, version, tags } = lesson;
  const createdAt = instantOf(lesson.createdAt);
  const updatedAt = instantOf(lesson.updatedAt);
  return { id, ownerId, title, language, status, version, tags, createdAt, updatedAt };
}

function lessonOf(lesson: Lesson): object {
  return { ...summaryOf(lesson), steps: lesson.steps };
}
