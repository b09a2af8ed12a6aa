/** The lessons that a teacher finds: his own and the school's, searched, started, copied. */
import { type SubmitEvent, useEffect, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import type { LessonSummary } from "./kept-lesson.ts";
import { ErrorNotice, Sure } from "./parts.tsx";
import { Marks, Narrowed, type Narrowing } from "./teach-narrow.tsx";
import { useWork } from "./session.ts";
import { ScheduleLesson } from "./teach-schedule.tsx";
import { t } from "./text.ts";
import type { WordKey } from "./words/words.ts";

const PAGE = 50;

interface Sought extends Narrowing {
  readonly words: string;
  readonly isMineOnly: boolean;
}

const ALL: Sought = { words: "", isMineOnly: false, tag: "", standard: undefined };

interface LessonsProps {
  readonly client: Client;
  /** Changes when there are others than before, such as after an import. */
  readonly fresh: number;
  /** The class that sessions are started for; empty: none. */
  readonly classId: string;
  readonly onScheduled: (title: string) => void;
}

export function Lessons(props: LessonsProps) {
  const { lessons, sought, work, look, start, copy, remove } = useLessons(props);
  const isAll = queryOf(sought) === "";
  const none = isAll ? "t.no-lessons" : "t.none-found";
  return (
    <>
      <ErrorNotice error={work.error} />
      <Search sought={sought} onLook={look} />
      <Narrowed by={sought} onNarrow={(next) => look({ ...sought, ...next })} />
      <p className="hint" role="status">
        {lessons?.length === 0 ? t(none) : ""}
      </p>
      <ul className="list">
        {(lessons ?? []).map((lesson) => (
          <LessonRow
            key={lesson.id}
            client={props.client}
            lesson={lesson}
            classId={props.classId}
            onScheduled={() => props.onScheduled(lesson.title)}
            onNarrow={(next) => look({ ...sought, ...next })}
            onStart={() => start(lesson.id)}
            onCopy={() => copy(lesson.id)}
            onDelete={() => remove(lesson.id)}
          />
        ))}
      </ul>
    </>
  );
}

function useLessons({ client, fresh, classId }: LessonsProps) {
  const [lessons, setLessons] = useState<readonly LessonSummary[]>();
  const [sought, setSought] = useState(ALL);
  const work = useWork();
  const load = async (next: Sought): Promise<void> => {
    const path = `/lessons?limit=${PAGE}${queryOf(next)}`;
    const page = await client.http.get<{ readonly items: readonly LessonSummary[] }>(path);
    setLessons(page.items);
  };
  useEffect(() => work.run(() => load(sought)), [fresh]);
  const look = (next: Sought): void => {
    setSought(next);
    work.run(() => load(next));
  };
  const start = (lessonId: string): void =>
    work.run(async () => {
      const wish = { lessonId, ...(classId === "" ? {} : { classId }) };
      const made = await client.http.post<{ readonly id: string }>("/sessions", wish);
      location.hash = `#/session/${made.id}`;
    });
  const copy = (id: string): void => work.run(() => openCopy(client, id));
  const remove = (id: string): void =>
    work.run(async () => {
      await client.http.delete(`/lessons/${id}`);
      await load(sought);
    });
  return { lessons, sought, work, look, start, copy, remove };
}

function queryOf({ words, isMineOnly, tag, standard }: Sought): string {
  const asked = {
    q: words,
    mine: isMineOnly ? "true" : "",
    tag,
    standard: standard?.code ?? "",
    framework: standard?.framework ?? "",
  };
  return Object.entries(asked)
    .map(([name, value]) => (value === "" ? "" : `&${name}=${encodeURIComponent(value)}`))
    .join("");
}

/** A copy of one's own, in the editor. */
export async function openCopy(client: Client, lessonId: string): Promise<void> {
  const made = await client.http.post<{ readonly id: string }>(`/lessons/${lessonId}/copy`, {});
  location.hash = `#/lesson/${made.id}`;
}

function Search(props: { readonly sought: Sought; readonly onLook: (next: Sought) => void }) {
  const id = useId();
  const { sought, onLook } = props;
  const [words, setWords] = useState(sought.words);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onLook({ ...sought, words: words.trim() });
  };
  return (
    <form role="search" className="row" onSubmit={submit}>
      <input
        type="search"
        dir="auto"
        maxLength={200}
        aria-label={t("t.find")}
        placeholder={t("t.find-hint")}
        value={words}
        onChange={(event) => setWords(event.target.value)}
      />
      <button type="submit" className="button button-small">
        {t("t.find-go")}
      </button>
      <label className="row" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={sought.isMineOnly}
          onChange={(event) => onLook({ ...sought, isMineOnly: event.target.checked })}
        />
        {t("t.mine-only")}
      </label>
    </form>
  );
}

function LessonRow(props: {
  readonly client: Client;
  readonly classId: string;
  readonly onScheduled: () => void;
  readonly lesson: LessonSummary;
  readonly onNarrow: (next: Partial<Narrowing>) => void;
  readonly onStart: () => void;
  readonly onCopy: () => void;
  readonly onDelete: () => void;
}) {
  const { id, title, language, visibility, mayChange } = props.lesson;
  return (
    <li>
      <span className="list-text">
        <bdi lang={language}>{title}</bdi>
        <span className="hint">
          {t(stateOf(props.lesson))}
          {visibility === "private" ? ` · ${t("t.private")}` : ""}
        </span>
        <Marks lesson={props.lesson} onNarrow={props.onNarrow} />
      </span>
      <span className="row">
        <button type="button" className="button button-main button-small" onClick={props.onStart}>
          {t("t.start-session")}
          <span className="unseen">: {title}</span>
        </button>
        <a className="button button-small button-quiet" href={`#/lesson/${id}`}>
          {t(mayChange ? "t.edit" : "t.look")}
          <span className="unseen">: {title}</span>
        </a>
        <button type="button" className="button button-small button-quiet" onClick={props.onCopy}>
          {t("t.copy")}
          <span className="unseen">: {title}</span>
        </button>
        {mayChange ? (
          <Sure
            label={t("t.delete")}
            question={t("t.delete-sure")}
            className="button button-small button-quiet"
            onYes={props.onDelete}
          />
        ) : null}
      </span>
      <ScheduleLesson
        client={props.client}
        lesson={props.lesson}
        classId={props.classId}
        onScheduled={props.onScheduled}
      />
    </li>
  );
}

function stateOf({ status, publishedVersion }: LessonSummary): WordKey {
  if (status === "published") {
    return "t.published";
  }
  return publishedVersion === null ? "t.draft" : "t.draft-beside";
}
