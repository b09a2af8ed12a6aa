/**
 * The region `grouping`: the class in one, or in groups.
 *
 * ```
 * whole → planned → split → closing(60 s) → merging(30 s) → whole
 * planned → whole on recall;  split → closing when its time is over;  any → whole at the end
 * ```
 *
 * Invariants:
 * LS15: While split, groups partition the admitted; recall brings all back.
 */
import { session } from "./setup.ts";

const over = { target: "whole", actions: "reunite" } as const;
const ends = { "session.end": over, "timer.session": over } as const;
const warned = { target: "closing", actions: "warnGroups" } as const;
/** Nothing is over while the lesson stands still, nor before its time. */
const late = { actions: "waitOnGroups" } as const;
const timed = <Next extends object>(next: Next) =>
  [{ ...next, guard: "areGroupsDue" }, late] as const;
const move = { actions: "moveToGroup" } as const;
const announce = { actions: "announceToGroups" } as const;

export const grouping = session.createStateConfig({
  initial: "whole",
  on: {
    "told.group-round": { actions: "groupRound" },
    "told.overdue": { actions: "reprieveGroups" },
  },
  states: {
    whole: { on: { "groups.plan": { target: "planned", actions: "planGroups" } } },
    planned: {
      on: {
        ...ends,
        "groups.plan": { actions: "planGroups" },
        "groups.move": move,
        "groups.open": { target: "split", actions: "openGroups" },
        "groups.recall": over,
      },
    },
    split: {
      on: {
        ...ends,
        "round.open": { actions: "retireGroupRounds" },
        "groups.move": move,
        "groups.announce": announce,
        "groups.recall": warned,
        "timer.groups": timed(warned),
      },
    },
    closing: {
      on: {
        ...ends,
        "groups.announce": announce,
        "timer.groups": timed({ target: "merging", actions: "mergeGroups" } as const),
      },
    },
    merging: { on: { ...ends, "timer.groups": timed(over) } },
  },
});
