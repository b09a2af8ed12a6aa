/**
 * Who of a class was expected in a session and has not come.
 *
 * Decided beside the machine: a seat is known by its account, the class by its list. Invariants:
 * CL6: A member without a seat that was let in is expected, and once the lesson has begun absent;
 *   not so whoever came to the class when the session was over.
 */
import type { SessionContext } from "../../machines/learning-session/context.ts";
import type { Overall } from "./item-analysis.ts";

export interface Expected {
  readonly userId: string;
  readonly name: string;
  /** Null: the lesson has not begun. */
  readonly attendance: "absent" | null;
}

/** The class that a session is for, beside its report. */
export interface ClassInSession {
  readonly id: string;
  readonly title: string;
  readonly members: number;
  readonly expected: readonly Expected[];
}

export interface Listed {
  readonly userId: string;
  readonly name: string;
  readonly addedAt: number;
}

type Times = Pick<SessionContext, "participants" | "startedAt" | "endedAt">;

export function expectedOf(
  members: readonly Listed[],
  { participants, startedAt, endedAt }: Times,
): readonly Expected[] {
  const came = new Set<string>(
    participants.flatMap(({ userId, wasAdmitted }) =>
      wasAdmitted && userId !== null ? [userId] : [],
    ),
  );
  const attendance = startedAt === null ? null : "absent";
  return members
    .filter(({ userId, addedAt }) => !came.has(userId) && isIn(addedAt, endedAt))
    .map(({ userId, name }) => ({ userId, name, attendance }));
}

/** Whether the list had him before the session was over. */
export function isIn(addedAt: number, endedAt: number | null): boolean {
  return endedAt === null || addedAt <= endedAt;
}

/** Those who never came are absent too. */
export function withAbsent(overall: Overall, expected: readonly Expected[]): Overall {
  const absent = expected.filter(({ attendance }) => attendance === "absent").length;
  const { attendance } = overall;
  return { ...overall, attendance: { ...attendance, absent: attendance.absent + absent } };
}
