/**
 * What every machine offers to the runtime: birth, revival, and one pure step.
 *
 * Owns the interface between `machines/` and `actors/`; the runtime knows no more than this of any
 * kind of actor. Invariants:
 * 1. A `Living` is an immutable value. `step` returns another; the first is as it was.
 * 2. Everything a step depends on is in the snapshot, the message and the stamp: the same three
 *    give the same result, byte for byte, on any node and in any year.
 * 3. `can` is a function of the state value and the role alone, so it may be asked of a record.
 */
import type { StateValue } from "xstate";
import type { TObject } from "@sinclair/typebox";
import type { Fact } from "./fact.ts";
import type { Json, JsonObject } from "./json.ts";
import type { Audience, Principal, Standing } from "./principal.ts";
import type { Refusal } from "./refusal.ts";

export const ACTOR_KINDS = ["session"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** A command, an outcome, a timer's event or a word of the platform: `type` and its fields. */
export type Message = JsonObject & { readonly type: string };

/** The inputs of a step beside the message. */
export interface Stamp {
  /** The store's time of receipt, ms since 1970; never goes back within an actor. */
  readonly at: number;
  /** The seq that the record will have. */
  readonly seq: number;
  readonly by: Principal;
}

/** A durable timer: arming an id again, or cancelling it, voids the one armed before. */
export type TimerChange =
  | { readonly kind: "arm"; readonly id: string; readonly delayMs: number; readonly event: Message }
  | { readonly kind: "cancel"; readonly id: string };

/** What a machine asks of the world. `type` is one of the machine's declared effects. */
export interface EffectWish {
  readonly type: string;
  readonly params: JsonObject;
  /** By which the machine may call it off; no other that it is owed has it. */
  readonly id?: string;
  /** Effects of one actor to one target are performed one at a time, in the order of wishes. */
  readonly target?: string;
}

/** What the runtime has to know of an effect before it performs one. */
export interface EffectNature {
  /**
   * Harmless when it is done twice under one key. If not, it is begun once: when nobody can tell
   * what became of that, the machine is told `effect.lost` and decides.
   */
  readonly repeatable: boolean;
}

export type Stepped =
  | {
      readonly kind: "accepted";
      readonly next: Living;
      readonly facts: readonly Fact[];
      readonly timers: readonly TimerChange[];
      readonly effects: readonly EffectWish[];
      /**
       * Ids of effects that are not wanted any more. Each still comes to one end: its performer's
       * word if it was begun, else `effect.cancelled`.
       */
      readonly cancels?: readonly string[];
    }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A live counter for `delta`: absolute, lossy, at most 5 a second. */
export interface Counter {
  readonly of: string;
  readonly to: readonly Audience[];
  readonly fields: JsonObject;
}

export interface Living {
  readonly kind: ActorKind;
  readonly machineVersion: number;
  readonly state: StateValue;
  /** In a final state: it takes no message any more. */
  readonly over: boolean;
  /** A throw is a bug in the machine: the runtime refuses the message `internal` and reports it. */
  step(message: Message, stamp: Stamp): Stepped;
  /** Where a principal stands; undefined: this actor is not theirs, and does not exist for them. */
  standing(principal: Principal): Standing | undefined;
  view(standing: Standing): JsonObject;
  counters(): readonly Counter[];
  /** Connections that the snapshot believes alive, to be compared with the nodes that live. */
  connections(): readonly { readonly connectionId: string; readonly principal: Principal }[];
  /** The snapshot as plain JSON; `revive` of it continues exactly as this does. */
  persist(): Json;
}

/** One version of a kind; `versions.ts` has all that live. */
export interface Machine {
  readonly kind: ActorKind;
  readonly version: number;
  /** What a client may send, by type; `type` included, unknown fields refused. */
  readonly commands: Readonly<Record<string, TObject>>;
  /** What it may ask of the world, by type. */
  readonly effects: Readonly<Record<string, EffectNature>>;
  /** The first message of an actor makes it: record 1. */
  birth(message: Message, stamp: Stamp): Stepped;
  /** From stored JSON. Throws `UnreadableSnapshot` on what it did not write. */
  revive(stored: unknown): Living;
  /** A snapshot of the version before this one, taken over; absent: those live out as they are. */
  upgrade?(stored: Json, stamp: Stamp): Stepped;
  can(state: StateValue, role: string): readonly string[];
  /**
   * Whether this role may ever send this command; if not it is `not-allowed`, whatever it holds.
   */
  may(type: string, role: string): boolean;
}

/** The stored snapshot is not one that this machine wrote; the actor must not be stepped. */
export class UnreadableSnapshot extends Error {
  override readonly name = "UnreadableSnapshot";
  readonly kind = "snapshot.unreadable";
  readonly retry = "never";
}
