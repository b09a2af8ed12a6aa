/**
 * The commit of a batch, as the store takes it: pure, from what was held to what is to be there.
 */
import type { Address } from "./address.ts";
import type { Batch, Held } from "./batch.ts";
import { type Owed, sealEnvelope } from "./envelope.ts";
import type { Letter } from "./letter.ts";
import type { ActorStore, AgendaItem, Commit, IdClaim } from "./store.ts";

/** The node that armed a timer fires it from memory; only after this is it anybody's. */
export const TIMER_SLACK_MS = 250;
/** The committing node performs an effect at once; when it dies, others may after this. */
export const EFFECT_LEASE_MS = 15_000;

/** What a commit needs of its node. */
export interface CommitNode {
  readonly store: ActorStore;
  /** This node performs effects; else they are claimable by another at once. */
  readonly worker: boolean;
  /** By the store's clock: nobody takes this node for dead before; undefined: it never beats. */
  aliveUntil(): number | undefined;
}

export function commitOf(
  address: Address,
  turn: {
    readonly held: Held | undefined;
    readonly batch: Batch;
    readonly asks: readonly IdClaim[];
    readonly node: CommitNode;
  },
): Commit {
  const { held, batch, asks, node } = turn;
  const { envelope, living } = batch.after;
  return {
    expected: held?.envelope.head,
    head: envelope.head,
    envelope: sealEnvelope(address, { ...envelope, snapshot: living.persist() }),
    records: batch.lines,
    firstSeq: envelope.seq - batch.lines.length + 1,
    claims: batch.claims,
    asks,
    agenda: {
      put: agendaOf(batch.armed, { now: node.store.now(), worker: node.worker }),
      remove: batch.settled,
    },
    notAfter: [...batch.outcomes.keys()].some(isOfSockets) ? node.aliveUntil() : undefined,
  };
}

/** What a node says of sockets, and may say only while the others know that it lives. */
export function isOfSockets({ incoming, settles }: Letter): boolean {
  return incoming.rank === "system" && settles === undefined;
}

export function agendaOf(
  owed: readonly Owed[],
  node: { readonly now: number; readonly worker: boolean },
): readonly AgendaItem[] {
  return owed.map(({ kind, key, generation, dueAt }) => ({
    key,
    generation,
    claimableAt:
      kind === "timer" ? dueAt + TIMER_SLACK_MS : node.now + (node.worker ? EFFECT_LEASE_MS : 0),
  }));
}
