/** What is owed: timers on time and once, effects at least once and settled once, on any node. */
import { describe, expect, test } from "bun:test";
import { addressKey } from "../../actors/address.ts";
import type { Performer } from "../../actors/perform.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import type { Machine, Message, Stamp } from "../../machines/living.ts";
import { ADDRESS, born, misbehaving, mortal, openWorld, saying, seqOf } from "../support/nodes.ts";
import { heardBy, tallyMachine, totalOf } from "../support/tally.ts";

const arm = (ms: number): Message => ({ type: "arm", ms });
const echo: Performer = async (_address, params) => ({
  type: "echoed",
  text: params["text"] ?? "",
});

describe("timers", () => {
  test("fire on time, once", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, saying(arm(5_000))));

    await world.clock.advance(4_990);
    const before = totalOf((await runtime.look(ADDRESS))?.living);
    await world.clock.advance(20);
    const at = totalOf((await runtime.look(ADDRESS))?.living);
    await world.clock.advance(60_000);

    expect([before, at]).toEqual([0, 100]);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(100);
    await world.during(runtime.stop());
  });

  test("armed again, only the last one fires; cancelled, none does", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, saying(arm(1_000))));
    await world.during(runtime.send(ADDRESS, saying(arm(3_000))));

    await world.clock.advance(2_000);
    const early = totalOf((await runtime.look(ADDRESS))?.living);
    await world.clock.advance(2_000);
    const late = totalOf((await runtime.look(ADDRESS))?.living);
    await world.during(runtime.send(ADDRESS, saying(arm(1_000))));
    await world.during(runtime.send(ADDRESS, saying({ type: "disarm" })));
    await world.clock.advance(10_000);

    expect([early, late]).toEqual([0, 100]);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(100);
    await world.during(runtime.stop());
  });

  test("of a node that died fire on another, within a second", async () => {
    const world = await openWorld();
    const dead = world.node();
    await born(world, dead);
    await world.during(dead.send(ADDRESS, saying(arm(5_000))));
    await world.during(dead.stop());

    const alive = world.node();
    await world.during(alive.start());
    await world.clock.advance(6_000);

    expect(totalOf((await alive.look(ADDRESS))?.living)).toBe(100);
    await world.during(alive.stop());
  });

  test("that fell due while no node lived fire before start resolves", async () => {
    const world = await openWorld();
    const dead = world.node();
    await born(world, dead);
    await world.during(dead.send(ADDRESS, saying(arm(5_000))));
    await world.during(dead.stop());
    await world.clock.advance(600_000);

    const alive = world.node();
    await world.during(alive.start());

    expect(totalOf(alive.peek(ADDRESS)?.living)).toBe(100);
    await world.during(alive.stop());
  });

  test("C17: one that comes before its due time goes back, and fires at it", async () => {
    const world = await openWorld();
    let aheadMs = 0;
    const ahead = misbehaving(world.store, { now: () => world.clock.now() + aheadMs });
    const runtime = world.node({ store: ahead });
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(arm(5_000))));
    aheadMs = -3_000;

    await world.clock.advance(5_010);
    const early = totalOf((await runtime.look(ADDRESS))?.living);
    await world.clock.advance(3_000);

    expect(early).toBe(0);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(100);
  });

  test("C17: what the class sent before a timer fired is judged before it", async () => {
    const world = await openWorld();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = misbehaving(world.store, {
      commit: async (address, commit) => {
        if (commit.firstSeq === 3) {
          await held;
        }
        return world.store.commit(address, commit);
      },
    });
    const runtime = world.node({ store: slow });
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(arm(20))));

    const answers = Array.from({ length: 200 }, () =>
      runtime.send(ADDRESS, saying({ type: "add", n: 1 }, { rank: "class" })),
    );
    await world.clock.advance(30);
    release();
    const seqs = (await world.during(Promise.all(answers))).map(seqOf);
    await world.settle();

    expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 3));
    const records = await runtime.records(ADDRESS, 0, 300);
    expect(records.at(-1)?.message.type).toBe("timer.rang");
  });

  test("C13: a timer of a finished machine is settled, not fired for ever", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, saying(arm(2_000))));
    await world.during(runtime.send(ADDRESS, saying({ type: "end" })));

    await world.clock.advance(120_000);

    const records = await runtime.records(ADDRESS, 0, 100);
    expect(records.map(({ message }) => message.type)).toEqual([
      "begin",
      "arm",
      "end",
      "timer.rang",
    ]);
    expect(records.at(-1)?.facts).toEqual([]);
    expect(await world.store.claim(10, 1)).toEqual([]);
    await world.during(runtime.stop());
  });
});

describe("effects", () => {
  test("are performed after the commit, and their outcome comes back", async () => {
    const world = await openWorld();
    const seen: number[] = [];
    const runtime = world.node({
      performers: {
        echo: async (address, params, key, signal) => {
          seen.push((await runtime.records(address, 0, 10)).length);
          return echo(address, params, key, signal);
        },
      },
    });
    await born(world, runtime);

    await world.during(runtime.send(ADDRESS, saying({ type: "wish", text: "hello" })));
    await world.settle();

    expect(seen).toEqual([2]);
    expect(heardBy((await runtime.look(ADDRESS))?.living)).toEqual(["hello"]);
    expect(await world.store.claim(10, 1)).toEqual([]);
  });

  test("of a node that died are performed by another, under the same key", async () => {
    const world = await openWorld();
    const keys: string[] = [];
    const never: Performer = (_address, _params, key) => {
      keys.push(key);
      return new Promise(() => undefined);
    };
    const doomed = mortal(world);
    const dead = world.node({ ...doomed, performers: { echo: never } });
    await born(world, dead);
    await world.during(dead.send(ADDRESS, saying({ type: "wish", text: "hello" })));
    await world.settle();
    doomed.die();
    const alive = world.node({
      performers: {
        echo: (address, params, key, signal) => {
          keys.push(key);
          return echo(address, params, key, signal);
        },
      },
    });
    await world.during(alive.start());

    await world.clock.advance(20_000);

    expect(keys).toEqual([
      `${addressKey(ADDRESS)}#effect:2.0`,
      `${addressKey(ADDRESS)}#effect:2.0`,
    ]);
    expect(heardBy((await alive.look(ADDRESS))?.living)).toEqual(["hello"]);
    await world.during(alive.stop());
  });

  test("C13: an outcome that comes a second time finds nothing owed", async () => {
    const world = await openWorld();
    const release: (() => void)[] = [];
    const slow: Performer = async (address, params, key, signal) => {
      await new Promise<void>((resolve) => release.push(resolve));
      return echo(address, params, key, signal);
    };
    const away = misbehaving(world.store, {
      renew: () => Promise.reject(new StoreUnreachable("away")),
    });
    const first = world.node({ store: away, performers: { echo: slow } });
    const second = world.node({ performers: { echo: slow } });
    await born(world, first);
    await world.during(second.start());
    await world.during(first.send(ADDRESS, saying({ type: "wish", text: "hello" })));
    await world.clock.advance(20_000);
    const performing = release.length;

    release.forEach((each) => each());
    await world.clock.advance(10);

    expect(performing).toBe(2);
    expect(heardBy((await first.look(ADDRESS))?.living)).toEqual(["hello"]);
    await world.during(second.stop());
  });

  test("C13: one that fails for ever is exhausted, and nothing is owed any more", async () => {
    const world = await openWorld();
    let attempts = 0;
    const runtime = world.node({
      performers: {
        echo: async () => {
          attempts += 1;
          throw new StoreUnreachable("the world says no");
        },
      },
    });
    await born(world, runtime);
    await world.during(runtime.start());
    await world.during(runtime.send(ADDRESS, saying({ type: "wish", text: "hello" })));

    await world.clock.advance(3_600_000);

    expect(attempts).toBe(12);
    const records = await runtime.records(ADDRESS, 0, 10);
    expect(records.at(-1)?.message).toEqual({
      type: "effect.exhausted",
      ...{ effect: "echo", params: { text: "hello" }, id: "hello" },
    });
    expect(await world.store.claim(10, 1)).toEqual([]);
    await world.during(runtime.stop());
  });

  test("C27: a node that is no worker leaves them claimable at once", async () => {
    const world = await openWorld();
    const door = world.node({ worker: false });
    const worker = world.node({ performers: { echo } });
    await born(world, door);
    await world.during(worker.start());

    await world.during(door.send(ADDRESS, saying({ type: "wish", text: "hello" })));
    await world.clock.advance(600);

    expect(heardBy((await worker.look(ADDRESS))?.living)).toEqual(["hello"]);
    await world.during(worker.stop());
  });

  test("one that hangs keeps neither other effects nor the timers of dead nodes waiting", async () => {
    const world = await openWorld();
    const dead = world.node({ worker: false });
    await born(world, dead);
    let hung = 0;
    const alive = world.node({
      performers: {
        echo: (address, params, key, signal) => {
          hung += 1;
          return hung === 1 ? new Promise(() => undefined) : echo(address, params, key, signal);
        },
      },
    });
    await world.during(alive.start());
    await world.during(dead.send(ADDRESS, saying({ type: "wish", text: "hangs" })));
    await world.clock.advance(1_000);

    await world.during(dead.send(ADDRESS, saying({ type: "wish", text: "goes on" })));
    await world.during(world.node().send(ADDRESS, saying(arm(2_000))));
    await world.clock.advance(4_000);

    expect(heardBy((await alive.look(ADDRESS))?.living)).toEqual(["goes on"]);
    expect(totalOf((await alive.look(ADDRESS))?.living)).toBe(100);
    await world.clock.advance(80_000);
    expect(heardBy((await alive.look(ADDRESS))?.living)).toEqual(["goes on", "hangs"]);
    await world.during(alive.stop());
  });
});

describe("what could not be done", () => {
  test("is claimable again after a pause, not only when its lease has run out", async () => {
    const world = await openWorld();
    const dead = world.node();
    await born(world, dead);
    await world.during(dead.send(ADDRESS, saying(arm(5_000))));
    await world.during(dead.stop());
    await world.clock.advance(6_000);
    let failures = 1;
    const alive = world.node({
      store: misbehaving(world.store, {
        inspect: async (address) => {
          failures -= 1;
          if (failures >= 0) {
            throw new StoreUnreachable("away for a moment");
          }
          return world.store.inspect(address);
        },
      }),
    });
    await world.during(alive.start());
    const early = totalOf(alive.peek(ADDRESS)?.living);

    await world.clock.advance(2_000);

    expect(early ?? 0).toBe(0);
    expect(totalOf((await alive.look(ADDRESS))?.living)).toBe(100);
    await world.during(alive.stop());
  });

  test("waits for its lease when it cannot even be given back", async () => {
    const world = await openWorld();
    const dead = world.node();
    await born(world, dead);
    await world.during(dead.send(ADDRESS, saying(arm(5_000))));
    await world.during(dead.stop());
    await world.clock.advance(6_000);
    const away = { load: true, release: true };
    const alive = world.node({
      store: misbehaving(world.store, {
        inspect: (address) =>
          away.load ? Promise.reject(new StoreUnreachable("away")) : world.store.inspect(address),
        release: () => Promise.reject(new StoreUnreachable("away")),
      }),
    });
    await world.during(alive.start());
    away.load = false;

    await world.clock.advance(10_000);
    const early = totalOf((await alive.look(ADDRESS))?.living);
    await world.clock.advance(6_000);

    expect(early).toBe(0);
    expect(totalOf((await alive.look(ADDRESS))?.living)).toBe(100);
    expect(world.log.events.map(({ event }) => event)).toContain("agenda.leased");
    await world.during(alive.stop());
  });

  test("C13: a timer on which the machine throws each time is settled in the end", async () => {
    const world = await openWorld();
    let threw = 0;
    const allergic: Machine = {
      ...tallyMachine,
      revive: (stored) => {
        const living = tallyMachine.revive(stored);
        return new Proxy(living, {
          get: (target, name) =>
            name === "step"
              ? (message: Message, stamp: Stamp) => {
                  if (message.type === "timer.rang") {
                    threw += 1;
                    throw new Error("allergic to bells");
                  }
                  return target.step(message, stamp);
                }
              : Reflect.get(target, name, target),
        });
      },
    };
    const writer = world.node();
    await born(world, writer);
    await world.during(writer.send(ADDRESS, saying(arm(5_000))));
    await world.during(writer.stop());
    const runtime = world.node({ machine: allergic });
    await world.during(runtime.start());

    await world.clock.advance(3_600_000);

    const records = await runtime.records(ADDRESS, 0, 10);
    expect(records.at(-1)).toMatchObject({ message: { type: "timer.exhausted" }, facts: [] });
    expect(threw).toBe(13);
    expect(await world.store.claim(10, 1)).toEqual([]);
    await world.during(runtime.stop());
  });
});
