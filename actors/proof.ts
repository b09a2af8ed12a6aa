/**
 * Proof: how far an actor's history can be shown to go, from what has survived of it. Pure.
 *
 * Every record stands in a chain of checksums, so a line is believed only if the chain that it is
 * part of ends in a head that somebody wrote down beside it: the envelope, or a node's memory.
 */
import { chainOn } from "./envelope.ts";
import type { Head, StoredRecord } from "./store.ts";

/** The head of the chain at a seq. */
export interface Point {
  readonly seq: number;
  readonly head: Head;
}

export interface Survived {
  /** Where the actor was said to be; each of these has been acknowledged to somebody. */
  readonly points: readonly Point[];
  /** Where it may have been, said by something that may itself be damaged. */
  readonly hints: readonly Point[];
  /** Lines behind the base, from one place each, ascending by seq, maybe with gaps. */
  readonly places: readonly (readonly StoredRecord[])[];
}

export interface Proved {
  /** Behind the base, without a gap. */
  readonly records: readonly StoredRecord[];
  readonly end: Point;
  /** Points that the proved history does not go through: something is missing, or forked. */
  readonly missing: readonly Point[];
}

/** The longest history behind `base` that ends in one of the points. */
export function prove(base: Point, { points, hints, places }: Survived): Proved {
  const ahead = points.filter(({ seq }) => seq > base.seq);
  const hinted = hints.filter(({ seq }) => seq > base.seq);
  const targets = [...ahead, ...hinted].toSorted((one, other) => other.seq - one.seq);
  for (const target of targets) {
    for (const first of places) {
      const records = chained(base, target, [first, ...places.filter((each) => each !== first)]);
      if (records !== undefined) {
        const short = hinted.filter(({ seq }) => seq > target.seq);
        return { records, end: target, missing: [...offChain(ahead, base, records), ...short] };
      }
    }
  }
  return { records: [], end: base, missing: [...ahead, ...hinted] };
}

/** The lines from the base to the target, each from the first place that has it; else undefined. */
function chained(
  base: Point,
  target: Point,
  places: readonly (readonly StoredRecord[])[],
): readonly StoredRecord[] | undefined {
  const lines = new Map<number, string>();
  for (const { seq, line } of places.toReversed().flat()) {
    lines.set(seq, line);
  }
  const records: StoredRecord[] = [];
  let head = base.head;
  for (let seq = base.seq + 1; seq <= target.seq; seq += 1) {
    const line = lines.get(seq);
    if (line === undefined) {
      return undefined;
    }
    head = chainOn(head, line);
    records.push({ seq, line });
  }
  return head === target.head ? records : undefined;
}

function offChain(
  points: readonly Point[],
  base: Point,
  records: readonly StoredRecord[],
): readonly Point[] {
  const heads = new Map<number, Head>();
  let head = base.head;
  for (const { seq, line } of records) {
    head = chainOn(head, line);
    heads.set(seq, head);
  }
  return points.filter(({ seq, head: said }) => heads.get(seq) !== said);
}
