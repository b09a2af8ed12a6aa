/** A teacher's lessons and sessions: write, import, start, open. */
import { useEffect, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import { ErrorNotice, Field, Sure } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t, wordFor } from "./text.ts";

const IMPORT_ROWS = 6;
const PAGE = 50;

interface LessonSummary {
  readonly id: string;
  readonly title: string;
  readonly language: string;
}

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
  const { lessons, sessions, work, load, start, remove } = useMaterial(client);
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
        <ErrorNotice error={work.error} />
        {isImporting ? (
          <Import
            client={client}
            onDone={() => {
              setImporting(false);
              work.run(load);
            }}
          />
        ) : null}
        {lessons?.length === 0 ? <p className="hint">{t("t.no-lessons")}</p> : null}
        <ul className="list">
          {(lessons ?? []).map((lesson) => (
            <LessonRow
              key={lesson.id}
              lesson={lesson}
              onStart={() => start(lesson.id)}
              onDelete={() => remove(lesson.id)}
            />
          ))}
        </ul>
      </section>
      <Sessions sessions={sessions} />
    </div>
  );
}

function useMaterial(client: Client) {
  const [lessons, setLessons] = useState<readonly LessonSummary[]>();
  const [sessions, setSessions] = useState<readonly SessionSummary[]>();
  const work = useWork();
  const load = async (): Promise<void> => {
    const [lessonPage, sessionPage] = await Promise.all([
      client.http.get<Page<LessonSummary>>(`/lessons?limit=${PAGE}`),
      client.http.get<Page<SessionSummary>>(`/sessions?limit=${PAGE}`),
    ]);
    setLessons(lessonPage.items);
    setSessions(sessionPage.items);
  };
  useEffect(() => work.run(load), []);
  const start = (lessonId: string): void =>
    work.run(async () => {
      const made = await client.http.post<{ readonly id: string }>("/sessions", { lessonId });
      location.hash = `#/session/${made.id}`;
    });
  const remove = (id: string): void =>
    work.run(async () => {
      await client.http.delete(`/lessons/${id}`);
      await load();
    });
  return { lessons, sessions, work, load, start, remove };
}

function LessonRow(props: {
  readonly lesson: LessonSummary;
  readonly onStart: () => void;
  readonly onDelete: () => void;
}) {
  const { id, title, language } = props.lesson;
  return (
    <li>
      <span className="list-text">
        <bdi lang={language}>{title}</bdi>
      </span>
      <span className="row">
        <button type="button" className="button button-main button-small" onClick={props.onStart}>
          {t("t.start-session")}
          <span className="unseen">: {title}</span>
        </button>
        <a className="button button-small button-quiet" href={`#/lesson/${id}`}>
          {t("t.edit")}
          <span className="unseen">: {title}</span>
        </a>
        <Sure
          label={t("t.delete")}
          question={t("t.delete-sure")}
          className="button button-small button-quiet"
          onYes={props.onDelete}
        />
      </span>
    </li>
  );
}

function Sessions({ sessions }: { readonly sessions: readonly SessionSummary[] | undefined }) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  return (
    <section className="card">
      <h2 className="h1">{t("t.sessions")}</h2>
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
