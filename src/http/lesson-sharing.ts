/** Sharing lessons: who of the school finds one, and copies of what others have written. */
import { asTenant } from "../../db/as-tenant.ts";
import { createLesson, shareLesson } from "../../db/lessons.ts";
import { created, no, ok } from "./answer.ts";
import {
  authorOf,
  lessonClosed,
  lessonFor,
  lessonMissing,
  lessonToChange,
} from "./lesson-access.ts";
import { documentFor } from "./lesson-document.ts";
import { KEPT_EXAMPLE, LessonCopy, LessonShape, LessonSharing } from "./lesson-shapes.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";

export function lessonSharingRoutes(parts: AppParts): readonly Route[] {
  return [shareRoute(parts), copyRoute(parts)];
}

function shareRoute(parts: AppParts): Route {
  return defineRoute({
    method: "PUT",
    path: "/api/v1/lessons/:id/visibility",
    access: "caller",
    body: LessonSharing,
    keyed: true,
    gate: async ({ caller, params: { id = "" } }) => lessonClosed(parts, caller, id),
    docs: {
      tag: "Lessons",
      summary: "Share a lesson with the school, or keep it to oneself",
      description: "Of the lesson with all its versions; no version is made.",
      example: { visibility: "private" },
      answers: {
        200: {
          description: "Decided.",
          schema: LessonShape,
          example: { ...KEPT_EXAMPLE, visibility: "private" },
        },
      },
      problems: ["not-allowed"],
    },
    async handle({ caller, params: { id = "" }, body: { visibility } }) {
      const lesson = await lessonToChange(parts, caller, id);
      if (!lesson.ok) {
        return no(lesson.problem);
      }
      const shared = await asTenant(parts.db, caller.tenantId, (tx) =>
        shareLesson(tx, { id, visibility }),
      );
      return shared === undefined ? no(lessonMissing()) : ok(documentFor(caller, shared));
    },
  });
}

function copyRoute(parts: AppParts): Route {
  return defineRoute({
    method: "POST",
    path: "/api/v1/lessons/:id/copy",
    access: "caller",
    body: LessonCopy,
    bodyRequired: false,
    keyed: true,
    gate: async ({ caller, params: { id = "" } }) => {
      const lesson = await lessonFor(parts, caller, id);
      return lesson.ok ? undefined : lesson.problem;
    },
    docs: {
      tag: "Lessons",
      summary: "Copy a lesson, to change it as one's own",
      description:
        "A private draft of the caller's, `basedOn` the version that was copied: the newest, or " +
        "the one that is named.",
      example: { title: "Photosynthesis for 7b" },
      answers: {
        201: {
          description: "Copied.",
          schema: LessonShape,
          example: {
            ...{ ...KEPT_EXAMPLE, id: "c90d21aa47b5e630", ownerId: "7d20b1", status: "draft" },
            ...{ publishedVersion: null, visibility: "private" },
            basedOn: { lessonId: KEPT_EXAMPLE.id, version: 1 },
          },
        },
      },
    },
    async handle({ caller, params: { id = "" }, body: { title, version } }) {
      const author = authorOf(caller);
      const lesson = author.ok ? await lessonFor(parts, caller, id, version) : author;
      if (!author.ok || !lesson.ok) {
        return no(lesson.ok ? lessonMissing() : lesson.problem);
      }
      const copied = lesson.value;
      const copy = {
        ...copied,
        ...(title === undefined ? {} : { title: title.trim() }),
        id: parts.ids.next(),
        ownerId: author.value,
        status: "draft",
        visibility: "private",
        basedOn: { lessonId: copied.id, version: copied.version },
        at: parts.clock.now(),
      } as const;
      const made = await asTenant(parts.db, caller.tenantId, (tx) => createLesson(tx, copy));
      return created(documentFor(caller, made));
    },
  });
}
