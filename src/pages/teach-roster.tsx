/** The class as its teacher sees it: who is here, whose hand is up, who has answered. */
import { type SubmitEvent, useId, useState } from "react";
import { ErrorNotice, Sure } from "./parts.tsx";
import { useWork } from "./session.ts";
import type { RunProps } from "./teach-run.tsx";
import { t, wordFor } from "./text.ts";
import type { Participant } from "./view.ts";

/** A sentence or two. */
const NUDGE_CHARS_MAX = 500;
const MULTIPLIERS = [1.25, 1.5, 2, 3] as const;
const SEATED: ReadonlySet<string> = new Set(["admitted", "waiting"]);

export function Roster(props: RunProps) {
  const { view, snapshot, sending } = props;
  const { hands, participants } = view;
  const place = (row: Participant): number => {
    const hand = hands.indexOf(row.participantId);
    return hand < 0 ? hands.length : hand;
  };
  const sorted = participants.toSorted(
    (a, b) =>
      Number(SEATED.has(b.status)) - Number(SEATED.has(a.status)) ||
      Number(b.status === "waiting") - Number(a.status === "waiting") ||
      place(a) - place(b),
  );
  return (
    <section className="card run-class">
      <div className="row-apart">
        <h2>{t("t.class")}</h2>
        {hands.length > 0 && snapshot.can.includes("hands.clear") ? (
          <button
            type="button"
            className="button button-small"
            onClick={() => sending.send({ type: "hands.clear" })}
          >
            {t("t.hands-clear")}
          </button>
        ) : null}
      </div>
      {participants.length === 0 ? <p className="hint">{t("t.nobody")}</p> : null}
      <ul className="list">
        {sorted.map((row) => (
          <Person key={row.participantId} {...props} row={row} />
        ))}
      </ul>
    </section>
  );
}

type PersonProps = RunProps & { readonly row: Participant };

function Person(props: PersonProps) {
  const { row, view, snapshot, sending } = props;
  const { participantId } = row;
  const isSeated = row.status === "admitted";
  const hasHand = view.hands.includes(participantId);
  const isWaiting = row.status === "waiting" && snapshot.can.includes("participant.admit");
  return (
    <li data-person={row.name}>
      <span className="person">
        <span className={`dot dot-${isSeated ? row.connection : "offline"}`} aria-hidden="true" />
        <span className="list-text">
          <bdi>{row.name}</bdi>
          <span className="hint">{presenceText(row)}</span>
        </span>
      </span>
      <span className="row">
        {hasHand ? <span className="tag tag-warn">✋ {t("t.hand-up")}</span> : null}
        {hasHand && snapshot.can.includes("hand.call") ? (
          <button
            type="button"
            className="button button-small"
            onClick={() => sending.send({ type: "hand.call", participantId })}
          >
            {t("t.call", { name: row.name })}
          </button>
        ) : null}
        {isSeated ? <AnswerTag {...props} /> : null}
        {isWaiting ? (
          <>
            <button
              type="button"
              className="button button-main button-small"
              onClick={() => sending.send({ type: "participant.admit", participantId })}
            >
              {t("t.admit")}
            </button>
            <button
              type="button"
              className="button button-small"
              onClick={() => sending.send({ type: "participant.deny", participantId })}
            >
              {t("t.deny")}
            </button>
          </>
        ) : null}
      </span>
      {isSeated || row.status === "removed" ? <More {...props} hasHand={hasHand} /> : null}
    </li>
  );
}

function presenceText(row: Participant): string {
  const key = row.status === "admitted" ? `t.presence.${row.connection}` : `t.status.${row.status}`;
  const extra = extraText(row);
  return [wordFor(key) ?? row.status, ...(extra === "" ? [] : [extra])].join(" · ");
}

function extraText({ accommodation }: Participant): string {
  if (accommodation.untimed) {
    return `${t("t.extra")}: ${t("t.extra-untimed")}`;
  }
  return accommodation.multiplier > 1 ? t("t.extra-times", { n: accommodation.multiplier }) : "";
}

function AnswerTag({ view, row }: PersonProps) {
  const { round } = view;
  if (round === null || view.settings.anonymous) {
    return null;
  }
  const given = round.answers[row.participantId];
  if (given === undefined) {
    return <span className="tag">{t("t.has-not-answered")}</span>;
  }
  const isJudged = round.phase === "scored" || round.phase === "revealed";
  const judged = given.correct === true ? "c.count-right" : "c.count-wrong";
  const isKnown = isJudged && given.correct !== null;
  return (
    <span className={isKnown && !given.correct ? "tag tag-warn" : "tag tag-good"}>
      {isKnown ? t(judged) : `✓ ${t("t.has-answered")}`}
    </span>
  );
}

function More(props: PersonProps & { readonly hasHand: boolean }) {
  const { row, snapshot, sending, hasHand } = props;
  const { participantId, name } = row;
  const { can } = snapshot;
  return (
    <details className="person-more">
      <summary>{t("t.manage", { name })}</summary>
      <div className="stack">
        {hasHand && can.includes("hand.lower") ? (
          <button
            type="button"
            className="button button-small"
            onClick={() => sending.send({ type: "hand.lower", participantId })}
          >
            {t("t.hand-lower")}
          </button>
        ) : null}
        {can.includes("accommodation.set") && row.status === "admitted" ? (
          <Extra {...props} />
        ) : null}
        {can.includes("participant.nudge") && row.status === "admitted" ? (
          <Nudge {...props} />
        ) : null}
        <Pin {...props} />
        {row.status === "removed" && can.includes("participant.admit") ? (
          <button
            type="button"
            className="button button-small"
            onClick={() => sending.send({ type: "participant.admit", participantId })}
          >
            {t("t.admit")}
          </button>
        ) : null}
        {row.status === "admitted" && can.includes("participant.remove") ? (
          <Sure
            label={t("t.remove")}
            question={t("t.remove-sure", { name })}
            className="button button-small button-quiet"
            onYes={() => sending.send({ type: "participant.remove", participantId })}
          />
        ) : null}
      </div>
    </details>
  );
}

function Extra({ row, sending }: PersonProps) {
  const id = useId();
  const { participantId, accommodation } = row;
  const value = accommodation.untimed ? "untimed" : String(accommodation.multiplier);
  const set = (chosen: string): void => {
    const untimed = chosen === "untimed";
    const multiplier = untimed ? 1 : Number(chosen);
    sending.send({ type: "accommodation.set", participantId, multiplier, untimed });
  };
  return (
    <div className="field">
      <label htmlFor={id}>{t("t.extra")}</label>
      <select id={id} value={value} onChange={({ target }) => set(target.value)}>
        <option value="1">{t("t.extra-none")}</option>
        {MULTIPLIERS.map((each) => (
          <option key={each} value={String(each)}>
            {t("t.extra-times", { n: each })}
          </option>
        ))}
        <option value="untimed">{t("t.extra-untimed")}</option>
      </select>
    </div>
  );
}

function Nudge({ row, sending }: PersonProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [isSent, setSent] = useState(false);
  const { participantId } = row;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setSent(false);
    const words = text.trim() === "" ? {} : { text };
    sending.send({ type: "participant.nudge", participantId, ...words }, () => {
      setText("");
      setSent(true);
    });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{t("t.nudge-text")}</label>
        <input
          id={id}
          dir="auto"
          autoComplete="off"
          maxLength={NUDGE_CHARS_MAX}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      <button type="submit" className="button button-small">
        {t("t.nudge")}
      </button>
      <p role="status">{isSent ? t("t.nudge-sent") : ""}</p>
    </form>
  );
}

function Pin({ client, sessionId, row }: PersonProps) {
  const work = useWork();
  const [pin, setPin] = useState<string>();
  const ask = (): void =>
    work.run(async () => {
      const path = `/sessions/${sessionId}/participants/${row.participantId}/pin`;
      setPin((await client.http.post<{ readonly pin: string }>(path, {})).pin);
    });
  return (
    <>
      <button
        type="button"
        className="button button-small button-quiet"
        disabled={work.isBusy}
        onClick={ask}
      >
        {t("t.pin")}
      </button>
      <p role="status">{pin === undefined ? "" : t("t.pin-is", { name: row.name, pin })}</p>
      <ErrorNotice error={work.error} />
    </>
  );
}
