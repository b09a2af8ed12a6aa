/** A class over its sessions for spreadsheets: a line a student, three cells a session. */
import type { ClassGrowth } from "./class-growth.ts";
import { writtenOf } from "./table.ts";

const HEAD = ["userId", "name", "share", "present", "late", "absent", "excused"];
/** `2026-03-01` of an instant. */
const DATE_CHARS = 10;

export function classTableOf({ sessions, students }: ClassGrowth): string {
  const columns = sessions.flatMap(({ title, endedAt }) =>
    ["attendance", "points", "of"].map((what) =>
      [title, endedAt?.slice(0, DATE_CHARS) ?? "", what].filter((each) => each !== "").join(" "),
    ),
  );
  const rows = students.map(({ userId, name, meanShare, attendance, sessions: parts }) => {
    const { present, late, absent, excused } = attendance;
    return [
      ...[userId, name, meanShare, present, late, absent, excused],
      ...parts.flatMap((part) => [part?.attendance, part?.points, part?.pointsMax]),
    ];
  });
  return writtenOf([[...HEAD, ...columns], ...rows]);
}
