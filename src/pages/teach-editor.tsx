/** Writing a lesson: its title and language, its steps, and how the class will see them. */
import { useEffect, useState } from "react";
import type { Step } from "../../machines/learning-session/item.ts";
import type { Client } from "../client/client.ts";
import { ProblemError } from "../client/problems.ts";
import { systemIds } from "../platform.ts";
import { type StepDraft, draftOf, newStep, stepOf } from "./lesson-draft.ts";
import { ErrorNotice, Field } from "./parts.tsx";
import { Preview } from "./teach-preview.tsx";
import { StepEditor } from "./teach-step.tsx";
import { useWork } from "./session.ts";
import { language, t } from "./text.ts";

interface Lesson {
  readonly id: string;
  readonly version: number;
  readonly title: string;
  readonly language: string;
  readonly status: string;
  readonly tags: readonly string[];
  readonly steps: readonly Step[];
}

interface Draft {
  readonly title: string;
  readonly language: string;
  readonly steps: readonly StepDraft[];
}

const BLANK: Draft = { title: "", language, steps: [] };

export function Editor(props: { readonly client: Client; readonly lessonId: string | undefined }) {
  const { draft, change, save, faults, isSaved, work } = useLesson(props.client, props.lessonId);
  return (
    <div className="columns columns-two">
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
        <Steps steps={draft.steps} onSteps={(steps) => change({ steps })} />
        <div className="row">
          <button
            type="button"
            className="button button-main"
            disabled={work.isBusy}
            onClick={save}
          >
            {t("t.save")}
          </button>
          <span role="status">{isSaved ? t("t.saved") : ""}</span>
        </div>
      </section>
      <Preview steps={draft.steps} language={draft.language} />
    </div>
  );
}

function useLesson(client: Client, lessonId: string | undefined) {
  const [lesson, setLesson] = useState<Lesson>();
  const [draft, setDraft] = useState<Draft>(BLANK);
  const [faults, setFaults] = useState<readonly string[]>([]);
  const [isSaved, setSaved] = useState(false);
  const work = useWork();
  const take = (found: Lesson): void => {
    setLesson(found);
    setDraft({ title: found.title, language: found.language, steps: found.steps.map(draftOf) });
  };
  useEffect(() => {
    if (lessonId !== undefined) {
      work.run(async () => take(await client.http.get<Lesson>(`/lessons/${lessonId}`)));
    }
  }, [lessonId]);
  const change = (next: Partial<Draft>): void => {
    setSaved(false);
    setDraft({ ...draft, ...next });
  };
  const save = (): void =>
    work.run(async () => {
      setFaults([]);
      try {
        take(await sent(client, draft, lesson));
        setSaved(true);
      } catch (error) {
        setFaults(faultsOf(error));
        throw error;
      }
    });
  return { draft, change, save, faults, isSaved, work };
}

function Steps(props: {
  readonly steps: readonly StepDraft[];
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
          step={step}
          number={index + 1}
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

function Faults({ faults }: { readonly faults: readonly string[] }) {
  return faults.length === 0 ? null : (
    <ul className="notice notice-bad" dir="ltr" lang="en">
      {faults.map((fault) => (
        <li key={fault}>{fault}</li>
      ))}
    </ul>
  );
}

/** Problems are in English; a field's path says which step is meant. */
function faultsOf(error: unknown): readonly string[] {
  const errors = error instanceof ProblemError ? (error.problem.errors ?? []) : [];
  return errors.map(({ path, message }) => {
    const [all = "", index] = /^\/steps\/(\d+)/.exec(path) ?? [];
    const step = index === undefined ? "" : `${t("t.step-n", { n: Number(index) + 1 })}: `;
    return `${step}${path.slice(all.length)} ${message}`;
  });
}

function sent(client: Client, draft: Draft, lesson: Lesson | undefined): Promise<Lesson> {
  const content = { ...draft, steps: draft.steps.map(stepOf) };
  if (lesson === undefined) {
    return client.http.post<Lesson>("/lessons", { ...content, status: "published" });
  }
  const { id, version, status, tags } = lesson;
  return client.http.put<Lesson>(`/lessons/${id}`, { ...content, version, status, tags });
}
