/** A lesson as a row of its table, and as everything else knows it. */
import type { Selectable } from "kysely";
import { type UserId, parseUserId } from "../machines/ids.ts";
import type { Json } from "../machines/json.ts";
import type { LessonStatus, LessonVisibility, LessonsTable } from "./schema.ts";

export const SUMMARY = [
  "id",
  "owner_id",
  "title",
  "language",
  "status",
  "version",
  "published_version",
  "based_on_id",
  "based_on_version",
  "visibility",
  "tags",
  "standards",
  "created_at",
  "updated_at",
] as const;
export const WHOLE = [...SUMMARY, "steps"] as const;

/** What a lesson, or some of its steps, serve: a line of a curriculum. */
export interface Standard {
  readonly framework: string;
  readonly code: string;
  readonly title?: string;
  /** Ids of steps; absent: the lesson as a whole. */
  readonly steps?: readonly string[];
}

type Columns<Name extends keyof LessonsTable> = Pick<Selectable<LessonsTable>, Name>;

export interface LessonContent {
  readonly title: string;
  readonly language: string;
  readonly status: LessonStatus;
  readonly steps: Json;
  readonly tags: readonly string[];
  readonly standards?: readonly Standard[];
}

/** A version of a lesson: of the same one, or of the one that was copied. */
export interface LessonOrigin {
  readonly lessonId: string;
  readonly version: number;
}

/** A lesson in a list: without its steps. */
export interface LessonSummary {
  readonly id: string;
  readonly ownerId: UserId;
  readonly title: string;
  readonly language: string;
  readonly status: LessonStatus;
  readonly version: number;
  /** What sessions start from; null: nothing was published, so they start from the draft. */
  readonly publishedVersion: number | null;
  readonly basedOn: LessonOrigin | null;
  readonly visibility: LessonVisibility;
  readonly tags: readonly string[];
  readonly standards: readonly Standard[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Lesson extends LessonSummary {
  readonly steps: Json;
}

export function contentColumns(content: LessonContent) {
  return {
    title: content.title,
    language: content.language,
    status: content.status,
    steps: JSON.stringify(content.steps),
    tags: [...content.tags],
    standards: JSON.stringify(content.standards ?? []),
  };
}

export function summaryOf(row: Columns<(typeof SUMMARY)[number]>): LessonSummary {
  return {
    id: row.id,
    ownerId: parseUserId(row.owner_id),
    title: row.title,
    language: row.language,
    status: row.status,
    version: row.version,
    publishedVersion: row.published_version,
    basedOn: originOf(row),
    visibility: row.visibility,
    tags: row.tags,
    standards: parseStandards(row.standards),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function lessonOf(row: Columns<(typeof WHOLE)[number]>): Lesson {
  return { ...summaryOf(row), steps: row.steps };
}

export function originOf(row: Columns<"based_on_id" | "based_on_version">): LessonOrigin | null {
  const { based_on_id: lessonId, based_on_version: version } = row;
  return lessonId === null || version === null ? null : { lessonId, version };
}

/** Their shape was judged where they came in. */
export function parseStandards(json: Json): readonly Standard[] {
  return json as unknown as readonly Standard[];
}
