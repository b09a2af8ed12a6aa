/** Pictures of a school: kept once, however often they are sent, and counted up to a limit. */
import type { UserId } from "../machines/ids.ts";
import type { TenantTx } from "./as-tenant.ts";

/** Of 1 MiB at most each; a school that has as many should have a store of files. */
export const MEDIA_MAX = 2_000;

export interface Medium {
  /** Of the bytes: the same picture has the same id. */
  readonly id: string;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Keeping {
  readonly userId: UserId;
  readonly at: number;
}

/** A second time it is as if it had been kept then. */
export async function keepMedium(
  tx: TenantTx,
  medium: Medium,
  by: Keeping,
): Promise<"kept" | "too-many"> {
  return keepMedia(tx, [medium], by);
}

/** All of them, or none. */
export async function keepMedia(
  tx: TenantTx,
  media: readonly Medium[],
  by: Keeping,
): Promise<"kept" | "too-many"> {
  if (media.length === 0) {
    return "kept";
  }
  const ids = media.map(({ id }) => id);
  const { n } = await tx.q
    .selectFrom("media")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "not in", ids)
    .executeTakeFirstOrThrow();
  if (n + media.length > MEDIA_MAX) {
    return "too-many";
  }
  await tx.q
    .insertInto("media")
    .values(
      media.map((medium) => ({
        tenant_id: tx.tenantId,
        id: medium.id,
        media_type: medium.mediaType,
        width: medium.width,
        height: medium.height,
        bytes: Buffer.from(medium.bytes),
        created_by: by.userId,
        created_at: by.at,
        unused_since: null,
        checked_at: by.at,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "id"]).doUpdateSet({ created_at: by.at, unused_since: null }),
    )
    .execute();
  return "kept";
}

/** How many more a school may keep now. */
export async function roomForMedia(tx: TenantTx): Promise<number> {
  const { n } = await tx.q
    .selectFrom("media")
    .select(({ fn }) => fn.countAll<number>().as("n"))
    .where("tenant_id", "=", tx.tenantId)
    .executeTakeFirstOrThrow();
  return Math.max(0, MEDIA_MAX - n);
}

export async function findMedium(tx: TenantTx, id: string): Promise<Medium | undefined> {
  const row = await tx.q
    .selectFrom("media")
    .select(["id", "media_type", "width", "height", "bytes"])
    .where("tenant_id", "=", tx.tenantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      mediaType: row.media_type,
      width: row.width,
      height: row.height,
      bytes: new Uint8Array(row.bytes),
    }
  );
}
