/**
 * What a transition does beside moving: the next context, facts, timers, effects, and what it tells
 * other regions. Changes are values; pure functions make them and `setup.ts` hands them to XState.
 */
import type { Fact } from "../fact.ts";
import type { EffectNature, Stamp } from "../living.ts";
import type { SessionContext } from "./context.ts";
import type { Timed, Told } from "./messages.ts";

export type TimerWish =
  | {
      readonly kind: "arm";
      readonly id: string;
      readonly delayMs: number;
      readonly event: Timed;
    }
  | { readonly kind: "cancel"; readonly id: string };

/** Each is performed by `src/effects`, at least once, and answered by an outcome. */
export type SessionEffect =
  | { readonly type: "releaseCode"; readonly params: { readonly joinCode: string } }
  | { readonly type: "revokeSeat"; readonly params: { readonly participantId: string } };

export const SESSION_EFFECTS: Readonly<Record<SessionEffect["type"], EffectNature>> = {
  releaseCode: { repeatable: true },
  revokeSeat: { repeatable: true },
};

type ToldOf<T> = T extends Told ? Omit<T, keyof Stamp> : never;

export interface Change {
  readonly context: SessionContext;
  readonly facts: readonly Fact[];
  readonly timers: readonly TimerWish[];
  readonly effects: readonly SessionEffect[];
  readonly told: readonly ToldOf<Told>[];
}

export function changed(
  context: SessionContext,
  facts: readonly Fact[] = [],
  more: Partial<Omit<Change, "context" | "facts">> = {},
): Change {
  return { context, facts, timers: [], effects: [], told: [], ...more };
}

/** One change after another, as one. */
export function then(first: Change, next: (context: SessionContext) => Change): Change {
  const second = next(first.context);
  return {
    context: second.context,
    facts: [...first.facts, ...second.facts],
    timers: [...first.timers, ...second.timers],
    effects: [...first.effects, ...second.effects],
    told: [...first.told, ...second.told],
  };
}
