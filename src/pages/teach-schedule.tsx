/** When a session shall begin: date and time in the zone of the browser, which is named. */
import { type SubmitEvent, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import type { Correct } from "./correcting.ts";
import { momentIn, momentOf, nextHour, typedMoment, zoneName } from "./moment.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { useWork } from "./session.ts";
import { language, t } from "./text.ts";

const HOUR_MS = 3_600_000;

export function ScheduleForm(props: {
  readonly client: Client;
  /** When it would begin as things are. */
  readonly at: number | undefined;
  readonly label: string;
  /** `startsAt` is RFC 3339. */
  readonly onSchedule: (startsAt: string) => Promise<void>;
}) {
  const id = useId();
  const { client, at, label } = props;
  const [typed, setTyped] = useState(() =>
    typedMoment(at ?? nextHour(client.serverNow(), HOUR_MS)),
  );
  const work = useWork();
  const moment = momentIn(typed);
  const isAhead = moment !== undefined && moment > client.serverNow();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isAhead && !work.isBusy) {
      work.run(() => props.onSchedule(new Date(moment).toISOString()));
    }
  };
  return (
    <form className="stack schedule" onSubmit={submit}>
      <Field id={id} label={t("t.starts-at")} hint={t("t.time-zone", { zone: zoneName() })}>
        <input
          id={id}
          type="datetime-local"
          required
          value={typed}
          aria-describedby={`${id}-hint ${id}-means`}
          onChange={({ target }) => setTyped(target.value)}
        />
        <p id={`${id}-means`} role="status">
          {isAhead ? momentOf(moment, language) : t("t.starts-past")}
        </p>
      </Field>
      <div className="row">
        <button type="submit" className="button button-small" aria-disabled={!isAhead}>
          {label}
        </button>
      </div>
      <ErrorNotice error={work.error} />
    </form>
  );
}

/** A session of this lesson for a later time. */
export function ScheduleLesson(props: {
  readonly client: Client;
  readonly lesson: { readonly id: string; readonly title: string };
  /** The class that it is for; empty: none. */
  readonly classId: string;
  readonly onScheduled: () => void;
}) {
  const { client, lesson, classId, onScheduled } = props;
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      className="person-more"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary>
        {t("t.schedule")}
        <span className="unseen">: {lesson.title}</span>
      </summary>
      {isOpen ? (
        <ScheduleForm
          client={client}
          at={undefined}
          label={t("t.schedule")}
          onSchedule={async (startsAt) => {
            const of = classId === "" ? {} : { classId };
            await client.http.post("/sessions", { lessonId: lesson.id, startsAt, ...of });
            setOpen(false);
            onScheduled();
          }}
        />
      ) : null}
    </details>
  );
}

/** Another time for a session that has not begun; where it has, nothing. */
export function ScheduleSession(props: {
  readonly client: Client;
  readonly can: readonly string[];
  readonly correct: Correct;
  /** RFC 3339. */
  readonly startsAt: string | null;
}) {
  const { client, can, correct, startsAt } = props;
  const [isOpen, setOpen] = useState(false);
  const [isSaved, setSaved] = useState(false);
  if (!can.includes("session.schedule")) {
    return null;
  }
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t(startsAt === null ? "t.schedule" : "t.reschedule")}</summary>
      {isOpen ? (
        <ScheduleForm
          client={client}
          at={startsAt === null ? undefined : Date.parse(startsAt)}
          label={t("t.save")}
          onSchedule={async (next) => {
            setSaved(false);
            await correct({ type: "session.schedule", startsAt: next });
            setSaved(true);
          }}
        />
      ) : null}
      <p role="status">{isSaved ? t("t.saved") : ""}</p>
    </details>
  );
}
