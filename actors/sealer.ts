/**
 * A sealer: writes the envelopes of one actor, one after the other, each as little as it takes.
 *
 * Owns what this node wrote of the envelope last. Invariants:
 * 1. A delta stands on what was written last from this memory, and says on what: a store that has
 *    something else there refuses it, and the next envelope is written whole.
 * 2. What it knows is of the head it sealed last: whoever steps on another head gets a whole one.
 */
import type { Address } from "./address.ts";
import { deltaOf } from "./delta.ts";
import { type Envelope, jsonOf, sealDelta, sealEnvelope } from "./envelope.ts";
import type { Head } from "./store.ts";
import { type WrittenEnvelope, partIdOf } from "./written.ts";

/** Of all deltas behind one whole envelope: about fifty small ones, to be read at its load. */
const DELTAS_CHARS_MAX = 16_384;
/** A delta that is longer than this part of the whole wins nothing. */
const DELTA_SHARE_MAX = 0.5;

interface Written {
  readonly envelope: Envelope;
  /** The part of it that was written last: whole, or a delta. */
  readonly part: string;
  readonly wholeChars: number;
  readonly deltasChars: number;
}

export class Sealer {
  #last: Written | undefined;

  /** `on`: the head that was stepped on; undefined at a birth. */
  seal(address: Address, envelope: Envelope, on: Head | undefined): WrittenEnvelope {
    const last = this.#last?.envelope.head === on ? this.#last : undefined;
    const next = (last && behind(address, last, envelope)) ?? whole(address, envelope);
    this.#last = next;
    const isDelta = last !== undefined && next.deltasChars > 0;
    return isDelta ? { envelope: next.part, on: partIdOf(last.part) } : { envelope: next.part };
  }
}

function whole(address: Address, envelope: Envelope): Written {
  const part = sealEnvelope(address, envelope);
  return { envelope, part, wholeChars: part.length, deltasChars: 0 };
}

/** Undefined: it is better written whole. */
function behind(address: Address, last: Written, envelope: Envelope): Written | undefined {
  const { wholeChars } = last;
  const delta = deltaOf(jsonOf(last.envelope), jsonOf(envelope));
  if (delta === undefined || delta.length > DELTA_SHARE_MAX * wholeChars) {
    return undefined;
  }
  const part = sealDelta(address, last.part, delta);
  const deltasChars = last.deltasChars + part.length;
  return deltasChars > Math.max(DELTAS_CHARS_MAX, wholeChars)
    ? undefined
    : { envelope, part, wholeChars, deltasChars };
}
