/** Nodes that died: their connections are closed for them, once every actor could be asked. */
import { describe, expect, test } from "bun:test";
import { Damaged } from "../../actors/envelope.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { parseActorId } from "../../machines/ids.ts";
import type { Living } from "../../machines/living.ts";
import {
  ADDRESS,
  type World,
  born,
  bySystem,
  misbehaving,
  openWorld,
  saying,
} from "../support/nodes.ts";
import { thrownBy } from "../support/failure.ts";

const OTHER = { ...ADDRESS, id: parseActorId("s2") };

const opened = (connectionId: string) => bySystem({ type: "connection.opened", connectionId });

function connectionsOf(living: Living | undefined): readonly string[] {
  return (living?.connections() ?? []).map(({ connectionId }) => connectionId);
}

/** Two actors, each with a connection of a node that died and one of a node that lives. */
async function bereaved(): Promise<World> {
  const world = await openWorld();
  const dead = world.node({ name: "dead" });
  await world.store.beat("dead", []);
  for (const address of [ADDRESS, OTHER]) {
    await born(world, dead, address);
    await world.during(dead.send(address, opened("dead.1")));
    await world.during(dead.send(address, opened("alive.1")));
  }
  return world;
}

describe("the sweep", () => {
  test("closes the connections of a node that was silent, and of no other, within 15 s", async () => {
    const world = await bereaved();
    const alive = world.node({ name: "alive" });
    await world.during(alive.start());
    const early = connectionsOf((await alive.look(ADDRESS))?.living);

    await world.clock.advance(15_000);

    expect(early).toEqual(["dead.1", "alive.1"]);
    for (const address of [ADDRESS, OTHER]) {
      expect(connectionsOf((await alive.look(address))?.living)).toEqual(["alive.1"]);
    }
    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["alive"]);
  });

  test("begins anew when the store did not answer, and forgets nobody before", async () => {
    const world = await bereaved();
    let away = true;
    const alive = world.node({
      name: "alive",
      store: misbehaving(world.store, {
        commit: async (address, commit) => {
          if (away && address.id === OTHER.id) {
            throw new StoreUnreachable("away");
          }
          return world.store.commit(address, commit);
        },
      }),
    });
    await world.during(alive.start());

    await world.clock.advance(20_000);
    const during = (await world.store.nodes()).map(({ node }) => node);
    away = false;
    await world.clock.advance(3_000);

    expect(during).toContain("dead");
    expect(connectionsOf((await alive.look(OTHER))?.living)).toEqual(["alive.1"]);
    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["alive"]);
  });

  test("goes on past an actor that can never be read", async () => {
    const world = await bereaved();
    const alive = world.node({
      name: "alive",
      store: misbehaving(world.store, {
        inspect: async (address) => {
          if (address.id === ADDRESS.id) {
            throw new Damaged("a flipped bit");
          }
          return world.store.inspect(address);
        },
      }),
    });
    await world.during(alive.start());

    await world.clock.advance(15_000);

    expect(connectionsOf((await alive.look(OTHER))?.living)).toEqual(["alive.1"]);
    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["alive"]);
    const failed = world.log.events.filter(({ event }) => event === "sweep.failed");
    expect(new Set(failed.map(({ fields }) => fields["actorId"])).size).toBe(1);
  });

  test("a long one does not keep its own node from beating", async () => {
    const world = await bereaved();
    const alive = world.node({
      name: "alive",
      store: misbehaving(world.store, { actors: () => new Promise(() => undefined) }),
    });
    await world.during(alive.start());

    await world.clock.advance(60_000);

    const beat = (await world.store.nodes()).find(({ node }) => node === "alive");
    expect(world.clock.now() - (beat?.beatAt ?? 0)).toBeLessThan(3_000);
  });
});

describe("a node that was silent", () => {
  test("is known again before it tells an actor of a connection", async () => {
    const world = await openWorld();
    let away = false;
    const store = misbehaving(world.store, {
      beat: (name, reads) =>
        away ? new Promise<number>(() => undefined) : world.store.beat(name, reads),
    });
    const silent = world.node({ name: "silent", store });
    await world.during(silent.start());
    await born(world, silent);
    away = true;
    await world.clock.advance(12_000);
    await world.store.forget("silent", world.clock.now());
    away = false;

    await world.during(silent.send(ADDRESS, opened("silent.1")));

    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["silent"]);
  });
});

describe("a node that is taken for dead while it speaks", () => {
  test("C20: a connection whose commit comes too late is not written; what came with it is", async () => {
    const world = await openWorld();
    let held = 0;
    const store = misbehaving(world.store, {
      beat: (name) =>
        held > 0 ? new Promise<number>(() => undefined) : world.store.beat(name, []),
      commit: async (address, commit) => {
        held += 1;
        if (held === 1) {
          await new Promise<void>((resolve) => void world.clock.after(8_000, resolve));
        }
        return world.store.commit(address, commit);
      },
    });
    const slow = world.node({ name: "slow", store });
    const other = world.node({ name: "other" });
    await world.during(Promise.all([slow.start(), other.start()]));
    await born(world, other);
    await slow.look(ADDRESS);

    const opening = slow.send(ADDRESS, opened("slow.1"));
    const adding = slow.send(ADDRESS, saying({ type: "add", n: 1 }));

    expect(await thrownBy(world.during(opening))).toThrow(StoreUnreachable);
    expect((await world.during(adding)).kind).toBe("accepted");
    expect(connectionsOf((await other.look(ADDRESS))?.living)).toEqual([]);
  });

  test("C20: one that beats while it is swept is not forgotten", async () => {
    const world = await openWorld();
    const silent = world.node({ name: "silent" });
    await born(world, silent);
    await world.store.beat("silent", []);
    const store = misbehaving(world.store, {
      forget: async (name, beatAt) => {
        await world.store.beat("silent", []);
        return world.store.forget(name, beatAt);
      },
    });
    await world.clock.advance(11_000);

    await world.during(world.node({ name: "sweeper", store }).start());

    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["silent", "sweeper"]);
  });
});

describe("a node that stops", () => {
  test("is left to be swept while an actor believes in one of its connections", async () => {
    const world = await openWorld();
    const left = world.node({ name: "left" });
    const clean = world.node({ name: "clean" });
    await world.during(Promise.all([left.start(), clean.start()]));
    await born(world, left);
    await world.during(left.send(ADDRESS, opened("left.1")));

    await world.during(Promise.all([left.stop(), clean.stop()]));

    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["left"]);
  });

  test("is left to be swept also when it has no copy of that actor any more", async () => {
    const world = await openWorld();
    const left = world.node({ name: "left" });
    await world.during(left.start());
    await born(world, left);
    await world.during(left.send(ADDRESS, opened("left.1")));
    await world.during(left.send(ADDRESS, saying({ type: "throw" })));

    await world.during(left.stop());

    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["left"]);
  });

  test("is forgotten when the actor let go of its connections without being told", async () => {
    const world = await openWorld();
    const left = world.node({ name: "left" });
    const other = world.node({ name: "other" });
    await world.during(left.start());
    await born(world, left);
    await world.during(left.send(ADDRESS, opened("left.1")));
    const closed = { type: "connection.closed", connectionId: "left.1" };
    await world.during(other.send(ADDRESS, bySystem(closed)));

    await world.during(left.stop());

    expect(await world.store.nodes()).toEqual([]);
  });

  test("is left to be swept when it does not know whether a connection was closed", async () => {
    const world = await openWorld();
    let away = false;
    const store = misbehaving(world.store, {
      commit: (address, commit) =>
        away
          ? Promise.reject(new StoreUnreachable("cut off"))
          : world.store.commit(address, commit),
    });
    const left = world.node({ name: "left", store });
    await world.during(left.start());
    await born(world, left);
    await world.during(left.send(ADDRESS, opened("left.1")));
    away = true;
    const closing = left.send(
      ADDRESS,
      bySystem({ type: "connection.closed", connectionId: "left.1" }),
    );
    expect(await thrownBy(world.during(closing))).toThrow(StoreUnreachable);

    await world.during(left.stop());

    expect((await world.store.nodes()).map(({ node }) => node)).toEqual(["left"]);
  });

  test("resolves though the database is away, and says what is incomplete", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    for (const id of ["a", "b", "c"]) {
      await born(world, runtime, { ...ADDRESS, id: parseActorId(id) });
    }
    Object.assign(world.archive, {
      append: () => Promise.reject(new StoreUnreachable("the database is away")),
    });

    await world.during(runtime.stop());

    expect(world.log.events.map(({ event }) => event)).toContain("stop.incomplete");
  });

  test("waits five seconds for an effect that hangs, and begins none any more", async () => {
    const world = await openWorld();
    const begun: unknown[] = [];
    const runtime = world.node({
      performers: {
        echo: (_address, params) => {
          begun.push(params["text"]);
          return new Promise(() => undefined);
        },
      },
    });
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying({ type: "wish", text: "one" })));
    const before = world.clock.now();

    const late = runtime.send(ADDRESS, saying({ type: "wish", text: "two" }));
    await world.during(runtime.stop());

    expect((await late).kind).toBe("accepted");
    expect(begun).toEqual(["one"]);
    expect(world.clock.now() - before).toBeLessThan(5_100);
  });

  test("waits for a birth that has begun", async () => {
    const world = await openWorld();
    const runtime = world.node();
    const { announce } = world.archive;
    Object.assign(world.archive, {
      announce: async (...args: Parameters<typeof announce>) => {
        await new Promise<void>((resolve) => void world.clock.after(1_000, resolve));
        return announce(...args);
      },
    });

    const birth = born(world, runtime);
    await world.during(runtime.stop());

    await birth;
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 1, resident: true });
  });
});
