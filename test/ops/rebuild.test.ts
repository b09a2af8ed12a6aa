/** The rebuild without servers: what is given up, what it waits for, and what it says. */
import { describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import { Repairer } from "../../actors/repairer.ts";
import { type ActorStore, StoreUnreachable } from "../../actors/store.ts";
import { DryRun } from "../../ops/rebuild/dry-run.ts";
import { type Rebuilt, rebuild } from "../../ops/rebuild/rebuild.ts";
import { Summary } from "../../ops/rebuild/summary.ts";
import { parseActorId } from "../../machines/ids.ts";
import { createFakeClock, quietLog, sequentialIds } from "../support/fake-clock.ts";
import { ADDRESS, type World, born, misbehaving, openWorld, saying } from "../support/nodes.ts";
import { tallyMachine } from "../support/tally.ts";

const OTHER: Address = { ...ADDRESS, id: parseActorId("s2") };

/** Two journaled actors; the first has a record more that the journal has not got. */
async function lived(): Promise<World> {
  const world = await openWorld();
  const node = world.node();
  await born(world, node);
  await born(world, node, OTHER);
  await world.during(node.catchUp(ADDRESS.tenantId));
  await world.during(node.send(ADDRESS, saying({ type: "add", n: 1 })));
  return world;
}

/** What the store has of it is the journaled envelope of another moment: the newest is lost. */
async function garble({ store }: World, address: Address): Promise<void> {
  const stored = await store.inspect(address);
  const what = { ids: [], agenda: [], records: [], firstSeq: 3, envelope: "", seq: 2 };
  const head = stored?.head ?? "";
  expect(await store.restore(address, head, { ...what, head })).toBe("restored");
}

async function run(
  real: { readonly store: ActorStore; readonly archive: Archive },
  more: {
    readonly acceptLoss?: boolean;
    readonly only?: Address;
    readonly dryRun?: boolean;
  } = {},
) {
  const dryRun = more.dryRun === true ? new DryRun(real) : undefined;
  const { store, archive } = dryRun ?? real;
  const found: Rebuilt[] = [];
  const pauses: number[] = [];
  const repairer = new Repairer({
    ...{ store, archive, clock: createFakeClock(), log: quietLog(), ids: sequentialIds("r") },
    machines: { session: [tallyMachine] },
  });
  const parts = {
    ...{ repairer, archive, acceptLoss: more.acceptLoss ?? false },
    onRebuilt: (rebuilt: Rebuilt) => void found.push(rebuilt),
    pause: async (ms: number) => void pauses.push(ms),
  };
  const [ended] = await Promise.allSettled([rebuild(parts, more.only)]);
  const failure: unknown = ended.status === "rejected" ? ended.reason : undefined;
  const summary = new Summary(more.dryRun);
  summary.wished = dryRun?.wished;
  found.forEach((rebuilt) => summary.add(rebuilt));
  const came = (address: Address) => found.find((each) => each.address.id === address.id)?.came;
  return { came, pauses, failure, summary, said: summary.lines().join("\n") };
}

describe("a rebuild", () => {
  test("brings back what the store has lost, and leaves what is sound", async () => {
    const world = await lived();
    const stored = await world.store.inspect(OTHER);
    expect(await world.store.evict(OTHER, stored?.head ?? "", 0)).toBe("evicted");

    const { came, summary } = await run(world);

    expect([came(ADDRESS), came(OTHER)]).toEqual(["sound", "mended"]);
    expect(await world.store.inspect(OTHER)).toMatchObject({ seq: 1 });
    expect(summary.isWhole).toBe(true);
    expect((await run(world)).said).toContain("2 sound");
  });

  test("that is dry says what would come of it, and how much it would write, and writes nothing", async () => {
    const world = await lived();
    const stored = await world.store.inspect(OTHER);
    await world.store.evict(OTHER, stored?.head ?? "", 0);
    await garble(world, ADDRESS);
    const look = async () => ({
      stored: await Promise.all([ADDRESS, OTHER].map((each) => world.store.inspect(each))),
      archived: await Promise.all([ADDRESS, OTHER].map((each) => world.archive.find(each))),
    });
    const before = await look();

    const dry = await run(world, { dryRun: true });
    const dryLossy = await run(world, { dryRun: true, acceptLoss: true });
    const after = await look();
    const real = await run(world, { acceptLoss: true });

    expect(after).toEqual(before);
    expect([dry.came(ADDRESS), dry.came(OTHER)]).toEqual(["quarantined", "mended"]);
    expect(dry.summary.isWhole).toBe(false);
    expect(dry.said).toContain("1 mended: would be built again");
    expect(dry.said).toMatch(/t1\/session\/s1: .* up to 1, and 2 was acknowledged/);
    expect(dry.said).toContain(
      "0 records and 1 envelopes to the journal, and 1 actors to the store",
    );
    expect(dryLossy.said).toContain("2 envelopes to the journal, and 2 actors to the store");
    for (const { came } of [dryLossy, real]) {
      expect([came(ADDRESS), came(OTHER)]).toEqual(["lossy", "mended"]);
    }
    expect(real.said).not.toContain("would");
  });

  test("that is dry counts the records that only the store has", async () => {
    const world = await lived();
    const { head = "", seq = 0 } = (await world.store.inspect(ADDRESS)) ?? {};
    const records = (await world.store.records(ADDRESS, 0, 9)).map(({ line }) => line);
    const what = { head, seq, records, firstSeq: 1, ids: [], agenda: [], envelope: "garbled" };
    expect(await world.store.restore(ADDRESS, head, what)).toBe("restored");

    const dry = await run(world, { dryRun: true });

    expect([dry.came(ADDRESS), dry.came(OTHER)]).toEqual(["mended", "sound"]);
    expect(dry.said).toContain(
      "1 records and 1 envelopes to the journal, and 1 actors to the store",
    );
    expect((await world.archive.mark(ADDRESS))?.seq).toBe(1);
  });

  test("looks at one alone when it is told which", async () => {
    const world = await lived();

    expect((await run(world, { only: OTHER })).said).toBe("1 sound: were as they should be");
  });

  test("keeps apart what lacks something acknowledged, says what, and goes on without only when told", async () => {
    const world = await lived();
    await garble(world, ADDRESS);

    const first = await run(world);
    const again = await run(world);
    const told = await run(world, { acceptLoss: true });

    for (const { came, summary, said } of [first, again]) {
      expect([came(ADDRESS), came(OTHER)]).toEqual(["quarantined", "sound"]);
      expect(summary.isWhole).toBe(false);
      expect(said).toMatch(/t1\/session\/s1: .* up to 1, and 2 was acknowledged/);
    }
    expect([told.came(ADDRESS), told.came(OTHER)]).toEqual(["lossy", "sound"]);
    expect(told.said).toMatch(/1 lossy: .*\n {2}t1\/session\/s1: .* 2 was acknowledged/);
    expect(told.summary.isWhole).toBe(true);
    expect((await run(world)).said).toContain("2 sound");
  });

  test("goes on with the others when one cannot be judged, and does not call that whole", async () => {
    const world = await lived();
    const store = misbehaving(world.store, {
      inspect: (address) =>
        address.id === ADDRESS.id
          ? Promise.reject(new RangeError("no such thing"))
          : world.store.inspect(address),
    });

    const { came, summary, said, failure } = await run({ ...world, store });

    expect(failure).toBeUndefined();
    expect([came(ADDRESS), came(OTHER)]).toEqual(["failed", "sound"]);
    expect(summary.isWhole).toBe(false);
    expect(said).toContain("t1/session/s1: no such thing");
  });

  test("waits for a store that is away for a moment, and stops at one that stays away", async () => {
    const world = await lived();
    let failures = 3;
    const store = misbehaving(world.store, {
      inspect: (address) => {
        failures -= 1;
        return failures >= 0
          ? Promise.reject(new StoreUnreachable("away"))
          : world.store.inspect(address);
      },
    });

    const passed = await run({ ...world, store });
    failures = Number.POSITIVE_INFINITY;
    const stopped = await run({ ...world, store });

    expect(passed.said).toContain("2 sound");
    expect(passed.pauses).toHaveLength(3);
    expect(stopped.failure).toBeInstanceOf(StoreUnreachable);
    expect(stopped.summary.all).toBe(0);
  });

  test("leaves asleep what another node put to sleep this very moment", async () => {
    const world = await lived();
    await world.during(world.node().catchUp(ADDRESS.tenantId));
    const store = misbehaving(world.store, {
      inspect: async (address) => {
        const stored = await world.store.inspect(address);
        await world.archive.setResident(address, false);
        await world.store.evict(address, stored?.head ?? "", 0);
        return world.store.inspect(address);
      },
    });

    const { came } = await run({ ...world, store }, { only: OTHER });

    expect(came(OTHER)).toBe("asleep");
    expect(await world.store.load(OTHER)).toBeUndefined();
  });
});
