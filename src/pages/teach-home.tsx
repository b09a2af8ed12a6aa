/** A teacher's lessons and sessions: write, import, start, open. */
import { useEffect, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { useWork } from "./session.ts";
import { Lessons } from "./teach-lessons.tsx";
import { t, wordFor } from "./text.ts";

const IMPORT_ROWS = 6;
const PAGE = 50;

interface SessionSummary {
  readonly id: string;
  readonly title: string;
  readonly phase: string;
  readonly createdAt: string;
}

interface Page<T> {
  readonly items: readonly T[];
}

export function Home({ client }: { readonly client: Client }) {
  const [isImporting, setImporting] = useState(false);
  const [imports, setImports] = useState(0);
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
        <Lessons client={client} fresh={imports} />
      </section>
      <Sessions client={client} />
    </div>
  );
}

function Sessions({ client }: { readonly client: Client }) {
  const [sessions, setSessions] = useState<readonly SessionSummary[]>();
  const work = useWork();
  const load = async (): Promise<void> =>
    setSessions((await client.http.get<Page<SessionSummary>>(`/sessions?limit=${PAGE}`)).items);
  useEffect(() => work.run(load), []);
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
        {(sessions ?? []).map(({ id, title, phase, createdAt }) => (
          <li key={id}>
            <span className="list-text">
              <bdi>{title}</bdi>
              <span className="hint">
                {wordFor(`t.phase.${phase}`) ?? phase} · {when.format(Date.parse(createdAt))}
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

function Import({ client, onDone }: { readonly client: Client; readonly onDone: () => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const [title, setTitle] = useState("");
  const work = useWork();
  const read = (file: File | undefined): void =>
    work.run(async () => {
      setText((await file?.text()) ?? "");
      setTitle(file?.name.replace(/\.[^.]*$/, "") ?? "");
    });
  const send = (): void =>
    work.run(async () => {
      const query = title.trim() === "" ? "" : `&title=${encodeURIComponent(title.trim())}`;
      await client.http.post(`/lessons/import?format=gift${query}`, text);
      onDone();
    });
  return (
    <div className="step-card">
      <p className="hint">{t("t.import-hint")}</p>
      <ErrorNotice error={work.error} />
      <Field id={`${id}-file`} label={t("t.import-file")}>
        <input
          id={`${id}-file`}
          type="file"
          accept=".gift,.txt,text/plain"
          onChange={(event) => read(event.target.files?.[0])}
        />
      </Field>
      <Field id={`${id}-title`} label={t("t.lesson-title")}>
        <input
          id={`${id}-title`}
          dir="auto"
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </Field>
      <Field id={`${id}-text`} label={t("t.import-text")}>
        <textarea
          id={`${id}-text`}
          dir="auto"
          rows={IMPORT_ROWS}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <button
        type="button"
        className="button button-main"
        disabled={work.isBusy || text.trim() === ""}
        onClick={send}
      >
        {t("t.do-import")}
      </button>
    </div>
  );
}
