/**
 * Attendance: time connected while the lesson was live, and what it amounts to.
 *
 * Invariants:
 * LS19: Attendance never exceeds live time, however many connections overlapped.
 */
import { type AttendanceMark, type Participant, type SessionContext, roundsOf } from "./context.ts";

/** Present is who was there for this part of the live time, or answered once. */
const PRESENT_SHARE = 0.5;

/** The lesson is live from now on: for all who are there, time counts. */
export function liveStarted(context: SessionContext): SessionContext {
  const live = { ...context, liveSince: context.at };
  return { ...live, participants: live.participants.map((row) => arrived(live, row)) };
}

export function liveStopped(context: SessionContext): SessionContext {
  return {
    ...context,
    participants: context.participants.map((row) => departed(context, row)),
    liveMs: liveMsOf(context),
    liveSince: null,
  };
}

/** Connected (or admitted while connected): time counts if the lesson is live. */
export function arrived(context: SessionContext, row: Participant): Participant {
  const isThere = row.status === "admitted" && row.connections.length > 0;
  if (context.liveSince === null || !isThere || row.attendingSince !== null) {
    return row;
  }
  return { ...row, attendingSince: context.at, arrivedAt: row.arrivedAt ?? context.at };
}

export function departed(context: SessionContext, row: Participant): Participant {
  return row.attendingSince === null
    ? row
    : { ...row, attendedMs: attendedMsOf(context, row), attendingSince: null };
}

export function liveMsOf(context: SessionContext): number {
  return context.liveMs + (context.liveSince === null ? 0 : context.at - context.liveSince);
}

export function attendedMsOf(context: SessionContext, row: Participant): number {
  return row.attendedMs + (row.attendingSince === null ? 0 : context.at - row.attendingSince);
}

/** A host's mark stands above what was measured; null: the lesson has not begun. */
export function attendanceOf(context: SessionContext, row: Participant): AttendanceMark | null {
  return row.mark ?? measuredAttendance(context, row);
}

/** As hosts and the reader of a report see it: what counts, and whether a host has set it. */
export function attendanceFields(context: SessionContext, row: Participant) {
  return {
    attendance: attendanceOf(context, row),
    attendanceMarked: row.mark !== null,
    attendanceMeasured: measuredAttendance(context, row),
  };
}

/** What counts where no host has marked anything. */
function measuredAttendance(context: SessionContext, row: Participant): AttendanceMark | null {
  if (context.startedAt === null) {
    return null;
  }
  const answered = roundsOf(context).some((round) =>
    Object.hasOwn(round.answers, row.participantId),
  );
  const attended = attendedMsOf(context, row);
  const there = attended > 0 && attended >= liveMsOf(context) * PRESENT_SHARE;
  if (!there && !answered) {
    return "absent";
  }
  const arrivedAt = row.arrivedAt ?? row.joinedAt;
  return arrivedAt > context.startedAt + context.settings.lateAfterMs ? "late" : "present";
}
