/**
 * Projection: one record as its different viewers see it, each distinct document made once.
 *
 * Viewers whom the same parts reach and who may send the same commands get the same bytes, so the
 * number of encodings is that of distinct documents, not of sockets. `state` and `can` are those
 * of the record's own seq, never of a later snapshot, and `can` of the version that made it (C25).
 */
import type { ActorRecord } from "../../actors/envelope.ts";
import type { ActorKind } from "../../machines/living.ts";
import type { Standing } from "../../machines/principal.ts";
import { type Machines, machineOf } from "../../machines/versions.ts";
import type { Desk } from "../desk.ts";
import type { RecordDocument } from "./wire.ts";

/** How a part that is for one participant begins its reach. */
const OWN = "p:";

export interface Projection {
  /** Undefined: no fact of it reaches somebody of this standing. */
  of(standing: Standing): RecordDocument | undefined;
}

/** Whose records these are, and what judges them. */
export interface Projected {
  readonly machines: Machines;
  readonly kind: ActorKind;
  readonly actor: string;
}

export function project(desk: Desk, of: Projected, record: ActorRecord): Projection {
  const named = namedBy(record);
  const made = new Map<string, RecordDocument | undefined>();
  /** Of who was asked about last, when no part was for that one alone: a class stands in rows. */
  let last: { readonly row: Row; readonly document: RecordDocument | undefined } | undefined;

  return {
    of(standing) {
      const { role, audience, since, participantId } = standing;
      const row = { role, audience, isSince: record.seq >= since };
      const own = participantId !== undefined && named.has(participantId);
      if (!own && last !== undefined && isSame(last.row, row)) {
        return last.document;
      }
      const key = `${role} ${audience} ${row.isSince} ${own ? participantId : ""}`;
      if (!made.has(key)) {
        made.set(key, documentFor(desk, of, record, standing));
      }
      const document = made.get(key);
      last = own ? last : { row, document };
      return document;
    },
  };
}

type Row = Pick<Standing, "role" | "audience"> & { readonly isSince: boolean };

function isSame(one: Row, other: Row): boolean {
  return (
    one.role === other.role && one.audience === other.audience && one.isSince === other.isSince
  );
}

/** The record as somebody of this standing reads it; undefined: no fact of it reaches him. */
export function documentFor(
  desk: Desk,
  { machines, kind, actor }: Projected,
  record: ActorRecord,
  standing: Standing,
): RecordDocument | undefined {
  const seen = desk.seenRecord(record, standing);
  if (seen === undefined) {
    return undefined;
  }
  const can = machineOf(machines, kind, record.machineVersion).can(record.state, standing.role);
  return { actor, ...seen, state: record.state, can };
}

/** The participants for whom some part alone is. */
function namedBy(record: ActorRecord): ReadonlySet<string> {
  const reaches = record.facts.flatMap((fact) => fact.parts.map((part) => part.to));
  return new Set(reaches.filter((to) => to.startsWith(OWN)).map((to) => to.slice(OWN.length)));
}
