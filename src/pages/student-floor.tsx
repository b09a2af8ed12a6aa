/**
 * What a student may do beside answering, each only if it may be sent: hand, reactions, questions.
 *
 * The pace that the server keeps is kept here too: a command that it would put off would hold up
 * the answers behind it.
 */
import { type SubmitEvent, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import type { Snapshot } from "../client/watched.ts";
import { Reactions } from "./reactions.tsx";
import { type Sending, useNow } from "./session.ts";
import { t } from "./text.ts";
import type { StudentView } from "./view.ts";

/** A sentence or two. */
const QUESTION_CHARS_MAX = 500;
/** The server's ten seconds, and what a clock that was measured over a network may be off. */
const ASK_EVERY_MS = 10_500;

interface FloorProps {
  readonly client: Client;
  readonly snapshot: Snapshot;
  readonly view: StudentView;
  readonly sending: Sending;
}

export function StudentFloor(props: FloorProps) {
  const { snapshot, view, sending } = props;
  const place = view.me?.handPosition ?? null;
  const mayRaise = snapshot.can.includes("hand.raise");
  const mayReact = snapshot.can.includes("reaction.send") && view.settings?.reactions === true;
  const isTimed = view.round?.phase === "open" && view.round.deadlineAt !== null;
  return (
    <>
      {mayRaise ? <Hand {...{ place, isTimed, sending }} /> : null}
      {mayReact ? <Reactions {...{ snapshot, sending }} counted={view.reactions} /> : null}
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

function Questions({ client, snapshot, view, sending }: FloorProps) {
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
      {mayAsk ? <Ask {...{ client, view, sending }} /> : null}
    </section>
  );
}

function Ask({ client, view, sending }: Omit<FloorProps, "snapshot">) {
  const id = useId();
  const [text, setText] = useState("");
  const [sentAt, setSentAt] = useState<number>();
  const askedAt = Math.max(sentAt ?? 0, lastAsked(view));
  const leftMs = useLeft(client, askedAt + ASK_EVERY_MS);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (text.trim() !== "" && leftMs <= 0 && !sending.isBusy) {
      sending.send({ type: "question.ask", text }, () => {
        setSentAt(client.serverNow());
        setText("");
      });
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
      <button type="submit" className="button" aria-disabled={leftMs > 0 || sending.isBusy}>
        {t("s.ask-send")}
      </button>
      <p className="hint">
        <span role="status">{sentAt !== undefined && leftMs > 0 ? t("s.ask-sent") : ""}</span>{" "}
        {leftMs > 0 ? t("s.ask-wait", { n: Math.ceil(leftMs / 1_000) }) : ""}
      </p>
    </form>
  );
}

/** When this student last asked, as far as his view says, ms; 0: he has not. */
function lastAsked({ questions = [] }: StudentView): number {
  return Math.max(
    0,
    ...questions.filter(({ mine }) => mine === true).map(({ askedAt }) => Date.parse(askedAt)),
  );
}

/** What is left until then, ms; it counts down while there is any. */
function useLeft(client: Client, until: number): number {
  const [isRunning, setRunning] = useState(true);
  const now = useNow(client, isRunning);
  const leftMs = until - now;
  if (isRunning !== leftMs > 0) {
    setRunning(leftMs > 0);
  }
  return leftMs;
}
