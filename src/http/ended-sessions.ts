/**
 * Sessions that are over, as far as they are a caller's: found, woken one by one, and what somebody
 * did in one.
 */
import { asTenant } from "../../db/as-tenant.ts";
import { type EndedOf, type SessionRow, endedSessions } from "../../db/sessions.ts";
import type { UserId } from "../../machines/ids.ts";
import { attendanceOf } from "../../machines/learning-session/attendance.ts";
import { seatOfUser } from "../../machines/learning-session/context.ts";
import { SessionLiving } from "../../machines/learning-session/machine.ts";
import type { VerifiedCaller } from "../auth/tokens.ts";
import { addressFor } from "../desk.ts";
import { phaseOf } from "../read-model.ts";
import type { Sat } from "../reports/growth.ts";
import { earnedBy } from "../reports/item-analysis.ts";
import { instantOf } from "./instant.ts";
import type { AppParts } from "./parts.ts";

/** A school year of weekly lessons; each may have to be woken from the archive. */
export const SESSIONS_MAX = 50;

/** One more than are shown, so that it is known whether there are more. */
export async function endedFor(
  { db, runtime, log }: AppParts,
  { principal, tenantId }: VerifiedCaller,
  of: Pick<EndedOf, "joinedBy" | "lessonId" | "lessonVersion" | "classId">,
): Promise<readonly SessionRow[]> {
  await runtime.catchUp(tenantId).catch((error: unknown) => {
    log.warn("sessions.listed-late", { tenantId, error });
  });
  const isTeacher = principal.kind === "user" && principal.role === "teacher";
  const hosted = isTeacher ? { hostedBy: principal.userId } : {};
  return asTenant(db, tenantId, (tx) =>
    endedSessions(tx, { ...of, ...hosted, limit: SESSIONS_MAX + 1 }),
  );
}

/** One after the other: a long report must not wake a school at once. */
export async function eachSession<Value>(
  { runtime, desk }: AppParts,
  caller: VerifiedCaller,
  rows: readonly SessionRow[],
  valueOf: (living: SessionLiving, row: SessionRow) => Value,
): Promise<readonly Value[]> {
  const values: Value[] = [];
  for (const row of rows) {
    const actor = `session/${row.id}`;
    const address = addressFor(caller, actor);
    const look = address === undefined ? undefined : await runtime.look(address);
    const standing = look && desk.reader(caller, actor, look);
    if (standing !== undefined && look?.living instanceof SessionLiving) {
      values.push(valueOf(look.living, row));
    }
  }
  return values;
}

/** Undefined: he waited at the door, and was never let in. */
export function satOf(
  { context, state }: SessionLiving,
  row: SessionRow,
  { userId, isOwn }: { readonly userId: UserId; readonly isOwn: boolean },
): Sat | undefined {
  const seat = seatOfUser(context, userId);
  if (seat === undefined || !seat.wasAdmitted) {
    return undefined;
  }
  const mayBeRevealed = phaseOf(state) === "wrapup";
  const earned = earnedBy(context, seat, isOwn && mayBeRevealed ? "revealed" : "scored");
  return {
    ...{ sessionId: row.id, title: row.title, endedAt: instantOf(row.endedAt) },
    attendance: attendanceOf(context, seat),
    points: earned?.points ?? null,
    pointsMax: earned?.max ?? null,
  };
}
