/**
 * What each student answered to one question of a report, and the points and words for it by hand.
 *
 * Also for who answered nothing: what was handed in on paper counts. Of an anonymous session
 * nothing is here, as no answer stands beside a name.
 */
import { type SubmitEvent, useId, useState } from "react";
import { linesOf, typedNumber } from "./answer.ts";
import type { Correcting } from "./correcting.ts";
import { Marked } from "./marked.tsx";
import { ErrorNotice, Field } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";
import type { ReportAnswer, ReportDocument, ReportRound, ReportRow } from "./report-document.ts";
import { type Question, questionOf } from "./view.ts";

const COMMENT_CHARS_MAX = 10_000;
const COMMENT_ROWS = 2;

type AnswersProps = Correcting & {
  readonly report: ReportDocument;
  readonly round: ReportRound;
};

export function RoundAnswers({ report, round, ...correcting }: AnswersProps) {
  const [isOpen, setOpen] = useState(false);
  const { roundId, item } = round;
  const givenBy = (row: ReportRow): ReportAnswer | undefined =>
    row.answers.find((each) => each.roundId === roundId);
  if (report.participants.every(({ points }) => points === null)) {
    return null;
  }
  const waiting = report.participants.map(givenBy).filter(isUngraded).length;
  return (
    <details className="no-print" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {t(correcting.can.includes("answer.grade") ? "t.each-grade" : "t.each-answer")}{" "}
        {item.kind === "open-text" && waiting > 0 ? (
          <span className="tag tag-warn">{t("t.to-grade", { n: waiting })}</span>
        ) : null}
      </summary>
      {isOpen && item.kind === "open-text" && item.rubric !== undefined ? (
        <div className="hint">
          <Marked text={item.rubric} />
        </div>
      ) : null}
      {isOpen ? (
        <ul className="list">
          {report.participants.map((row) => (
            <Answered
              key={row.participantId}
              row={row}
              roundId={roundId}
              question={questionOf(item)}
              given={givenBy(row)}
              {...correcting}
            />
          ))}
        </ul>
      ) : null}
    </details>
  );
}

function isUngraded(given: ReportAnswer | undefined): boolean {
  return given !== undefined && given.graded !== true;
}

type AnsweredProps = Correcting & {
  readonly row: ReportRow;
  readonly roundId: string;
  readonly question: Question;
  readonly given: ReportAnswer | undefined;
};

function Answered(props: AnsweredProps) {
  const { row, question, given, can } = props;
  const isWaiting = question.kind === "open-text" && isUngraded(given);
  const [isGrading, setGrading] = useState(isWaiting);
  const words = { yes: t("c.true"), no: t("c.false") };
  const { answer = null, comment } = { ...given, comment: given?.comment ?? "" };
  const lines = answer === null ? [t("c.count-blank")] : linesOf(question, answer, words);
  return (
    <li data-answer={row.name}>
      <span className="list-text">
        <strong>
          <bdi>{row.name}</bdi>
        </strong>
        <span className={answer === null ? "written hint" : "written"} dir="auto">
          {lines.join("\n")}
        </span>
        {comment === "" ? null : (
          <span className="hint written">
            {t("t.commented")}: <bdi>{comment}</bdi>
          </span>
        )}
      </span>
      <span className="row">
        <Earned question={question} given={given} />
        {can.includes("answer.grade") ? (
          <button
            type="button"
            className="button button-small button-quiet"
            aria-expanded={isGrading}
            onClick={() => setGrading(!isGrading)}
          >
            {t("t.grade")}
            <span className="unseen">: {row.name}</span>
          </button>
        ) : null}
      </span>
      {isGrading && can.includes("answer.grade") ? <GradeForm {...props} /> : null}
    </li>
  );
}

function Earned({ question, given }: Pick<AnsweredProps, "question" | "given">) {
  if (given === undefined) {
    return null;
  }
  if (question.kind === "open-text" && isUngraded(given)) {
    return <span className="tag tag-warn">{t("t.ungraded")}</span>;
  }
  return (
    <>
      <span className="tag">{t("t.earned", { n: given.points, of: question.points })}</span>
      {given.graded === true ? <span className="tag tag-good">{t("t.by-hand")}</span> : null}
    </>
  );
}

/** What is typed of a grade, and whether it may be sent. */
function useGrade({ row, roundId, question, given, correct }: AnsweredProps) {
  const isBlank = given === undefined || (question.kind === "open-text" && isUngraded(given));
  const [points, setPoints] = useState(isBlank ? "" : String(given.points));
  const [comment, setComment] = useState(given?.comment ?? "");
  const [isSaved, setSaved] = useState(false);
  const work = useWork();
  const worth = typedNumber(points);
  const isFair = worth !== undefined && worth >= 0 && worth <= question.points;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!isFair) {
      return;
    }
    work.run(async () => {
      setSaved(false);
      const said = comment.trim() === "" ? {} : { comment: comment.trim() };
      const { participantId } = row;
      await correct({ type: "answer.grade", roundId, participantId, points: worth, ...said });
      setSaved(true);
    });
  };
  return { points, setPoints, comment, setComment, isSaved, isFair, submit, error: work.error };
}

function GradeForm(props: AnsweredProps) {
  const id = useId();
  const { row, question } = props;
  const { points, setPoints, comment, setComment, isSaved, isFair, ...grade } = useGrade(props);
  return (
    <form
      className="stack grade"
      aria-label={t("t.grade-of", { name: row.name })}
      onSubmit={grade.submit}
    >
      <Field id={id} label={t("t.points-of", { of: question.points })}>
        <input
          id={id}
          inputMode="decimal"
          autoComplete="off"
          value={points}
          aria-invalid={points !== "" && !isFair}
          aria-describedby={`${id}-range`}
          onChange={({ target }) => setPoints(target.value)}
        />
        <p id={`${id}-range`} className="hint" role="status">
          {points === "" || isFair ? "" : t("t.grade-range", { of: question.points })}
        </p>
      </Field>
      <Field id={`${id}-comment`} label={t("t.comment", { name: row.name })}>
        <textarea
          id={`${id}-comment`}
          dir="auto"
          rows={COMMENT_ROWS}
          maxLength={COMMENT_CHARS_MAX}
          value={comment}
          onChange={({ target }) => setComment(target.value)}
        />
      </Field>
      <div className="row">
        <button type="submit" className="button button-small" aria-disabled={!isFair}>
          {t("t.save")}
        </button>
        <span role="status">{isSaved ? t("t.saved") : ""}</span>
      </div>
      <ErrorNotice error={grade.error} />
    </form>
  );
}
