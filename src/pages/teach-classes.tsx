/** A teacher's classes: listed, made, and chosen for the sessions that he starts. */
import { type SubmitEvent, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import { type SchoolClass, useClasses } from "./classes.ts";
import { ErrorNotice } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";

const TITLE_CHARS_MAX = 80;

export function Classes({ client }: { readonly client: Client }) {
  const id = useId();
  const [isArchived, setArchived] = useState(false);
  const { classes, error } = useClasses(client, isArchived);
  return (
    <section className="card">
      <h2 className="h1">{t("t.classes")}</h2>
      <ErrorNotice error={error} />
      <Make client={client} />
      {classes?.length === 0 && !isArchived ? <p className="hint">{t("t.no-classes")}</p> : null}
      <ul className="list">
        {(classes ?? []).map((each) => (
          <ClassRow key={each.id} listed={each} />
        ))}
      </ul>
      <label className="row" htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={isArchived}
          onChange={({ target }) => setArchived(target.checked)}
        />
        {t("t.class-archived")}
      </label>
    </section>
  );
}

function ClassRow({ listed }: { readonly listed: SchoolClass }) {
  const { id, title, members, visibility } = listed;
  return (
    <li>
      <span className="list-text">
        <bdi>{title}</bdi>
        <span className="hint">
          {t("t.class-students", { n: members })}
          {visibility === "school" ? ` · ${t("t.shared")}` : ""}
        </span>
      </span>
      <span className="row">
        <a className="button button-small" href={`#/class/${id}`}>
          {t("t.open")}
          <span className="unseen">: {title}</span>
        </a>
        <a className="button button-small button-quiet" href={`#/class/${id}/report`}>
          {t("t.report")}
          <span className="unseen">: {title}</span>
        </a>
      </span>
    </li>
  );
}

function Make({ client }: { readonly client: Client }) {
  const work = useWork();
  const [title, setTitle] = useState("");
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    work.run(async () => {
      const made = await client.http.post<SchoolClass>("/classes", { title });
      location.hash = `#/class/${made.id}`;
    });
  };
  return (
    <form className="one-line" onSubmit={submit}>
      <ErrorNotice error={work.error} />
      <input
        dir="auto"
        required
        maxLength={TITLE_CHARS_MAX}
        aria-label={t("t.class-title")}
        placeholder={t("t.class-title")}
        value={title}
        onChange={({ target }) => setTitle(target.value)}
      />
      <button
        type="submit"
        className="button button-small"
        disabled={work.isBusy || title.trim() === ""}
      >
        {t("t.class-make")}
      </button>
    </form>
  );
}

/** Nothing to choose from is not shown. */
export function StartFor(props: {
  readonly client: Client;
  readonly classId: string;
  readonly onChoose: (classId: string) => void;
}) {
  const id = useId();
  const { classes = [] } = useClasses(props.client);
  return classes.length === 0 ? null : (
    <div className="field">
      <label htmlFor={id}>{t("t.class-for")}</label>
      <select id={id} value={props.classId} onChange={({ target }) => props.onChoose(target.value)}>
        <option value="">{t("t.class-none")}</option>
        {classes.map((each) => (
          <option key={each.id} value={each.id}>
            {each.title}
          </option>
        ))}
      </select>
    </div>
  );
}
