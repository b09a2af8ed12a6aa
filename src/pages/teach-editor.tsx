/** Writing a lesson: its title and language, its steps, and how the class will see them. */
import { useEffect, useState } from "react";
import type { LessonVisibility } from "../../db/schema.ts";
import type { Client } from "../client/client.ts";
import { systemIds } from "../platform.ts";
import { type StepDraft, draftOf, newStep, stepOf } from "./lesson-draft.ts";
import {
  type AboutDraft,
  type KeptLesson,
  aboutOf,
  servedBy,
  standardKeysIn,
  standardsIn,
  tagsIn,
} from "./kept-lesson.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { About, Versions } from "./teach-about.tsx";
import { Export } from "./teach-import.tsx";
import { openCopy } from "./teach-lessons.tsx";
import { Preview } from "./teach-preview.tsx";
import { StepEditor } from "./teach-step.tsx";
import { Faults, faultsOf } from "./teach-faults.tsx";
import { useWork } from "./session.ts";
import { language, t } from "./text.ts";

interface Draft extends AboutDraft {
  readonly title: string;
  readonly language: string;
  readonly visibility: LessonVisibility;
  readonly steps: readonly StepDraft[];
}

const BLANK: Draft = {
  ...{ title: "", language, visibility: "school", tags: "", standards: "", steps: [] },
};

export function Editor(props: { readonly client: Client; readonly lessonId: string | undefined }) {
  const { client, lessonId } = props;
  const edited = useLesson(client, lessonId);
  const { lesson, draft, work } = edited;
  return (
    <div className="columns columns-two">
      {lesson?.mayChange === false ? (
        <section className="card">
          <h1>
            <bdi lang={lesson.language}>{lesson.title}</bdi>
          </h1>
          <ErrorNotice error={work.error} />
          <p>{t("t.colleagues")}</p>
          <button
            type="button"
            className="button button-main"
            disabled={work.isBusy}
            onClick={() => work.run(() => openCopy(client, lesson.id))}
          >
            {t("t.copy")}
          </button>
        </section>
      ) : (
        <Fields client={client} edited={edited} />
      )}
      <Preview steps={draft.steps} language={draft.language} />
    </div>
  );
}

function Fields(props: { readonly client: Client; readonly edited: Edited }) {
  const { lesson, draft, change, share, save, take, faults, done, work } = props.edited;
  return (
    <section className="card">
      <h1>{t("t.edit")}</h1>
      <ErrorNotice error={work.error} />
      <Faults faults={faults} />
      <Field id="title" label={t("t.lesson-title")}>
        <input
          id="title"
          dir="auto"
          value={draft.title}
          onChange={(event) => change({ title: event.target.value })}
        />
      </Field>
      <Field id="language" label={t("t.lesson-language")}>
        <input
          id="language"
          dir="ltr"
          value={draft.language}
          onChange={(event) => change({ language: event.target.value })}
        />
      </Field>
      <About draft={draft} visibility={draft.visibility} onDraft={change} onVisibility={share} />
      <Steps
        client={props.client}
        steps={draft.steps}
        offered={standardKeysIn(draft.standards)}
        onSteps={(steps) => change({ steps })}
      />
      <StartsFrom lesson={lesson} />
      <div className="row">
        <SaveButton isMain={false} isBusy={work.isBusy} onClick={() => save("draft")} />
        <SaveButton isMain isBusy={work.isBusy} onClick={() => save("published")} />
        <span role="status">{done}</span>
      </div>
      {lesson === undefined ? null : (
        <>
          <Versions key={lesson.version} client={props.client} lesson={lesson} onTake={take} />
          <Export client={props.client} lessonId={lesson.id} />
        </>
      )}
    </section>
  );
}

function SaveButton(props: {
  readonly isMain: boolean;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}) {
  return (
    <button
      type="button"
      className={props.isMain ? "button button-main" : "button"}
      disabled={props.isBusy}
      onClick={props.onClick}
    >
      {t(props.isMain ? "t.publish" : "t.save")}
    </button>
  );
}

/** Where a draft stands beside what was published, so that nobody starts the old one unawares. */
function StartsFrom({ lesson }: { readonly lesson: KeptLesson | undefined }) {
  const n = lesson?.publishedVersion ?? null;
  return lesson?.status !== "draft" || n === null ? null : (
    <p className="notice notice-warn">{t("t.starts-from", { n })}</p>
  );
}

type Edited = ReturnType<typeof useLesson>;

function useLesson(client: Client, lessonId: string | undefined) {
  const [lesson, setLesson] = useState<KeptLesson>();
  const [draft, setDraft] = useState<Draft>(BLANK);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [done, setDone] = useState("");
  const work = useWork();
  const show = (found: KeptLesson): void => {
    setLesson(found);
    setDraft(draftOfLesson(found));
  };
  useEffect(() => {
    if (lessonId !== undefined) {
      work.run(async () => show(await client.http.get<KeptLesson>(`/lessons/${lessonId}`)));
    }
  }, [lessonId]);
  const change = (next: Partial<Draft>): void => {
    setDone("");
    setDraft({ ...draft, ...next });
  };
  /** Nothing that is published changes by it, so it is done at once. */
  const share = (visibility: LessonVisibility): void => {
    change({ visibility });
    if (lesson !== undefined) {
      work.run(() => client.http.put(`/lessons/${lesson.id}/visibility`, { visibility }));
    }
  };
  /** An old version becomes what is edited; the lesson is still the newest. */
  const take = (old: KeptLesson): void => {
    setDraft({ ...draftOfLesson(old), visibility: draft.visibility });
    setDone(t("t.restored", { n: old.version }));
  };
  const save = (status: KeptLesson["status"]): void =>
    work.run(async () => {
      setFaults([]);
      try {
        const kept = await sent(client, { draft, status }, lesson);
        show(kept);
        // Who loads the page again after the first save comes back to this lesson.
        history.replaceState(null, "", `#/lesson/${kept.id}`);
        setDone(t(status === "draft" ? "t.saved" : "t.published-now"));
      } catch (error) {
        setFaults(faultsOf(error));
        throw error;
      }
    });
  return { lesson, draft, change, share, take, save, faults, done, work };
}

function draftOfLesson(lesson: KeptLesson): Draft {
  const { title, visibility } = lesson;
  const steps = lesson.steps.map((step) => ({
    ...draftOf(step),
    standards: servedBy(step.id, lesson.standards),
  }));
  return { ...aboutOf(lesson), title, language: lesson.language, visibility, steps };
}

function Steps(props: {
  readonly client: Client;
  readonly steps: readonly StepDraft[];
  /** The lesson's standards, by their keys. */
  readonly offered: readonly string[];
  readonly onSteps: (steps: readonly StepDraft[]) => void;
}) {
  const { steps, onSteps } = props;
  const add = (kind: StepDraft["kind"]): void =>
    onSteps([...steps, newStep(kind, `s${systemIds.next().slice(0, 10)}`)]);
  const move = (from: number, to: number): void => {
    const moved = steps[from];
    if (moved !== undefined && to >= 0 && to < steps.length) {
      onSteps(steps.toSpliced(from, 1).toSpliced(to, 0, moved));
    }
  };
  return (
    <>
      {steps.map((step, index) => (
        <StepEditor
          key={step.id}
          client={props.client}
          step={step}
          number={index + 1}
          offered={props.offered}
          isLast={index === steps.length - 1}
          onStep={(next) => onSteps(steps.toSpliced(index, 1, next))}
          onMove={(by) => move(index, index + by)}
          onRemove={() => onSteps(steps.toSpliced(index, 1))}
        />
      ))}
      <div className="row">
        <button type="button" className="button" onClick={() => add("content")}>
          {t("t.add-content")}
        </button>
        <button type="button" className="button" onClick={() => add("single-choice")}>
          {t("t.add-question")}
        </button>
      </div>
    </>
  );
}

function sent(
  client: Client,
  { draft, status }: { readonly draft: Draft; readonly status: KeptLesson["status"] },
  lesson: KeptLesson | undefined,
): Promise<KeptLesson> {
  const content = {
    title: draft.title,
    language: draft.language,
    status,
    visibility: draft.visibility,
    tags: tagsIn(draft.tags),
    standards: standardsIn(draft.standards, draft.steps),
    steps: draft.steps.map(stepOf),
  };
  return lesson === undefined
    ? client.http.post<KeptLesson>("/lessons", content)
    : client.http.put<KeptLesson>(`/lessons/${lesson.id}`, { ...content, version: lesson.version });
}
