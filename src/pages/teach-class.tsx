/** A class by itself: its name, who finds it, its students; archived and deleted. */
import { type SubmitEvent, useEffect, useId, useState } from "react";
import type { Client } from "../client/client.ts";
import type { SchoolClass } from "./classes.ts";
import { ErrorNotice, Field, Frame, Sure } from "./parts.tsx";
import { useWork } from "./session.ts";
import { Members } from "./teach-members.tsx";
import { t } from "./text.ts";

const TITLE_CHARS_MAX = 80;

export interface ClassProps {
  readonly client: Client;
  readonly classId: string;
}

export function Class({ client, classId }: ClassProps) {
  const [kept, setKept] = useState<SchoolClass>();
  const work = useWork();
  const path = `/classes/${classId}`;
  useEffect(() => work.run(async () => setKept(await client.http.get(path))), [classId]);
  const change = (patch: object): void =>
    work.run(async () => setKept(await client.http.patch(path, patch)));
  const remove = (): void =>
    work.run(async () => {
      await client.http.delete(path);
      location.hash = "#/";
    });
  const actions = (
    <>
      <a className="button button-small" href={`#/class/${classId}/report`}>
        {t("t.report")}
      </a>
      <a className="button button-small button-quiet" href="#/">
        {t("c.back")}
      </a>
    </>
  );
  return (
    <Frame title={<bdi>{kept?.title ?? ""}</bdi>} actions={actions}>
      <ErrorNotice error={work.error} />
      {kept === undefined ? (
        <p className="loading">{work.error === undefined ? t("c.loading") : t("c.not-here")}</p>
      ) : (
        <div className="columns columns-two">
          <section className="card">
            <h1>
              <bdi>{kept.title}</bdi>
            </h1>
            {kept.archivedAt === null ? null : (
              <span className="tag tag-warn">{t("t.phase.archived")}</span>
            )}
            {kept.mayChange ? (
              <Settings kept={kept} isBusy={work.isBusy} onChange={change} onDelete={remove} />
            ) : (
              <p className="notice">{t("t.class-others")}</p>
            )}
          </section>
          <Members client={client} classId={classId} mayChange={kept.mayChange} />
        </div>
      )}
    </Frame>
  );
}

interface SettingsProps {
  readonly kept: SchoolClass;
  readonly isBusy: boolean;
  readonly onChange: (patch: object) => void;
  readonly onDelete: () => void;
}

function Settings(props: SettingsProps) {
  const id = useId();
  const { kept, isBusy, onChange } = props;
  const isArchived = kept.archivedAt !== null;
  return (
    <>
      <Rename {...props} />
      <Field id={id} label={t("t.visibility")}>
        <select
          id={id}
          value={kept.visibility}
          disabled={isBusy}
          onChange={({ target }) => onChange({ visibility: target.value })}
        >
          <option value="private">{t("t.private")}</option>
          <option value="school">{t("t.shared")}</option>
        </select>
      </Field>
      <div className="row">
        <button
          type="button"
          className="button button-small button-quiet"
          disabled={isBusy}
          onClick={() => onChange({ archived: !isArchived })}
        >
          {t(isArchived ? "t.class-restore" : "t.class-archive")}
        </button>
        <Sure
          label={t("t.delete")}
          question={t("t.class-delete-sure")}
          className="button button-small button-quiet"
          onYes={props.onDelete}
        />
      </div>
    </>
  );
}

function Rename({ kept, isBusy, onChange }: SettingsProps) {
  const id = useId();
  const [title, setTitle] = useState(kept.title);
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onChange({ title });
  };
  const isNamed = title.trim() !== "" && title.trim() !== kept.title;
  return (
    <form className="stack" onSubmit={submit}>
      <Field id={id} label={t("t.class-title")}>
        <input
          id={id}
          dir="auto"
          required
          maxLength={TITLE_CHARS_MAX}
          value={title}
          onChange={({ target }) => setTitle(target.value)}
        />
      </Field>
      <div className="row">
        <button type="submit" className="button button-small" disabled={isBusy || !isNamed}>
          {t("t.rename")}
        </button>
      </div>
    </form>
  );
}
