/** How the class will see a lesson that is being written. */
import { useState } from "react";
import type { Step } from "../../machines/learning-session/item.ts";
import { EMPTY } from "./answer.ts";
import { type StepDraft, stepOf } from "./lesson-draft.ts";
import { LessonLanguage, Marked, Written } from "./marked.tsx";
import { QuestionFields } from "./question-fields.tsx";
import { t } from "./text.ts";
import { type Question, questionOf } from "./view.ts";

export function Preview(props: {
  readonly steps: readonly StepDraft[];
  readonly language: string;
}) {
  return (
    <section className="card" aria-label={t("t.preview")}>
      <h2>{t("t.preview")}</h2>
      <div className="stack">
        <LessonLanguage value={props.language}>
          {props.steps.map((step) => (
            <Shown key={`${step.id} ${step.kind}`} step={step} />
          ))}
        </LessonLanguage>
      </div>
    </section>
  );
}

function Shown({ step }: { readonly step: StepDraft }) {
  if (step.kind === "content") {
    return (
      <article className="step-card">
        {step.title === "" ? null : (
          <h3>
            <Written text={step.title} />
          </h3>
        )}
        <Marked text={step.text} />
      </article>
    );
  }
  return (
    <article className="step-card">
      <Marked text={step.text} />
      <Tried question={questionOfDraft(step)} />
    </article>
  );
}

/** It may be tried; nothing is sent. */
function Tried({ question }: { readonly question: Question }) {
  const [filling, setFilling] = useState(EMPTY);
  return (
    <QuestionFields question={question} filling={filling} isDisabled={false} onFill={setFilling} />
  );
}

/** What is not written yet has a place already, that a reader of screens can name. */
function questionOfDraft(step: StepDraft): Question {
  const choices = step.choices.map((each) => (each.text === "" ? { ...each, text: "…" } : each));
  const made = parseStep(stepOf({ ...step, choices }));
  return made.kind === "content" ? { kind: "poll", prompt: "", points: 0 } : questionOf(made.item);
}

function parseStep(step: object): Step {
  return step as Step;
}
