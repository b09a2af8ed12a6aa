/** Effects that must not be done twice, their leases, and those that are called off. */
import { describe, expect, test } from "bun:test";
import { NotPerformed } from "../../actors/perform.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import {
  ADDRESS,
  type World,
  born,
  misbehaving,
  mortal,
  openWorld,
  saying,
} from "../support/nodes.ts";
import { type Call, LEASE_MS, buy, cancel, hand, heard } from "../support/shop.ts";

/** A node that dies while it performs, and another that lives. */
async function orphaned(world: World, calls: Call[], command = buy("pen")): Promise<Runtime> {
  const doomed = mortal(world);
  const dead = world.node({ ...doomed, performers: { charge: hand(calls), echo: hand(calls) } });
  await born(world, dead);
  await world.during(dead.send(ADDRESS, command));
  await world.settle();
  doomed.die();
  const alive = world.node({ performers: { charge: hand(calls), echo: hand(calls) } });
  await world.during(alive.start());
  return alive;
}

describe("an effect that is not repeatable", () => {
  test("C14: is lost with the node that began it, and never begun again", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const alive = await orphaned(world, calls);

    await world.clock.advance(10 * LEASE_MS);

    expect(calls).toHaveLength(1);
    expect(await heard(alive)).toEqual(["effect.lost pen"]);
    expect(await world.store.claim(9, 1)).toEqual([]);
    await world.during(alive.stop());
  });

  test("C14: a repeatable one of a node that died is performed by another", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const alive = await orphaned(world, calls, saying({ type: "wish", text: "pen" }));

    await world.clock.advance(LEASE_MS + 1_000);

    expect(calls).toHaveLength(2);
    await world.during(alive.stop());
  });

  test("C14: is performed by another when its node died before it was begun", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const doomed = mortal(world);
    const store = misbehaving(doomed.store, { begin: () => new Promise(() => undefined) });
    const dead = world.node({ ...doomed, store, performers: { charge: hand(calls) } });
    await born(world, dead);
    await world.during(dead.send(ADDRESS, buy("pen")));
    doomed.die();
    const alive = world.node({ performers: { charge: hand(calls) } });
    await world.during(alive.start());

    await world.clock.advance(LEASE_MS + 1_000);
    calls[0]?.end();
    await world.settle();

    expect(calls).toHaveLength(1);
    expect(await heard(alive)).toEqual(["charged pen"]);
    await world.during(alive.stop());
  });

  test("C14: is lost when its performer fails, unless that is sure that nothing was done", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.during(runtime.send(ADDRESS, buy("ink")));
    await world.settle();

    calls[0]?.fail(new StoreUnreachable("cut off in the middle"));
    calls[1]?.fail(new NotPerformed("the shop is closed"));
    await world.clock.advance(3_000);
    calls[2]?.end();
    await world.settle();

    expect(calls.map(({ text }) => text)).toEqual(["pen", "ink", "ink"]);
    expect(await heard(runtime)).toEqual(["effect.lost pen", "charged ink"]);
    await world.during(runtime.stop());
  });

  test("C14: is not done again because its outcome could not be told", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    let away = true;
    const store = misbehaving(world.store, {
      commit: (address, commit) =>
        away && commit.records.some((line) => line.includes("charged"))
          ? Promise.reject(new StoreUnreachable("away"))
          : world.store.commit(address, commit),
    });
    const runtime = world.node({ store, performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.settle();
    calls[0]?.end();
    await world.clock.advance(2_000);
    away = false;

    await world.clock.advance(5 * LEASE_MS);

    expect(calls).toHaveLength(1);
    expect(await heard(runtime)).toEqual(["charged pen"]);
    await world.during(runtime.stop());
  });

  test("C14: that cannot even be said to be lost is not begun again", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    let away = true;
    const store = misbehaving(world.store, {
      commit: (address, commit) =>
        away && commit.records.some((line) => line.includes("effect.lost"))
          ? Promise.reject(new StoreUnreachable("away"))
          : world.store.commit(address, commit),
    });
    const runtime = world.node({ store, performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.settle();
    calls[0]?.fail(new Error("cut off in the middle"));
    await world.clock.advance(3 * LEASE_MS);
    away = false;

    await world.clock.advance(5 * LEASE_MS);

    expect(calls).toHaveLength(1);
    expect(await heard(runtime)).toEqual(["effect.lost pen"]);
    await world.during(runtime.stop());
  });
});

describe("a lease", () => {
  test("C14: is renewed while the performer works, on the committing node too", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    const other = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(other.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));

    await world.clock.advance(3 * LEASE_MS);
    const [working] = calls;
    working?.end();
    await world.settle();

    expect(calls).toHaveLength(1);
    expect(working?.signal.aborted).toBe(false);
    expect(await heard(runtime)).toEqual(["charged pen"]);
    await world.during(Promise.all([runtime.stop(), other.stop()]));
  });

  test("C14: who has lost it is told, and a late outcome settles nothing twice", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    let away = true;
    const store = misbehaving(world.store, {
      renew: (item, ms) =>
        away ? Promise.reject(new StoreUnreachable("away")) : world.store.renew(item, ms),
    });
    const first = world.node({ store, performers: { charge: hand(calls) } });
    const second = world.node({ performers: { charge: hand(calls) } });
    await born(world, first);
    await world.during(second.start());
    await world.during(first.send(ADDRESS, buy("pen")));
    await world.clock.advance(LEASE_MS + 2_000);
    const lost = await heard(second);
    away = false;
    await world.clock.advance(5_000);
    const told = calls[0]?.signal.aborted;

    calls[0]?.end();
    await world.settle();

    expect(lost).toEqual(["effect.lost pen"]);
    expect(told).toBe(true);
    expect(await heard(first)).toEqual(["effect.lost pen"]);
    expect(calls).toHaveLength(1);
    await world.during(second.stop());
  });

  test("C14: claimed anew by the node that is at work keeps its work", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    let away = true;
    const store = misbehaving(world.store, {
      renew: (item, ms) =>
        away ? Promise.reject(new StoreUnreachable("away")) : world.store.renew(item, ms),
    });
    const runtime = world.node({ store, performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.clock.advance(LEASE_MS + 2_000);
    away = false;

    await world.clock.advance(2 * LEASE_MS);
    calls[0]?.end();
    await world.settle();

    expect(calls).toHaveLength(1);
    expect(await heard(runtime)).toEqual(["charged pen"]);
    await world.during(runtime.stop());
  });

  test("C15: is checked right before the work: who lost it meanwhile begins nothing", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const store = misbehaving(world.store, {
      begin: async (item, ms) => {
        await promise;
        return world.store.begin(item, ms);
      },
    });
    const slow = world.node({ store, performers: { charge: hand(calls) } });
    await born(world, slow);
    await world.during(slow.send(ADDRESS, buy("pen")));
    const quick = world.node({ performers: { charge: hand(calls) } });
    await world.during(quick.start());
    await world.clock.advance(LEASE_MS + 1_000);
    calls[0]?.end();
    await world.settle();

    resolve();
    await world.settle();

    expect(calls).toHaveLength(1);
    expect(await heard(quick)).toEqual(["charged pen"]);
    await world.during(quick.stop());
  });
});

describe("an effect that is cancelled", () => {
  test("C15: while it is being started is not begun, and settles as cancelled", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const store = misbehaving(world.store, {
      begin: async (item, ms) => {
        await promise;
        return world.store.begin(item, ms);
      },
    });
    const runtime = world.node({ store, performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.during(world.node().send(ADDRESS, cancel("pen")));

    resolve();
    await world.clock.advance(LEASE_MS + 1_000);

    expect(calls).toEqual([]);
    expect(await heard(runtime)).toEqual(["effect.cancelled pen"]);
    expect(await world.store.claim(9, 1)).toEqual([]);
    await world.during(runtime.stop());
  });

  test("C15: while it is performed settles by the performer's word, who is told", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.settle();

    await world.during(runtime.send(ADDRESS, cancel("pen")));
    const told = calls[0]?.signal.aborted;
    calls[0]?.end();
    await world.clock.advance(3 * LEASE_MS);

    expect(told).toBe(true);
    expect(await heard(runtime)).toEqual(["charged pen"]);
    await world.during(runtime.stop());
  });

  test("C15: on another node tells its performer at the next renewal", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const working = world.node({ performers: { charge: hand(calls) } });
    await born(world, working);
    await world.during(working.start());
    await world.during(working.send(ADDRESS, buy("pen")));
    await world.settle();
    await world.during(world.node().send(ADDRESS, cancel("pen")));

    await world.clock.advance(6_000);
    const told = calls[0]?.signal.aborted;
    calls[0]?.fail(new Error("called off"));
    await world.clock.advance(1_000);

    expect(told).toBe(true);
    expect(await heard(working)).toEqual(["effect.cancelled pen"]);
    expect(calls).toHaveLength(1);
    await world.during(working.stop());
  });

  test("C15: whose performer says nothing settles at the end of its lease", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const runtime = world.node({ performers: { charge: hand(calls) } });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, buy("pen")));
    await world.settle();
    await world.during(runtime.send(ADDRESS, cancel("pen")));

    await world.clock.advance(LEASE_MS - 1_000);
    const before = await heard(runtime);
    await world.clock.advance(2_000);
    calls[0]?.end();
    await world.settle();

    expect(before).toEqual([]);
    expect(await heard(runtime)).toEqual(["effect.cancelled pen"]);
    await world.during(runtime.stop());
  });

  test("C15: while it waits for a worker settles at once", async () => {
    const world = await openWorld();
    const calls: Call[] = [];
    const door = world.node({ worker: false });
    await born(world, door);
    await world.during(door.send(ADDRESS, buy("pen")));
    await world.during(door.send(ADDRESS, cancel("pen")));
    const worker = world.node({ performers: { charge: hand(calls) } });

    await world.during(worker.start());
    await world.settle();

    expect(calls).toEqual([]);
    expect(await heard(worker)).toEqual(["effect.cancelled pen"]);
    await world.during(worker.stop());
  });
});
