/**
 * A record's turn once more: what the version that made it makes of it, for checks that replay.
 */
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Living, Stepped } from "../../machines/living.ts";
import { type Lineage, machineOf, upgrade, upgradeTo } from "../../machines/versions.ts";

/** Undefined before: the record is a birth. */
export function stepAgain(
  lineage: Lineage,
  living: Living | undefined,
  { seq, at, by, message, machineVersion }: ActorRecord,
): Stepped {
  const machines = { session: lineage };
  const stamp = { seq, at, by };
  if (living === undefined) {
    return machineOf(machines, "session", machineVersion).birth(message, stamp);
  }
  const into = upgradeTo(machines, living, message);
  return into === undefined ? living.step(message, stamp) : upgrade(living, into, stamp);
}
