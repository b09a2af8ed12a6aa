/** One step of a lesson in the editor: a text, or a question with the fields of its kind. */
import { type ReactNode, useId } from "react";
import type { Client } from "../client/client.ts";
import type { ItemKind } from "../../machines/learning-session/item.ts";
import {
  type ChoiceDraft,
  KINDS,
  type StepDraft,
  freeChoiceId,
  newChoice,
} from "./lesson-draft.ts";
import { Field } from "./parts.tsx";
import { StepAbout } from "./teach-step-about.tsx";
import { PictureField } from "./teach-picture.tsx";
import { t } from "./text.ts";

const TEXT_ROWS = 3;
const LINES_ROWS = 4;

interface StepProps {
  readonly client: Client;
  readonly step: StepDraft;
  readonly number: number;
  readonly isLast: boolean;
  /** The lesson's standards, by their keys. */
  readonly offered: readonly string[];
  readonly onStep: (step: StepDraft) => void;
  readonly onMove: (by: number) => void;
  readonly onRemove: () => void;
}

export function StepEditor(props: StepProps) {
  const { step, number, isLast, onMove, onRemove } = props;
  const name = t("t.step-n", { n: number });
  return (
    <section className="step-card" aria-label={name}>
      <div className="row-apart">
        <h2>{name}</h2>
        <span className="row">
          <button
            type="button"
            className="button button-small button-quiet"
            aria-label={t("c.up", { what: name })}
            disabled={number === 1}
            onClick={() => onMove(-1)}
          >
            ↑
          </button>
          <button
            type="button"
            className="button button-small button-quiet"
            aria-label={t("c.down", { what: name })}
            disabled={isLast}
            onClick={() => onMove(1)}
          >
            ↓
          </button>
          <button type="button" className="button button-small button-quiet" onClick={onRemove}>
            {t("t.remove-step")}
          </button>
        </span>
      </div>
      {step.kind === "content" ? <Content {...props} /> : <Question {...props} />}
      <StepAbout step={step} offered={props.offered} onStep={props.onStep} />
      <PictureField
        client={props.client}
        onPicture={(shown) => props.onStep({ ...step, text: `${step.text}\n\n${shown}`.trim() })}
      />
    </section>
  );
}

type TextKey =
  | "title"
  | "text"
  | "lines"
  | "number"
  | "tolerance"
  | "points"
  | "seconds"
  | "explanation";

function TextField(props: {
  readonly of: StepProps;
  readonly field: TextKey;
  readonly label: string;
  readonly rows?: number;
}) {
  const id = useId();
  const { of, field, label, rows } = props;
  const shared = { id, dir: "auto", value: of.step[field] };
  const change = (value: string): void => of.onStep({ ...of.step, [field]: value });
  return (
    <Field id={id} label={label}>
      {rows === undefined ? (
        <input {...shared} onChange={(event) => change(event.target.value)} />
      ) : (
        <textarea {...shared} rows={rows} onChange={(event) => change(event.target.value)} />
      )}
    </Field>
  );
}

function Content(props: StepProps) {
  return (
    <>
      <TextField of={props} field="title" label={t("t.heading")} />
      <TextField of={props} field="text" label={t("t.body")} rows={LINES_ROWS} />
    </>
  );
}

function Question(props: StepProps) {
  const id = useId();
  const { step, onStep } = props;
  return (
    <>
      <Field id={id} label={t("t.kind")}>
        <select
          id={id}
          value={step.kind}
          onChange={({ target }) =>
            onStep({ ...step, kind: KINDS.find((each) => each === target.value) ?? "poll" })
          }
        >
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`t.kind.${kind}`)}
            </option>
          ))}
        </select>
      </Field>
      <TextField of={props} field="text" label={t("t.prompt")} rows={TEXT_ROWS} />
      {step.kind === "content" ? null : keyFields(props, step.kind)}
      <div className="grid">
        <TextField of={props} field="points" label={t("t.points")} />
        <TextField of={props} field="seconds" label={t("t.limit")} />
      </div>
      <TextField of={props} field="explanation" label={t("t.explanation")} rows={2} />
    </>
  );
}

function keyFields(props: StepProps, kind: ItemKind): ReactNode {
  switch (kind) {
    case "single-choice":
    case "multiple-choice":
    case "poll":
      return <Choices {...props} />;
    case "true-false":
      return <Truth {...props} />;
    case "short-text":
      return <TextField of={props} field="lines" label={t("t.accepted")} rows={LINES_ROWS} />;
    case "numeric":
      return (
        <div className="grid">
          <TextField of={props} field="number" label={t("t.number")} />
          <TextField of={props} field="tolerance" label={t("t.tolerance")} />
        </div>
      );
    case "matching":
      return <TextField of={props} field="lines" label={t("t.pairs")} rows={LINES_ROWS} />;
    case "ordering":
      return <TextField of={props} field="lines" label={t("t.order")} rows={LINES_ROWS} />;
    case "open-text":
      return null;
  }
}

function Truth({ step, onStep }: StepProps) {
  const id = useId();
  return (
    <Field id={id} label={t("t.is-true")}>
      <select
        id={id}
        value={String(step.isTrue)}
        onChange={({ target }) => onStep({ ...step, isTrue: target.value === "true" })}
      >
        <option value="true">{t("c.true")}</option>
        <option value="false">{t("c.false")}</option>
      </select>
    </Field>
  );
}

function Choices({ step, onStep }: StepProps) {
  const { choices, kind } = step;
  const set = (index: number, next: Partial<ChoiceDraft>): void =>
    onStep({
      ...step,
      choices: choices.map((choice, at) => {
        const others = kind === "single-choice" && next.correct === true;
        const kept = others ? { ...choice, correct: false } : choice;
        return at === index ? { ...choice, ...next } : kept;
      }),
    });
  return (
    <fieldset>
      <legend>{t("t.choices")}</legend>
      {choices.map((choice, index) => (
        <div key={choice.id} className="choice-row">
          {kind === "poll" ? null : (
            <input
              type={kind === "single-choice" ? "radio" : "checkbox"}
              checked={choice.correct}
              aria-label={t("t.is-right", { n: index + 1 })}
              onChange={({ target }) => set(index, { correct: target.checked })}
            />
          )}
          <input
            dir="auto"
            value={choice.text}
            aria-label={t("t.choice-n", { n: index + 1 })}
            onChange={({ target }) => set(index, { text: target.value })}
          />
          <button
            type="button"
            className="button button-small button-quiet"
            aria-label={t("t.remove-n", { n: index + 1 })}
            disabled={choices.length <= 2}
            onClick={() => onStep({ ...step, choices: choices.toSpliced(index, 1) })}
          >
            ✕
          </button>
        </div>
      ))}
      <div className="row">
        <button
          type="button"
          className="button button-small"
          onClick={() =>
            onStep({ ...step, choices: [...choices, newChoice(freeChoiceId(choices))] })
          }
        >
          {t("t.add-choice")}
        </button>
      </div>
    </fieldset>
  );
}
