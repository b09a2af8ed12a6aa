/**
 * Soundness: whether what the store has of an actor is what was acknowledged, as far as anybody
 * can tell.
 *
 * Invariants:
 * 1. Stored bytes are held against their checksum, and what the store compares against them (C18).
 * 2. The store is at the archive's mark or beyond it, and what is beyond chains on the mark: one
 *    that was rewound, or that forked, is not sound (C1).
 * 3. What this node itself committed is there, or a person decided to go on without it.
 */
import { type Address, addressKey } from "./address.ts";
import type { Archive, Mark } from "./archive.ts";
import { Damaged, type Envelope, chainOn, decodeEnvelope } from "./envelope.ts";
import { everyRecord } from "./history.ts";
import type { Point } from "./proof.ts";
import type { ActorStore, KeptRecord, Stored } from "./store.ts";

/** Nobody may have this actor: part of what was acknowledged is missing, and a person must look. */
export class Quarantined extends Error {
  override readonly name = "Quarantined";
  readonly kind = "actor.quarantined";
  readonly retry = "never";

  constructor(address: Address, reason: string) {
    super(`${addressKey(address)} is kept apart: ${reason}`);
  }
}

export interface Found {
  readonly stored: Stored;
  readonly mark: Mark;
  /** What this node committed and may alone remember. */
  readonly kept: readonly KeptRecord[];
}

interface SoundNode {
  readonly store: ActorStore;
  readonly archive: Archive;
}

/** The envelope, if it and what lies beside it can be believed; undefined: it has to be mended. */
export async function soundEnvelope(
  node: SoundNode,
  address: Address,
  { stored, mark, kept: all }: Found,
): Promise<string | undefined> {
  const envelope = intact(address, stored.envelope);
  if (envelope?.head !== stored.head || envelope.seq !== stored.seq) {
    return undefined;
  }
  const { seq, head } = envelope;
  const kept = stillMissed(all, envelope);
  if (seq < mark.seq || kept.some((each) => each.seq > seq)) {
    return undefined;
  }
  const heads = new Map([[mark.seq, mark.head]]);
  if (seq > mark.seq) {
    const beyond = await everyRecord(node.store, address, { after: mark.seq, upTo: seq });
    for (const { seq: at, line } of beyond) {
      heads.set(at, chainOn(heads.get(at - 1) ?? "", line));
    }
  }
  const beyond = kept.filter((each) => each.seq > mark.seq);
  const behind = kept.filter((each) => each.seq <= mark.seq);
  const isSound =
    heads.get(seq) === head &&
    beyond.every((each) => heads.get(each.seq) === each.head) &&
    (await offArchive(node.archive, address, { mark, points: behind })).length === 0;
  return isSound ? stored.envelope : undefined;
}

/** What a person decided to go on without is missed no more. */
export function stillMissed(
  kept: readonly KeptRecord[],
  envelope: Envelope | undefined,
): readonly KeptRecord[] {
  return envelope?.lossAccepted === true
    ? kept.filter(({ epoch }) => epoch === envelope.epoch)
    : kept;
}

/** Points at or behind the mark through which the archived history does not go. */
export async function offArchive(
  archive: Archive,
  address: Address,
  { mark, points }: { readonly mark: Mark; readonly points: readonly Point[] },
): Promise<readonly Point[]> {
  const from = Math.min(mark.seq, ...points.map(({ seq }) => seq));
  const range = { after: from, upTo: mark.seq };
  const later = from < mark.seq ? await everyRecord(archive, address, range) : [];
  const end = ({ seq, head }: Point): string =>
    later.filter((record) => record.seq > seq).reduce((at, { line }) => chainOn(at, line), head);
  return points.filter((point) => end(point) !== mark.head);
}

/** The envelope, when its checksum holds. */
export function intact(address: Address, stored: string): Envelope | undefined {
  try {
    return decodeEnvelope(address, stored);
  } catch (error) {
    if (error instanceof Damaged) {
      return undefined;
    }
    throw error;
  }
}
