/** A class over its sessions: its share of points as a chart, a table by student, CSV, on paper. */
import { useEffect, useState } from "react";
import { saveAs } from "./file.ts";
import { numberOf, percentOf } from "./format.ts";
import { ErrorNotice, Frame } from "./parts.tsx";
import { useWork } from "./session.ts";
import { attendanceText } from "./teach-attendance.tsx";
import type { ClassProps } from "./teach-class.tsx";
import { language, t } from "./text.ts";

interface Times {
  readonly present: number;
  readonly late: number;
  readonly absent: number;
  readonly excused: number;
}

interface SessionColumn {
  readonly sessionId: string;
  readonly title: string;
  readonly endedAt: string | null;
  readonly attendance: Times;
  readonly meanShare: number | null;
}

interface StudentRow {
  readonly userId: string;
  readonly name: string;
  readonly sessions: readonly ({
    readonly attendance: string | null;
    readonly share: number | null;
  } | null)[];
  readonly meanShare: number | null;
  readonly trend: number | null;
  readonly attendance: Times;
}

interface ReportOfClass {
  readonly title: string;
  readonly sessions: readonly SessionColumn[];
  readonly students: readonly StudentRow[];
  readonly meanShare: number | null;
  readonly trend: number | null;
  readonly more: boolean;
}

const MARKS = ["present", "late", "absent", "excused"] as const;

export function ClassReport({ client, classId }: ClassProps) {
  const [report, setReport] = useState<ReportOfClass>();
  const work = useWork();
  const path = `/classes/${classId}/report`;
  useEffect(() => work.run(async () => setReport(await client.http.get(path))), [classId]);
  const download = (): void =>
    work.run(async () => {
      const text = await client.http.text(`${path}?format=csv`, { accept: "text/csv" });
      saveAs(`class-${classId}.csv`, new Blob([text], { type: "text/csv" }));
    });
  const actions = (
    <>
      <button type="button" className="button button-small" onClick={download}>
        {t("t.csv")}
      </button>
      <button type="button" className="button button-small" onClick={() => print()}>
        {t("t.print")}
      </button>
      <a className="button button-small button-quiet" href={`#/class/${classId}`}>
        {t("c.back")}
      </a>
    </>
  );
  return (
    <Frame title={t("t.report")} actions={actions}>
      <ErrorNotice error={work.error} />
      {report === undefined ? (
        <p className="loading">{work.error === undefined ? t("c.loading") : t("c.not-here")}</p>
      ) : (
        <div className="stack">
          <h1>
            <bdi>{report.title}</bdi>
          </h1>
          {report.more ? <p className="hint">{t("t.class-older")}</p> : null}
          {report.sessions.length === 0 ? (
            <p className="hint">{t("t.class-no-sessions")}</p>
          ) : (
            <>
              <Growth report={report} />
              <Students report={report} />
            </>
          )}
        </div>
      )}
    </Frame>
  );
}

function Growth({ report }: { readonly report: ReportOfClass }) {
  const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  return (
    <section className="card">
      <h2>{t("t.class-by-session")}</h2>
      <dl className="numbers">
        <div>
          <dt className="hint">{t("t.class-share")}</dt>
          <dd className="big">{shareText(report.meanShare)}</dd>
        </div>
        <div>
          <dt className="hint">{t("t.class-trend")}</dt>
          <dd className="big">{changeText(report.trend)}</dd>
        </div>
      </dl>
      <div className="bars">
        <ol aria-label={t("t.class-by-session")}>
          {report.sessions.map((each) => (
            <li key={each.sessionId} className="bar-row">
              <span className="bar-label">
                <a href={`#/session/${each.sessionId}/report`}>
                  <bdi>{each.title}</bdi>
                </a>
                <span className="hint">
                  {[...(each.endedAt === null ? [] : [day.format(Date.parse(each.endedAt))])]
                    .concat(timesText(each.attendance))
                    .join(" · ")}
                </span>
              </span>
              <span className="bar-track" aria-hidden="true">
                <span
                  className="bar-fill"
                  style={{ inlineSize: `${100 * (each.meanShare ?? 0)}%` }}
                />
              </span>
              <span className="bar-count">
                {each.meanShare === null ? t("t.class-not-judged") : shareText(each.meanShare)}
              </span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Students({ report }: { readonly report: ReportOfClass }) {
  return (
    <section className="card">
      <h2>{t("t.class-students", { n: report.students.length })}</h2>
      <div className="scroll scroll-whole" tabIndex={0} role="region" aria-label={t("t.class")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("c.name")}</th>
              <th scope="col">{t("t.attendance")}</th>
              <th scope="col">{t("t.class-share")}</th>
              <th scope="col">{t("t.class-trend")}</th>
              {report.sessions.map(({ sessionId, title }, index) => (
                <th key={sessionId} scope="col" title={title}>
                  <span aria-hidden="true">{numberOf(index + 1, language)}</span>
                  <span className="unseen">{t("t.class-session-n", { n: index + 1, title })}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.students.map((row) => (
              <tr key={row.userId}>
                <th scope="row">
                  <bdi>{row.name}</bdi>
                </th>
                <td>{timesText(row.attendance).join(", ")}</td>
                <td>{shareText(row.meanShare)}</td>
                <td>{changeText(row.trend)}</td>
                {row.sessions.map((part, index) => (
                  <td key={report.sessions[index]?.sessionId}>{partText(part)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The share where there is one; otherwise why not. */
function partText(part: StudentRow["sessions"][number]): string {
  if (part === null) {
    return "–";
  }
  return part.share === null ? attendanceText(part.attendance) : shareText(part.share);
}

/** Those that are not none, in words. */
function timesText(times: Times): readonly string[] {
  return MARKS.filter((mark) => times[mark] > 0).map(
    (mark) => `${attendanceText(mark)}: ${numberOf(times[mark], language)}`,
  );
}

function shareText(share: number | null): string {
  return share === null ? "–" : percentOf(share, language);
}

/** With its sign, so that more and less are seen without colour. */
function changeText(trend: number | null): string {
  return trend === null
    ? "–"
    : new Intl.NumberFormat(language, {
        style: "percent",
        maximumFractionDigits: 0,
        signDisplay: "exceptZero",
      }).format(trend);
}
