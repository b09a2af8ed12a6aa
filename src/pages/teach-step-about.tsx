/** What a step has beside its text: tags of its own, and the standards of the lesson it serves. */
import { useId } from "react";
import type { StepDraft } from "./lesson-draft.ts";
import { Field } from "./parts.tsx";
import { t } from "./text.ts";

const ROWS = 2;

export function StepAbout(props: {
  readonly step: StepDraft;
  readonly offered: readonly string[];
  readonly onStep: (step: StepDraft) => void;
}) {
  const id = useId();
  const { step, offered, onStep } = props;
  return (
    <details>
      <summary>{t("t.step-about")}</summary>
      <Field id={`${id}-tags`} label={t("t.step-tags")}>
        <textarea
          id={`${id}-tags`}
          dir="auto"
          rows={Math.max(ROWS, step.tags.split("\n").length)}
          value={step.tags}
          onChange={(event) => onStep({ ...step, tags: event.target.value })}
        />
      </Field>
      {offered.length === 0 ? null : <Served step={step} offered={offered} onStep={onStep} />}
    </details>
  );
}

function Served(props: {
  readonly step: StepDraft;
  readonly offered: readonly string[];
  readonly onStep: (step: StepDraft) => void;
}) {
  const { step, offered, onStep } = props;
  const set = (key: string, serves: boolean): void => {
    const others = step.standards.filter((each) => each !== key);
    onStep({ ...step, standards: serves ? [...others, key] : others });
  };
  return (
    <fieldset>
      <legend>{t("t.step-standards")}</legend>
      <p className="hint">{t("t.step-standards-hint")}</p>
      {offered.map((key) => (
        <label key={key} className="row">
          <input
            type="checkbox"
            checked={step.standards.includes(key)}
            onChange={(event) => set(key, event.target.checked)}
          />
          <bdi>{key}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
