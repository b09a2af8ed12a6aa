/** The plan of a lesson: its steps, to be shown or asked. */
import { useId, useState } from "react";
import type { Step } from "../../machines/learning-session/item.ts";
import { MarkedLine } from "./marked.tsx";
import { plainOf } from "./markdown.ts";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";

const TITLE_CHARS_MAX = 90;
const SECOND_MS = 1_000;
const LIMIT_S_MIN = 5;
const LIMIT_S_MAX = 14_400;

export function Plan({ snapshot, view, sending }: RunProps) {
  const id = useId();
  const [limit, setLimit] = useState("");
  const { can } = snapshot;
  const mayAsk = can.includes("round.open");
  const asked = new Set([...view.rounds, ...(view.round ? [view.round] : [])].map((r) => r.stepId));
  const seconds = Math.min(LIMIT_S_MAX, Math.max(LIMIT_S_MIN, Math.round(Number(limit))));
  const limitMs =
    limit.trim() === "" || !Number.isFinite(seconds) ? {} : { limitMs: seconds * SECOND_MS };
  return (
    <section className="card run-plan">
      <h2>{t("t.plan")}</h2>
      {mayAsk ? (
        <div className="field">
          <label htmlFor={id}>{t("t.limit-s")}</label>
          <input
            id={id}
            inputMode="numeric"
            value={limit}
            onChange={(event) => setLimit(event.target.value)}
          />
        </div>
      ) : null}
      <ol className="list">
        {view.lesson.steps.map((step, index) => (
          <PlanRow
            key={step.id}
            {...{ step, can, isBusy: sending.isBusy, send: sending.send, limitMs }}
            number={index + 1}
            isShown={isShown(view, step)}
            isAsked={asked.has(step.id)}
          />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly step: Step;
  readonly can: readonly string[];
  readonly isBusy: boolean;
  readonly send: RunProps["sending"]["send"];
  readonly limitMs: { readonly limitMs?: number };
  readonly number: number;
  readonly isShown: boolean;
  readonly isAsked: boolean;
}

function PlanRow({ step, can, isBusy, send, limitMs, number, isShown, isAsked }: RowProps) {
  const action =
    step.kind === "content"
      ? ({ type: "step.present", stepId: step.id } as const)
      : ({ type: "round.open", stepId: step.id, ...limitMs } as const);
  return (
    <li className={isShown ? "is-shown" : ""}>
      <span className="list-text">
        <MarkedLine text={titleOf(step)} />
        <span className="hint">
          {step.kind === "content" ? t("t.content") : t(`t.kind.${step.item.kind}`)}
          {isAsked ? ` · ${t("t.asked")}` : ""}
          {isShown ? ` · ${t("t.shown")}` : ""}
        </span>
      </span>
      {can.includes(action.type) ? (
        <button
          type="button"
          className="button button-small"
          disabled={isBusy}
          onClick={() => send(action)}
        >
          {t(step.kind === "content" ? "t.show" : "t.ask")}
          <span className="unseen"> {t("t.step-n", { n: number })}</span>
        </button>
      ) : null}
    </li>
  );
}

function isShown(view: RunProps["view"], step: Step): boolean {
  return view.round === null ? view.step?.stepId === step.id : view.round.stepId === step.id;
}

export function titleOf(step: Step): string {
  const text = step.kind === "content" ? step.title : plainOf(step.item.prompt);
  return text.length > TITLE_CHARS_MAX ? `${text.slice(0, TITLE_CHARS_MAX).trimEnd()}…` : text;
}
