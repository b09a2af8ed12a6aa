/** What a sealer writes comes to what it was given, and to nothing when a part is missing. */
import { describe, expect, test } from "bun:test";
import { type Envelope, Damaged, decodeEnvelope } from "../../actors/envelope.ts";
import { Sealer } from "../../actors/sealer.ts";
import { type WrittenEnvelope, partIdOf } from "../../actors/written.ts";
import { addressOf } from "../contracts/author.ts";

const ADDRESS = addressOf("sealed");
const ROWS = Array.from({ length: 30 }, (_, index) => ({ id: `p${index}`, points: 0 }));

function envelopeAt(seq: number, points: number): Envelope {
  const rows = ROWS.with(seq % ROWS.length, { id: `p${seq % ROWS.length}`, points });
  return {
    ...{ format: 1, epoch: "e", seq, head: `head${seq}`, at: seq, machineVersion: 1, owed: [] },
    snapshot: { state: "live", context: { rows } },
  };
}

/** Stepped one after the other, as a cell does. */
function written(count: number): readonly WrittenEnvelope[] {
  const sealer = new Sealer();
  return Array.from({ length: count }, (_, index) => {
    const on = index === 0 ? undefined : `head${index}`;
    return sealer.seal(ADDRESS, envelopeAt(index + 1, index), on);
  });
}

/** As a store has it after these. */
function stored(parts: readonly WrittenEnvelope[]): string {
  return parts.reduce((text, { envelope, on }) => (on === undefined ? "" : text) + envelope, "");
}

describe("a sealer", () => {
  test("writes an actor whole once in a while, and between that only what has changed", () => {
    const parts = written(200);
    const wholes = parts.filter(({ on }) => on === undefined).length;

    parts.forEach((_, index) => {
      const found = decodeEnvelope(ADDRESS, stored(parts.slice(0, index + 1)));
      expect(found).toEqual(envelopeAt(index + 1, index));
    });
    expect(wholes).toBeGreaterThan(2);
    expect(wholes).toBeLessThan(10);
  });

  test("names the part behind which each is to go", () => {
    const [first, second, third] = written(3);

    expect(first?.on).toBeUndefined();
    expect(second?.on).toBe(partIdOf(first?.envelope ?? ""));
    expect(third?.on).toBe(partIdOf(second?.envelope ?? ""));
  });

  test("writes whole on a head that it did not seal last", () => {
    const sealer = new Sealer();
    sealer.seal(ADDRESS, envelopeAt(1, 0), undefined);

    expect(sealer.seal(ADDRESS, envelopeAt(2, 0), "another").on).toBeUndefined();
    expect(sealer.seal(ADDRESS, envelopeAt(3, 0), "head1").on).toBeUndefined();
    expect(sealer.seal(ADDRESS, envelopeAt(4, 0), "head3").on).toBeDefined();
  });

  test("C18: an envelope of which a part is missing, doubled, foreign or changed is damaged", () => {
    const texts = written(4).map(({ envelope }) => envelope);
    const [whole = "", one = "", two = "", three = ""] = texts;
    const foreign = new Sealer();
    foreign.seal(addressOf("another"), envelopeAt(1, 0), undefined);
    const theirs = foreign.seal(addressOf("another"), envelopeAt(2, 1), "head1").envelope;
    const flipped = one.replace('"seq":2', '"seq":3');

    for (const text of [
      whole + two,
      whole + one + three,
      whole + one + one,
      whole + two + one,
      whole + theirs,
      whole + flipped,
      one,
      `${whole}\n`,
      whole + one.slice(0, -1),
    ]) {
      expect(() => decodeEnvelope(ADDRESS, text)).toThrow(Damaged);
    }
    expect(decodeEnvelope(ADDRESS, whole + one + two + three)).toEqual(envelopeAt(4, 3));
  });
});
