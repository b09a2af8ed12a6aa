/** A picture for a text: its file, and what it shows for those who do not see it. */
import { useEffect, useId, useRef, useState } from "react";
import type { Client } from "../client/client.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";

/** What ends or begins something in Markdown would end the words too early. */
const MARKS = /[[\]\\\n]/g;

export function PictureField(props: {
  readonly client: Client;
  /** The Markdown that shows it. */
  readonly onPicture: (markdown: string) => void;
}) {
  const { client, onPicture } = props;
  // What is written while the picture is on its way must not be lost to it.
  const latest = useRef(onPicture);
  useEffect(() => {
    latest.current = onPicture;
  });
  const id = useId();
  const [alt, setAlt] = useState("");
  const work = useWork();
  const send = (input: HTMLInputElement): void =>
    work.run(async () => {
      const [file] = input.files ?? [];
      if (file === undefined) {
        return;
      }
      const { id: medium } = await client.http.post<{ readonly id: string }>("/media", file);
      latest.current(`![${alt.replace(MARKS, " ").trim()}](media:${medium})`);
      input.value = "";
      setAlt("");
    });
  return (
    <details>
      <summary>{t("t.picture")}</summary>
      <ErrorNotice error={work.error} />
      <Field id={`${id}-alt`} label={t("t.picture-alt")}>
        <input
          id={`${id}-alt`}
          dir="auto"
          maxLength={300}
          value={alt}
          onChange={(event) => setAlt(event.target.value)}
        />
      </Field>
      <Field id={`${id}-file`} label={t("t.picture-file")} hint={t("t.picture-hint")}>
        <input
          id={`${id}-file`}
          type="file"
          accept="image/jpeg,image/png,image/webp"
          aria-describedby={`${id}-file-hint`}
          disabled={work.isBusy || alt.trim() === ""}
          onChange={(event) => send(event.currentTarget)}
        />
      </Field>
    </details>
  );
}
