/** Bringing lessons in and out: GIFT as text, packages of QTI 3 as files, and what was lost. */
import { useId, useState } from "react";
import type { Client } from "../client/client.ts";
import type { FieldError } from "../../machines/refusal.ts";
import { textOfFault } from "./fault-text.ts";
import { saveAs } from "./file.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { Faults, faultsOf } from "./teach-faults.tsx";
import { useWork } from "./session.ts";
import { t, wordFor } from "./text.ts";

const IMPORT_ROWS = 6;
const ZIP = "application/zip";

/** A zip is a package of QTI 3; everything else is text, which is shown before it is sent. */
function useImport(client: Client, onDone: () => void) {
  const [text, setText] = useState("");
  const [title, setTitle] = useState("");
  const [archive, setArchive] = useState<Blob>();
  const [lost, setLost] = useState<readonly FieldError[]>([]);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const work = useWork();
  const read = (file: File | undefined): void =>
    work.run(async () => {
      const isArchive = file?.name.toLowerCase().endsWith(".zip") === true;
      setArchive(isArchive ? file.slice(0, file.size, ZIP) : undefined);
      setText(isArchive ? "" : ((await file?.text()) ?? ""));
      setTitle(isArchive ? "" : (file?.name.replace(/\.[^.]*$/, "") ?? ""));
    });
  const send = (): void =>
    work.run(async () => {
      const query = title.trim() === "" ? "" : `&title=${encodeURIComponent(title.trim())}`;
      const path = `/lessons/import?format=${archive === undefined ? "gift" : "qti3"}${query}`;
      const content = archive ?? text;
      setFaults([]);
      const made = await client.http
        .post<{ readonly lost?: readonly FieldError[] }>(path, content)
        .catch((error: unknown) => {
          setFaults(faultsOf(error));
          throw error;
        });
      setLost(made.lost ?? []);
      if ((made.lost ?? []).length === 0) {
        onDone();
      }
    });
  const isReady = !work.isBusy && (archive !== undefined || text.trim() !== "");
  const isText = archive === undefined;
  return {
    text,
    setText,
    title,
    setTitle,
    isText,
    isReady,
    lost,
    faults,
    read,
    send,
    error: work.error,
  };
}

export function Import(props: { readonly client: Client; readonly onDone: () => void }) {
  const id = useId();
  const { onDone } = props;
  const { text, title, isText, isReady, lost, error, ...does } = useImport(props.client, onDone);
  return lost.length > 0 ? (
    <div className="step-card">
      <Lost lost={lost} />
      <button type="button" className="button" onClick={onDone}>
        {t("t.lost-seen")}
      </button>
    </div>
  ) : (
    <div className="step-card">
      <p className="hint">{t("t.import-hint")}</p>
      <ErrorNotice error={error} />
      <Faults faults={does.faults} />
      <Field id={`${id}-file`} label={t("t.import-file")}>
        <input
          id={`${id}-file`}
          type="file"
          accept=".gift,.txt,.zip,text/plain,application/zip"
          onChange={(event) => does.read(event.target.files?.[0])}
        />
      </Field>
      <Field id={`${id}-title`} label={t("t.lesson-title")}>
        <input
          id={`${id}-title`}
          dir="auto"
          value={title}
          onChange={(event) => does.setTitle(event.target.value)}
        />
      </Field>
      {isText ? <GiftText text={text} onText={does.setText} /> : null}
      <button type="button" className="button button-main" disabled={!isReady} onClick={does.send}>
        {t("t.do-import")}
      </button>
    </div>
  );
}

function GiftText(props: { readonly text: string; readonly onText: (text: string) => void }) {
  const id = useId();
  return (
    <Field id={id} label={t("t.import-text")}>
      <textarea
        id={id}
        dir="auto"
        rows={IMPORT_ROWS}
        spellCheck={false}
        value={props.text}
        onChange={(event) => props.onText(event.target.value)}
      />
    </Field>
  );
}

/** What an export lost is named by its place in the lesson, of an import by the file. */
function Lost({ lost }: { readonly lost: readonly FieldError[] }) {
  return (
    <div role="status">
      <p className="notice notice-warn">{t("t.lost")}</p>
      <ul>
        {lost.map((each) => (
          <li key={`${each.path} ${each.message}`}>
            {each.path.startsWith("/") ? null : <code dir="ltr">{each.path}</code>}{" "}
            {textOfFault(each, wordFor)}
          </li>
        ))}
      </ul>
    </div>
  );
}

interface Exported {
  readonly file: string;
  readonly mediaType: string;
  readonly text?: string;
  readonly base64?: string;
  readonly lost: readonly FieldError[];
}

export function Export(props: { readonly client: Client; readonly lessonId: string }) {
  const { client, lessonId } = props;
  const [lost, setLost] = useState<readonly FieldError[]>([]);
  const work = useWork();
  const save = (format: "gift" | "qti3"): void =>
    work.run(async () => {
      const path = `/lessons/${lessonId}/export?format=${format}`;
      const { file, mediaType, text, base64, ...found } = await client.http.get<Exported>(path);
      const content = text ?? Uint8Array.from(atob(base64 ?? ""), (each) => each.charCodeAt(0));
      saveAs(file, new Blob([content], { type: mediaType }));
      setLost(found.lost);
    });
  return (
    <details>
      <summary>{t("t.export")}</summary>
      <ErrorNotice error={work.error} />
      <div className="row">
        {(["gift", "qti3"] as const).map((format) => (
          <button
            key={format}
            type="button"
            className="button button-small"
            disabled={work.isBusy}
            onClick={() => save(format)}
          >
            {format === "gift" ? "GIFT" : "QTI 3"}
          </button>
        ))}
      </div>
      {lost.length === 0 ? null : <Lost lost={lost} />}
    </details>
  );
}
