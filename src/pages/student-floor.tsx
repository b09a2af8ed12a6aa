/** What a student may do beside answering, each only if it may be sent: the hand, questions. */
import { type SubmitEvent, useId, useState } from "react";
import type { Snapshot } from "../client/watched.ts";
import type { Sending } from "./session.ts";
import { t } from "./text.ts";
import type { StudentView } from "./view.ts";

/** A sentence or two. */
const QUESTION_CHARS_MAX = 500;

interface FloorProps {
  readonly snapshot: Snapshot;
  readonly view: StudentView;
  readonly sending: Sending;
}

export function StudentFloor(props: FloorProps) {
  const { snapshot, view, sending } = props;
  const place = view.me?.handPosition ?? null;
  const mayRaise = snapshot.can.includes("hand.raise");
  const isTimed = view.round?.phase === "open" && view.round.deadlineAt !== null;
  return (
    <>
      {mayRaise ? <Hand {...{ place, isTimed, sending }} /> : null}
      <Questions {...props} />
    </>
  );
}

function Hand(props: {
  readonly place: number | null;
  readonly isTimed: boolean;
  readonly sending: Sending;
}) {
  const { place, isTimed, sending } = props;
  return (
    <section className="floor">
      <button
        type="button"
        className="button"
        aria-pressed={place !== null}
        disabled={sending.isBusy}
        onClick={() => sending.send({ type: place === null ? "hand.raise" : "hand.lower" })}
      >
        {t(place === null ? "s.hand-raise" : "s.hand-lower")}
      </button>
      <p className="hint" role="status">
        {place === null ? "" : t("s.hand-place", { n: place })}
        {place === null && isTimed ? t("s.more-time") : ""}
      </p>
    </section>
  );
}

function Questions({ snapshot, view, sending }: FloorProps) {
  const { can } = snapshot;
  const asked = (view.questions ?? []).filter((each) => !each.resolved);
  const mayAsk = can.includes("question.ask") && view.settings?.questions !== "off";
  if (asked.length === 0 && !mayAsk) {
    return null;
  }
  return (
    <section className="card">
      <h2>{t("c.questions")}</h2>
      <ul className="list">
        {asked.map(({ questionId, text, upvotes, mine, upvoted }) => (
          <li key={questionId}>
            <span className="list-text" dir="auto">
              {text}
              <span className="hint">{t("c.votes", { n: upvotes })}</span>
            </span>
            {can.includes("question.upvote") && mine !== true ? (
              <button
                type="button"
                className="button button-small"
                aria-pressed={upvoted === true}
                onClick={() => sending.send({ type: "question.upvote", questionId })}
              >
                +1<span className="unseen"> {t("s.upvote", { what: text })}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayAsk ? <Ask sending={sending} /> : null}
    </section>
  );
}

function Ask({ sending }: { readonly sending: Sending }) {
  const id = useId();
  const [text, setText] = useState("");
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() !== "") {
      sending.send({ type: "question.ask", text });
      setText("");
    }
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{t("s.ask")}</label>
        <input
          id={id}
          dir="auto"
          autoComplete="off"
          maxLength={QUESTION_CHARS_MAX}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <button type="submit" className="button" disabled={sending.isBusy}>
        {t("s.ask-send")}
      </button>
    </form>
  );
}
