/** The report of a session: pictures per question, a table per student, CSV, and on paper. */
import type { Client } from "../client/client.ts";
import { type Correcting, useReport } from "./correcting.ts";
import { countRows } from "./counts.ts";
import { numberOf, percentOf, shareOf } from "./format.ts";
import type { Judged } from "./key-draft.ts";
import { KeyLines } from "./key-lines.tsx";
import { LessonLanguage, Marked, MarkedLine } from "./marked.tsx";
import { Bars, ErrorNotice, Frame } from "./parts.tsx";
import { useWork } from "./session.ts";
import { RoundAnswers } from "./teach-answers.tsx";
import { AttendanceField, attendanceText } from "./teach-attendance.tsx";
import { KeyCorrection } from "./teach-key.tsx";
import { ClassQuestions, Downloads, GroupResults } from "./teach-report-parts.tsx";
import { language, t } from "./text.ts";
import { type ReportDocument, type ReportRound, keyOfItem } from "./report-document.ts";
import { questionOf } from "./view.ts";

export function Report(props: { readonly client: Client; readonly sessionId: string }) {
  const { client, sessionId } = props;
  const { report, can, correct, error } = useReport(client, sessionId);
  const work = useWork();
  const files = { client, sessionId, work };
  const actions = (
    <>
      <Downloads {...files} />
      <button type="button" className="button button-small" onClick={() => print()}>
        {t("t.print")}
      </button>
      <a className="button button-small button-quiet" href={`#/session/${sessionId}`}>
        {t("c.back")}
      </a>
    </>
  );
  return (
    <Frame title={t("t.report")} actions={actions}>
      <ErrorNotice error={error ?? work.error} />
      {report === undefined ? (
        <p className="loading">{t("c.loading")}</p>
      ) : (
        <div className="stack">
          <h1>
            <bdi>{report.session.title}</bdi>
          </h1>
          <Students report={report} can={can} correct={correct} />
          <GroupResults report={report} {...files} />
          <Questions report={report} can={can} correct={correct} />
          <ClassQuestions report={report} {...files} />
        </div>
      )}
    </Frame>
  );
}

type ReportProps = Correcting & { readonly report: ReportDocument };

function Students({ report, ...correcting }: ReportProps) {
  const mayMark = correcting.can.includes("attendance.mark");
  return (
    <section className="card">
      <h2>{t("t.class")}</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("t.class")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("c.name")}</th>
              <th scope="col">{t("t.attendance")}</th>
              <th scope="col">{t("c.points")}</th>
              {report.rounds.map((round, index) => (
                <th key={round.roundId} scope="col">
                  <span aria-hidden="true">{numberOf(index + 1, language)}</span>
                  <span className="unseen">{t("c.question-n", { n: index + 1 })}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.participants.map((row) => (
              <tr key={row.participantId}>
                <th scope="row">
                  <bdi>{row.name}</bdi>
                </th>
                <td>
                  {mayMark ? (
                    <AttendanceField row={row} {...correcting} />
                  ) : (
                    attendanceText(row.attendance)
                  )}
                </td>
                <td>{row.points === null ? "–" : numberOf(row.points, language)}</td>
                {report.rounds.map(({ roundId }) => (
                  <Mark key={roundId} row={row} roundId={roundId} />
                ))}
              </tr>
            ))}
            {(report.class?.expected ?? []).map((row) => (
              <tr key={row.userId}>
                <th scope="row">
                  <bdi>{row.name}</bdi>
                </th>
                <td>{attendanceText(row.attendance)}</td>
                <td>–</td>
                {report.rounds.map(({ roundId }) => (
                  <td key={roundId}>–</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Mark(props: {
  readonly row: ReportDocument["participants"][number];
  readonly roundId: string;
}) {
  const given = props.row.answers.find((each) => each.roundId === props.roundId);
  if (given === undefined) {
    return (
      <td>
        <span aria-hidden="true">–</span>
        <span className="unseen">{t("c.count-blank")}</span>
      </td>
    );
  }
  const points = t("c.points-n", { n: given.points });
  if (given.correct === null) {
    return (
      <td>
        <span aria-hidden="true">•</span>
        <span className="unseen">{points}</span>
      </td>
    );
  }
  return (
    <td title={points}>
      <span aria-hidden="true">{given.correct ? "✓" : "✗"}</span>
      <span className="unseen">{t(given.correct ? "c.count-right" : "c.count-wrong")}</span>
    </td>
  );
}

function Questions({ report, ...correcting }: ReportProps) {
  if (report.rounds.length === 0) {
    return <p className="hint">{t("t.no-rounds")}</p>;
  }
  return (
    <div className="columns columns-two">
      {report.rounds.map((round, index) => {
        const { roundId, item, counts } = round;
        const given = report.participants.flatMap(({ answers }) =>
          answers.filter((each) => each.roundId === roundId && each.correct !== null),
        );
        const right = given.filter((each) => each.correct === true).length;
        const question = questionOf(item);
        const share = percentOf(shareOf(right, given.length), language);
        return (
          <section key={roundId} className="card report-bars" data-asked={item.kind}>
            <div className="row-apart">
              <h2 className="kicker">{t("c.question-n", { n: index + 1 })}</h2>
              <OfGroup round={round} />
              {given.length === 0 ? null : (
                <span className="tag">{t("t.share-right", { n: share })}</span>
              )}
            </div>
            <div className="stack">
              <LessonLanguage value={report.session.language}>
                <Marked text={item.prompt} />
                <KeyLines question={question} answerKey={keyOfItem(item)} />
                {counts === null ? null : (
                  <Bars
                    title={t("c.answers")}
                    bars={countRows({ item: question, counts, key: keyOfItem(item) }).map(
                      (row) => ({
                        ...row,
                        label: <MarkedLine text={row.text} />,
                      }),
                    )}
                  />
                )}
              </LessonLanguage>
            </div>
            <KeyCorrection
              roundId={roundId}
              question={question}
              answerKey={keyOfItem(item)}
              results={resultsIn(report, roundId)}
              {...correcting}
            />
            <RoundAnswers report={report} round={round} {...correcting} />
          </section>
        );
      })}
    </div>
  );
}

/** Undefined of an anonymous session. */
function resultsIn(
  { participants }: ReportDocument,
  roundId: string,
): ReadonlyMap<string, Judged> | undefined {
  const results = participants.flatMap(({ participantId, answers }) =>
    answers
      .filter((each) => each.roundId === roundId)
      .map((each) => [participantId, each] as const),
  );
  return participants.every(({ points }) => points === null) ? undefined : new Map(results);
}

function OfGroup({ round: { group = null } }: { readonly round: ReportRound }) {
  return group === null ? null : (
    <span className="tag">
      <bdi>{t("c.group", { name: group.name })}</bdi>
    </span>
  );
}
