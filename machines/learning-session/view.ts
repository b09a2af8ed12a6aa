/**
 * What one viewer may see of a session: a pure function of its rows, its state and a standing.
 *
 * Invariants:
 * LS10: No key reaches a student or a board before reveal.
 * LS11: Names reach hosts, and boards if they are shown there; never other students.
 */
import type { StateValue } from "xstate";
import type { JsonObject } from "../json.ts";
import type { Standing } from "../principal.ts";
import { presenceIn } from "./can.ts";
import { type SessionContext, participantOf, rfc3339OrNull } from "./context.ts";
import { presenceOf } from "./counters.ts";
import { shownStep } from "./course.ts";
import { hostFields } from "./facts.ts";
import { leaderboardOf } from "./leaderboard.ts";
import { floorView } from "./view-of-floor.ts";
import { groupsView } from "./view-of-groups.ts";
import { roundView } from "./view-of-round.ts";
import { hostView } from "./view-of-host.ts";
import { studentView, waitingView } from "./view-of-student.ts";

export function viewOf(context: SessionContext, state: StateValue, standing: Standing): JsonObject {
  const row =
    standing.participantId === undefined
      ? undefined
      : participantOf(context, standing.participantId);
  const floor = {
    ...floorView(context, state, standing),
    ...groupsView(context, state, standing),
  };
  switch (standing.audience) {
    case "hosts":
      return { role: standing.role, ...hostView(context, common(context, state, true)), ...floor };
    case "board":
      return {
        role: standing.role,
        ...common(context, state, context.settings.boardNames),
        joinCode: context.joinCode,
        admission: context.settings.admission,
        ...floor,
      };
    case "class":
      return row === undefined
        ? { role: standing.role }
        : {
            role: standing.role,
            ...studentView(context, row, common(context, state, false)),
            ...floor,
          };
    case "own":
      return row === undefined
        ? { role: standing.role }
        : { role: standing.role, ...waitingView(context, row) };
  }
}

/** What is the same for all who see the lesson; `named`: with names on the leaderboard. */
function common(context: SessionContext, state: StateValue, named: boolean): JsonObject {
  const isShown = context.round !== null || context.pastRounds.length > 0;
  const { admitted, connected } = presenceOf(context);
  return {
    title: context.title,
    language: context.language,
    startsAt: rfc3339OrNull(context.startsAt),
    startedAt: rfc3339OrNull(context.startedAt),
    endsBy: rfc3339OrNull(context.endsBy),
    settings: { ...context.settings },
    host: hostFields(context, presenceIn(state)),
    counts: { admitted, connected },
    step: shownStep(context),
    round: context.round === null ? null : roundView(context, context.round),
    leaderboard: isShown
      ? (leaderboardOf(context, named)?.map((each) => ({ ...each })) ?? null)
      : null,
  };
}
