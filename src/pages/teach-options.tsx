/** What a teacher may set while a lesson runs: who may join, the code, leaderboard and board. */
import { useId } from "react";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";

const ADMISSIONS = ["open", "approval", "locked"] as const;
const LEADERBOARDS = ["off", "top", "full"] as const;

export function Options({ snapshot, view, sending }: RunProps) {
  const { can } = snapshot;
  const maySet = can.includes("settings.set");
  if (!maySet && !can.includes("admission.set")) {
    return null;
  }
  return (
    <details>
      <summary>{t("t.options")}</summary>
      <div className="stack">
        <Choice
          label={t("t.admission")}
          value={view.admission}
          isDisabled={!can.includes("admission.set")}
          options={ADMISSIONS.map((each) => [each, t(`t.admission.${each}`)])}
          onChoose={(admission) => sending.send({ type: "admission.set", admission })}
        />
        <Choice
          label={t("t.leaderboard")}
          value={view.settings.leaderboard}
          isDisabled={!maySet}
          options={LEADERBOARDS.map((each) => [each, t(`t.leaderboard.${each}`)])}
          onChoose={(leaderboard) =>
            sending.send({ type: "settings.set", settings: { leaderboard } })
          }
        />
        <label className="choice-row">
          <input
            type="checkbox"
            checked={view.settings.boardNames}
            disabled={!maySet}
            onChange={({ target }) =>
              sending.send({ type: "settings.set", settings: { boardNames: target.checked } })
            }
          />
          {t("t.board-names")}
        </label>
        {can.includes("code.rotate") ? (
          <button
            type="button"
            className="button button-small button-quiet"
            onClick={() => sending.send({ type: "code.rotate" })}
          >
            {t("t.rotate")}
          </button>
        ) : null}
      </div>
    </details>
  );
}

function Choice<T extends string>(props: {
  readonly label: string;
  readonly value: string;
  readonly isDisabled: boolean;
  readonly options: readonly (readonly [T, string])[];
  readonly onChoose: (value: T) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        value={props.value}
        disabled={props.isDisabled}
        onChange={({ target }) => {
          const chosen = props.options.find(([value]) => value === target.value);
          if (chosen !== undefined) {
            props.onChoose(chosen[0]);
          }
        }}
      >
        {props.options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
