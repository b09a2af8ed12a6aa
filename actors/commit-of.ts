/**
 * The commit of a batch, as the store takes it: from what was held to what is to be there.
 *
 * Invariant: only workers take leases at commit; what others leave is claimable at once (C27).
 */
import type { Address } from "./address.ts";
import type { Batch, Held } from "./batch.ts";
import type { Owed } from "./envelope.ts";
import type { Letter } from "./letter.ts";
import { doable } from "./owed.ts";
import type { Sealer } from "./sealer.ts";
import {
  type ActorStore,
  type AgendaItem,
  type Commit,
  CommitTooLarge,
  type Committed,
  type Confirmed,
  type IdClaim,
} from "./store.ts";

/** The node that armed a timer fires it from memory; only after this is it anybody's. */
export const TIMER_SLACK_MS = 250;
/** The committing node performs an effect at once; when it dies, others may after this. */
export const EFFECT_LEASE_MS = 15_000;

/** What a commit needs of its node. */
export interface CommitNode {
  readonly store: ActorStore;
  /** This node performs effects; else they are claimable by another at once. */
  readonly worker: boolean;
  /** The boot id: the store may reserve a commit for it. */
  readonly node: string;
  /** By the store's clock: nobody takes this node for dead before; undefined: it never beats. */
  aliveUntil(): number | undefined;
}

export function commitOf(
  address: Address,
  turn: {
    readonly held: Held | undefined;
    readonly batch: Batch;
    readonly node: CommitNode;
    /** Commits of this actor that this node has just lost, one after the other. */
    readonly losses: number;
    /** Of this actor. */
    readonly sealer: Sealer;
  },
): Commit {
  const { held, batch, node, losses, sealer } = turn;
  const { envelope, living } = batch.after;
  const expected = held?.envelope.head;
  return {
    expected,
    head: envelope.head,
    ...sealer.seal(address, { ...envelope, snapshot: living.persist() }, expected),
    records: batch.lines,
    firstSeq: envelope.seq - batch.lines.length + 1,
    claims: batch.claims,
    asks: asksOf(batch),
    agenda: {
      put: agendaOf(batch.armed, {
        now: node.store.now(),
        worker: node.worker,
        lease: leaseOf(batch),
      }),
      remove: batch.settled,
      cancel: batch.cancelled,
    },
    notAfter: [...batch.outcomes.keys()].some(isOfSockets) ? node.aliveUntil() : undefined,
    contender: { node: node.node, losses },
  };
}

/** Ids of what is refused: one that was accepted before is answered as it was then. */
function asksOf({ outcomes }: Batch): readonly IdClaim[] {
  return [...outcomes].flatMap(([{ claim }, { kind }]) =>
    kind === "refused" && claim !== undefined ? [claim] : [],
  );
}

/** What a node says of sockets, and may say only while the others know that it lives. */
export function isOfSockets({ incoming, settles }: Letter): boolean {
  return incoming.rank === "system" && settles === undefined;
}

/** Of all that a commit puts: no other commit has its head. */
export function leaseOf({ after }: Pick<Batch, "after">): string {
  return after.envelope.head;
}

interface Putting {
  readonly now: number;
  readonly worker: boolean;
  readonly lease?: string;
  readonly begun?: boolean;
}

/**
 * Items of what may be done; with a lease, the effects among it are the committing node's. `begun`:
 * of these nobody knows whether they were.
 */
export function agendaOf(owed: readonly Owed[], node: Putting): readonly AgendaItem[] {
  return doable(owed).map(({ kind, key, generation, dueAt }) => {
    if (kind === "timer") {
      return { key, generation, claimableAt: dueAt + TIMER_SLACK_MS };
    }
    const leased = node.worker && node.lease !== undefined;
    return leased
      ? { key, generation, claimableAt: node.now + EFFECT_LEASE_MS, lease: node.lease }
      : { key, generation, claimableAt: node.now, begun: node.begun === true };
  });
}

/** Nothing was to be written, and the store has gone further: what it has now, and knows of ids. */
type Moved = Extract<Confirmed, { kind: "moved" }>;

/**
 * What becomes of a turn in the store: its commit, or where nothing is written, its confirmation.
 * Undefined: larger than a commit may be.
 */
export async function commitOrConfirm(
  address: Address,
  turn: Parameters<typeof commitOf>[1] & { readonly held: Held },
): Promise<Committed | Moved | undefined> {
  const { held, batch, node } = turn;
  if (batch.lines.length === 0) {
    const confirmed = await node.store.confirm(address, held.envelope.head, asksOf(batch));
    return confirmed.kind === "current" ? { ...confirmed, kind: "committed" } : confirmed;
  }
  try {
    return await node.store.commit(address, commitOf(address, turn));
  } catch (error) {
    if (error instanceof CommitTooLarge) {
      return undefined;
    }
    throw error;
  }
}
