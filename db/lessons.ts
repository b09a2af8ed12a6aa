/**
 * Lessons: ordered lists of steps, edited by version, published for good, deleted softly.
 *
 * A lesson's row is its newest version, which is all that an edit changes; `lesson-versions.ts` has
 * what was published. Steps are stored and returned as JSON: their shape is judged where they come
 * in. Invariants:
 * DB18: An edit of a published version makes the next one, based on it; what sessions start from
 *    stays until another version is published.
 * DB19: A private lesson is found by its author and, by office, by admins and owners.
 */
import { sql } from "kysely";
import type { UserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import { type Page, type Paged, isBeyond, pagedOf, rowsToAsk } from "./cursor.ts";
import {
  type Lesson,
  type LessonContent,
  type LessonOrigin,
  type LessonSummary,
  SUMMARY,
  WHOLE,
  contentColumns,
  lessonOf,
  summaryOf,
} from "./lesson-row.ts";
import { hasWords } from "./lesson-search.ts";
import { PUBLISHED_MAX, countPublished, keepPublished } from "./lesson-versions.ts";
import type { LessonVisibility } from "./schema.ts";

export interface NewLesson extends LessonContent {
  readonly id: string;
  readonly ownerId: UserId;
  readonly at: number;
  /** Without it: `school`. */
  readonly visibility?: LessonVisibility;
  readonly basedOn?: LessonOrigin;
}

export interface LessonChange extends LessonContent {
  readonly id: string;
  /** The version that was edited. */
  readonly version: number;
  readonly by: UserId;
  readonly at: number;
  /** Without it: as it was. */
  readonly visibility?: LessonVisibility | undefined;
}

/** Version 1. */
export async function createLesson(tx: TenantTx, lesson: NewLesson): Promise<Lesson> {
  const { ownerId, basedOn, at } = lesson;
  const row = await tx.q
    .insertInto("lessons")
    .values({
      tenant_id: tx.tenantId,
      id: lesson.id,
      owner_id: ownerId,
      ...contentColumns(lesson),
      version: 1,
      published_version: lesson.status === "published" ? 1 : null,
      based_on_id: basedOn?.lessonId ?? null,
      based_on_version: basedOn?.version ?? null,
      visibility: lesson.visibility ?? "school",
      created_at: at,
      updated_at: at,
      deleted_at: null,
    })
    .returning(WHOLE)
    .executeTakeFirstOrThrow();
  return published(tx, lessonOf(row), ownerId);
}

export async function findLesson(tx: TenantTx, id: string): Promise<Lesson | undefined> {
  const row = await tx.q
    .selectFrom("lessons")
    .select(WHOLE)
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row && lessonOf(row);
}

/** `words` are those of `lesson-search.ts`; a tag, a standard's code and framework exactly. */
export interface LessonSearch {
  readonly ownerId?: UserId | undefined;
  /** Somebody's own lessons, and what is shared with the school; absent: all. */
  readonly seenBy?: UserId | undefined;
  readonly words?: string | undefined;
  readonly tag?: string | undefined;
  readonly standard?: string | undefined;
  readonly framework?: string | undefined;
}

/** Newest first; `ownerId` narrows to one teacher's. */
export async function listLessons(
  tx: TenantTx,
  page: Page & LessonSearch,
): Promise<Paged<LessonSummary>> {
  const { after, ownerId, seenBy, words, tag } = page;
  const standard = standardSought(page);
  const rows = await tx.q
    .selectFrom("lessons")
    .select(SUMMARY)
    .where("tenant_id", "=", tx.tenantId)
    .where("deleted_at", "is", null)
    .$if(ownerId !== undefined, (q) => q.where("owner_id", "=", ownerId ?? ""))
    .$if(seenBy !== undefined, (q) =>
      q.where((e) => e.or([e("owner_id", "=", seenBy ?? ""), e("visibility", "=", "school")])),
    )
    .$if(tag !== undefined, (q) => q.where(sql<boolean>`${tag ?? ""} = any(tags)`))
    .$if(standard !== undefined, (q) => q.where(sql<boolean>`standards @> ${standard}::jsonb`))
    .$if(words !== undefined, (q) => q.where(hasWords(words ?? "")))
    .where(isBeyond(after))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(rowsToAsk(page))
    .execute();
  return pagedOf(rows.map(summaryOf), page);
}

/** Both of the same standard; undefined: neither was asked for. */
function standardSought({ standard, framework }: LessonSearch): string | undefined {
  return standard === undefined && framework === undefined
    ? undefined
    : JSON.stringify([{ code: standard, framework }]);
}

/**
 * Replaces the content if nobody else did since; the version rises by one. The row stays locked
 * from the look to the change, so of two that edited the same version one is told.
 */
export async function replaceLesson(
  tx: TenantTx,
  change: LessonChange,
): Promise<Lesson | "version-conflict" | "too-many-versions" | undefined> {
  const before = await tx.q
    .selectFrom("lessons")
    .select(WHOLE)
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", change.id)
    .where("deleted_at", "is", null)
    .forUpdate()
    .executeTakeFirst();
  if (before === undefined || before.version !== change.version) {
    return before && "version-conflict";
  }
  const isPublished = change.status === "published";
  if (isPublished && (await countPublished(tx, change.id)) >= PUBLISHED_MAX) {
    return "too-many-versions";
  }
  const version = change.version + 1;
  const basedOn = { based_on_id: change.id, based_on_version: change.version };
  const row = await tx.q
    .updateTable("lessons")
    .set({
      ...contentColumns(change),
      ...(before.status === "published" ? basedOn : {}),
      ...(isPublished ? { published_version: version } : {}),
      version,
      visibility: change.visibility ?? before.visibility,
      updated_at: change.at,
    })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", change.id)
    .returning(WHOLE)
    .executeTakeFirstOrThrow();
  return published(tx, lessonOf(row), change.by);
}

/** Not a change of its content: the version stays. Undefined: no such lesson. */
export async function shareLesson(
  tx: TenantTx,
  { id, visibility }: Pick<LessonSummary, "id" | "visibility">,
): Promise<Lesson | undefined> {
  const row = await tx.q
    .updateTable("lessons")
    .set({ visibility })
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .returning(WHOLE)
    .executeTakeFirst();
  return row && lessonOf(row);
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

/** Keeps a copy of what is published, in the same transaction. */
async function published(tx: TenantTx, lesson: Lesson, by: UserId): Promise<Lesson> {
  if (lesson.status === "published") {
    await keepPublished(tx, lesson, by);
  }
  return lesson;
}
