/** Nodes of different versions over one store: what they bear, leave to others, and take over. */
import { describe, expect, test } from "bun:test";
import {
  type Envelope,
  decodeEnvelope,
  decodeRecord,
  sealEnvelope,
} from "../../actors/envelope.ts";
import { revive } from "../../actors/revive.ts";
import { replay } from "../../actors/replay.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { parseActorId } from "../../machines/ids.ts";
import type { Machine } from "../../machines/living.ts";
import { type Lineage, type Machines, UnknownVersion } from "../../machines/versions.ts";
import { problemOfFailure } from "../../src/failure.ts";
import { sealedText } from "../support/sealed-text.ts";
import { failureOf } from "../support/failure.ts";
import { quietLog } from "../support/fake-clock.ts";
import {
  ADDRESS,
  type NodeOptions,
  type World,
  born,
  bySystem,
  misbehaving,
  openWorld,
  saying,
  seqOf,
} from "../support/nodes.ts";
import { TallyTwoLiving, tallyTwoMachine } from "../support/tally-two.ts";
import { tallyMachine, totalOf } from "../support/tally.ts";

const OLD: Lineage = [tallyMachine];
const BOTH: Lineage = [tallyMachine, tallyTwoMachine];
const OTHER = { ...ADDRESS, id: parseActorId("s2") };

const add = (n: number) => saying({ type: "add", n });

async function started(world: World, name: string, options: NodeOptions): Promise<Runtime> {
  const node = world.node({ name, ...options });
  await world.during(node.start());
  return node;
}

async function stored(world: World, address = ADDRESS): Promise<Envelope> {
  return decodeEnvelope(address, (await world.store.load(address)) ?? "");
}

async function said(world: World): Promise<readonly string[]> {
  const records = await world.store.records(ADDRESS, 0, 99);
  return records.map(({ line }) => decodeRecord(line).message.type);
}

/** An actor of the second version, born where nobody knew another one. */
async function bornTwo(): Promise<World> {
  const world = await openWorld();
  const node = await started(world, "new", { lineage: BOTH });
  await born(world, node);
  await world.during(node.stop());
  return world;
}

describe("births", () => {
  test("C8: are of the newest version once every living node reads it, not before", async () => {
    const world = await openWorld();
    const old = await started(world, "old", { lineage: OLD });
    const node = await started(world, "new", { lineage: BOTH });
    await born(world, node);
    const beside = (await stored(world)).machineVersion;
    await world.during(old.stop());
    await world.clock.advance(3_000);

    await born(world, node, OTHER);

    expect(beside).toBe(1);
    expect((await stored(world, OTHER)).machineVersion).toBe(2);
  });

  test("C8: are of the oldest while it is not known what others read, and of the newest when all others are dead", async () => {
    const world = await openWorld();
    await world.store.beat("old", []);
    const node = await started(world, "new", { lineage: BOTH });
    await born(world, node);
    const before = (await stored(world)).machineVersion;

    await world.clock.advance(13_000);
    await born(world, node, OTHER);

    expect(before).toBe(1);
    expect((await stored(world, OTHER)).machineVersion).toBe(2);
  });
});

describe("an actor of a version that a node does not read", () => {
  test("C8: is refused there as unavailable, and is stepped by another", async () => {
    const world = await bornTwo();
    const [old, node] = [
      world.node({ name: "old", lineage: OLD }),
      world.node({ name: "new", lineage: BOTH }),
    ];

    const failures = await Promise.all(
      [world.during(old.send(ADDRESS, add(1))), world.during(old.look(ADDRESS))].map(failureOf),
    );
    const reply = await world.during(node.send(ADDRESS, add(2)));

    for (const failure of failures) {
      expect(failure).toBeInstanceOf(UnknownVersion);
      expect(problemOfFailure(failure, quietLog())).toMatchObject({
        code: "unavailable",
        detail: "This node is older than the actor: another one can.",
      });
    }
    expect(seqOf(reply)).toBe(2);
    expect((await stored(world)).snapshot).toMatchObject({ tally: { total: 2 }, doublings: 0 });
  });

  test("C8: is refused also by a node that held it before it was taken over", async () => {
    const world = await openWorld();
    const old = world.node({ name: "old", lineage: OLD });
    await born(world, old);
    await world.during(old.send(ADDRESS, add(1)));
    const node = await started(world, "new", { lineage: BOTH });
    await world.during(node.send(ADDRESS, add(2)));

    const failures = await Promise.all(
      [world.during(old.send(ADDRESS, add(4))), world.during(old.look(ADDRESS))].map(failureOf),
    );

    expect(failures.map((each) => each instanceof UnknownVersion)).toEqual([true, true]);
    expect(await stored(world)).toMatchObject({ seq: 4, machineVersion: 2 });
  });

  test("C8: keeps its timers and effects, with all their attempts, for a node that reads it", async () => {
    const world = await openWorld();
    const performed: string[] = [];
    const echo = async (_: unknown, { text }: { text?: unknown }) => {
      performed.push(String(text));
      return { type: "echoed", text: String(text) };
    };
    const first = await started(world, "first", { lineage: BOTH, worker: false });
    await born(world, first);
    await world.during(first.send(ADDRESS, saying({ type: "arm", ms: 5_000 })));
    await world.during(first.send(ADDRESS, saying({ type: "wish", text: "hello" })));
    await world.during(first.stop());
    let claims = 0;
    const store = misbehaving(world.store, {
      release: (...asked) => {
        claims += 1;
        return world.store.release(...asked);
      },
    });
    const old = await started(world, "old", { lineage: OLD, performers: { echo }, store });
    await world.clock.advance(60_000);
    const before = { performed: [...performed], ...(await stored(world)) };
    await world.during(old.stop());

    await started(world, "new", { lineage: BOTH, performers: { echo } });
    await world.clock.advance(3_000);

    expect(before.owed.map(({ key }) => key)).toEqual(["timer:bell", "effect:3.0"]);
    expect(before.performed).toEqual([]);
    // Once a second for each of the two, and not once in every scan of half a second.
    expect(claims).toBeLessThan(125);
    expect(claims).toBeGreaterThan(50);
    expect(performed).toEqual(["hello"]);
    expect((await stored(world)).snapshot).toMatchObject({
      tally: { total: 100, heard: ["hello"] },
    });
    expect((await stored(world)).owed).toEqual([]);
  });

  test("C8: is journaled by a node that reads it, and parks nothing", async () => {
    const world = await openWorld();
    const archive = { ...world.archive, append: () => Promise.reject(new Error("not here")) };
    const first = await started(world, "first", { lineage: BOTH, archive });
    await born(world, first);
    await world.during(first.stop());
    const told = world.log.events.length;
    const old = await started(world, "old", { lineage: OLD });
    await world.clock.advance(3_000);
    const before = (await world.archive.find(ADDRESS))?.seq;

    const node = await started(world, "new", { lineage: BOTH });
    await world.clock.advance(6_000);

    expect(before).toBe(0);
    expect((await world.archive.find(ADDRESS))?.seq).toBe(1);
    expect(world.log.events.slice(told)).toEqual([]);
    await world.during(Promise.all([old.stop(), node.stop()]));
  });

  test("C8: stays asleep, and no ticket of that node voids another's", async () => {
    const world = await bornTwo();
    const { head } = await stored(world);
    await world.archive.setResident(ADDRESS, false);
    expect(await world.store.evict(ADDRESS, head, Infinity)).toBe("evicted");
    let reserved = 0;
    const store = misbehaving(world.store, {
      reserve: (...asked) => {
        reserved += 1;
        return world.store.reserve(...asked);
      },
    });
    const old = world.node({ name: "old", lineage: OLD, store });

    expect(await failureOf(world.during(old.look(ADDRESS)))).toBeInstanceOf(UnknownVersion);

    expect(reserved).toBe(0);
    const node = world.node({ name: "new", lineage: BOTH });
    expect((await world.during(node.look(ADDRESS)))?.seq).toBe(1);
  });

  test("C8: is not taken for damaged when the store has lost it: a node that reads it mends it", async () => {
    const world = await bornTwo();
    const { head } = await stored(world);
    await world.archive.setResident(ADDRESS, false);
    expect(await world.store.evict(ADDRESS, head, Infinity)).toBe("evicted");
    await world.archive.setResident(ADDRESS, true);
    const old = world.node({ name: "old", lineage: OLD });

    const failures = [
      await failureOf(world.during(old.look(ADDRESS))),
      await failureOf(world.during(old.repair(ADDRESS))),
      await failureOf(world.during(old.repair(ADDRESS, { acceptLoss: true }))),
    ];

    expect(failures.map((each) => each instanceof UnknownVersion)).toEqual([true, true, true]);
    expect(await world.store.inspect(ADDRESS)).toBeUndefined();
    expect((await world.archive.mark(ADDRESS))?.parked).toBeUndefined();
    const node = world.node({ name: "new", lineage: BOTH });
    expect((await world.during(node.look(ADDRESS)))?.seq).toBe(1);
  });

  test("C8: stays apart when a person asks a node to mend it that does not read it", async () => {
    const world = await bornTwo();
    const { head } = await stored(world);
    await world.archive.park(ADDRESS, "a person must look");
    await world.store.setAside(ADDRESS, head);
    const old = world.node({ name: "old", lineage: OLD });

    const asked = world.during(old.repair(ADDRESS, { acceptLoss: true }));

    expect(await failureOf(asked)).toBeInstanceOf(UnknownVersion);
    expect((await world.archive.mark(ADDRESS))?.parked).toBe("a person must look");
    const node = world.node({ name: "new", lineage: BOTH });
    expect(await world.during(node.repair(ADDRESS, { acceptLoss: true }))).toBe("mended");
    expect((await world.archive.mark(ADDRESS))?.parked).toBeUndefined();
  });

  test("C8: keeps a dead node known until a node that reads it has closed its connections", async () => {
    const world = await bornTwo();
    const opened = { type: "connection.opened", connectionId: "dead.1" };
    await world.store.beat("dead", []);
    const node = world.node({ name: "dead", lineage: BOTH });
    await world.during(node.send(ADDRESS, bySystem(opened)));
    const old = await started(world, "old", { lineage: OLD });
    await world.clock.advance(20_000);
    const known = (await world.store.nodes()).map((beat) => beat.node);

    const reader = await started(world, "reader", { lineage: BOTH });
    await world.clock.advance(5_000);

    expect(known).toContain("dead");
    expect((await world.during(reader.look(ADDRESS)))?.living.connections()).toEqual([]);
    expect((await world.store.nodes()).map((beat) => beat.node)).toEqual(["old", "reader"]);
    await world.during(Promise.all([old.stop(), reader.stop()]));
  });
});

describe("a takeover", () => {
  test("C8: is a record of its own, before the first turn after a load, and replays to the stored bytes", async () => {
    const world = await openWorld();
    const old = await started(world, "old", { lineage: OLD });
    await born(world, old);
    await world.during(old.send(ADDRESS, saying({ type: "arm", ms: 3_000 })));
    const first = (await world.store.load(ADDRESS)) ?? "";
    await world.during(old.stop());
    const node = await started(world, "new", { lineage: BOTH });

    const replies = [add(5), saying({ type: "double" })].map((each) => node.send(ADDRESS, each));
    const seqs = (await world.during(Promise.all(replies))).map(seqOf);
    await world.clock.advance(4_000);

    expect(seqs).toEqual([4, 5]);
    expect(await said(world)).toEqual([
      ...["begin", "arm", "machine.upgraded", "add", "double", "timer.rang"],
    ]);
    expect(totalOf((await node.look(ADDRESS))?.living)).toBe(110);
    const machines: Machines = { session: BOTH };
    const records = await world.store.records(ADDRESS, 2, 99);
    const { envelope, living } = replay(machines, revive(machines, ADDRESS, first), records);
    expect(living).toBeInstanceOf(TallyTwoLiving);
    const stored = (await world.store.load(ADDRESS)) ?? "";
    const sealed = sealEnvelope(ADDRESS, { ...envelope, snapshot: living.persist() });
    expect(sealedText(ADDRESS, sealed)).toBe(sealedText(ADDRESS, stored));
    expect(() => replay({ session: OLD }, revive(machines, ADDRESS, first), records)).toThrow(
      UnknownVersion,
    );
  });

  test("C8: waits while a living node does not read the version; what is awake stays as it is", async () => {
    const world = await openWorld();
    const old = await started(world, "old", { lineage: OLD });
    const node = await started(world, "new", { lineage: BOTH });
    await born(world, old);
    await world.during(node.send(ADDRESS, add(1)));
    await world.during(old.stop());
    await world.clock.advance(3_000);

    await world.during(node.send(ADDRESS, add(2)));

    expect(await said(world)).toEqual(["begin", "add", "add"]);
    expect((await stored(world)).machineVersion).toBe(1);
  });

  test("C8: happens once, also where two nodes load the actor in the same moment", async () => {
    const world = await openWorld();
    const old = world.node({ name: "old", lineage: OLD });
    await born(world, old);
    const nodes = [
      await started(world, "one", { lineage: BOTH }),
      await started(world, "two", { lineage: BOTH }),
    ];

    await world.during(Promise.all(nodes.map((node) => node.send(ADDRESS, add(1)))));

    expect(await said(world)).toEqual(["begin", "machine.upgraded", "add", "add"]);
  });

  test.each([
    ["refuses", { kind: "refused", refusal: { code: "not-accepted", detail: "No." } }],
    ["throws", undefined],
  ] as const)("C8: that %s leaves the actor as it is, and the turn goes on", async (_, verdict) => {
    const world = await openWorld();
    const old = world.node({ name: "old", lineage: OLD });
    await born(world, old);
    const unwilling: Machine = {
      ...tallyTwoMachine,
      upgrade: () => {
        if (verdict === undefined) {
          throw new TypeError("it cannot");
        }
        return verdict;
      },
    };
    const node = await started(world, "new", { lineage: [tallyMachine, unwilling] });

    const replies = [
      await world.during(node.send(ADDRESS, add(1))),
      await world.during(node.send(ADDRESS, add(1))),
    ];

    expect(replies.map(seqOf)).toEqual([2, 3]);
    expect((await stored(world)).machineVersion).toBe(1);
  });

  test("C8: does not come where the next version has none", async () => {
    const world = await openWorld();
    const old = world.node({ name: "old", lineage: OLD });
    await born(world, old);
    const { birth, revive: read } = tallyTwoMachine;
    const without: Machine = { ...tallyMachine, version: 2, birth, revive: read };
    const node = await started(world, "new", { lineage: [tallyMachine, without] });

    await world.during(node.send(ADDRESS, add(1)));

    expect(await said(world)).toEqual(["begin", "add"]);
  });
});

describe("an envelope", () => {
  test("C8: of a newer format is refused as that, and one of no format as damage", () => {
    const machines: Machines = { session: OLD };
    const base = {
      epoch: "e",
      seq: 1,
      head: "h",
      at: 1,
      machineVersion: 1,
      owed: [],
      snapshot: {},
    };
    const sealed = (change: object): string =>
      sealEnvelope(ADDRESS, { ...base, format: 1, ...change });

    expect(() => revive(machines, ADDRESS, sealed({ format: 2 }))).toThrow(UnknownVersion);
    expect(() => revive(machines, ADDRESS, sealed({ machineVersion: 2 }))).toThrow(UnknownVersion);
    expect(() => revive(machines, ADDRESS, sealed({ format: "x" }))).toThrow("envelope format 1");
    expect(() => revive(machines, ADDRESS, sealed({ format: 0 }))).toThrow("envelope format 1");
  });
});
