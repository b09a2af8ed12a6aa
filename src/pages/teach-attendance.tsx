/** A student's attendance: as it was measured, or as his teacher says. */
import { useState } from "react";
import type { Correcting } from "./correcting.ts";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t, wordFor } from "./text.ts";

const MARKS = ["present", "late", "absent", "excused"] as const;

/** As reports and hosts' views have it; a view of an older server does not say the last two. */
export interface Attended {
  readonly participantId: string;
  readonly name: string;
  readonly attendance?: string | null;
  readonly attendanceMarked?: boolean;
  readonly attendanceMeasured?: string | null;
}

export function attendanceText(attendance: string | null | undefined): string {
  return wordFor(`t.attendance.${attendance ?? ""}`) ?? "–";
}

export function AttendanceField(props: Correcting & { readonly row: Attended }) {
  const { row, correct } = props;
  const [isSaved, setSaved] = useState(false);
  const work = useWork();
  const mark = (chosen: string): void =>
    work.run(async () => {
      setSaved(false);
      const status = MARKS.find((each) => each === chosen) ?? null;
      await correct({ type: "attendance.mark", participantId: row.participantId, status });
      setSaved(true);
    });
  return (
    <>
      <select
        className="attendance"
        aria-label={t("t.attendance-of", { name: row.name })}
        value={row.attendanceMarked === true ? (row.attendance ?? "") : ""}
        onChange={({ target }) => mark(target.value)}
      >
        <option value="">
          {t("t.attendance-measured", { what: attendanceText(row.attendanceMeasured) })}
        </option>
        {MARKS.map((each) => (
          <option key={each} value={each}>
            {t(`t.attendance.${each}`)}
          </option>
        ))}
      </select>
      <span className="unseen" role="status">
        {isSaved ? t("t.saved") : ""}
      </span>
      <ErrorNotice error={work.error} />
    </>
  );
}
