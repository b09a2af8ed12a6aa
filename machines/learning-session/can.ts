/**
 * What each role may send in each state: one total table, and the only one.
 *
 * `can` is judged by role and state alone, never by payload or clock, so it may be asked of any
 * record. What it lists is what `refusal.ts` lets through for some payload, and nothing else is.
 */
import type { StateValue } from "xstate";
import type { CommandType } from "./commands.ts";
import { COMMANDS, isCommandType } from "./commands.ts";
import type { HostPresence } from "./context.ts";
import { type SessionRole, isSessionRole } from "./standing.ts";

export const PHASES = [
  "draft",
  "scheduled",
  "lobby",
  "running",
  "paused",
  "wrapup",
  "ended",
  "archived",
  "cancelled",
  "expired",
] as const;
export type PhaseName = (typeof PHASES)[number];

export const ACTIVITIES = ["idle", "ticking", "frozen", "grace", "scored", "revealed"] as const;
export type ActivityName = (typeof ACTIVITIES)[number];

export const FLOORS = ["open", "muted"] as const;
export type FloorName = (typeof FLOORS)[number];

export const GROUPINGS = ["whole", "planned", "split", "closing", "merging"] as const;
export type GroupingName = (typeof GROUPINGS)[number];

export const PRESENCES: readonly HostPresence[] = ["absent", "present", "grace", "lost"];

export interface Where {
  readonly phase: PhaseName;
  readonly activity: ActivityName;
  readonly floor: FloorName;
  readonly grouping: GroupingName;
}

interface Rule {
  readonly roles: readonly SessionRole[];
  readonly phases: readonly PhaseName[];
  /** Absent: whatever the class is doing. */
  readonly activities?: readonly ActivityName[];
  /** Absent: whoever has the floor. */
  readonly floors?: readonly FloorName[];
  /** Absent: whatever groups there are. */
  readonly groupings?: readonly GroupingName[];
  /** In these also the round of a group will do. */
  readonly apart?: readonly GroupingName[];
}

const SEATED: ReadonlySet<SessionRole> = new Set(["student", "waiting", "gone"]);

const hosts = ["host", "co-host"] as const;
const early = ["draft", "scheduled"] as const;
const live = ["running", "paused"] as const;
const open = ["lobby", ...live] as const;
const any = [...early, ...open] as const;
const marking = [...live, "wrapup", "ended"] as const;
const asked = ["ticking", "frozen"] as const;
const apart = ["split", "closing", "merging"] as const;
const working = ["split", "closing"] as const;

export const RULES: Readonly<Record<CommandType, Rule>> = {
  "session.schedule": { roles: hosts, phases: early },
  "session.open-lobby": { roles: hosts, phases: early },
  "session.start": { roles: hosts, phases: ["lobby"] },
  "session.pause": { roles: hosts, phases: ["running"] },
  "session.resume": { roles: hosts, phases: ["paused", "wrapup"] },
  "session.extend": { roles: hosts, phases: live },
  "session.end": { roles: [...hosts, "overseer"], phases: [...live, "wrapup"] },
  "session.cancel": { roles: ["host"], phases: [...early, "lobby"] },
  "settings.set": { roles: hosts, phases: any },
  "admission.set": { roles: hosts, phases: any },
  "code.rotate": { roles: hosts, phases: any },
  "step.present": { roles: hosts, phases: open },
  "participant.join": { roles: ["gone"], phases: open },
  "participant.leave": { roles: ["student", "waiting"], phases: open },
  "participant.admit": { roles: hosts, phases: open },
  "participant.deny": { roles: hosts, phases: open },
  "participant.remove": { roles: hosts, phases: open },
  "participant.ban": { roles: hosts, phases: open },
  "participant.unban": { roles: hosts, phases: open },
  "participant.promote": { roles: ["host"], phases: any },
  "participant.demote": { roles: ["host"], phases: any },
  "participant.rename": { roles: hosts, phases: open },
  "participant.nudge": { roles: hosts, phases: open },
  "round.open": {
    roles: hosts,
    phases: ["running"],
    activities: ["idle", "scored", "revealed"],
    groupings: ["whole", "planned", "split"],
  },
  "round.close": { roles: hosts, phases: live, activities: asked, apart: working },
  "round.extend": { roles: hosts, phases: ["running"], activities: ["ticking"], apart: working },
  "round.reopen": { roles: hosts, phases: ["running"], activities: ["scored"], apart: ["split"] },
  "round.score": { roles: hosts, phases: marking },
  "round.reveal": { roles: hosts, phases: [...live, "wrapup"], activities: ["scored"], apart },
  "round.void": { roles: hosts, phases: live, activities: [...asked, "grace", "scored"], apart },
  "round.dismiss": { roles: hosts, phases: live, activities: ["scored", "revealed"], apart },
  "answer.submit": {
    roles: ["student"],
    phases: ["running"],
    activities: ["ticking", "grace"],
    apart,
  },
  "answer.amend": {
    roles: ["student"],
    phases: ["running"],
    activities: ["ticking", "grace"],
    apart,
  },
  "draft.save": { roles: ["student"], phases: live, activities: [...asked, "grace"], apart },
  "answer.grade": { roles: hosts, phases: marking },
  "hand.raise": { roles: ["student"], phases: open },
  "hand.lower": { roles: ["student", ...hosts], phases: open },
  "hand.call": { roles: hosts, phases: open },
  "hands.clear": { roles: hosts, phases: open },
  "question.ask": { roles: ["student"], phases: open, floors: ["open"] },
  "question.upvote": { roles: ["student"], phases: open, floors: ["open"] },
  "question.pin": { roles: hosts, phases: open },
  "question.unpin": { roles: hosts, phases: open },
  "question.resolve": { roles: hosts, phases: open },
  "question.remove": { roles: hosts, phases: open },
  "reaction.send": { roles: ["student"], phases: open, floors: ["open"] },
  "presence.set": { roles: ["student", "waiting"], phases: open },
  "floor.set": { roles: hosts, phases: open },
  "groups.plan": { roles: hosts, phases: open, groupings: ["whole", "planned"] },
  "groups.move": { roles: [...hosts, "student"], phases: open, groupings: ["planned", "split"] },
  "groups.open": { roles: hosts, phases: live, groupings: ["planned"] },
  "groups.announce": { roles: hosts, phases: live, groupings: ["split", "closing"] },
  "groups.recall": { roles: hosts, phases: open, groupings: ["planned", "split"] },
  "accommodation.set": { roles: [...hosts, "overseer"], phases: open },
  "attendance.mark": { roles: hosts, phases: marking },
};

const types = Object.keys(COMMANDS).filter(isCommandType);
const known = new Map<string, readonly CommandType[]>();

/** The commands that this role may send now, in the order of the table. */
export function can(state: StateValue, role: string): readonly string[] {
  const where = whereOf(state);
  const key = `${where.phase}/${where.activity}/${where.floor}/${where.grouping}/${role}`;
  const listed = known.get(key);
  if (listed !== undefined || !isSessionRole(role)) {
    return listed ?? [];
  }
  const list = types.filter((type) => RULES[type].roles.includes(role) && isAccepted(type, where));
  known.set(key, list);
  return list;
}

/**
 * Whether a role may ever send this. Students' commands are also theirs who wait or are gone: they
 * hear that they are not admitted, after what they sent has been looked at.
 */
export function may(type: string, role: string): boolean {
  if (!isCommandType(type) || !isSessionRole(role)) {
    return false;
  }
  const { roles } = RULES[type];
  const isSeat = role === "student" || role === "waiting" || role === "gone";
  return roles.includes(role) || (isSeat && roles.some((each) => SEATED.has(each)));
}

export function isAccepted(
  type: CommandType,
  { phase, activity, floor, grouping }: Where,
): boolean {
  const { phases, activities, floors, groupings, apart: others } = RULES[type];
  return (
    phases.includes(phase) &&
    (activities === undefined ||
      activities.includes(activity) ||
      (others?.includes(grouping) ?? false)) &&
    (groupings === undefined || groupings.includes(grouping)) &&
    (floors === undefined || floors.includes(floor))
  );
}

export function whereOf(state: StateValue): Where {
  const phase = leafOf(state, "phase");
  const activity = leafOf(state, "activity");
  const floor = leafOf(state, "floor");
  const grouping = leafOf(state, "grouping");
  const where = {
    phase: PHASES.find((each) => each === phase),
    activity: ACTIVITIES.find((each) => each === activity),
    floor: FLOORS.find((each) => each === floor),
    grouping: GROUPINGS.find((each) => each === grouping) ?? "whole",
  };
  if (where.phase === undefined || where.activity === undefined || where.floor === undefined) {
    throw new TypeError(`expected a state at rest, found ${JSON.stringify(state)}`);
  }
  const { phase: found, activity: doing, floor: spoken } = where;
  return { phase: found, activity: doing, floor: spoken, grouping: where.grouping };
}

export function presenceIn(state: StateValue): HostPresence {
  const presence = leafOf(state, "host");
  return PRESENCES.find((each) => each === presence) ?? "absent";
}

/** The state as version 1 has it. */
export function ungrouped(state: StateValue): StateValue {
  return typeof state === "string"
    ? state
    : Object.fromEntries(Object.entries(state).filter(([region]) => region !== "grouping"));
}

/** The innermost state of a region. */
export function leafOf(state: StateValue, region: string): string {
  let inner: StateValue | undefined = typeof state === "string" ? undefined : state[region];
  while (typeof inner === "object") {
    inner = Object.values(inner)[0];
  }
  return inner ?? "";
}
