/** A lesson's versions: what was published and stays as it was, and the draft that follows it. */
import { asTenant } from "../../db/as-tenant.ts";
import { listVersions } from "../../db/lesson-versions.ts";
import { no, ok } from "./answer.ts";
import { lessonFor, lessonMissing } from "./lesson-access.ts";
import { documentFor, versionDocument } from "./lesson-document.ts";
import { KEPT_EXAMPLE, LessonShape, LessonVersionShape } from "./lesson-shapes.ts";
import type { AppParts } from "./parts.ts";
import { type Route, defineRoute } from "./route.ts";
import { pageShape } from "./shapes.ts";

/** As many digits as a version may have, so that no number is too large for a column. */
const VERSION = /^[1-9]\d{0,8}$/;

export function lessonVersionRoutes(parts: AppParts): readonly Route[] {
  return [listRoute(parts), lookRoute(parts)];
}

function listRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/lessons/:id/versions",
    access: "caller",
    docs: {
      tag: "Lessons",
      summary: "The versions of a lesson, newest first",
      description:
        "Every version that was published, which never changes, and before them the draft that an " +
        "edit of the newest has made. All of them are one page.",
      answers: { 200: { description: "All.", schema: pageShape(LessonVersionShape) } },
    },
    async handle({ caller, params: { id = "" } }) {
      const lesson = await lessonFor(parts, caller, id);
      if (!lesson.ok) {
        return no(lesson.problem);
      }
      const found = await asTenant(parts.db, caller.tenantId, (tx) =>
        listVersions(tx, lesson.value),
      );
      return ok({ items: found.map(versionDocument), next: null });
    },
  });
}

function lookRoute(parts: AppParts): Route {
  return defineRoute({
    method: "GET",
    path: "/api/v1/lessons/:id/versions/:version",
    access: "caller",
    docs: {
      tag: "Lessons",
      summary: "A lesson as it is in one of its versions",
      answers: {
        200: { description: "The same for good.", schema: LessonShape, example: KEPT_EXAMPLE },
      },
    },
    async handle({ caller, params: { id = "", version = "" } }) {
      if (!VERSION.test(version)) {
        return no(lessonMissing());
      }
      const lesson = await lessonFor(parts, caller, id, Number(version));
      return lesson.ok ? ok(documentFor(caller, lesson.value)) : no(lesson.problem);
    },
  });
}
