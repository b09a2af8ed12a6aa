/** What a teacher can do for one student: time, a word, a name, attendance, a PIN, the door. */
import { type SubmitEvent, useId, useState } from "react";
import { correctingIn } from "./correcting.ts";
import { ErrorNotice, Sure } from "./parts.tsx";
import { useWork } from "./session.ts";
import { AttendanceField } from "./teach-attendance.tsx";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";
import type { Participant } from "./view.ts";

/** A sentence or two. */
const NUDGE_CHARS_MAX = 500;
const NAME_CHARS_MAX = 40;
const MULTIPLIERS = [1.25, 1.5, 2, 3] as const;

export type PersonProps = RunProps & { readonly row: Participant };

export function PersonMore(props: PersonProps & { readonly hasHand: boolean }) {
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
        {can.includes("participant.rename") && row.status === "admitted" ? (
          <Rename {...props} />
        ) : null}
        {can.includes("attendance.mark") ? (
          <div className="field">
            <span className="field-name">{t("t.attendance")}</span>
            <AttendanceField row={row} {...correctingIn(props.watched)} />
          </div>
        ) : null}
        {row.status === "left" ? null : <Pin {...props} />}
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

function Rename({ row, sending }: PersonProps) {
  const id = useId();
  const [name, setName] = useState(row.name);
  const { participantId } = row;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    sending.send({ type: "participant.rename", participantId, name });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{t("t.rename-to")}</label>
        <input
          id={id}
          dir="auto"
          required
          autoComplete="off"
          maxLength={NAME_CHARS_MAX}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </div>
      <button type="submit" className="button button-small">
        {t("t.rename")}
      </button>
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
