/**
 * Birth: the first record of an actor.
 *
 * Invariant: the archive's row exists, and says `resident`, before the birth is acknowledged (C2).
 */
import type { Machine, Message } from "../machines/living.ts";
import type { Principal } from "../machines/principal.ts";
import { lookOf } from "./answer.ts";
import type { Address } from "./address.ts";
import type { Archive } from "./archive.ts";
import { type Batch, birthBatch } from "./batch.ts";
import type { Ids } from "./clock.ts";
import { type CommitNode, commitOf } from "./commit-of.ts";
import { chainStart } from "./envelope.ts";
import type { Letter } from "./letter.ts";
import type { Reply } from "./reply.ts";
import { Sealer } from "./sealer.ts";

export interface BirthNode extends CommitNode {
  readonly archive: Archive;
  /** Of the version that every living node reads. */
  readonly machine: Machine;
  readonly ids: Ids;
}

export interface Born {
  readonly reply: Reply;
  /** What is to be acted on; absent when nothing was made. */
  readonly made?: { readonly batch: Batch };
}

export async function beBorn(
  node: BirthNode,
  address: Address,
  first: { readonly message: Message; readonly by: Principal },
): Promise<Born> {
  const at = node.store.now();
  const stepped = node.machine.birth(first.message, { at, seq: 1, by: first.by });
  const epoch = node.ids.next();
  const letter = letterOf(first, at);
  const batch = birthBatch(stepped, letter, { epoch, head: chainStart(address, epoch) });
  if ("code" in batch) {
    return { reply: { kind: "refused", refusal: batch } };
  }
  if (!(await node.archive.announce(address, epoch))) {
    return taken();
  }
  const turn = { held: undefined, batch, node, losses: 0, sealer: new Sealer() };
  const commit = commitOf(address, turn);
  const committed = await node.store.commit(address, commit);
  const outcome = batch.outcomes.get(letter);
  if (committed.kind !== "committed" || outcome?.kind !== "accepted") {
    return taken();
  }
  return {
    reply: {
      kind: "accepted",
      record: outcome.record,
      duplicate: false,
      look: lookOf(batch.after),
    },
    made: { batch },
  };
}

function taken(): Born {
  return {
    reply: {
      kind: "refused",
      refusal: { code: "not-accepted", detail: "An actor of this id exists already." },
    },
  };
}

export function letterOf(
  first: { readonly message: Message; readonly by: Principal },
  receivedAt: number,
): Letter {
  return {
    incoming: { ...first, rank: "host" },
    settles: undefined,
    claim: undefined,
    receivedAt,
    resolve: () => undefined,
    reject: () => undefined,
  };
}
