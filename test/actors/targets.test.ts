/** Effects that wait for one another, and what the agenda makes of what is nobody's. */
import { describe, expect, test } from "bun:test";
import { ADDRESS, born, misbehaving, mortal, openWorld, saying } from "../support/nodes.ts";
import { type Call, LEASE_MS, buy, cancel, hand, heard } from "../support/shop.ts";

describe("effects to one target", () => {
  test("C16: are performed one at a time, in the order of their wishes", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls), echo: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    for (const text of ["one", "two", "three"]) {
      await world.during(runtime.send(ADDRESS, buy(text, "shop")));
    }
    await world.during(runtime.send(ADDRESS, buy("elsewhere", "bank")));
    await world.clock.advance(1_000);

    const begun: string[][] = [];
    for (const text of ["one", "two", "three"]) {
      begun.push(calls.map((call) => call.text));
      calls.find((call) => call.text === text)?.end();
      await world.clock.advance(1_000);
    }

    expect(begun).toEqual([
      ["one", "elsewhere"],
      ["one", "elsewhere", "two"],
      ["one", "elsewhere", "two", "three"],
    ]);
    expect(await heard(runtime)).toEqual(["charged one", "charged two", "charged three"]);
    await world.during(runtime.stop());
  });

  test("C16: keep their order on whichever node, also when one of them is lost", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const doomed = mortal(world);
    const dead = world.node({ ...doomed, performers: { charge: hand(calls) } });
    await born(world, dead);
    await world.during(dead.send(ADDRESS, buy("one", "shop")));
    await world.during(dead.send(ADDRESS, buy("two", "shop")));
    await world.settle();
    doomed.die();
    const alive = world.node({ performers: { charge: hand(calls) } });
    await world.during(alive.start());

    await world.clock.advance(LEASE_MS - 1_000);
    const before = calls.map(({ text }) => text);
    await world.clock.advance(2_000);
    calls.at(-1)?.end();
    await world.settle();

    expect(before).toEqual(["one"]);
    expect(calls.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(await heard(alive)).toEqual(["effect.lost one", "charged two"]);
    await world.during(alive.stop());
  });

  test("C16: that wait can be cancelled, and those behind them go on", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    for (const text of ["one", "two", "three"]) {
      await world.during(runtime.send(ADDRESS, buy(text, "shop")));
    }

    await world.during(runtime.send(ADDRESS, cancel("two")));
    await world.settle();
    const waiting = await heard(runtime);
    calls[0]?.end();
    await world.settle();

    expect(waiting).toEqual(["effect.cancelled two"]);
    expect(calls.map(({ text }) => text)).toEqual(["one", "three"]);
    await world.during(runtime.stop());
  });

  test("C16: wait for one another also where nobody took them at their commit", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const door = world.node({ worker: false });
    await born(world, door);
    await world.during(door.send(ADDRESS, buy("one", "shop")));
    await world.during(door.send(ADDRESS, buy("two", "shop")));
    const worker = world.node({ performers: { charge: hand(calls) } });
    await world.during(worker.start());
    await world.settle();
    const first = calls.map(({ text }) => text);
    calls[0]?.end();
    await world.settle();

    expect(first).toEqual(["one"]);
    expect(calls.map(({ text }) => text)).toEqual(["one", "two"]);
    await world.during(worker.stop());
  });
});

describe("the agenda", () => {
  test("C13: what an actor does not owe leaves the agenda, and is not claimed for ever", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    const stray = { key: "effect:9.0", generation: 9, claimableAt: 0 };
    const astray = misbehaving(world.store, {
      commit: (address, commit) =>
        world.store.commit(address, {
          ...commit,
          agenda: { ...commit.agenda, put: [...commit.agenda.put, stray] },
        }),
    });
    await world.during(world.node({ store: astray }).send(ADDRESS, saying({ type: "add", n: 1 })));

    await world.during(runtime.start());
    await world.clock.advance(1_000);
    await world.during(runtime.stop());
    await world.clock.advance(2 * LEASE_MS);

    expect(await world.store.claim(9, 1)).toEqual([]);
    expect(calls).toEqual([]);
  });

  test("C27: what a node that is no worker leaves wakes one, before its scan", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const door = world.node({ worker: false });
    const worker = world.node({ performers: { charge: hand(calls) } });
    await born(world, door);
    await world.during(worker.start());
    await world.clock.advance(400);
    const scannedAt = world.clock.now();

    await world.during(door.send(ADDRESS, buy("pen")));
    await world.clock.advance(40);

    expect(world.clock.now() - scannedAt).toBeLessThan(100);
    expect(calls).toHaveLength(1);
    await world.during(worker.stop());
  });

  test("C27: an effect for which a worker has no room is anybody's at once", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const full = world.node({ performers: { charge: hand(calls) } });
    await born(world, full);
    for (let n = 0; n < 257; n += 1) {
      await world.during(full.send(ADDRESS, buy(`${n}`)));
    }
    await world.settle();

    expect(calls).toHaveLength(256);
    expect(await world.store.claim(9, 1)).toHaveLength(1);
  });
});
