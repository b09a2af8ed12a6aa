/**
 * Performing: effects that are committed and owed are done, and their outcomes sent back.
 *
 * Invariants:
 * 1. Nothing is performed before it is committed, nor without a lease that was checked right
 *    before (C15). A performer is given a stable key, the same for every attempt.
 * 2. The commit that accepts an outcome removes the owed item: a second outcome finds nothing.
 * 3. An attempt is counted before it is made. One that fails is made again with growing pauses;
 *    after the last the effect settles as `effect.exhausted`, so that nothing is owed for ever
 *    (C13).
 * 4. An effect that is not repeatable is begun once, on whatever node: if its fate is not known,
 *    it settles as `effect.lost`, and the machine decides (C14).
 */
import type { JsonObject } from "../machines/json.ts";
import type { EffectNature, Message } from "../machines/living.ts";
import { type Address, addressKey } from "./address.ts";
import { pause } from "./clock.ts";
import type { Lease, LeaseNode } from "./lease.ts";
import type { Settles } from "./letter.ts";
import type { OwedEffect } from "./owed.ts";

/** With pauses of 1 s doubling to a minute, a store that is away for five minutes is outlived. */
export const ATTEMPTS_MAX = 12;
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;
/** What was done is told again, with pauses of 1, 2 and 4 s, before it counts as not told. */
const TELLINGS_MAX = 4;

/** Thrown by a performer that is sure of it: nothing was done, and it may be tried again. */
export class NotPerformed extends Error {
  override readonly name = "NotPerformed";
  readonly kind = "effect.not-performed";
  readonly retry = "later";
}

/**
 * Resolves with the outcome. Rejects when it should be tried again, if it is repeatable or the
 * error is `NotPerformed`; else what became of it is not known. `signal`: nobody waits any more.
 */
export type Performer = (
  address: Address,
  params: JsonObject,
  idempotencyKey: string,
  signal: AbortSignal,
) => Promise<Message>;

export interface PerformNode extends LeaseNode {
  readonly performers: Readonly<Record<string, Performer>>;
  natureOf(address: Address, type: string): EffectNature;
  deliver(address: Address, message: Message, settles: Settles): Promise<void>;
}

export interface Work {
  readonly address: Address;
  readonly effect: OwedEffect;
  readonly lease: Lease;
}

export async function perform(node: PerformNode, work: Work): Promise<void> {
  const { address, effect, lease } = work;
  const { type } = effect.effect;
  const performer = node.performers[type];
  const { attempt, begun } = lease.item;
  if (effect.cancelled === true) {
    await settle(node, work, "effect.cancelled");
  } else if (begun && !node.natureOf(address, type).repeatable) {
    await settle(node, work, "effect.lost");
  } else if (performer === undefined || attempt > ATTEMPTS_MAX) {
    await settle(node, work, "effect.exhausted");
  } else if (await lease.begin()) {
    await done(node, work, performer).finally(() => lease.stop());
  }
}

/** It comes to an end here without an outcome. */
async function settle(node: PerformNode, { address, effect }: Work, as: string): Promise<void> {
  const { type, params, id } = effect.effect;
  const name = `${addressKey(address)}#${effect.key}`;
  const message = { type: as, effect: type, params, ...(id === undefined ? {} : { id }) };
  if (as === "effect.cancelled") {
    node.log.info(as, { effect: name, type });
  } else {
    node.log.error(as, { effect: name, type });
  }
  await node.deliver(address, message, effect);
}

async function done(node: PerformNode, work: Work, performer: Performer): Promise<void> {
  const { address, effect, lease } = work;
  const { type, params } = effect.effect;
  const name = `${addressKey(address)}#${effect.key}`;
  try {
    const outcome = await performer(address, params, name, lease.signal);
    await tell(node, work, outcome);
  } catch (error) {
    const { attempt } = lease.item;
    node.log.warn("effect.failed", { effect: name, type, attempt, error });
    if (node.natureOf(address, type).repeatable || error instanceof NotPerformed) {
      await lease.release(node.store.now() + pauseAfter(attempt));
    } else if (lease.isOurs) {
      await settle(node, work, "effect.lost").catch((untold: unknown) => {
        // Not given back, or it would be begun again: when its lease ends, somebody says it.
        node.log.warn("effect.lost-later", { effect: name, error: untold });
      });
    } else {
      // Cancelled, and ended here; or another has it, and nothing is given back.
      await lease.release(node.store.now());
    }
  }
}

/** What was done is not done again because the actor was busy, or the store away for a moment. */
async function tell(node: PerformNode, work: Work, outcome: Message, told = 1): Promise<void> {
  try {
    await node.deliver(work.address, outcome, work.effect);
  } catch (error) {
    if (told === TELLINGS_MAX || work.lease.signal.aborted) {
      throw error;
    }
    await pause(node.clock, pauseAfter(told));
    await tell(node, work, outcome, told + 1);
  }
}

export function pauseAfter(attempt: number): number {
  return Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** Math.max(0, attempt - 1));
}
