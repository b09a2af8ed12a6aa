/** Sessions as lists show them: to hosts with code and class, to students without. */
import type { TenantTx } from "../../db/as-tenant.ts";
import { type ClassTitle, classesOfSessions } from "../../db/classes.ts";
import type { SessionRow } from "../../db/sessions.ts";
import { instantOf } from "./instant.ts";

export async function summariesOf(
  tx: TenantTx,
  rows: readonly SessionRow[],
  forHosts: boolean,
): Promise<readonly object[]> {
  const classes = forHosts
    ? await classesOfSessions(
        tx,
        rows.map(({ id }) => id),
      )
    : undefined;
  return rows.map((row) => summaryOf(row, classes));
}

/** Without `classes` for whoever is no host. */
function summaryOf(row: SessionRow, classes?: ReadonlyMap<string, ClassTitle>): object {
  return {
    id: row.id,
    title: row.title,
    phase: row.phase,
    lessonId: row.lessonId,
    lessonVersion: row.lessonVersion,
    hostUserId: row.hostUserId,
    startsAt: instantOf(row.startsAt),
    createdAt: instantOf(row.createdAt),
    endedAt: instantOf(row.endedAt),
    ...(classes && { joinCode: row.joinCode, class: classes.get(row.id) ?? null }),
  };
}
