/**
 * Lessons: teachers' material, found, read, made, edited and deleted.
 *
 * An edit of what is published makes a draft beside it (`lesson-versions.ts`); who may what is
 * decided in `lesson-access.ts`.
 */
import { asTenant } from "../../db/as-tenant.ts";
import { parseCursor } from "../../db/cursor.ts";
import type { NewLesson } from "../../db/lessons.ts";
import { createLesson, deleteLesson, listLessons, replaceLesson } from "../../db/lessons.ts";
import { PUBLISHED_MAX } from "../../db/lesson-versions.ts";
import type { UserId } from "../../machines/ids.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { type Problem, problem } from "../problem.ts";
import { type Answer, created, empty, no, ok } from "./answer.ts";
import { LESSON_BYTES_MAX } from "./body.ts";
import {
  authorOf,
  lessonClosed,
  lessonFor,
  lessonMissing,
  lessonToChange,
  lessonsHidden,
  seenByOf,
} from "./lesson-access.ts";
import { contentOf, movedTo } from "./lesson-content.ts";
import { documentFor, summaryFor } from "./lesson-document.ts";
import {
  KEPT_EXAMPLE,
  LESSON_EXAMPLE,
  LessonChange,
  LessonShape,
  LessonSummaryShape,
  LessonWish,
  LessonsQuery,
} from "./lesson-shapes.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { badCursor } from "./sessions.ts";
import { PAGE_DEFAULT, pageShape } from "./shapes.ts";

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
      description:
        "The caller's own and those that are shared with the school; admins and owners see all. " +
        "Narrowed to those with all words of `q` in title, tags, standards or steps, with this " +
        "`tag`, and with a standard of this code and framework.",
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
      const { q: words, limit = PAGE_DEFAULT, mine, ...narrowed } = query;
      const seenBy = seenByOf(caller);
      const author = authorOf(caller);
      const ownerId = mine === "true" && author.ok ? author.value : undefined;
      const page = { ...narrowed, after, limit, words, seenBy, ownerId };
      const found = await asTenant(parts.db, caller.tenantId, (tx) => listLessons(tx, page));
      return ok({ items: found.items.map((each) => summaryFor(caller, each)), next: found.next });
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
      const { visibility } = body;
      const lesson = { ...content.value, ...(visibility === undefined ? {} : { visibility }) };
      return created(await keepLesson(parts, caller, { ...lesson, ownerId: author.value }));
    },
  });
}

/** A new lesson, as it is answered. */
async function keepLesson(
  { db, ids, clock }: AppParts,
  caller: VerifiedCaller,
  wish: Omit<NewLesson, "id" | "at">,
): Promise<object> {
  const lesson = { ...wish, id: ids.next(), at: clock.now() };
  return documentFor(caller, await asTenant(db, caller.tenantId, (tx) => createLesson(tx, lesson)));
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
      return lesson.ok ? ok(documentFor(caller, lesson.value)) : no(lesson.problem);
    },
  });
}

const TOO_MANY = `Expected at most ${PUBLISHED_MAX} published versions; copy the lesson to go on.`;

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
      description:
        "With the `version` that was edited. A published version stays as it is: the edit is the " +
        "next version, a draft `basedOn` it unless `status` is `published`, and sessions start " +
        "from the published one until then. Running sessions keep their copy.",
      example: { ...LESSON_EXAMPLE, version: 1 },
      answers: {
        200: {
          description: "Replaced; the version rose by one.",
          schema: LessonShape,
          example: { ...KEPT_EXAMPLE, version: 2 },
        },
      },
      problems: ["version-conflict", "not-allowed", "not-accepted"],
    },
    async handle({ caller, params: { id = "" }, body }) {
      const author = authorOf(caller);
      const lesson = author.ok ? await lessonToChange(parts, caller, id) : author;
      if (!author.ok || !lesson.ok) {
        return no(lesson.ok ? lessonMissing() : lesson.problem);
      }
      const moved = movedTo(lesson.value, body);
      return moved === undefined
        ? replace(parts, caller, { by: author.value, id, body })
        : no(moved);
    },
  });
}

interface Replacement {
  readonly by: UserId;
  readonly id: string;
  readonly body: LessonChange;
}

async function replace(
  parts: AppParts,
  caller: VerifiedCaller,
  { by, id, body }: Replacement,
): Promise<Answer> {
  const content = contentOf(body, parts.ids);
  if (!content.ok) {
    return no(content.problem);
  }
  const { version, visibility } = body;
  const change = { ...content.value, id, version, visibility, by, at: parts.clock.now() };
  const kept = await asTenant(parts.db, caller.tenantId, (tx) => replaceLesson(tx, change));
  switch (kept) {
    case undefined:
      return no(lessonMissing());
    case "version-conflict":
      return no(await conflict(parts, caller, { id, version }));
    case "too-many-versions":
      return no(problem("not-accepted", TOO_MANY));
    default:
      return ok(documentFor(caller, kept));
  }
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
