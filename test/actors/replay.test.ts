/** Replay gives what the turns gave: snapshot, head and what is owed; anything else is damage. */
import { describe, expect, test } from "bun:test";
import { Damaged, decodeEnvelope, sealEnvelope } from "../../actors/envelope.ts";
import type { Machines } from "../../machines/versions.ts";
import { replay } from "../../actors/replay.ts";
import { revive } from "../../actors/revive.ts";
import { ADDRESS, born, openWorld, saying } from "../support/nodes.ts";
import { tallyMachine } from "../support/tally.ts";

const machines: Machines = { session: [tallyMachine] };

/** An actor that has counted, rung, wished, refused an outcome and called off a timer. */
async function lived() {
  const world = await openWorld();
  const echo = async (): Promise<{ type: string; text: string }> => ({ type: "echoed", text: "x" });
  const runtime = world.node({ performers: { echo } });
  await world.during(runtime.start());
  await born(world, runtime);
  const first = (await world.store.load(ADDRESS)) ?? "";
  for (const message of [
    { type: "add", n: 3 },
    { type: "arm", ms: 40 },
    { type: "arm", ms: 500_000, bell: "late" },
    { type: "wish", text: "x" },
  ]) {
    await world.during(runtime.send(ADDRESS, saying(message)));
  }
  await world.clock.advance(200);
  const records = await world.store.records(ADDRESS, 1, 100);
  const last = (await world.store.load(ADDRESS)) ?? "";
  await world.during(runtime.stop());
  return { first, records, last };
}

describe("replay", () => {
  test("C24: from the birth on, records give the stored envelope byte for byte", async () => {
    const { first, records, last } = await lived();

    const { envelope, living } = replay(machines, revive(machines, ADDRESS, first), records);
    const sealed = sealEnvelope(ADDRESS, { ...envelope, snapshot: living.persist() });

    expect(records.length).toBe(6);
    expect(envelope.owed.map(({ key }) => key)).toEqual(["timer:late"]);
    expect(decodeEnvelope(ADDRESS, sealed)).toEqual(decodeEnvelope(ADDRESS, last));
  });

  test("C24: a line that does not come out again is damage", async () => {
    const { first, records } = await lived();
    const [one, ...rest] = records;
    const changed = { seq: 2, line: one?.line.replace('"n":3', '"n":4') ?? "" };
    const unread = { seq: 2, line: "{" };
    const held = revive(machines, ADDRESS, first);

    // The facts of the line still say 3.
    expect(() => replay(machines, held, [changed, ...rest])).toThrow("does not come out again");
    expect(() => replay(machines, held, [unread])).toThrow(Damaged);
    expect(() => replay(machines, held, rest)).toThrow("expected the record 2, found 3");
  });
});
