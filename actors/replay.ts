/**
 * Replay: an actor taken from one head to a later one by its own records, as its turns took it.
 *
 * Invariants:
 * 1. The line that is replayed must come out again, byte for byte: a machine that says something
 *    else today, or a line that was changed, is `Damaged` and not believed (C24).
 * 2. Nothing else goes in than the actor before and the record: no clock, no store.
 */
import { type Machines, upgrade, upgradeTo } from "../machines/versions.ts";
import { type Held, advance } from "./batch.ts";
import { type ActorRecord, Damaged, decodeRecord, encodeRecord } from "./envelope.ts";
import type { StoredRecord } from "./store.ts";

/** The held actor after these records; they begin right after its seq. */
export function replay(machines: Machines, held: Held, records: readonly StoredRecord[]): Held {
  return records.reduce((before, { line }) => replayOne(machines, before, line), held);
}

function replayOne(machines: Machines, held: Held, line: string): Held {
  const told = decodeRecord(line);
  const { living, envelope } = held;
  if (told.seq !== envelope.seq + 1) {
    throw new Damaged(`expected the record ${envelope.seq + 1}, found ${told.seq}`);
  }
  const { seq, at, by, message } = told;
  const stamp = { seq, at, by };
  const into = upgradeTo(machines, living, message);
  const stepped = into === undefined ? living.step(message, stamp) : upgrade(living, into, stamp);
  const after = stepped.kind === "accepted" ? stepped.next : living;
  const record: ActorRecord = {
    ...told,
    machineVersion: after.machineVersion,
    facts: stepped.kind === "accepted" ? stepped.facts : [],
    state: after.state,
  };
  if (encodeRecord(record) !== line) {
    throw new Damaged(`the record ${seq} does not come out again when it is replayed`);
  }
  return advance(held, { record, line, stepped });
}
