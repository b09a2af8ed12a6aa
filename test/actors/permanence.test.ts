/** The journal, sleep and waking: nothing is served that is not what was acknowledged. */
import { describe, expect, test } from "bun:test";
import type { Flush } from "../../actors/archive.ts";
import { Damaged, chainOn, decodeEnvelope, isWhole } from "../../actors/envelope.ts";
import { settleResidence } from "../../actors/residence.ts";
import { Quarantined } from "../../actors/sound.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";
import { ADDRESS, born, misbehaving, openWorld, saying, seqOf } from "../support/nodes.ts";
import { totalOf } from "../support/tally.ts";
import { thrownBy } from "../support/failure.ts";

const add = { type: "add", n: 1 };

describe("the journal", () => {
  test("is at most a second behind", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await world.during(runtime.start());
    await born(world, runtime);
    for (let count = 0; count < 5; count += 1) {
      await world.during(runtime.send(ADDRESS, saying(add)));
    }

    await world.clock.advance(1_000);

    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 6, resident: true });
    expect(await world.archive.records(ADDRESS, 0, 10)).toEqual(
      await world.store.records(ADDRESS, 0, 10),
    );
    expect(await world.store.dirty(10)).toEqual([]);
    await world.during(runtime.stop());
  });

  test("keeps an envelope whole that the store has with deltas behind it", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await world.during(runtime.start());
    await born(world, runtime);
    for (const bell of ["one", "two", "three", "four"]) {
      await world.during(runtime.send(ADDRESS, saying({ type: "arm", bell, ms: 60_000 })));
    }
    await world.during(runtime.send(ADDRESS, saying(add)));
    await world.clock.advance(1_000);

    const stored = (await world.store.load(ADDRESS)) ?? "";
    const archived = (await world.archive.find(ADDRESS))?.envelope ?? "";
    expect(isWhole(stored)).toBe(false);
    expect(isWhole(archived)).toBe(true);
    expect(decodeEnvelope(ADDRESS, archived)).toEqual(decodeEnvelope(ADDRESS, stored));
    await world.during(runtime.stop());
  });

  test("C4: an actor whose history is another is parked, and goes on without the journal", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    Object.assign(world.archive, { append: async () => "mismatch" });

    await world.during(runtime.start());
    await world.clock.advance(5_000);

    const parked = world.log.events.filter(({ event }) => event === "journal.parked");
    expect(parked).toHaveLength(1);
    expect(seqOf(await world.during(runtime.send(ADDRESS, saying(add))))).toBe(2);
    await world.during(runtime.stop());
  });

  test("C4: an actor whose history is another, and cannot be mended, is kept apart for everybody", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.catchUp(ADDRESS.tenantId));
    const archived = await world.archive.find(ADDRESS);
    const [birth] = await world.archive.records(ADDRESS, 0, 1);
    const line = birth?.line.replace('"seq":1', '"seq":2') ?? "";
    await world.archive.append({
      ...{ address: ADDRESS, seq: 2, head: chainOn(archived?.head ?? "", line) },
      ...{ envelope: archived?.envelope ?? "", records: [{ seq: 2, line }], owedDueAt: undefined },
      ...{ over: archived?.rebuiltIn, rebuiltIn: undefined },
    });
    await world.during(runtime.send(ADDRESS, saying(add)));

    await world.during(runtime.catchUp(ADDRESS.tenantId));

    expect((await world.archive.mark(ADDRESS))?.parked).toContain("another history");
    const refused = world.during(runtime.send(ADDRESS, saying(add)));
    expect(await refused.catch((error: unknown) => error)).toBeInstanceOf(Quarantined);
    await world.during(runtime.stop());
  });

  test("C19: an actor that the archive can never take is parked, and the others go on", async () => {
    const world = await openWorld();
    const runtime = world.node();
    const other = { ...ADDRESS, id: parseActorId("s2") };
    await born(world, runtime);
    await born(world, runtime, other);
    const { append } = world.archive;
    Object.assign(world.archive, {
      append: async (flush: Flush) => {
        if (flush.address.id === ADDRESS.id) {
          throw new Damaged("half a character");
        }
        return append(flush);
      },
    });

    await world.during(runtime.start());
    await world.during(runtime.send(other, saying(add)));
    await world.clock.advance(5_000);

    expect(await world.archive.mark(other)).toMatchObject({ seq: 2, resident: true });
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 0, resident: true });
    const failed = world.log.events.filter(({ event }) => event === "journal.failed");
    expect(failed).toHaveLength(1);
    await world.during(runtime.stop());
  });

  test("C19: a database that is away blames no actor, and is caught up with", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const { append } = world.archive;
    let away = true;
    Object.assign(world.archive, {
      append: async (flush: Flush) => {
        if (away) {
          throw new StoreUnreachable("the database is away");
        }
        return append(flush);
      },
    });

    await world.during(runtime.start());
    await world.clock.advance(5_000);
    away = false;
    await world.clock.advance(1_000);

    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 1, resident: true });
    await world.during(runtime.stop());
  });

  test("C4: what was parked is tried again after a minute, when somebody may have mended it", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const { append } = world.archive;
    Object.assign(world.archive, { append: async () => "mismatch" });
    await world.during(runtime.start());
    await world.clock.advance(5_000);

    Object.assign(world.archive, { append });
    await world.clock.advance(30_000);
    const early = await world.archive.mark(ADDRESS);
    await world.clock.advance(30_000);

    expect(early).toMatchObject({ seq: 0 });
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 1 });
    await world.during(runtime.stop());
  });

  test("C19: one actor for which the database never answers does not stop the others", async () => {
    const world = await openWorld();
    const runtime = world.node();
    const other = { ...ADDRESS, id: parseActorId("s2") };
    await born(world, runtime);
    await born(world, runtime, other);
    const { append } = world.archive;
    Object.assign(world.archive, {
      append: async (flush: Flush) => {
        if (flush.address.id === ADDRESS.id) {
          throw new StoreUnreachable("a statement timed out");
        }
        return append(flush);
      },
    });

    await world.during(runtime.start());
    await world.clock.advance(2_000);

    expect(await world.archive.mark(other)).toMatchObject({ seq: 1 });
    await world.during(runtime.stop());
  });

  test("C4: two journals that evict one actor leave it asleep, not absent and resident", async () => {
    const world = await openWorld();
    const [one, two] = [world.node(), world.node()];
    await born(world, one);
    await world.during(one.send(ADDRESS, saying(add)));
    await world.during(one.send(ADDRESS, saying({ type: "end" })));
    const { append } = world.archive;
    let waiting = 0;
    Object.assign(world.archive, {
      append: async (flush: Flush) => {
        waiting += 1;
        await new Promise<void>((resolve) => void world.clock.after(waiting * 100, resolve));
        return append(flush);
      },
    });

    await world.during(Promise.all([one.start(), two.start()]));
    await world.clock.advance(3_000);

    expect(waiting).toBe(2);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 3, resident: false });
    expect(totalOf((await world.during(one.look(ADDRESS)))?.living)).toBe(1);
    await world.during(Promise.all([one.stop(), two.stop()]));
  });

  test("C2: an eviction that was cut off is finished later", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying({ type: "end" })));
    const { setResident } = world.archive;
    let failures = 1;
    Object.assign(world.archive, {
      setResident: async (...args: Parameters<typeof setResident>) => {
        await setResident(...args);
        failures -= 1;
        if (failures >= 0) {
          throw new StoreUnreachable("the reply was lost");
        }
      },
    });

    await world.during(runtime.start());
    await world.clock.advance(1_500);

    expect(await world.store.load(ADDRESS)).toBeUndefined();
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 2, resident: false });
    await world.during(runtime.stop());
  });

  test("catches up with one school when it is asked to, and once for all who ask", async () => {
    const world = await openWorld();
    const runtime = world.node();
    const other = { ...ADDRESS, tenantId: parseTenantId("t2") };
    await born(world, runtime);
    await born(world, runtime, other);
    const { append } = world.archive;
    let appended = 0;
    Object.assign(world.archive, {
      append: async (flush: Flush) => {
        appended += 1;
        return append(flush);
      },
    });

    const both = [1, 2].map(() => runtime.catchUp(ADDRESS.tenantId));
    await world.during(Promise.all(both));

    expect(appended).toBe(1);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 1 });
    expect(await world.archive.mark(other)).toMatchObject({ seq: 0 });
  });

  test("says so to who asks it to catch up, when the database is away", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    Object.assign(world.archive, {
      append: () => Promise.reject(new StoreUnreachable("the database is away")),
    });

    const caught = world.during(runtime.catchUp(ADDRESS.tenantId));

    expect(await thrownBy(caught)).toThrow("the database is away");
  });

  test("C4: an actor that the store keeps after all is resident again", async () => {
    const world = await openWorld();
    const runtime = world.node({
      store: misbehaving(world.store, { evict: async () => "kept" }),
    });
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying({ type: "end" })));

    await world.during(runtime.start());
    await world.clock.advance(2_000);

    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 2, resident: true });
    await world.during(runtime.stop());
  });

  test("C4: residence is written again when the actor moved while it was written", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    let loads = 0;
    const moving = misbehaving(world.store, {
      load: async () => {
        loads += 1;
        return loads === 1 ? undefined : "an envelope";
      },
    });

    await settleResidence({ ...world, store: moving }, ADDRESS);

    expect(await world.archive.mark(ADDRESS)).toMatchObject({ resident: true });
    expect(loads).toBe(3);
  });

  test("C4: an actor that moves without end is reported", async () => {
    const world = await openWorld();
    let present = false;
    const restless = misbehaving(world.store, {
      load: async () => {
        present = !present;
        return present ? "an envelope" : undefined;
      },
    });

    await settleResidence({ ...world, store: restless }, ADDRESS);

    expect(world.log.events.map(({ event }) => event)).toEqual(["residence.unsettled"]);
  });

  test("C2: what has ended leaves the store, and is asleep, not lost", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await world.during(runtime.start());
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(add, { id: "k1" })));
    await world.during(runtime.send(ADDRESS, saying({ type: "end" })));

    await world.clock.advance(1_000);

    expect(await world.store.load(ADDRESS)).toBeUndefined();
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 3, resident: false });
    await world.during(runtime.stop());
  });
});

describe("waking", () => {
  async function asleep() {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying({ type: "arm", ms: 1_800_000 })));
    await world.during(runtime.send(ADDRESS, saying(add, { id: "k1" })));
    await world.during(runtime.stop());
    const [actor] = (await world.store.actors(undefined, 10)).addresses;
    const head = (await world.archive.find(ADDRESS))?.head ?? "";
    await world.archive.setResident(ADDRESS, false);
    const evicted = await world.store.evict(ADDRESS, head, world.clock.now() + 1_000);
    expect({ actor, evicted }).toEqual({ actor: ADDRESS, evicted: "evicted" });
    return world;
  }

  test("C6: brings back the snapshot, the ids and what is owed", async () => {
    const world = await asleep();
    const runtime = world.node();
    await world.during(runtime.start());

    const resent = await world.during(runtime.send(ADDRESS, saying(add, { id: "k1" })));
    await world.clock.advance(1_802_000);

    expect(resent).toMatchObject({ kind: "accepted", duplicate: true });
    expect(seqOf(resent)).toBe(3);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(101);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ resident: true });
    await world.during(runtime.stop());
  });

  test("records from before the sleep come from the archive", async () => {
    const world = await asleep();
    const runtime = world.node();
    await world.during(runtime.send(ADDRESS, saying(add)));

    const records = await world.during(runtime.records(ADDRESS, 0, 2));

    expect(records.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("C18: a line that the log has no more as it was comes from the archive", async () => {
    const world = await openWorld();
    const store = misbehaving(world.store, {
      records: async (...asked) =>
        (await world.store.records(...asked)).filter(({ seq }) => seq !== 3),
    });
    const [whole, runtime] = [world.node(), world.node({ store })];
    await born(world, whole);
    for (let count = 0; count < 4; count += 1) {
      await world.during(whole.send(ADDRESS, saying(add)));
    }
    await world.during(whole.catchUp(ADDRESS.tenantId));

    const records = await world.during(runtime.records(ADDRESS, 0, 10));

    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test("a page goes on in the store where the archive ends", async () => {
    const world = await asleep();
    const runtime = world.node();
    for (let count = 0; count < 3; count += 1) {
      await world.during(runtime.send(ADDRESS, saying(add)));
    }

    const records = await world.during(runtime.records(ADDRESS, 1, 4));
    const after = await world.during(runtime.records(ADDRESS, 6, 4));

    expect(records.map(({ seq }) => seq)).toEqual([2, 3, 4, 5]);
    expect(after).toEqual([]);
  });

  test("C2: two nodes that wake one actor at once both find it, and it is resident", async () => {
    const world = await asleep();
    const { find } = world.archive;
    let finds = 0;
    Object.assign(world.archive, {
      find: async (...args: Parameters<typeof find>) => {
        finds += 1;
        const waitMs = finds === 1 ? 50 : 0;
        await new Promise<void>((resolve) => void world.clock.after(waitMs, resolve));
        return find(...args);
      },
    });

    const looks = await world.during(
      Promise.all([world.node().look(ADDRESS), world.node().look(ADDRESS)]),
    );

    expect(looks.map((look) => look?.seq)).toEqual([3, 3]);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ resident: true });
  });

  test("C3: a slow hydration never overwrites a newer actor", async () => {
    const world = await asleep();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = world.node({
      store: misbehaving(world.store, {
        install: async (address, ticket, what) => {
          await held;
          return world.store.install(address, ticket, what);
        },
      }),
    });
    const quick = world.node();

    const late = slow.send(ADDRESS, saying(add));
    await world.clock.advance(5);
    const first = await world.during(quick.send(ADDRESS, saying(add)));
    release();
    const second = await world.during(late);

    expect([first, second].map(seqOf)).toEqual([4, 5]);
    expect(totalOf((await quick.look(ADDRESS))?.living)).toBe(3);
  });
});
