/** The sessions that shall begin later: open their lobby, move them, cancel them. */
import { useEffect, useState } from "react";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Client } from "../client/client.ts";
import type { Acknowledgement } from "../documents.ts";
import type { Correct } from "./correcting.ts";
import { spacedCode } from "./format.ts";
import { momentOf } from "./moment.ts";
import { ErrorNotice, Sure } from "./parts.tsx";
import { useWork } from "./session.ts";
import { ScheduleSession } from "./teach-schedule.tsx";
import { language, t } from "./text.ts";

/** Each is asked what may be done with it. */
const PAGE = 20;

interface Scheduled {
  readonly id: string;
  readonly title: string;
  readonly startsAt: string | null;
  readonly joinCode?: string | null;
  readonly class?: { readonly title: string } | null;
}

interface Page {
  readonly items: readonly Scheduled[];
  readonly next: string | null;
}

/** `fresh` changes when there are others than before; `onChange` is called when they are here. */
export function ScheduledSessions(props: {
  readonly client: Client;
  readonly fresh: number;
  readonly onChange: () => void;
}) {
  const { client, fresh, onChange } = props;
  const [page, setPage] = useState<Page>({ items: [], next: null });
  const work = useWork();
  const path = `/sessions?phase=scheduled&limit=${PAGE}`;
  useEffect(
    () => work.run(async () => setPage(await client.http.get<Page>(path))),
    [client, fresh],
  );
  const more = (after: string): void =>
    work.run(async () => {
      const next = await client.http.get<Page>(`${path}&after=${encodeURIComponent(after)}`);
      setPage({ items: [...page.items, ...next.items], next: next.next });
    });
  if (page.items.length === 0) {
    return <ErrorNotice error={work.error} />;
  }
  const { next } = page;
  return (
    <section className="card">
      <h2 className="h1">{t("t.scheduled")}</h2>
      <ErrorNotice error={work.error} />
      <ul className="list">
        {page.items.toSorted(byTime).map((row) => (
          <ScheduledRow key={row.id} client={client} row={row} onChange={onChange} />
        ))}
      </ul>
      {next === null ? null : (
        <button type="button" className="button button-small" onClick={() => more(next)}>
          {t("t.more")}
        </button>
      )}
    </section>
  );
}

function byTime(a: Scheduled, b: Scheduled): number {
  return timeOf(a) - timeOf(b);
}

function timeOf({ startsAt }: Scheduled): number {
  return startsAt === null ? 0 : Date.parse(startsAt);
}

interface RowProps {
  readonly client: Client;
  readonly row: Scheduled;
  readonly onChange: () => void;
}

/** What may be done with it, and how to do it. */
function useScheduled({ client, row, onChange }: RowProps) {
  const [can, setCan] = useState<readonly string[]>([]);
  const work = useWork();
  const path = `/sessions/${row.id}`;
  useEffect(
    () =>
      work.run(async () => setCan((await client.http.get<Pick<Acknowledgement, "can">>(path)).can)),
    [client, path],
  );
  const correct: Correct = async (command) => {
    const done = await client.http.post<Acknowledgement>(`${path}/commands`, command);
    setCan(done.can);
    onChange();
    return done.facts;
  };
  const send = (command: SessionCommand, onDone?: () => void): void =>
    work.run(async () => {
      await correct(command);
      onDone?.();
    });
  return { can, correct, send, isBusy: work.isBusy, error: work.error };
}

function ScheduledRow(props: RowProps) {
  const { client, row } = props;
  const { id, title, startsAt, joinCode, class: held } = row;
  const { can, correct, send, isBusy, error } = useScheduled(props);
  const enter = (): void => {
    location.hash = `#/session/${id}`;
  };
  return (
    <li data-scheduled={id}>
      <span className="list-text">
        <bdi>{title}</bdi>
        <strong className="when">
          {startsAt === null ? "–" : momentOf(Date.parse(startsAt), language)}
        </strong>
        {held ? (
          <span className="hint">
            <bdi>{held.title}</bdi>
          </span>
        ) : null}
        {typeof joinCode === "string" ? (
          <span className="hint">
            {t("t.code")}: <bdi dir="ltr">{spacedCode(joinCode)}</bdi>
          </span>
        ) : null}
      </span>
      <span className="row">
        {can.includes("session.open-lobby") ? (
          <button
            type="button"
            className="button button-main button-small"
            disabled={isBusy}
            onClick={() => send({ type: "session.open-lobby" }, enter)}
          >
            {t("t.open-lobby")}
            <span className="unseen">: {title}</span>
          </button>
        ) : null}
        <a className="button button-small" href={`#/session/${id}`}>
          {t("t.open")}
          <span className="unseen">: {title}</span>
        </a>
        {can.includes("session.cancel") ? (
          <Sure
            label={t("t.cancel")}
            question={t("t.cancel-sure")}
            className="button button-small button-quiet"
            onYes={() => send({ type: "session.cancel" })}
          />
        ) : null}
      </span>
      <div className="person-more">
        <ScheduleSession client={client} can={can} correct={correct} startsAt={startsAt} />
        <ErrorNotice error={error} />
      </div>
    </li>
  );
}
