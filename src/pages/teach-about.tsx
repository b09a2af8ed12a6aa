/** What a lesson has beside its steps: who finds it, tags, standards, its versions. */
import { useState } from "react";
import type { LessonVisibility } from "../../db/schema.ts";
import type { Client } from "../client/client.ts";
import type { AboutDraft, KeptLesson } from "./kept-lesson.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { useWork } from "./session.ts";
import { language, t } from "./text.ts";

const ROWS = 2;

export function About(props: {
  readonly draft: AboutDraft;
  readonly visibility: LessonVisibility;
  readonly onDraft: (next: Partial<AboutDraft>) => void;
  readonly onVisibility: (next: LessonVisibility) => void;
}) {
  const { draft, visibility, onDraft, onVisibility } = props;
  return (
    <>
      <Field id="visibility" label={t("t.visibility")}>
        <select
          id="visibility"
          value={visibility}
          onChange={(event) => onVisibility(event.target.value === "school" ? "school" : "private")}
        >
          <option value="school">{t("t.shared")}</option>
          <option value="private">{t("t.private")}</option>
        </select>
      </Field>
      <Lines id="tags" text={draft.tags} onText={(tags) => onDraft({ tags })} />
      <Lines id="standards" text={draft.standards} onText={(standards) => onDraft({ standards })} />
    </>
  );
}

function Lines(props: {
  readonly id: "tags" | "standards";
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  return (
    <Field id={props.id} label={t(`t.${props.id}`)}>
      <textarea
        id={props.id}
        dir="auto"
        rows={Math.max(ROWS, props.text.split("\n").length)}
        value={props.text}
        onChange={(event) => props.onText(event.target.value)}
      />
    </Field>
  );
}

interface Version {
  readonly version: number;
  readonly status: "draft" | "published";
  readonly publishedAt: string | null;
}

/** Looked up when it is opened; `onTake` puts an old one into the editor. */
export function Versions(props: {
  readonly client: Client;
  readonly lesson: KeptLesson;
  readonly onTake: (old: KeptLesson) => void;
}) {
  const { client, lesson, onTake } = props;
  const [versions, setVersions] = useState<readonly Version[]>([]);
  const work = useWork();
  const path = `/lessons/${lesson.id}/versions`;
  const load = (): void =>
    work.run(async () => {
      setVersions((await client.http.get<{ readonly items: readonly Version[] }>(path)).items);
    });
  const take = (version: number): void =>
    work.run(async () => onTake(await client.http.get<KeptLesson>(`${path}/${version}`)));
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return (
    <details onToggle={(event) => (event.currentTarget.open ? load() : undefined)}>
      <summary>{t("t.versions")}</summary>
      <ErrorNotice error={work.error} />
      <ul className="list">
        {versions.map(({ version, status, publishedAt }) => (
          <li key={version}>
            <span className="list-text">
              {t("t.version-n", { n: version })}
              <span className="hint">
                {t(`t.${status}`)}
                {publishedAt === null ? "" : ` · ${when.format(Date.parse(publishedAt))}`}
              </span>
            </span>
            {version === lesson.version ? null : (
              <button
                type="button"
                className="button button-small button-quiet"
                onClick={() => take(version)}
              >
                {t("t.restore")}
                <span className="unseen">: {t("t.version-n", { n: version })}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
