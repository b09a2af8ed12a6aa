/** A student's group: which one it is or which he may choose, what was announced, when it ends. */
import type { Client } from "../client/client.ts";
import type { Snapshot } from "../client/watched.ts";
import { GroupTimer } from "./group-timer.tsx";
import type { Sending } from "./session.ts";
import { t } from "./text.ts";
import type { GroupCount, StudentView } from "./view.ts";

interface GroupProps {
  readonly client: Client;
  readonly snapshot: Snapshot;
  readonly view: StudentView;
  readonly sending: Sending;
}

export function StudentGroup(props: GroupProps) {
  const { client, view } = props;
  const { group, grouping } = view;
  if (grouping === undefined || grouping === null) {
    return null;
  }
  const { phase, announcement } = grouping;
  return (
    <section className="card" data-groups={phase} aria-label={t("c.groups")}>
      <div className="row-apart">
        <div role="status">
          <h2>
            {group === undefined || group === null
              ? t("s.group-wait")
              : t("c.group", { name: group.name })}
          </h2>
        </div>
        <GroupTimer client={client} grouping={grouping} />
      </div>
      {group === undefined || group === null ? null : (
        <p className="hint">{t("s.group-here", { n: group.members })}</p>
      )}
      {phase === "merging" ? (
        <p className="notice notice-info" role="status">
          {t("s.come-back")}
        </p>
      ) : null}
      {announcement === null ? null : (
        <p className="notice notice-info" role="status" data-announced={announcement.announcedAt}>
          <bdi>{announcement.text}</bdi>
        </p>
      )}
      <Choices {...props} groups={grouping.groups ?? []} />
    </section>
  );
}

function Choices({
  snapshot,
  view,
  sending,
  groups,
}: GroupProps & { readonly groups: readonly GroupCount[] }) {
  const { me, group } = view;
  if (me === undefined || !snapshot.can.includes("groups.move") || groups.length === 0) {
    return null;
  }
  const { participantId } = me;
  return (
    <div role="group" aria-label={t("s.choose-group")} className="row">
      {groups
        .filter(({ groupId }) => groupId !== group?.groupId)
        .map(({ groupId, name, members }) => (
          <button
            key={groupId}
            type="button"
            className="button"
            disabled={sending.isBusy}
            onClick={() => sending.send({ type: "groups.move", participantId, groupId })}
          >
            <bdi>{t("s.join-group", { name })}</bdi> ({members})
          </button>
        ))}
    </div>
  );
}
