/** What stands in the way of groups, by their fields and the rows. */
import type { Refusal } from "../refusal.ts";
import { GROUPS_MAX } from "./commands.ts";
import { participantOf } from "./context.ts";
import { countOf } from "./groups.ts";
import type { SessionMessage } from "./messages.ts";
import { type Judged, invalid, refuse } from "./refuse.ts";
import { standingIn } from "./standing.ts";

type Of<T extends SessionMessage["type"]> = Extract<SessionMessage, { readonly type: T }>;

export function planRefusal(judged: Judged, message: Of<"groups.plan">): Refusal | undefined {
  const { count, size, groups, strategy } = message;
  const said = [count, size, groups].filter((each) => each !== undefined).length;
  if (said !== 1) {
    return invalid("/count", "Expected one of count, size and groups");
  }
  if (countOf(judged.context, message) > GROUPS_MAX) {
    return invalid("/size", `Expected at most ${GROUPS_MAX} groups`);
  }
  const named = (groups ?? []).flatMap(({ participantIds = [] }, index) =>
    participantIds.map((id, place) => ({ id, path: `/groups/${index}/participantIds/${place}` })),
  );
  const [first] = named;
  if (first !== undefined && strategy !== "by-hand") {
    return invalid(first.path, "Expected participants only where groups are made by hand");
  }
  const seen = new Set<string>();
  for (const { id, path } of named) {
    if (participantOf(judged.context, id)?.status !== "admitted") {
      return invalid(path, "Expected the id of somebody who is admitted");
    }
    if (seen.has(id)) {
      return invalid(path, "Expected everybody in one group");
    }
    seen.add(id);
  }
  return undefined;
}

/** Where the class chooses for itself, each moves himself. */
export function moveRefusal(judged: Judged, message: Of<"groups.move">): Refusal | undefined {
  const { context } = judged;
  const { grouping } = context;
  const speaker = standingIn(context, judged.by);
  if (grouping === undefined || grouping === null) {
    return undefined;
  }
  if (speaker?.audience !== "hosts") {
    if (speaker?.participantId !== message.participantId) {
      return refuse("not-allowed", "Only hosts move others.");
    }
    if (grouping.strategy !== "self-selected") {
      return refuse("not-allowed", "In this session hosts make the groups.");
    }
  }
  if (participantOf(context, message.participantId)?.status !== "admitted") {
    return invalid("/participantId", "Expected the id of somebody who is admitted");
  }
  return grouping.groups.some(({ groupId }) => groupId === message.groupId)
    ? undefined
    : invalid("/groupId", "Expected the id of a group of this session");
}
