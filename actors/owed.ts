/**
 * What an actor owes: how a step changes it, and what of it may be done now.
 *
 * Owns the list in the envelope. Invariants:
 * 1. Effects stand in the order in which they were wished, and keep their places.
 * 2. Of the effects to one target only the first may be done: the next is put into the agenda by
 *    the commit that settles the one before (C16).
 * 3. A cancelled effect stays owed until it has come to its end, and is not begun (C15).
 */
import type { Stepped } from "../machines/living.ts";
import type { Owed } from "./envelope.ts";
import type { Settles } from "./letter.ts";

export type OwedEffect = Extract<Owed, { kind: "effect" }>;
export type OwedTimer = Extract<Owed, { kind: "timer" }>;

type Accepted = Extract<Stepped, { kind: "accepted" }>;

const NOTHING: OwedChange = { armed: [], settled: [], cancelled: [] };

/** What a turn did to what is owed. */
export interface OwedChange {
  /** May be done from now on. */
  readonly armed: readonly Owed[];
  readonly settled: readonly string[];
  /** Was in the agenda already, and is not wanted any more. */
  readonly cancelled: readonly string[];
}

/** A change that is committed, with the lease of the effects in it. */
export interface Done extends OwedChange {
  readonly lease: string;
}

/** A timer that came before its time is armed once more. */
export function again(owed: Owed): Done {
  return { ...NOTHING, armed: [owed], lease: "" };
}

export function owedAfter(
  owed: readonly Owed[],
  settles: Settles | undefined,
  turn: { readonly stepped: Stepped; readonly at: number; readonly seq: number },
): readonly Owed[] {
  const { stepped, at, seq } = turn;
  if (settles === undefined && (stepped.kind === "refused" || asksNothing(stepped))) {
    return owed;
  }
  const left = new Map(owed.map((each) => [each.key, each]));
  if (settles !== undefined) {
    left.delete(settles.key);
  }
  if (stepped.kind === "refused") {
    return [...left.values()];
  }
  for (const change of stepped.timers) {
    const key = `timer:${change.id}`;
    left.delete(key);
    if (change.kind === "arm") {
      const dueAt = at + Math.max(0, change.delayMs);
      left.set(key, { kind: "timer", key, generation: seq, dueAt, event: change.event });
    }
  }
  if (stepped.cancels !== undefined && stepped.cancels.length > 0) {
    cancel(left, new Set(stepped.cancels));
  }
  for (const [index, effect] of stepped.effects.entries()) {
    const key = `effect:${seq}.${index}`;
    left.set(key, { kind: "effect", key, generation: seq, dueAt: at, effect });
  }
  return [...left.values()];
}

function asksNothing({ timers, effects, cancels }: Accepted): boolean {
  return timers.length === 0 && effects.length === 0 && (cancels ?? []).length === 0;
}

function cancel(owed: Map<string, Owed>, ids: ReadonlySet<string>): void {
  for (const [key, each] of owed) {
    if (each.kind === "effect" && each.effect.id !== undefined && ids.has(each.effect.id)) {
      owed.set(key, { ...each, cancelled: true });
    }
  }
}

/** All but the effects that wait for another to the same target. */
export function doable(owed: readonly Owed[]): readonly Owed[] {
  const taken = new Set<string>();
  return owed.filter((each) => {
    if (each.kind === "timer" || each.effect.target === undefined) {
      return true;
    }
    const first = !taken.has(each.effect.target);
    taken.add(each.effect.target);
    return first || each.cancelled === true;
  });
}

export function changeOf(before: readonly Owed[], after: readonly Owed[]): OwedChange {
  if (before === after) {
    return NOTHING;
  }
  const were = new Map(doable(before).map((owed) => [owed.key, owed]));
  const left = new Set(after.map(({ key }) => key));
  return {
    armed: doable(after).filter(({ key, generation }) => were.get(key)?.generation !== generation),
    settled: before.map(({ key }) => key).filter((key) => !left.has(key)),
    cancelled: after.flatMap((owed) => {
      const was = were.get(owed.key);
      return isCancelled(owed) && was !== undefined && !isCancelled(was) ? [owed.key] : [];
    }),
  };
}

function isCancelled(owed: Owed): boolean {
  return owed.kind === "effect" && owed.cancelled === true;
}
