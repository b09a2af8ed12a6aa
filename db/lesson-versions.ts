/**
 * Published versions of lessons: each a copy that is read, and never changed.
 *
 * Invariant:
 * DB20: A version that was published reads the same for as long as its lesson is there, whatever
 *    becomes of the lesson's newer versions.
 */
import type { UserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";
import {
  type Lesson,
  type LessonOrigin,
  type Standard,
  contentColumns,
  originOf,
  parseStandards,
} from "./lesson-row.ts";
import type { LessonStatus } from "./schema.ts";

/** Each is 1 MiB at most; a lesson that is published every school day of a year stays below. */
export const PUBLISHED_MAX = 200;

/** A version in a list: without its steps. */
export interface LessonVersion {
  readonly version: number;
  readonly status: LessonStatus;
  readonly title: string;
  readonly language: string;
  readonly tags: readonly string[];
  readonly standards: readonly Standard[];
  readonly basedOn: LessonOrigin | null;
  /** Both null: it is a draft. */
  readonly publishedBy: string | null;
  readonly publishedAt: number | null;
}

const LISTED = [
  "version",
  "title",
  "language",
  "tags",
  "standards",
  "based_on_id",
  "based_on_version",
  "published_by",
  "published_at",
] as const;

/** A copy of what this lesson is now. */
export async function keepPublished(tx: TenantTx, lesson: Lesson, by: UserId): Promise<void> {
  const { title, language, steps, tags, standards } = contentColumns(lesson);
  await tx.q
    .insertInto("lesson_versions")
    .values({
      tenant_id: tx.tenantId,
      lesson_id: lesson.id,
      version: lesson.version,
      published_by: by,
      published_at: lesson.updatedAt,
      ...{ title, language, steps, tags, standards },
      based_on_id: lesson.basedOn?.lessonId ?? null,
      based_on_version: lesson.basedOn?.version ?? null,
    })
    .execute();
}

export async function countPublished(tx: TenantTx, lessonId: string): Promise<number> {
  const { n } = await tx.q
    .selectFrom("lesson_versions")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tx.tenantId)
    .where("lesson_id", "=", lessonId)
    .executeTakeFirstOrThrow();
  return n;
}

/** Newest first, the draft that is written now among them: `PUBLISHED_MAX` and one at most. */
export async function listVersions(
  tx: TenantTx,
  lesson: Lesson,
): Promise<readonly LessonVersion[]> {
  const rows = await tx.q
    .selectFrom("lesson_versions")
    .select(LISTED)
    .where("tenant_id", "=", tx.tenantId)
    .where("lesson_id", "=", lesson.id)
    .orderBy("version", "desc")
    .limit(PUBLISHED_MAX)
    .execute();
  const published = rows.map((row): LessonVersion => {
    const { version, title, language, tags } = row;
    const shown = { version, title, language, tags, standards: parseStandards(row.standards) };
    const { published_by: publishedBy, published_at: publishedAt } = row;
    return { ...shown, status: "published", basedOn: originOf(row), publishedBy, publishedAt };
  });
  return lesson.status === "published" ? published : [draftOf(lesson), ...published];
}

function draftOf(lesson: Lesson): LessonVersion {
  const { version, status, title, language, tags, standards, basedOn } = lesson;
  const shown = { version, status, title, language, tags, standards, basedOn };
  return { ...shown, publishedBy: null, publishedAt: null };
}

/** The lesson as it was in a published version, or is in its newest; undefined: neither. */
export async function versionOf(
  tx: TenantTx,
  lesson: Lesson,
  version: number,
): Promise<Lesson | undefined> {
  if (version === lesson.version) {
    return lesson;
  }
  const row = await tx.q
    .selectFrom("lesson_versions")
    .select([...LISTED, "steps"])
    .where("tenant_id", "=", tx.tenantId)
    .where("lesson_id", "=", lesson.id)
    .where("version", "=", version)
    .executeTakeFirst();
  return (
    row && {
      ...lesson,
      version,
      status: "published",
      title: row.title,
      language: row.language,
      steps: row.steps,
      tags: row.tags,
      standards: parseStandards(row.standards),
      basedOn: originOf(row),
      updatedAt: row.published_at,
    }
  );
}
