/**
 * Versions: every machine that still lives here, by kind and version, and the way between two.
 *
 * A machine that has shipped is never changed in what it makes of a stored snapshot or a record;
 * what must change is a new version beside it, listed last. Invariants:
 * 1. A snapshot is read by the machine that wrote it and by no other; what no machine here wrote
 *    is `UnknownVersion`, never a guess (C8).
 * 2. An actor keeps the version it was born with, until a message of its own, `machine.upgraded`,
 *    makes the snapshot one of another version: a step like every other, and replayed like one.
 */
import type { Json } from "./json.ts";
import type { Refusal } from "./refusal.ts";
import type { ActorKind, Living, Machine, Message, Stamp, Stepped } from "./living.ts";

const UPGRADED = "machine.upgraded";

/** Oldest first; births are of the last one that every node reads. */
export type Lineage = readonly [Machine, ...Machine[]];
export type Machines = Readonly<Record<ActorKind, Lineage>>;

/** A newer program wrote this; another node can read it. */
export class UnknownVersion extends Error {
  override readonly name = "UnknownVersion";
  readonly kind = "version.unknown";
  readonly retry = "elsewhere";
}

export function machineOf(machines: Machines, kind: ActorKind, version: number): Machine {
  const found = machines[kind].find((machine) => machine.version === version);
  if (found === undefined) {
    const known = machines[kind].map((machine) => machine.version).join(", ");
    const sentence = `expected a ${kind} of version ${known}, found ${String(version)}`;
    throw new UnknownVersion(`${sentence}: another node can read it`);
  }
  return found;
}

/** The version that comes after this one and can take its snapshots over. */
export function successorOf(machines: Machines, living: Living): Machine | undefined {
  const lineage = machines[living.kind];
  const at = lineage.findIndex(({ version }) => version === living.machineVersion);
  const next = at < 0 ? undefined : lineage[at + 1];
  return next?.upgrade === undefined ? undefined : next;
}

/** A turn whose message takes the actor over into another version; undefined: it is no such. */
export function upgradeTo(
  machines: Machines,
  living: Living,
  message: Message,
): Machine | undefined {
  return message.type === UPGRADED
    ? machineOf(machines, living.kind, Number(message["to"]))
    : undefined;
}

export function upgradeMessage(living: Living, to: Machine): Message {
  return { type: UPGRADED, from: living.machineVersion, to: to.version };
}

/** What was written is taken over, not what memory holds: a replay has nothing else. */
export function upgrade(living: Living, to: Machine, stamp: Stamp): Stepped {
  const stored: Json = living.persist();
  return to.upgrade?.(stored, stamp) ?? { kind: "refused", refusal: NOT_TAKEN_OVER };
}

const NOT_TAKEN_OVER: Refusal = {
  code: "not-accepted",
  detail: "This version takes no actors over from the one before it.",
};

/** What a node reads, in words that nodes of other versions can compare: `session@1`. */
export function readsOf(machines: Machines): readonly string[] {
  return Object.values(machines).flatMap((lineage) => lineage.map(nameOf));
}

/** Which version a birth is of, when these are what the other living nodes read. */
export function newestRead(
  machines: Machines,
  kind: ActorKind,
  others: readonly (readonly string[])[],
): Machine {
  const [oldest] = machines[kind];
  return machines[kind].findLast((machine) => isRead(machine, others)) ?? oldest;
}

export function isRead(machine: Machine, others: readonly (readonly string[])[]): boolean {
  return others.every((reads) => reads.includes(nameOf(machine)));
}

function nameOf({ kind, version }: Machine): string {
  return `${kind}@${version}`;
}
