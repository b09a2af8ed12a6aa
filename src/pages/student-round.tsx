/** A student's round: the question, the fields, whether the answer is saved, and the result. */
import type { SubmitEvent } from "react";
import type { Client } from "../client/client.ts";
import type { Watched } from "../client/watched.ts";
import { isComplete, linesOf } from "./answer.ts";
import { type Answering, answerIn, useAnswering } from "./answering.ts";
import { countRows } from "./counts.ts";
import { KeyLines } from "./key-lines.tsx";
import { Marked, MarkedLine } from "./marked.tsx";
import { Bars, ErrorNotice, Timer } from "./parts.tsx";
import { QuestionFields } from "./question-fields.tsx";
import { useOnline, useSnapshot } from "./session.ts";
import { t } from "./text.ts";
import { type OwnRound, type Result, parseStudentView } from "./view.ts";

interface RoundProps {
  readonly client: Client;
  readonly watched: Watched;
  readonly round: OwnRound;
}

export function StudentRound({ client, watched, round }: RoundProps) {
  const answering = useAnswering(watched, round);
  return (
    <article className="card question">
      <div className="question-head">
        <h1 className="kicker">{t("c.question")}</h1>
        <Timer client={client} round={round} />
      </div>
      <div className="prompt">
        <Marked text={round.item.prompt} />
      </div>
      {round.phase === "open" ? (
        <Form {...{ watched, round, answering }} />
      ) : (
        <Closed round={round} answering={answering} />
      )}
    </article>
  );
}

interface FormProps {
  readonly watched: Watched;
  readonly round: OwnRound;
  readonly answering: Answering;
}

function Form({ watched, round, answering }: FormProps) {
  const { can, view } = useSnapshot(watched);
  const { filling, status } = answering;
  const isGiven = round.answer !== null || status === "saved" || status === "changed";
  const command = isGiven ? "answer.amend" : "answer.submit";
  const mayAmend = parseStudentView(view).settings?.amend !== false;
  const isFinal = !mayAmend && (isGiven || status === "sending");
  const mayFill = !isFinal && (can.includes("draft.save") || can.includes(command));
  const complete = isComplete(round.item, { ...filling, answer: answerIn(round, filling) });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (complete && status !== "sending" && status !== "saved") {
      answering.submit();
    }
  };
  return (
    <form className="stack" onSubmit={submit}>
      <QuestionFields
        question={round.item}
        filling={filling}
        isDisabled={!mayFill}
        onFill={answering.fill}
      />
      <ErrorNotice error={answering.error} />
      <button
        type="submit"
        className="button button-main"
        aria-disabled={!complete || status === "sending" || status === "saved"}
      >
        {t(isGiven && mayAmend ? "s.change" : "s.send")}
      </button>
      <StatusLine answering={answering} />
    </form>
  );
}

function StatusLine({ answering }: { readonly answering: Answering }) {
  const isOnline = useOnline();
  const { status } = answering;
  const texts = {
    empty: t("s.incomplete"),
    filling: "",
    drafted: t("s.draft-saved"),
    sending: t(isOnline ? "s.sending" : "s.not-saved"),
    saved: t("s.saved"),
    changed: t("s.unsent"),
  } as const;
  return (
    <p className={`status status-${status}`} role="status" data-status={status}>
      {texts[status]}
    </p>
  );
}

function Closed({ round, answering }: { readonly round: OwnRound; readonly answering: Answering }) {
  const answer = round.result?.answer ?? round.answer;
  const words = { yes: t("c.true"), no: t("c.false") };
  return (
    <div className="stack">
      {round.phase === "revealed" && round.result !== null ? (
        <Outcome result={round.result} points={round.item.points} />
      ) : (
        <p className="notice notice-info" role="status">
          {t("s.locked")}
        </p>
      )}
      <ErrorNotice error={answering.error} />
      {answer === null ? (
        <p>{t("s.nothing")}</p>
      ) : (
        <section>
          <h2>{t("c.your-answer")}</h2>
          <ul className="plain">
            {linesOf(round.item, answer, words).map((line) => (
              <li key={line}>
                <MarkedLine text={line} />
              </li>
            ))}
          </ul>
          {round.result?.auto === true ? <p className="hint">{t("s.auto")}</p> : null}
        </section>
      )}
      <Revealed round={round} />
    </div>
  );
}

function Outcome({ result, points }: { readonly result: Result; readonly points: number }) {
  const { correct } = result;
  const isPartly = correct === false && result.points > 0;
  const judged = correct === true ? "s.right" : "s.wrong";
  const key = isPartly ? "s.partly" : judged;
  const tone = correct === true ? "good" : "bad";
  if (correct === null && result.graded === true) {
    return (
      <p className="notice notice-info" role="status">
        {t("s.earned", { n: result.points, of: points })}
      </p>
    );
  }
  if (correct === null) {
    return result.answer === null ? null : (
      <p className="notice notice-info" role="status">
        {t("s.noted")}
      </p>
    );
  }
  return (
    <p className={`notice notice-${isPartly ? "info" : tone}`} role="status">
      <strong>{t(key)}</strong> {t("s.earned", { n: result.points, of: points })}
    </p>
  );
}

function Revealed({ round }: { readonly round: OwnRound }) {
  const { item, key, counts, explanation, result } = round;
  return (
    <>
      {result?.feedback === undefined ? null : (
        <section>
          <h2>{t("s.feedback")}</h2>
          <Marked text={result.feedback} />
        </section>
      )}
      {result?.comment === undefined ? null : (
        <section>
          <h2>{t("s.comment")}</h2>
          <p dir="auto">{result.comment}</p>
        </section>
      )}
      <KeyLines question={item} answerKey={key} />
      {explanation === null ? null : (
        <section>
          <h2>{t("c.explanation")}</h2>
          <Marked text={explanation} />
        </section>
      )}
      {counts === null || item.kind === "open-text" ? null : (
        <>
          <h2>{t("c.answers")}</h2>
          <Bars
            title={t("c.answers")}
            bars={countRows({ item, counts, key }).map((row) => ({
              ...row,
              label: <MarkedLine text={row.text} />,
            }))}
          />
        </>
      )}
    </>
  );
}
