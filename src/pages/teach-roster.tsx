/** The class as its teacher sees it: who is here, whose hand is up, who has answered. */
import { NotHere } from "./teach-expected.tsx";
import { type PersonProps, PersonMore } from "./teach-person.tsx";
import type { RunProps } from "./teach-run.tsx";
import { t, wordFor } from "./text.ts";
import type { Participant } from "./view.ts";

const SEATED: ReadonlySet<string> = new Set(["admitted", "waiting"]);
/** Whose attendance still counts. */
const HAD_SEAT: ReadonlySet<string> = new Set(["removed", "left"]);

export function Roster(props: RunProps) {
  const { client, sessionId, view, snapshot, sending } = props;
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
      <NotHere client={client} sessionId={sessionId} admitted={view.counts.admitted} />
      <ul className="list">
        {sorted.map((row) => (
          <Person key={row.participantId} {...props} row={row} />
        ))}
      </ul>
    </section>
  );
}

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
      {isSeated || HAD_SEAT.has(row.status) ? <PersonMore {...props} hasHand={hasHand} /> : null}
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
