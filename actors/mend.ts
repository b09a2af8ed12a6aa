/**
 * Mending: an actor whose store was rewound, cut, emptied or damaged is built again from what has
 * survived: the archive, the store's log, and what this node committed itself.
 *
 *   gather ──▶ prove ──▶ archive what was proved ──▶ put it into the store, in a new epoch
 *                 └────▶ something acknowledged is missing: quarantine, never a guess
 *
 * Invariants:
 * 1. Only what chains on the archive up to a head that somebody wrote down is believed (C1).
 * 2. What was proved is archived before it is served; the store takes it only over what was seen
 *    there, so any number of nodes may mend one actor at once (C3).
 * 3. An actor of which something acknowledged cannot be proved is parked, with the reason, and
 *    refused by every node; its bytes stay where they are for a person to look at (C2, C18).
 * 4. What another version wrote is not damaged: who cannot read it throws `UnknownVersion`, and
 *    leaves everything as it is, also that it is parked, to a node that can (C8).
 */
import { machineOf } from "../machines/versions.ts";
import { type Address, addressKey } from "./address.ts";
import type { Archived, Mark } from "./archive.ts";
import { type Held, birthBatch } from "./batch.ts";
import { letterOf } from "./birth.ts";
import { Damaged, type Envelope, chainStart, decodeRecord, sealEnvelope } from "./envelope.ts";
import { everyRecord } from "./history.ts";
import { type Point, type Proved, prove } from "./proof.ts";
import { replay } from "./replay.ts";
import { type ReviveNode, revive } from "./revive.ts";
import { Quarantined, intact, offArchive, stillMissed } from "./sound.ts";
import type { KeptRecord, Stored, StoredRecord } from "./store.ts";
import { type WakeNode, installationOf, wakeFrom } from "./wake.ts";

export type MendNode = WakeNode & ReviveNode;

export interface Mending {
  readonly kept: readonly KeptRecord[];
  /** A person decided to go on from what can be proved, and to lose the rest. */
  readonly acceptLoss?: boolean;
}

/** An actor that goes on is looked at again; one that moves as often is no damaged one. */
const TRIES_MAX = 5;

interface Survivors {
  readonly archived: Archived;
  readonly stored: Stored | undefined;
  readonly envelope: Envelope | undefined;
  readonly log: readonly StoredRecord[];
}

/** True: all that was known to be acknowledged is there now. Throws `Quarantined`. */
export async function mend(node: MendNode, address: Address, how: Mending): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const found = await survivorsOf(node, address, how);
    const proved = await proofOf(node, address, { found, kept: how.kept });
    if (proved.missing.length === 0 || (await isStill(node, address, found.archived))) {
      return conclude(node, address, { found, proved, how });
    }
  }
  throw new Damaged(`${addressKey(address)} went on while it was mended, ${TRIES_MAX} times`);
}

/**
 * What is missing may be archived by now: whoever went on, slept and woke since the archive was
 * asked has a log that begins later. Where the archive stood still, its log has all beyond it.
 */
async function isStill({ archive }: MendNode, address: Address, before: Mark): Promise<boolean> {
  const now = await archive.mark(address);
  return now?.seq === before.seq && now.head === before.head && now.rebuiltIn === before.rebuiltIn;
}

async function conclude(
  node: MendNode,
  address: Address,
  {
    found,
    proved,
    how,
  }: { readonly found: Survivors; readonly proved: Proved; readonly how: Mending },
): Promise<boolean> {
  const whole = proved.missing.length === 0;
  if (!whole && how.acceptLoss !== true) {
    await quarantine(node, address, { found, proved });
  }
  if (isThere(found, proved.end)) {
    await unpark(node, address, found.archived);
  } else {
    await rebuild(node, address, { found, proved, how });
    const { seq } = proved.end;
    node.log.warn("actor.mended", { actor: addressKey(address), seq, whole });
  }
  return whole;
}

async function survivorsOf(
  node: MendNode,
  address: Address,
  { acceptLoss }: Mending,
): Promise<Survivors> {
  const archived = await node.archive.find(address);
  if (archived === undefined) {
    throw new Damaged(`${addressKey(address)} is in the store, and the archive does not know it`);
  }
  if (archived.parked !== undefined && acceptLoss !== true) {
    throw new Quarantined(address, archived.parked);
  }
  const stored = await node.store.inspect(address);
  const range = { after: archived.seq, upTo: Number.POSITIVE_INFINITY };
  const log = stored === undefined ? [] : await everyRecord(node.store, address, range);
  return { archived, stored, log, envelope: stored && intact(address, stored.envelope) };
}

async function proofOf(
  node: MendNode,
  address: Address,
  { found, kept }: { readonly found: Survivors; readonly kept: readonly KeptRecord[] },
): Promise<Proved> {
  const { archived, stored, envelope, log } = found;
  const missed = stillMissed(kept, envelope);
  const points: readonly Point[] = [envelope ?? archived, ...missed];
  const hints = envelope === undefined && stored !== undefined ? [stored] : [];
  const behind = points.filter(({ seq }) => seq <= archived.seq);
  const proved = prove(archived, { points, hints, places: [log, missed] });
  const forked = await offArchive(node.archive, address, { mark: archived, points: behind });
  return { ...proved, missing: [...proved.missing, ...forked] };
}

/** The store has just this, sound. */
function isThere({ stored, envelope }: Survivors, { seq, head }: Point): boolean {
  return (
    envelope?.seq === seq && envelope.head === head && stored?.head === head && stored.seq === seq
  );
}

async function rebuild(
  node: MendNode,
  address: Address,
  what: { readonly found: Survivors; readonly proved: Proved; readonly how: Mending },
): Promise<void> {
  const { archived, stored } = what.found;
  const { end, records } = what.proved;
  const held = await heldAt(node, address, what);
  await unpark(node, address, archived);
  const epoch = node.ids.next();
  const envelope = sealEnvelope(address, {
    ...held.envelope,
    ...(what.how.acceptLoss === true ? { lossAccepted: true } : {}),
    epoch,
    snapshot: held.living.persist(),
  });
  const sealed = { envelope, over: archived.rebuiltIn, rebuiltIn: epoch };
  const owed = held.envelope.owed.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b);
  const flush = { address, ...end, ...sealed, records, owedDueAt: owed[0] };
  const kept =
    records.length > 0
      ? (await node.archive.append(flush)) === "appended"
      : await node.archive.reseal(address, end.head, sealed);
  if (kept) {
    await putBack(node, address, { archived, seen: stored });
  }
}

/** A person said so, and what comes next can be done. */
export async function unpark(
  { archive }: Pick<MendNode, "archive">,
  address: Address,
  { parked }: Pick<Archived, "parked">,
): Promise<void> {
  if (parked !== undefined) {
    await archive.unpark(address);
  }
}

/** The actor at the end of what was proved. */
async function heldAt(
  node: MendNode,
  address: Address,
  { found, proved }: { readonly found: Survivors; readonly proved: Proved },
): Promise<Held> {
  const { archived, stored, envelope } = found;
  const { end, records } = proved;
  if (stored !== undefined && envelope?.seq === end.seq && envelope.head === end.head) {
    return revive(node.machines, address, stored.envelope);
  }
  if (archived.seq > 0 && intact(address, archived.envelope) !== undefined) {
    return replay(node.machines, revive(node.machines, address, archived.envelope), records);
  }
  const range = { after: 0, upTo: archived.seq };
  const [birth, ...rest] = [...(await everyRecord(node.archive, address, range)), ...records];
  const born = bornAgain(node, address, { epoch: archived.epoch, line: birth?.line });
  return replay(node.machines, born, rest);
}

/** From the archive, as any sleeper comes back; another node may have been quicker. */
async function putBack(
  node: MendNode,
  address: Address,
  { archived, seen }: { readonly archived: Archived; readonly seen: Stored | undefined },
): Promise<void> {
  if (seen === undefined) {
    await wakeFrom(node, address, archived.resident);
    return;
  }
  const now = await node.archive.find(address);
  if (now !== undefined) {
    const what = installationOf(node, address, { archived: now, begun: true });
    await node.store.restore(address, seen.head, what);
  }
}

function bornAgain(
  node: MendNode,
  address: Address,
  { epoch, line = "" }: { readonly epoch: string; readonly line: string | undefined },
): Held {
  const { message, by, at, machineVersion } = decodeRecord(line);
  const machine = machineOf(node.machines, address.kind, machineVersion);
  const stepped = machine.birth(message, { at, seq: 1, by });
  const start = { epoch, head: chainStart(address, epoch) };
  const batch = birthBatch(stepped, letterOf({ message, by }, at), start);
  if ("code" in batch || batch.lines[0] !== line) {
    throw new Damaged(`the birth of ${addressKey(address)} does not come out again`);
  }
  return batch.after;
}

async function quarantine(
  node: MendNode,
  address: Address,
  { found, proved }: { readonly found: Survivors; readonly proved: Proved },
): Promise<never> {
  const lost = proved.missing.map(({ seq }) => seq);
  const reason =
    `its history can be shown up to ${proved.end.seq}, and ` +
    `${Math.max(...lost)} was acknowledged: what lies between is missing or another history`;
  await node.archive.park(address, reason);
  if (found.stored !== undefined) {
    await node.store.setAside(address, found.stored.head);
  }
  node.log.error("actor.quarantined", { actor: addressKey(address), reason });
  throw new Quarantined(address, reason);
}
