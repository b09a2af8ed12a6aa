/** A question with its fields: radio buttons, check boxes, lists to choose from, text. */
import { useId } from "react";
import { type Filling, orderOf, withMoved, withPair, withToggled, withTyped } from "./answer.ts";
import { MarkedLine } from "./marked.tsx";
import { plainOf } from "./markdown.ts";
import { t } from "./text.ts";
import type { Answer, Question } from "./view.ts";

const SHORT_CHARS_MAX = 500;
const OPEN_CHARS_MAX = 10_000;
const OPEN_ROWS = 6;

interface FieldsProps {
  readonly question: Question;
  readonly filling: Filling;
  readonly isDisabled: boolean;
  readonly onFill: (filling: Filling) => void;
}

export function QuestionFields(props: FieldsProps) {
  switch (props.question.kind) {
    case "single-choice":
    case "poll":
    case "multiple-choice":
      return <Choices {...props} />;
    case "true-false":
      return <TrueFalse {...props} />;
    case "short-text":
    case "open-text":
      return <Text {...props} />;
    case "numeric":
      return <Numeric {...props} />;
    case "matching":
      return <Matching {...props} />;
    case "ordering":
      return <Ordering {...props} />;
  }
}

function answered(answer: Answer): Filling {
  return { answer, typed: "" };
}

function Choices({ question, filling, isDisabled, onFill }: FieldsProps) {
  const name = useId();
  const isMany = question.kind === "multiple-choice";
  const { answer } = filling;
  return (
    <fieldset className="choices" disabled={isDisabled}>
      <legend className={isMany ? "hint" : "unseen"}>
        {t(isMany ? "c.hint-multiple" : "c.your-answer")}
      </legend>
      {(question.choices ?? []).map(({ id, text }) => (
        <label key={id} className="choice">
          <input
            type={isMany ? "checkbox" : "radio"}
            name={name}
            checked={isMany ? (answer.choices ?? []).includes(id) : answer.choice === id}
            onChange={() => onFill(answered(isMany ? withToggled(answer, id) : { choice: id }))}
          />
          <MarkedLine text={text} />
        </label>
      ))}
    </fieldset>
  );
}

function TrueFalse({ filling, isDisabled, onFill }: FieldsProps) {
  const name = useId();
  return (
    <fieldset className="choices" disabled={isDisabled}>
      <legend className="unseen">{t("c.your-answer")}</legend>
      {[true, false].map((value) => (
        <label key={String(value)} className="choice">
          <input
            type="radio"
            name={name}
            checked={filling.answer.value === value}
            onChange={() => onFill(answered({ value }))}
          />
          {t(value ? "c.true" : "c.false")}
        </label>
      ))}
    </fieldset>
  );
}

function Text({ question, filling, isDisabled, onFill }: FieldsProps) {
  const id = useId();
  const isOpen = question.kind === "open-text";
  const shared = {
    id,
    dir: "auto",
    disabled: isDisabled,
    value: filling.answer.text ?? "",
    maxLength: isOpen ? OPEN_CHARS_MAX : SHORT_CHARS_MAX,
  };
  return (
    <div className="field">
      <label htmlFor={id}>{t("c.your-text")}</label>
      {isOpen ? (
        <textarea
          {...shared}
          rows={OPEN_ROWS}
          onChange={(event) => onFill(answered({ text: event.target.value }))}
        />
      ) : (
        <input
          {...shared}
          autoComplete="off"
          onChange={(event) => onFill(answered({ text: event.target.value }))}
        />
      )}
    </div>
  );
}

function Numeric({ filling, isDisabled, onFill }: FieldsProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("c.number")}</label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        disabled={isDisabled}
        value={filling.typed}
        onChange={(event) => onFill(withTyped(event.target.value))}
      />
    </div>
  );
}

function Matching({ question, filling, isDisabled, onFill }: FieldsProps) {
  const { answer } = filling;
  return (
    <fieldset className="pairs" disabled={isDisabled}>
      <legend className="hint">{t("c.hint-matching")}</legend>
      {(question.lefts ?? []).map((left) => (
        <label key={left} className="pair">
          <MarkedLine text={left} />
          <select
            aria-label={t("c.match", { what: plainOf(left) })}
            value={answer.pairs?.[left] ?? ""}
            onChange={(event) => onFill(answered(withPair(answer, left, event.target.value)))}
          >
            <option value="">{t("c.choose")}</option>
            {(question.rights ?? []).map((right) => (
              <option key={right} value={right}>
                {plainOf(right)}
              </option>
            ))}
          </select>
        </label>
      ))}
    </fieldset>
  );
}

function Ordering({ question, filling, isDisabled, onFill }: FieldsProps) {
  const order = orderOf(question, filling.answer);
  const textOf = (id: string): string => question.items?.find((each) => each.id === id)?.text ?? id;
  const move = (from: number, to: number): void => onFill(answered(withMoved(order, from, to)));
  return (
    <fieldset className="ordering" disabled={isDisabled}>
      <legend className="hint">{t("c.hint-ordering")}</legend>
      <ol>
        {order.map((id, index) => (
          <li key={id}>
            <MarkedLine text={textOf(id)} />
            <span className="row">
              <button
                type="button"
                className="button button-small"
                disabled={index === 0}
                aria-label={t("c.up", { what: plainOf(textOf(id)) })}
                onClick={() => move(index, index - 1)}
              >
                ↑
              </button>
              <button
                type="button"
                className="button button-small"
                disabled={index === order.length - 1}
                aria-label={t("c.down", { what: plainOf(textOf(id)) })}
                onClick={() => move(index, index + 1)}
              >
                ↓
              </button>
            </span>
          </li>
        ))}
      </ol>
    </fieldset>
  );
}
