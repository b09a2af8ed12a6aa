/** What a node remembers of an actor that it committed to. */
import { describe, expect, test } from "bun:test";
import { Kept } from "../../actors/kept.ts";

const EPOCH = "e1";

describe("what a node keeps", () => {
  test("C1: of a history that was taken back, only what came before the new one stays", () => {
    const kept = new Kept();
    kept.add({ epoch: EPOCH, seq: 0 }, batch("one", "two", "three"));
    kept.add({ epoch: EPOCH, seq: 1 }, batch("other"));

    expect(kept.records).toEqual([
      { seq: 1, line: "one", head: "head of one", epoch: EPOCH },
      { seq: 2, line: "other", head: "head of other", epoch: EPOCH },
    ]);
  });

  test("is forgotten up to where the journal has it, and handed out as it was", () => {
    const kept = new Kept();
    kept.add({ epoch: EPOCH, seq: 0 }, batch("one", "two"));
    const before = kept.records;
    kept.journaled(1);
    kept.add({ epoch: EPOCH, seq: 2 }, batch("three"));

    expect(before.map(({ line }) => line)).toEqual(["one", "two"]);
    expect(kept.records.map(({ seq, line }) => [seq, line])).toEqual([
      [2, "two"],
      [3, "three"],
    ]);
  });

  test("is nothing once there is more than a journal would ever owe", () => {
    const kept = new Kept();
    for (let seq = 0; seq < 4_096; seq += 64) {
      kept.add({ epoch: EPOCH, seq }, batch(...Array.from({ length: 64 }, String)));
    }
    expect(kept.records).toHaveLength(4_096);

    kept.add({ epoch: EPOCH, seq: 4_096 }, batch("one too many"));

    expect(kept.records).toEqual([]);
  });
});

function batch(...lines: readonly string[]) {
  return { lines, heads: lines.map((line) => `head of ${line}`) };
}
