/**
 * Lessons: ordered lists of steps, edited by version, deleted softly.
 *
 * Steps are stored and returned as JSON: their shape is judged where they come in.
 */
import { type Selectable, sql } from "kysely";
import { type UserId, parseUserId } from "../machines/ids.ts";
import type { Json } from "../machines/json.ts";
import type { TenantTx } from "./as-tenant.ts";
import { type Page, type Paged, isBeyond, pagedOf, rowsToAsk } from "./cursor.ts";
import type { LessonStatus, LessonsTable } from "./schema.ts";

export interface LessonContent {
  readonly title: string;
  readonly language: string;
  readonly status: LessonStatus;
  readonly steps: Json;
  readonly tags: readonly string[];
}

/** A lesson in a list: without its steps. */
export interface LessonSummary {
  readonly id: string;
  readonly ownerId: UserId;
  readonly title: string;
  readonly language: string;
  readonly status: LessonStatus;
  readonly version: number;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface Lesson extends LessonSummary {
  readonly steps: Json;
}

export interface NewLesson extends LessonContent {
  readonly id: string;
  readonly ownerId: UserId;
  readonly at: number;
}

export interface LessonChange extends LessonContent {
  readonly id: string;
  /** The version that was edited. */
  readonly version: number;
  readonly at: number;
}

const SUMMARY = [
  "id",
  "owner_id",
  "title",
  "language",
  "status",
  "version",
  "tags",
  "created_at",
  "updated_at",
] as const;

/** Version 1. */
export async function createLesson(tx: TenantTx, lesson: NewLesson): Promise<Lesson> {
  const row = await tx.q
    .insertInto("lessons")
    .values({
      tenant_id: tx.tenantId,
      id: lesson.id,
      owner_id: lesson.ownerId,
      ...contentColumns(lesson),
      version: 1,
      created_at: lesson.at,
      updated_at: lesson.at,
      deleted_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return lessonOf(row);
}

export async function findLesson(tx: TenantTx, id: string): Promise<Lesson | undefined> {
  const row = await tx.q
    .selectFrom("lessons")
    .selectAll()
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && lessonOf(row);
}

/** All words of `words`, as they are written, in title and tags; a tag of exactly this name. */
export interface LessonSearch {
  readonly ownerId?: UserId;
  readonly words?: string | undefined;
  readonly tag?: string | undefined;
}

/** Newest first; `ownerId` narrows to one teacher's. Words match whole, in any language. */
export async function listLessons(
  tx: TenantTx,
  page: Page & LessonSearch,
): Promise<Paged<LessonSummary>> {
  const { after, ownerId, words, tag } = page;
  const rows = await tx.q
    .selectFrom("lessons")
    .select(SUMMARY)
    .where("tenant_id", "=", tx.tenantId)
    .where("deleted_at", "is", null)
    .$if(ownerId !== undefined, (q) => q.where("owner_id", "=", ownerId ?? ""))
    .$if(tag !== undefined, (q) => q.where(sql<boolean>`${tag ?? ""} = any(tags)`))
    .$if(words !== undefined, (q) => q.where(hasWords(words ?? "")))
    .where(isBeyond(after))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(rowsToAsk(page))
    .execute();
  return pagedOf(rows.map(summaryOf), page);
}

function hasWords(words: string) {
  const text = sql`title || ' ' || array_to_string(tags, ' ')`;
  return sql<boolean>`to_tsvector('simple', ${text}) @@ websearch_to_tsquery('simple', ${words})`;
}

/** Replaces the content if nobody else did since; the version rises by one. */
export async function replaceLesson(
  tx: TenantTx,
  change: LessonChange,
): Promise<Lesson | "version-conflict" | undefined> {
  const row = await tx.q
    .updateTable("lessons")
    .set({ ...contentColumns(change), version: change.version + 1, updated_at: change.at })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", change.id)
    .where("version", "=", change.version)
    .where("deleted_at", "is", null)
    .returningAll()
    .executeTakeFirst();
  if (row !== undefined) {
    return lessonOf(row);
  }
  return (await findLesson(tx, change.id)) === undefined ? undefined : "version-conflict";
}

/** False: no such lesson, or deleted before. Sessions keep their copy of its content. */
export async function deleteLesson(tx: TenantTx, id: string, at: number): Promise<boolean> {
  const result = await tx.q
    .updateTable("lessons")
    .set({ deleted_at: at })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

function contentColumns(content: LessonContent) {
  return {
    title: content.title,
    language: content.language,
    status: content.status,
    steps: JSON.stringify(content.steps),
    tags: [...content.tags],
  };
}

function summaryOf(row: Pick<Selectable<LessonsTable>, (typeof SUMMARY)[number]>): LessonSummary {
  return {
    id: row.id,
    ownerId: parseUserId(row.owner_id),
    title: row.title,
    language: row.language,
    status: row.status,
    version: row.version,
    tags: row.tags,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function lessonOf(row: Selectable<LessonsTable>): Lesson {
  return { ...summaryOf(row), steps: row.steps };
}
