/** The share of one node in what all who journal look after. */
import { expect, test } from "bun:test";
import { Readers } from "../../actors/readers.ts";
import { JOURNALS, Share } from "../../actors/share.ts";
import { parseActorId } from "../../machines/ids.ts";
import { ADDRESS } from "../support/nodes.ts";
import { tallyMachine } from "../support/tally.ts";

const ADDRESSES = Array.from({ length: 3_000 }, (_, n) => ({
  ...ADDRESS,
  id: parseActorId(`shared${n}`),
}));

function ownOf(name: string, others: readonly string[]): ReadonlySet<string> {
  const share = new Share({ saying: () => others }, () => name);
  return new Set(share.part(ADDRESSES, (each) => each).own.map(({ id }) => id));
}

test("nodes that know of one another have about as much each, nothing twice, and all between them", () => {
  const names = ["one", "two", "three"];
  const shares = names.map((name) =>
    ownOf(
      name,
      names.filter((other) => other !== name),
    ),
  );

  const all = shares.flatMap((share) => [...share]);
  expect(all).toHaveLength(ADDRESSES.length);
  expect(new Set(all).size).toBe(ADDRESSES.length);
  expect(Math.min(...shares.map(({ size }) => size))).toBeGreaterThan(900);
});

test("of who goes, the others have the share, and keep their own", () => {
  const before = ownOf("one", ["two", "three"]);
  const after = ownOf("one", ["two"]);

  expect([...before].every((id) => after.has(id))).toBe(true);
  expect(after.size).toBeGreaterThan(before.size);
});

test("a node shares with those who journal, while it knows that they live", () => {
  let now = 1_000;
  const readers = new Readers(
    { session: [tallyMachine] },
    () => now,
    () => [],
  );
  const before = readers.saying(JOURNALS);
  readers.heard([
    { node: "two", beatAt: now, reads: [JOURNALS] },
    { node: "three", beatAt: now, reads: ["session@1"] },
  ]);
  const known = readers.saying(JOURNALS);
  now += 10_001;

  expect([before, known, readers.saying(JOURNALS)]).toEqual([[], ["two"], []]);
});
