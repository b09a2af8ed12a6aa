/**
 * The learning session: its statechart, and the session as the runtime knows it, in each version.
 *
 * Owns one step: what stands in the way is refused first (`refusal.ts`), then the regions move.
 * Invariants:
 * LS1: seq grows by one, and replaying the records from any prefix gives the stored snapshot.
 * LS2: What was accepted has no second effect when it is said again at once; the runtime answers
 *    the same command id, here the same words change nothing.
 * LS20: A crash at any point and rehydration give the same observable state, and each timer acts
 *    once: one that fires again finds nothing to do.
 * 1. A refused message leaves nothing behind.
 * 2. Version 1 is version 2 without its floor and groups: what came with 2 is in no row, state or
 *    fact of it.
 * 3. A round whose timer should have come long ago gets its reprieve before anything else is
 *    judged.
 */
import type { StateValue } from "xstate";
import type { Json, JsonObject } from "../json.ts";
import {
  type Counter,
  type Living,
  type Machine,
  type Message,
  type Stamp,
  type Stepped,
  UnreadableSnapshot,
} from "../living.ts";
import type { Principal, Standing } from "../principal.ts";
import { type Asked, begin, take } from "../step.ts";
import { activity } from "./activity.ts";
import { admission } from "./admission.ts";
import {
  ACTIVITIES,
  FLOORS,
  GROUPINGS,
  PHASES,
  PRESENCES,
  can,
  leafOf,
  may,
  ungrouped,
  whereOf,
} from "./can.ts";
import { SESSION_EFFECTS } from "./change.ts";
import { COMMANDS, type SessionVersion, isCommandOf } from "./commands.ts";
import { EMPTY_FLOOR, type SessionContext } from "./context.ts";
import { countersOf } from "./counters.ts";
import { born } from "./course.ts";
import { fact, toEveryone } from "./facts.ts";
import { floor } from "./floor.ts";
import { addressed } from "./group-focus.ts";
import { grouping } from "./grouping.ts";
import { isOverdue } from "./guards.ts";
import { host } from "./host.ts";
import { type SessionEvent, parseBirth, parseEvent } from "./messages.ts";
import { phase } from "./phase.ts";
import { refusalOf } from "./refusal.ts";
import { session } from "./setup.ts";
import { standingIn } from "./standing.ts";
import { viewOf } from "./view.ts";

/** Of the shape of `SessionContext` and the states; another shape is another version. */
const NEWEST: SessionVersion = 2;

const statechart = session.createMachine({
  id: "session",
  type: "parallel",
  context: ({ input }) => born(input),
  states: { phase, host, admission, activity, floor, grouping },
});

type Snapshot = ReturnType<typeof statechart.resolveState>;

const OVER: ReadonlySet<string> = new Set(["archived", "cancelled", "expired"]);

export class SessionLiving implements Living {
  readonly kind = "session";
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  get machineVersion(): SessionVersion {
    return this.context.floor === undefined ? 1 : NEWEST;
  }

  get context(): SessionContext {
    return this.#snapshot.context;
  }

  get state(): StateValue {
    return this.machineVersion === 1 ? ungrouped(this.#snapshot.value) : this.#snapshot.value;
  }

  get over(): boolean {
    return OVER.has(whereOf(this.state).phase);
  }

  step(message: Message, stamp: Stamp): Stepped {
    const at = Math.max(stamp.at, this.context.at);
    const now = { ...stamp, at };
    const { context } = this;
    const snapshot = this.#snapshot;
    const stamped = at === context.at ? snapshot : { ...snapshot, context: { ...context, at } };
    const ready = this.#reprieved(stamped, now);
    const refusal = refusalOf(
      { context: ready.snapshot.context, state: ready.snapshot.value },
      message,
      now,
    );
    if (refusal !== undefined) {
      return { kind: "refused", refusal };
    }
    const taken = take(
      statechart,
      ready.snapshot,
      addressed(ready.snapshot.context, parseEvent(message, now)),
    );
    return accepted(ready, taken ?? { ...NOTHING, snapshot: ready.snapshot });
  }

  standing(principal: Principal): Standing | undefined {
    return standingIn(this.context, principal);
  }

  view(standing: Standing): JsonObject {
    return viewOf(this.context, this.state, standing);
  }

  counters(): readonly Counter[] {
    return countersOf(this.context);
  }

  connections(): ReturnType<Living["connections"]> {
    return this.over ? [] : connectionsOf(this.context);
  }

  persist(): Json {
    const { state, context } = this;
    return parsePlain({ version: this.machineVersion, state, context });
  }

  #reprieved(snapshot: Snapshot, stamp: Stamp): Asked & { readonly snapshot: Snapshot } {
    const event: SessionEvent = { type: "told.overdue", ...stamp };
    const taken = isOverdue(snapshot.context, stamp.at)
      ? take(statechart, snapshot, event)
      : undefined;
    return taken ?? { ...NOTHING, snapshot };
  }
}

const NOTHING: Asked = { facts: [], timers: [], effects: [], cancels: [] };

function accepted(first: Asked, second: Asked & { readonly snapshot: Snapshot }): Stepped {
  return {
    kind: "accepted",
    next: new SessionLiving(second.snapshot),
    facts: [...first.facts, ...second.facts],
    timers: [...first.timers, ...second.timers],
    effects: [...first.effects, ...second.effects],
    cancels: [...first.cancels, ...second.cancels],
  };
}

/** What every snapshot has, and where each region can be at rest. */
const MEMBERS = Object.keys(
  born({
    version: 1,
    type: "session.create",
    title: "",
    language: "",
    lessonId: "",
    steps: [],
    joinCode: "",
    host: { userId: "nobody", name: "" },
    startsAt: null,
    settings: {},
    at: 0,
  }),
);
const REGIONS: readonly (readonly [name: string, known: readonly string[]])[] = [
  ["phase", PHASES],
  ["activity", ACTIVITIES],
  ["host", PRESENCES],
  ["admission", ["open", "approval", "locked"]],
  ["floor", FLOORS],
  ["grouping", GROUPINGS],
];

function birth(version: SessionVersion, message: Message, stamp: Stamp): Stepped {
  const parsed = parseBirth(message);
  if ("length" in parsed) {
    const detail = "The session cannot be made: its first message does not fit the schema.";
    return { kind: "refused", refusal: { code: "invalid", detail, errors: parsed } };
  }
  const taken = begin(statechart, { ...parsed, ...stamp, version });
  return accepted(NOTHING, taken);
}

function revive(version: SessionVersion, stored: unknown): SessionLiving {
  try {
    return new SessionLiving(statechart.resolveState(parseStored(version, stored)));
  } catch (cause) {
    throw new UnreadableSnapshot("expected a snapshot of a session", { cause });
  }
}

/**
 * A session of version 1 gets its floor, unless it is over; who is there hears of it, as it may
 * send more now.
 */
function upgrade(stored: Json, { at }: Stamp): Stepped {
  const { state, context, over } = revive(1, stored);
  if (over) {
    return { kind: "refused", refusal: { code: "session-over", detail: "The session is over." } };
  }
  const next = { ...context, at: Math.max(at, context.at), floor: EMPTY_FLOOR };
  return accepted(NOTHING, {
    ...NOTHING,
    facts: [fact("floor.changed", toEveryone({ floor: "open" }))],
    snapshot: statechart.resolveState({ value: state, context: next }),
  });
}

function connectionsOf(context: SessionContext): ReturnType<Living["connections"]> {
  const ofHosts = context.hosts.flatMap(({ userId, name, connections }) =>
    connections.map((connectionId) => ({
      connectionId,
      principal: { kind: "user", userId, role: "teacher", name } as const,
    })),
  );
  const ofClass = context.participants.flatMap(({ participantId, userId, name, connections }) =>
    connections.map((connectionId) => ({
      connectionId,
      principal:
        userId === null
          ? ({ kind: "guest", participantId } as const)
          : ({ kind: "user", userId, role: "student", name } as const),
    })),
  );
  return [...ofHosts, ...ofClass];
}

/** A context is made of JSON alone: nothing else is ever put into it. */
function parsePlain(value: unknown): Json {
  return value as Json;
}

function parseStored(
  expected: SessionVersion,
  stored: unknown,
): { value: StateValue; context: SessionContext } {
  const { version, state, context } = stored as {
    readonly version: unknown;
    readonly state: StateValue;
    readonly context: SessionContext;
  };
  if (version !== expected) {
    throw new TypeError(`expected version ${expected} of a session, found ${String(version)}`);
  }
  const missing = MEMBERS.filter((name) => !Object.hasOwn(context, name));
  const hasFloor = context.floor !== undefined;
  if (hasFloor !== expected > 1 || (!hasFloor && leafOf(state, "floor") !== "open")) {
    throw new TypeError(`expected ${hasFloor ? "no floor" : "a floor"} in version ${expected}`);
  }
  const strange = REGIONS.filter(
    ([name, known]) =>
      !known.includes(leafOf(state, name)) && !(name === "grouping" && expected === 1),
  );
  if (missing.length > 0 || strange.length > 0) {
    throw new TypeError(`expected ${[...missing, ...strange.map(([name]) => name)].join(", ")}`);
  }
  return { value: state, context };
}

export const sessionMachine: Machine = {
  kind: "session",
  version: NEWEST,
  commands: COMMANDS,
  effects: SESSION_EFFECTS,
  birth: (message, stamp) => birth(NEWEST, message, stamp),
  revive: (stored) => revive(NEWEST, stored),
  upgrade,
  can,
  may,
};

const isOfFirst = (type: string): boolean => isCommandOf(1, type);

export const sessionMachine1: Machine = {
  kind: "session",
  version: 1,
  commands: Object.fromEntries(Object.entries(COMMANDS).filter(([type]) => isOfFirst(type))),
  effects: SESSION_EFFECTS,
  birth: (message, stamp) => birth(1, message, stamp),
  revive: (stored) => revive(1, stored),
  can: (state, role) => can(state, role).filter(isOfFirst),
  may: (type, role) => isOfFirst(type) && may(type, role),
};
