/** One group as the teacher sees it: its people, who may be moved, and what it is asked. */
import { useId, useState } from "react";
import { Timer } from "./parts.tsx";
import { titleOf } from "./teach-plan.tsx";
import { RoundActions, RoundKey } from "./teach-round.tsx";
import type { RunProps } from "./teach-run.tsx";
import { t } from "./text.ts";
import type { HostGroup, HostRound } from "./view.ts";

interface GroupProps extends RunProps {
  readonly group: HostGroup;
}

export function GroupRow(props: GroupProps) {
  const { group, view } = props;
  const rows = view.participants.filter(
    ({ participantId, status }) => status === "admitted" && group.members.includes(participantId),
  );
  return (
    <li data-group={group.name}>
      <div className="stack list-text">
        <strong>{group.groupId === "" ? group.name : t("c.group", { name: group.name })}</strong>
        <ul className="row">
          {rows.map(({ participantId, name }) => (
            <li key={participantId} className="row">
              <bdi>{name}</bdi>
              <Mover {...props} participantId={participantId} name={name} />
            </li>
          ))}
        </ul>
        {group.round === null ? null : <GroupRound {...props} round={group.round} />}
        <Asker {...props} />
      </div>
    </li>
  );
}

function Mover({
  snapshot,
  view,
  sending,
  group,
  participantId,
  name,
}: GroupProps & { readonly participantId: string; readonly name: string }) {
  if (!snapshot.can.includes("groups.move")) {
    return null;
  }
  return (
    <select
      aria-label={t("t.groups-move", { name })}
      value={group.groupId}
      disabled={sending.isBusy}
      onChange={({ target }) =>
        sending.send({ type: "groups.move", participantId, groupId: target.value })
      }
    >
      {group.groupId === "" ? <option value="">–</option> : null}
      {(view.grouping?.groups ?? []).map((each) => (
        <option key={each.groupId} value={each.groupId}>
          {each.name}
        </option>
      ))}
    </select>
  );
}

function GroupRound(props: GroupProps & { readonly round: HostRound }) {
  const { client, round } = props;
  return (
    <div className="stack" data-round={round.roundId} data-stage={round.phase}>
      <span className="row">
        <span className="tag">{t(`t.stage.${round.phase}`)}</span>
        <span role="status">{t("c.answered", { n: round.answered, of: round.expected })}</span>
      </span>
      <Timer client={client} round={round} />
      <RoundActions {...props} round={round} />
      <RoundKey {...props} round={round} />
    </div>
  );
}

/** A step of the lesson, for this group alone. */
function Asker({ snapshot, view, sending, group }: GroupProps) {
  const id = useId();
  const [stepId, setStepId] = useState("");
  const isAsked = group.round?.phase === "open" || group.round?.phase === "grace";
  const isSplit = view.grouping?.phase === "split";
  if (!isSplit || isAsked || group.groupId === "" || !snapshot.can.includes("round.open")) {
    return null;
  }
  const steps = view.lesson.steps.filter((step) => step.kind === "item");
  const { groupId, name } = group;
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        sending.send({
          type: "round.open",
          stepId: stepId === "" ? (steps[0]?.id ?? "") : stepId,
          groupId,
        });
      }}
    >
      <div className="field">
        <label htmlFor={id}>{t("t.groups-ask", { name })}</label>
        <select id={id} value={stepId} onChange={({ target }) => setStepId(target.value)}>
          {steps.map((step) => (
            <option key={step.id} value={step.id}>
              {titleOf(step)}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" className="button button-small" disabled={sending.isBusy}>
        {t("t.ask")} <span className="unseen">{name}</span>
      </button>
    </form>
  );
}
