/** Groups as the teacher makes, opens, asks and recalls them. */
import { useId, useState } from "react";
import { GroupTimer } from "./group-timer.tsx";
import { Sure } from "./parts.tsx";
import { GroupRow } from "./teach-group.tsx";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";

const STRATEGIES = ["random", "balanced", "by-hand", "self-selected"] as const;
const GROUPS_MAX = 100;
const MINUTES_MAX = 240;
const MINUTE_MS = 60_000;

export function Groups(props: RunProps) {
  const { client, snapshot, view } = props;
  const { can } = snapshot;
  const grouping = view.grouping ?? null;
  if (grouping === null && !can.includes("groups.plan")) {
    return null;
  }
  return (
    <section className="card" data-groups={grouping?.phase ?? "whole"}>
      <div className="row-apart">
        <h2>{t("c.groups")}</h2>
        {grouping === null ? null : <span className="tag">{t(`t.groups.${grouping.phase}`)}</span>}
        {grouping === null ? null : <GroupTimer client={client} grouping={grouping} />}
      </div>
      {grouping === null ? null : <Made {...props} groups={grouping.groups} />}
      {can.includes("groups.plan") ? <PlanForm {...props} isAgain={grouping !== null} /> : null}
      {can.includes("groups.open") ? <OpenForm {...props} /> : null}
      {can.includes("groups.announce") ? <AnnounceForm {...props} /> : null}
      <Recall {...props} isPlan={grouping?.phase === "planned"} />
    </section>
  );
}

function Made(
  props: RunProps & { readonly groups: NonNullable<RunProps["view"]["grouping"]>["groups"] },
) {
  const { view, groups } = props;
  const placed = new Set(groups.flatMap(({ members }) => members));
  const others = view.participants.filter(
    ({ participantId, status }) => status === "admitted" && !placed.has(participantId),
  );
  return (
    <ul className="list">
      {groups.map((group) => (
        <GroupRow key={group.groupId} {...props} group={group} />
      ))}
      {others.length === 0 ? null : (
        <GroupRow
          {...props}
          group={{
            ...{ groupId: "", name: t("t.groups-no-place"), round: null },
            members: others.map(({ participantId }) => participantId),
          }}
        />
      )}
    </ul>
  );
}

function PlanForm({ sending, isAgain }: RunProps & { readonly isAgain: boolean }) {
  const id = useId();
  const [strategy, setStrategy] = useState<(typeof STRATEGIES)[number]>("random");
  const [number, setNumber] = useState("4");
  const count = within(number, GROUPS_MAX) ?? 1;
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        sending.send({ type: "groups.plan", strategy, count });
      }}
    >
      <div className="field">
        <label htmlFor={id}>{t("t.groups-how")}</label>
        <select
          id={id}
          value={strategy}
          onChange={({ target }) =>
            setStrategy(STRATEGIES.find((each) => each === target.value) ?? strategy)
          }
        >
          {STRATEGIES.map((each) => (
            <option key={each} value={each}>
              {t(`t.strategy.${each}`)}
            </option>
          ))}
        </select>
      </div>
      <Line label={t("t.groups-n")} value={number} onChange={setNumber} isNumber />
      <button type="submit" className="button" disabled={sending.isBusy}>
        {t(isAgain ? "t.groups-again" : "t.groups-plan")}
      </button>
    </form>
  );
}

function OpenForm({ sending }: RunProps) {
  const [minutes, setMinutes] = useState("");
  const asked = within(minutes, MINUTES_MAX);
  const duration = asked === undefined ? {} : { durationMs: asked * MINUTE_MS };
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        sending.send({ type: "groups.open", ...duration });
      }}
    >
      <Line label={t("t.groups-min")} value={minutes} onChange={setMinutes} isNumber />
      <button type="submit" className="button button-main" disabled={sending.isBusy}>
        {t("t.groups-open")}
      </button>
    </form>
  );
}

function AnnounceForm({ sending }: RunProps) {
  const [text, setText] = useState("");
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        sending.send({ type: "groups.announce", text: text.trim() });
        setText("");
      }}
    >
      <Line label={t("t.groups-announce")} value={text} onChange={setText} />
      <button
        type="submit"
        className="button"
        disabled={sending.isBusy || text.trim().length === 0}
      >
        {t("t.groups-tell")}
      </button>
    </form>
  );
}

function Recall({ snapshot, sending, isPlan }: RunProps & { readonly isPlan: boolean }) {
  const recall = (): void => sending.send({ type: "groups.recall" });
  if (!snapshot.can.includes("groups.recall")) {
    return null;
  }
  return isPlan ? (
    <button type="button" className="button button-quiet" onClick={recall}>
      {t("t.groups-drop")}
    </button>
  ) : (
    <Sure label={t("t.groups-recall")} question={t("t.groups-recall-sure")} onYes={recall} />
  );
}

function Line(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNumber?: boolean;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        value={props.value}
        inputMode={props.isNumber === true ? "numeric" : "text"}
        onChange={({ target }) => props.onChange(target.value)}
      />
    </div>
  );
}

/** A whole number from 1 to `max`; undefined: none was written. */
function within(text: string, max: number): number | undefined {
  const number = Math.round(Number(text));
  return text.trim() === "" || !Number.isFinite(number)
    ? undefined
    : Math.min(max, Math.max(1, number));
}
