/** A teacher's lessons beside sessions and classes. */
import { useEffect, useState } from "react";
import type { Client } from "../client/client.ts";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import { Classes, StartFor } from "./teach-classes.tsx";
import { Import } from "./teach-import.tsx";
import { Lessons } from "./teach-lessons.tsx";
import { ScheduledSessions } from "./teach-scheduled.tsx";
import { t, wordFor } from "./text.ts";

const PAGE = 50;

interface SessionSummary {
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  readonly createdAt: string;
  readonly class?: { readonly title: string } | null;
}

interface Page<T> {
  readonly items: readonly T[];
}

export function Home({ client }: { readonly client: Client }) {
  const [isImporting, setImporting] = useState(false);
  const [imports, setImports] = useState(0);
  const [classId, setClassId] = useState("");
  const [changes, setChanges] = useState(0);
  const [said, setSaid] = useState("");
  const changed = (): void => setChanges((count) => count + 1);
  const scheduled = (title: string): void => {
    setSaid(t("t.scheduled-now", { title }));
    changed();
  };
  return (
    <div className="columns columns-two">
      <section className="card">
        <div className="row-apart">
          <h1>{t("t.lessons")}</h1>
          <div className="row">
            <button
              type="button"
              className="button button-small"
              aria-expanded={isImporting}
              onClick={() => setImporting(!isImporting)}
            >
              {t("t.import")}
            </button>
            <a className="button button-small" href="#/lesson/new">
              {t("t.new-lesson")}
            </a>
          </div>
        </div>
        {isImporting ? (
          <Import
            client={client}
            onDone={() => {
              setImporting(false);
              setImports(imports + 1);
            }}
          />
        ) : null}
        <StartFor client={client} classId={classId} onChoose={setClassId} />
        <Lessons client={client} fresh={imports} classId={classId} onScheduled={scheduled} />
      </section>
      <div className="stack">
        <p className="unseen" role="status">
          {said}
        </p>
        <ScheduledSessions client={client} fresh={changes} onChange={changed} />
        <Sessions client={client} fresh={changes} />
        <Classes client={client} />
      </div>
    </div>
  );
}

function Sessions({ client, fresh }: { readonly client: Client; readonly fresh: number }) {
  const [sessions, setSessions] = useState<readonly SessionSummary[]>();
  const work = useWork();
  const load = async (): Promise<void> =>
    setSessions(
      (await client.http.get<Page<SessionSummary>>(`/sessions?limit=${PAGE}`)).items.filter(
        // These have a place of their own.
        ({ phase }) => phase !== "scheduled",
      ),
    );
  useEffect(() => work.run(load), [fresh]);
  const when = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <section className="card">
      <h2 className="h1">{t("t.sessions")}</h2>
      <ErrorNotice error={work.error} />
      {sessions?.length === 0 ? <p className="hint">{t("t.no-sessions")}</p> : null}
      <ul className="list">
        {(sessions ?? []).map(({ id, title, phase, createdAt, class: held }) => (
          <li key={id}>
            <span className="list-text">
              <bdi>{title}</bdi>
              <span className="hint">
                {wordFor(`t.phase.${phase}`) ?? phase} · {when.format(Date.parse(createdAt))}
                {held ? (
                  <>
                    {" "}
                    · <bdi>{held.title}</bdi>
                  </>
                ) : null}
              </span>
            </span>
            <span className="row">
              <a className="button button-small" href={`#/session/${id}`}>
                {t("t.open")}
                <span className="unseen">: {title}</span>
              </a>
              <a className="button button-small button-quiet" href={`#/session/${id}/report`}>
                {t("t.report")}
                <span className="unseen">: {title}</span>
              </a>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
