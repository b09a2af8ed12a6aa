/**
 * One step of any XState machine, as data: the next snapshot, and what it asks for.
 *
 * Owns the only call of a machine's `transition`. XState's own function of that name makes a whole
 * actor for each step, half of the step's time; here one that never starts serves a machine for
 * good, since no machine here spawns, invokes or sends. Invariants:
 * 1. Nothing is performed: facts are what was emitted, timers what was raised with a delay or
 *    cancelled, effects every other action with a name.
 * 2. An event that the state does not handle leaves the very same snapshot, asks for nothing, and
 *    is `undefined`.
 * 3. An undelayed `raise` has been taken within the step and is not asked of anybody.
 * 4. XState hands on of an action its type and params alone: by which id an effect is called off,
 *    and what it is aimed at, is said in its params by `aimed`, and no performer is given it. The
 *    action `CALL_OFF` calls one off.
 */
import {
  type AnyActorScope,
  type AnyStateMachine,
  type EventFromLogic,
  type ExecutableActionObject,
  type InputFrom,
  type SnapshotFrom,
  createActor,
  initialTransition,
} from "xstate";
import type { Fact } from "./fact.ts";
import type { JsonObject } from "./json.ts";
import type { EffectWish, Message, TimerChange } from "./living.ts";

const SELVES = new WeakMap<AnyStateMachine, AnyActorScope["self"]>();

export interface Asked {
  readonly facts: readonly Fact[];
  readonly timers: readonly TimerChange[];
  readonly effects: readonly EffectWish[];
  /** Ids of effects that are not wanted any more. */
  readonly cancels: readonly string[];
}

/** The action that calls off the effect whose id is `params.id`. */
export const CALL_OFF = "effect.callOff";
/** No field of an effect's own is called so. */
const AIM = "effect.aim";

type Aim = Pick<EffectWish, "id" | "target">;

export interface Taken<Snapshot> extends Asked {
  readonly snapshot: Snapshot;
}

/** The fields of a stamp: a timer's event gets its own when it fires. */
const STAMPED: ReadonlySet<string> = new Set(["at", "seq", "by"]);

export function begin<M extends AnyStateMachine>(
  machine: M,
  ...input: undefined extends InputFrom<M> ? [input?: InputFrom<M>] : [input: InputFrom<M>]
): Taken<SnapshotFrom<M>> {
  const [snapshot, actions] = initialTransition(machine, ...input);
  return { snapshot, ...askedBy(actions) };
}

export function take<M extends AnyStateMachine>(
  machine: M,
  snapshot: SnapshotFrom<M>,
  event: EventFromLogic<M>,
): Taken<SnapshotFrom<M>> | undefined {
  const actions: ExecutableActionObject[] = [];
  const next = parseSnapshot<M>(machine.transition(snapshot, event, scopeOf(machine, actions)));
  const isTaken = next !== snapshot || actions.length > 0;
  return isTaken ? { snapshot: next, ...askedBy(actions) } : undefined;
}

/** Params of an effect with what the runtime has to know of it. */
export function aimed(params: JsonObject, { id, target }: Aim): JsonObject {
  const aim = { ...(id === undefined ? {} : { id }), ...(target === undefined ? {} : { target }) };
  return { ...params, [AIM]: aim };
}

/** What XState hands to actions: nothing here is ever performed, sent or started. */
function scopeOf(machine: AnyStateMachine, actions: ExecutableActionObject[]): AnyActorScope {
  let self = SELVES.get(machine);
  if (self === undefined) {
    self = createActor(machine);
    SELVES.set(machine, self);
  }
  return {
    self,
    system: self.system,
    id: "",
    sessionId: "",
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    stopChild: () => undefined,
    actionExecutor: (action) => {
      actions.push(action);
    },
  };
}

function askedBy(actions: readonly ExecutableActionObject[]): Asked {
  const facts: Fact[] = [];
  const timers = new Map<string, TimerChange>();
  const effects: EffectWish[] = [];
  const cancels: string[] = [];
  for (const action of actions) {
    switch (action.type) {
      case "xstate.emit":
        facts.push(parseEmitted(action.params));
        break;
      case "xstate.raise": {
        const raised = parseRaised(action.params);
        if (raised.delay !== undefined) {
          const id = raised.id ?? raised.event.type;
          const event = unstamped(raised.event);
          timers.delete(id);
          timers.set(id, { kind: "arm", id, delayMs: raised.delay, event });
        }
        break;
      }
      case "xstate.cancel": {
        const id = parseCancelled(action.params);
        timers.delete(id);
        timers.set(id, { kind: "cancel", id });
        break;
      }
      case CALL_OFF:
        cancels.push(parseCalledOff(action.params));
        break;
      default:
        effects.push(wishOf(action));
    }
  }
  return { facts, timers: [...timers.values()], effects, cancels };
}

function wishOf(action: ExecutableActionObject): EffectWish {
  const { [AIM]: aim, ...params } = parseParams(action.params);
  return { type: action.type, params, ...parseAim(aim) };
}

function unstamped(event: Message): Message {
  const fields = Object.entries(event).filter(([name]) => !STAMPED.has(name));
  return { ...Object.fromEntries(fields), type: event.type };
}

/** A transition of a machine gives one of its own snapshots, whatever the types lost. */
function parseSnapshot<M extends AnyStateMachine>(next: unknown): SnapshotFrom<M> {
  return next as SnapshotFrom<M>;
}

function parseEmitted(params: unknown): Fact {
  return (params as { readonly event: Fact }).event;
}

function parseRaised(params: unknown) {
  return params as { readonly event: Message; readonly id?: string; readonly delay?: number };
}

function parseCancelled(params: unknown): string {
  return (params as { readonly sendId: string }).sendId;
}

function parseCalledOff(params: unknown): string {
  return (params as { readonly id: string }).id;
}

function parseAim(aim: unknown): Aim {
  return aim ?? {};
}

function parseParams(params: unknown): JsonObject {
  return (params ?? {}) as JsonObject;
}
