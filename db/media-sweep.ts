/**
 * Pictures that nobody needs any more: no lesson, and no version that was published, shows them.
 *
 * A session keeps its own copy of its lesson, and shows its pictures in reports; that is what the
 * long time before they go is for. Invariants:
 * DB27: A picture goes once no lesson has shown it for `UNUSED_KEPT_MS`, looked at from one day to
 *    the next; one that is shown or sent again in between begins anew.
 * DB28: A school is looked through once a day, however many nodes sweep, and however often.
 */
import { sql } from "kysely";
import type { TenantTx } from "./as-tenant.ts";

const DAY_MS = 86_400_000;
/** As long as a term: sessions of it are over, and their reports read. */
export const UNUSED_KEPT_MS = 90 * DAY_MS;
/** Every text of a school's lessons is read for it. */
export const CHECKED_EVERY_MS = DAY_MS;

/** Whoever deleted a lesson by mistake may ask for it back; then it shows its pictures. */
const DELETED_KEPT_MS = UNUSED_KEPT_MS;

/** How many went. */
export async function sweepMedia(tx: TenantTx, at: number): Promise<number> {
  const due = await tx.q
    .selectFrom("media")
    .select("id")
    .where("tenant_id", "=", tx.tenantId)
    .where("checked_at", "<=", at - CHECKED_EVERY_MS)
    .limit(1)
    .executeTakeFirst();
  if (due === undefined) {
    return 0;
  }
  await markUnused(tx, at);
  const result = await tx.q
    .deleteFrom("media")
    .where("tenant_id", "=", tx.tenantId)
    .where("unused_since", "<=", at - UNUSED_KEPT_MS)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Of deleted lessons those count that were deleted lately, with all that they published. */
async function markUnused(tx: TenantTx, at: number): Promise<void> {
  const { tenantId } = tx;
  const mark = String.raw`\]\(media:([A-Za-z0-9_-]{1,64})\)`;
  await sql`
    with known as (
      select id, steps from lessons
       where tenant_id = ${tenantId}
         and (deleted_at is null or deleted_at > ${at - DELETED_KEPT_MS})
    ), texts as (
      select steps::text as text from known
      union all
      select version.steps::text from lesson_versions version
        join known on known.id = version.lesson_id
       where version.tenant_id = ${tenantId}
    ), shown as (
      select distinct (regexp_matches(text, ${mark}, 'g'))[1] as id
        from texts where text like '%](media:%'
    )
    update media set checked_at = ${at}, unused_since = case
        when exists (select from shown where shown.id = media.id) then null
        else coalesce(unused_since, ${at}) end
     where tenant_id = ${tenantId}`.execute(tx.q);
}
