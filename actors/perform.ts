/**
 * Performing: effects that are committed and owed are done, and their outcomes sent back.
 *
 * Invariants:
 * 1. Nothing is performed before it is committed; a performer is given a stable key, the same for
 *    every attempt, and must be harmless when called twice with it.
 * 2. The commit that accepts an outcome removes the owed item: a second outcome finds nothing.
 * 3. An effect that fails is tried again with growing pauses; after the last attempt it settles as
 *    `effect.exhausted`, so that nothing is owed for ever (C13).
 */
import type { JsonObject } from "../machines/json.ts";
import type { Message } from "../machines/living.ts";
import { type Address, addressKey } from "./address.ts";
import type { Log } from "./clock.ts";
import type { Owed } from "./envelope.ts";
import type { Settles } from "./letter.ts";
import type { ActorStore, ClaimedItem } from "./store.ts";

/** With pauses of 1 s doubling to a minute, a store that is away for five minutes is outlived. */
export const ATTEMPTS_MAX = 12;
const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;

export type OwedEffect = Extract<Owed, { kind: "effect" }>;

/** Resolves with the outcome; rejects when it should be tried again. */
export type Performer = (
  address: Address,
  params: JsonObject,
  idempotencyKey: string,
) => Promise<Message>;

export interface PerformNode {
  readonly store: ActorStore;
  readonly log: Log;
  readonly performers: Readonly<Record<string, Performer>>;
  deliver(address: Address, message: Message, settles: Settles): Promise<void>;
}

export async function perform(
  node: PerformNode,
  work: { readonly address: Address; readonly effect: OwedEffect; readonly claim?: ClaimedItem },
): Promise<void> {
  const { address, effect, claim } = work;
  const { type, params } = effect.effect;
  const name = `${addressKey(address)}#${effect.key}`;
  const performer = node.performers[type];
  if (performer === undefined || (claim?.attempt ?? 0) > ATTEMPTS_MAX) {
    node.log.error("effect.exhausted", { effect: name, type });
    await node.deliver(address, { type: "effect.exhausted", effect: type }, effect);
    return;
  }
  try {
    const outcome = await performer(address, params, name);
    await node.deliver(address, outcome, effect);
  } catch (error) {
    node.log.warn("effect.failed", { effect: name, type, attempt: claim?.attempt ?? 0, error });
    if (claim !== undefined) {
      await node.store.release(claim, node.store.now() + pauseAfter(claim.attempt));
    }
  }
}

export function pauseAfter(attempt: number): number {
  return Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** (attempt - 1));
}
