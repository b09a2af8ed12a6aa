/**
 * Rest: nothing is owed soon, everything is copied, nobody counts a connection of a node that is
 * gone, and every watcher has heard the last record.
 */
import type { Address } from "../../actors/address.ts";
import { decodeEnvelope } from "../../actors/envelope.ts";
import type { Living } from "../../machines/living.ts";
import { machineOf } from "../../machines/versions.ts";
import { areOfOneMoment } from "./moment.ts";
import type { NodeWorld } from "./node.ts";

/** What falls due later is none of this history's. */
const SOON_MS = 60_000;

export interface Resting {
  readonly address: Address;
  /** The seqs that watchers have heard last. */
  readonly heard: readonly number[];
  /** The boots that are there. */
  readonly names: readonly string[];
}

export async function isAtRest(
  { disk, archive, lineage, net }: Pick<NodeWorld, "disk" | "archive" | "lineage" | "net">,
  { address, heard, names }: Resting,
): Promise<boolean> {
  const stored = await disk.store.load(address);
  const archived = await archive.find(address);
  const bytes = stored ?? archived?.envelope ?? "";
  if (bytes === "" || archived === undefined || archived.envelope === "") {
    return false;
  }
  if (!areOfOneMoment(address, archived.envelope, bytes)) {
    return false;
  }
  const { owed, seq, snapshot, machineVersion } = decodeEnvelope(address, bytes);
  const machine = machineOf({ session: lineage }, address.kind, machineVersion);
  const soon = net.schedule.now + SOON_MS;
  return (
    owed.every((each) => each.kind === "timer" && each.dueAt > soon) &&
    staleIn(machine.revive(snapshot), names).length === 0 &&
    heard.every((last) => last === seq)
  );
}

/** Connections that an actor believes in, though their node is gone. */
function staleIn(living: Living, names: readonly string[]): readonly string[] {
  // One that is over hears no more of connections either.
  return (living.over ? [] : living.connections())
    .map(({ connectionId }) => connectionId)
    .filter((id) => !names.some((name) => id.startsWith(`${name}.`)));
}
