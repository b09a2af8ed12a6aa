/** Another key for a round that was asked already: every answer to it is scored again. */
import { type SubmitEvent, useId, useState } from "react";
import type { Correcting } from "./correcting.ts";
import {
  ACCEPTED_MAX,
  type AcceptedDraft,
  type Judged,
  type KeyDraft,
  changedResults,
  hasKey,
  keyDraftOf,
  keyIn,
  newAccepted,
} from "./key-draft.ts";
import { MarkedLine } from "./marked.tsx";
import { plainOf } from "./markdown.ts";
import { ErrorNotice } from "./parts.tsx";
import { withToggled } from "./answer.ts";
import { QuestionFields } from "./question-fields.tsx";
import { useWork } from "./session.ts";
import { t } from "./text.ts";
import type { Key, Question } from "./view.ts";

const TEXT_CHARS_MAX = 500;

type KeyProps = Correcting & {
  readonly roundId: string;
  readonly question: Question;
  readonly answerKey: Key | null;
  /** By participant; undefined where no result stands beside a name. */
  readonly results: ReadonlyMap<string, Judged> | undefined;
};

export function KeyCorrection(props: KeyProps) {
  const { can, question, answerKey } = props;
  const [isOpen, setOpen] = useState(false);
  if (!can.includes("round.score") || answerKey === null || !hasKey(question.kind)) {
    return null;
  }
  return (
    <details className="no-print" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("t.key-correct")}</summary>
      {isOpen ? <KeyForm {...props} answerKey={answerKey} /> : null}
    </details>
  );
}

function KeyForm(props: KeyProps & { readonly answerKey: Key }) {
  const { roundId, question, answerKey, results, correct } = props;
  const [draft, setDraft] = useState(() => keyDraftOf(question, answerKey));
  const [said, setSaid] = useState("");
  const work = useWork();
  const made = keyIn(question, draft, answerKey);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!("key" in made)) {
      return;
    }
    work.run(async () => {
      setSaid("");
      const facts = await correct({ type: "round.score", roundId, key: made.key });
      const isNamed = results !== undefined;
      const n = isNamed ? changedResults(results, facts) : 0;
      setSaid(isNamed ? t("t.key-changed", { n }) : t("t.key-rescored"));
    });
  };
  const change = (next: KeyDraft): void => {
    setDraft(next);
    setSaid("");
  };
  return (
    <form className="stack" data-key={question.kind} onSubmit={submit}>
      <p className="hint">{t("t.key-note")}</p>
      <KeyFields question={question} draft={draft} onDraft={change} />
      <p className="hint" role="status">
        {"problem" in made ? t(made.problem) : ""}
      </p>
      <div className="row">
        <button type="submit" className="button" aria-disabled={"problem" in made || work.isBusy}>
          {t("t.key-score")}
        </button>
        <strong role="status">{said}</strong>
      </div>
      <ErrorNotice error={work.error} />
    </form>
  );
}

interface FieldsProps {
  readonly question: Question;
  readonly draft: KeyDraft;
  readonly onDraft: (draft: KeyDraft) => void;
}

function KeyFields(props: FieldsProps) {
  const { question, draft, onDraft } = props;
  switch (question.kind) {
    case "single-choice":
    case "multiple-choice":
      return <Choices {...props} />;
    case "true-false":
      return <Truth {...props} />;
    case "short-text":
    case "numeric":
      return <AcceptedList {...props} />;
    default:
      return (
        <QuestionFields
          question={question}
          filling={{ answer: draft.answer, typed: "" }}
          isDisabled={false}
          onFill={({ answer }) => onDraft({ ...draft, answer })}
        />
      );
  }
}

/** Several may be right, also where a student chooses one. */
function Choices({ question, draft, onDraft }: FieldsProps) {
  const { answer, shares } = draft;
  return (
    <fieldset className="choices">
      <legend>{t("t.key-right")}</legend>
      {(question.choices ?? []).map(({ id, text }) => (
        <div key={id} className="choice-row">
          <label className="choice choice-wide">
            <input
              type="checkbox"
              checked={(answer.choices ?? []).includes(id)}
              onChange={() => onDraft({ ...draft, answer: withToggled(answer, id) })}
            />
            <MarkedLine text={text} />
          </label>
          {shares === undefined ? null : (
            <ShareInput
              share={shares[id] ?? "0"}
              of={plainOf(text)}
              onShare={(share) => onDraft({ ...draft, shares: { ...shares, [id]: share } })}
            />
          )}
        </div>
      ))}
    </fieldset>
  );
}

function Truth({ draft, onDraft }: FieldsProps) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend>{t("c.right-answer")}</legend>
      {[true, false].map((value) => (
        <label key={String(value)} className="choice">
          <input
            type="radio"
            name={name}
            checked={draft.answer.value === value}
            onChange={() => onDraft({ ...draft, answer: { value } })}
          />
          {t(value ? "c.true" : "c.false")}
        </label>
      ))}
    </fieldset>
  );
}

function AcceptedList({ question, draft, onDraft }: FieldsProps) {
  const { accepted } = draft;
  const put = (next: readonly AcceptedDraft[]): void => onDraft({ ...draft, accepted: next });
  return (
    <fieldset>
      <legend>{t("t.key-right")}</legend>
      {accepted.map((each, index) => (
        <AcceptedRow
          key={each.id}
          n={index + 1}
          isNumber={question.kind === "numeric"}
          accepted={each}
          onChange={(next) => put(accepted.with(index, next))}
          onRemove={() => put(accepted.toSpliced(index, 1))}
        />
      ))}
      <div className="row">
        <button
          type="button"
          className="button button-small"
          disabled={accepted.length >= ACCEPTED_MAX}
          onClick={() => put([...accepted, newAccepted(accepted)])}
        >
          {t("t.key-add")}
        </button>
      </div>
    </fieldset>
  );
}

function AcceptedRow(props: {
  readonly n: number;
  readonly isNumber: boolean;
  readonly accepted: AcceptedDraft;
  readonly onChange: (accepted: AcceptedDraft) => void;
  readonly onRemove: () => void;
}) {
  const { n, isNumber, accepted, onChange } = props;
  const { isRange, text, more, share } = accepted;
  const first = isRange ? t("t.key-from", { n }) : t("t.key-accepted", { n });
  return (
    <div className="accepted">
      <Labelled
        label={first}
        value={text}
        isNumber={isNumber}
        onValue={(next) => onChange({ ...accepted, text: next })}
      />
      {isNumber ? (
        <Labelled
          label={isRange ? t("t.key-to", { n }) : t("t.key-tolerance", { n })}
          value={more}
          isNumber
          onValue={(next) => onChange({ ...accepted, more: next })}
        />
      ) : null}
      <ShareInput
        share={share}
        of={String(n)}
        onShare={(next) => onChange({ ...accepted, share: next })}
      />
      <button
        type="button"
        className="button button-small button-quiet"
        aria-label={t("t.key-remove", { n })}
        onClick={props.onRemove}
      >
        ✕
      </button>
    </div>
  );
}

function Labelled(props: {
  readonly label: string;
  readonly value: string;
  readonly isNumber: boolean;
  readonly onValue: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        dir="auto"
        inputMode={props.isNumber ? "decimal" : "text"}
        autoComplete="off"
        maxLength={TEXT_CHARS_MAX}
        value={props.value}
        onChange={({ target }) => props.onValue(target.value)}
      />
    </div>
  );
}

function ShareInput(props: {
  readonly share: string;
  readonly of: string;
  readonly onShare: (share: string) => void;
}) {
  const id = useId();
  return (
    <div className="field share">
      <label htmlFor={id}>
        {t("t.key-share")}
        <span className="unseen">: {props.of}</span>
      </label>
      <input
        id={id}
        inputMode="decimal"
        autoComplete="off"
        value={props.share}
        onChange={({ target }) => props.onShare(target.value)}
      />
    </div>
  );
}
