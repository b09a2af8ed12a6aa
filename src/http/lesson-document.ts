/** A lesson as it is answered, whole or in a list, to one caller. */
import type { Lesson, LessonSummary } from "../../db/lesson-row.ts";
import type { LessonVersion } from "../../db/lesson-versions.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { instantOf } from "./instant.ts";
import { mayChange } from "./lesson-access.ts";

export function summaryFor(caller: VerifiedCaller, lesson: LessonSummary) {
  const { id, ownerId, title, language, status, version, publishedVersion, basedOn } = lesson;
  const { visibility, tags, standards } = lesson;
  return {
    ...{ id, ownerId, title, language, status, version, publishedVersion, basedOn },
    ...{ visibility, tags, standards },
    mayChange: mayChange(caller, lesson),
    createdAt: instantOf(lesson.createdAt),
    updatedAt: instantOf(lesson.updatedAt),
  };
}

export function documentFor(caller: VerifiedCaller, lesson: Lesson): object {
  return { ...summaryFor(caller, lesson), steps: lesson.steps };
}

export function versionDocument(version: LessonVersion): object {
  return { ...version, publishedAt: instantOf(version.publishedAt) };
}
