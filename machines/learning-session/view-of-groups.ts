/**
 * What each viewer sees of the groups.
 *
 * Nothing at all of a session of version 1. Invariant:
 * LS11: Who is in which group, and what a group is asked, reaches hosts and that group.
 */
import type { StateValue } from "xstate";
import type { JsonObject } from "../json.ts";
import { leafOf } from "./can.ts";
import { type SessionContext, participantOf, rfc3339 } from "./context.ts";
import type { Standing } from "../principal.ts";
import { focused } from "./group-focus.ts";
import { timeFields } from "./group-time.ts";
import { choicesOf, countedFields, ownGroup } from "./groups.ts";
import { hostRound } from "./view-of-host.ts";

export function groupsView(
  context: SessionContext,
  state: StateValue,
  standing: Standing,
): JsonObject {
  const { grouping, floor } = context;
  if (floor === undefined) {
    return {};
  }
  const phase = leafOf(state, "grouping");
  if (grouping === undefined || grouping === null) {
    return { grouping: null };
  }
  const { strategy, announcement } = grouping;
  const common = {
    phase,
    strategy,
    ...timeFields(grouping),
    announcement:
      announcement === null
        ? null
        : { text: announcement.text, announcedAt: rfc3339(announcement.at) },
    ...choicesOf(context, grouping),
  };
  const groups = standing.audience === "hosts" ? { groups: groupsForHosts(context) } : {};
  return { grouping: { ...common, ...groups }, ...own(context, standing) };
}

function own(context: SessionContext, { audience, participantId }: Standing): JsonObject {
  const row = participantId === undefined ? undefined : participantOf(context, participantId);
  if (audience !== "class" || row === undefined) {
    return {};
  }
  const group = ownGroup(context, row.participantId);
  return { group: group === undefined ? null : countedFields(context, group) };
}

function groupsForHosts(context: SessionContext): JsonObject[] {
  return (context.grouping?.groups ?? []).map((group) => {
    const { groupId, name, members, round } = group;
    const shown = round === null ? null : hostRound(focused(context, group), round);
    return { groupId, name, members, round: shown };
  });
}
