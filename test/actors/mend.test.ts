/** Mending: what the store lost or garbled is built again from what survived, or refused. */
import { describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import type { Archive } from "../../actors/archive.ts";
import { chainOn, decodeEnvelope, sealEnvelope } from "../../actors/envelope.ts";
import { parseActorId } from "../../machines/ids.ts";
import { Quarantined } from "../../actors/sound.ts";
import type { ActorStore, Stored } from "../../actors/store.ts";
import {
  ADDRESS,
  type World,
  born,
  misbehaving,
  openWorld,
  saying,
  seqOf,
} from "../support/nodes.ts";
import { totalOf } from "../support/tally.ts";
import { thrownBy } from "../support/failure.ts";

const add = (n: number) => ({ type: "add", n });

/** An actor at seq `3 + more`, of which the archive has the first three records. */
async function lived(more = 0) {
  const world = await openWorld();
  const runtime = world.node({ name: "writer" });
  await born(world, runtime);
  await world.during(runtime.send(ADDRESS, saying(add(1), { id: "k1" })));
  await world.during(runtime.send(ADDRESS, saying({ type: "arm", ms: 7_200_000 })));
  await world.during(runtime.catchUp(ADDRESS.tenantId));
  for (let n = 0; n < more; n += 1) {
    await world.during(runtime.send(ADDRESS, saying(add(10), { id: `more${n}` })));
  }
  const stored = await world.store.inspect(ADDRESS);
  if (stored === undefined) {
    throw new Error("expected an actor in the store, found none");
  }
  return { world, runtime, stored };
}

/** The store as it was, but that what it has of the actor is changed as a broken disk would. */
async function garbled(world: World, change: (stored: Stored) => Partial<Stored>): Promise<void> {
  const stored = await world.store.inspect(ADDRESS);
  if (stored !== undefined) {
    const log = await world.store.records(ADDRESS, 0, 1_000);
    const firstSeq = log[0]?.seq ?? stored.seq + 1;
    const records = log.map(({ line }) => line);
    const whole = { ids: [], agenda: [], records, firstSeq };
    await world.store.restore(ADDRESS, stored.head, { ...stored, ...whole, ...change(stored) });
  }
}

/** The store forgets the actor, as an emptied one does. */
async function emptied(store: ActorStore, address: Address = ADDRESS): Promise<void> {
  const stored = await store.inspect(address);
  await store.journaled(address, stored?.seq ?? 0, stored?.head ?? "");
  await store.reindex(address, stored?.head ?? "", []);
  expect(await store.evict(address, stored?.head ?? "", 0)).toBe("evicted");
}

async function rewindTo(world: World, stored: Stored): Promise<void> {
  const now = await world.store.inspect(ADDRESS);
  const agenda = decodeEnvelope(ADDRESS, stored.envelope).owed.map(
    ({ key, generation, dueAt }) => ({
      ...{ key, generation },
      claimableAt: dueAt,
    }),
  );
  const records = (await world.store.records(ADDRESS, 0, stored.seq)).map(({ line }) => line);
  const what = { ...stored, records, firstSeq: 1, ids: [], agenda };
  expect(await world.store.restore(ADDRESS, now?.head ?? "", what)).toBe("restored");
}

describe("an actor that the store has lost", () => {
  test("C2: absent and resident is damage: it comes back from the archive, in a new epoch", async () => {
    const { world, stored } = await lived();
    await emptied(world.store);

    const reply = await world.during(world.node().send(ADDRESS, saying(add(2))));

    expect(seqOf(reply)).toBe(4);
    const now = decodeEnvelope(ADDRESS, (await world.store.load(ADDRESS)) ?? "");
    expect(now.epoch).not.toBe(decodeEnvelope(ADDRESS, stored.envelope).epoch);
    expect(now.owed.map(({ key }) => key)).toEqual(["timer:bell"]);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ resident: true });
  });

  test("C1: what its node committed after the archive's mark is put back before it is served", async () => {
    const { world, runtime, stored } = await lived(4);
    await emptied(world.store);

    const resent = await world.during(runtime.send(ADDRESS, saying(add(10), { id: "more3" })));

    expect(resent).toMatchObject({ kind: "accepted", duplicate: true });
    expect(seqOf(resent)).toBe(stored.seq);
    expect(totalOf((await world.during(runtime.look(ADDRESS)))?.living)).toBe(41);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: stored.seq });
    const records = await world.during(runtime.records(ADDRESS, 0, 100));
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("what died with the store and every node that knew it is gone, and nobody can tell", async () => {
    const { world } = await lived(4);
    await emptied(world.store);

    const look = await world.during(world.node().look(ADDRESS));

    expect(look?.seq).toBe(3);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 3, parked: undefined });
  });

  test("C1: an actor that was never archived is born again from its node's memory", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(add(5))));
    await emptied(world.store);

    const reply = await world.during(runtime.send(ADDRESS, saying(add(1))));

    expect(seqOf(reply)).toBe(3);
    expect(totalOf((await world.during(runtime.look(ADDRESS)))?.living)).toBe(6);
  });
});

describe("a store that was rewound", () => {
  test("C1: behind the archive's mark: the actor is the archived one, and forks nothing", async () => {
    const { world, stored } = await lived();
    await world.during(world.node().send(ADDRESS, saying(add(10))));
    await world.during(world.node().catchUp(ADDRESS.tenantId));
    await rewindTo(world, stored);

    const reply = await world.during(world.node().send(ADDRESS, saying(add(2))));

    expect(seqOf(reply)).toBe(5);
    expect(totalOf((await world.during(world.node().look(ADDRESS)))?.living)).toBe(13);
  });

  test("C1: behind what its node committed: the rest is appended again before it is served", async () => {
    const { world, runtime, stored } = await lived();
    await world.during(runtime.send(ADDRESS, saying(add(10), { id: "late" })));
    await rewindTo(world, stored);

    const next = await world.during(runtime.send(ADDRESS, saying(add(2))));
    const resent = await world.during(runtime.send(ADDRESS, saying(add(10), { id: "late" })));

    expect([next, resent].map(seqOf)).toEqual([5, 4]);
    expect(totalOf((await world.during(runtime.look(ADDRESS)))?.living)).toBe(13);
  });

  test("C1: and went on without what a node had acknowledged: refused, by every node", async () => {
    const { world, runtime, stored } = await lived();
    await world.during(runtime.send(ADDRESS, saying(add(10))));
    await rewindTo(world, stored);
    await world.during(world.node().send(ADDRESS, saying(add(20))));

    const sent = world.during(runtime.send(ADDRESS, saying(add(1))));
    expect(await thrownBy(sent)).toThrow(Quarantined);
    const elsewhere = world.during(world.node().look(ADDRESS));

    expect(await thrownBy(elsewhere)).toThrow("another history");
    expect((await world.archive.mark(ADDRESS))?.parked).toContain("4 was acknowledged");
    expect(world.log.events.map(({ event }) => event)).toContain("actor.quarantined");
  });
});

describe("an actor that another node built again without what this one committed", () => {
  test("C1: is refused also where it has gone further than this node had", async () => {
    const { world, runtime, stored } = await lived();
    await world.during(runtime.send(ADDRESS, saying(add(10))));
    await emptied(world.store);
    const other = world.node();
    await world.during(other.send(ADDRESS, saying(add(20))));
    await world.during(other.send(ADDRESS, saying(add(30))));
    expect((await world.store.inspect(ADDRESS))?.seq).toBe(stored.seq + 2);

    const sent = world.during(runtime.send(ADDRESS, saying(add(1))));

    expect(await thrownBy(sent)).toThrow(Quarantined);
    expect((await world.archive.mark(ADDRESS))?.parked).toContain("4 was acknowledged");
  });
});

describe("bytes that are not what was written", () => {
  test("C18: a flipped bit in an envelope is mended from the log behind the archive", async () => {
    const { world } = await lived(2);
    await garbled(world, ({ envelope }) => ({
      envelope: envelope.replace('"total":21', '"total":91'),
    }));

    const look = await world.during(world.node().look(ADDRESS));

    expect(totalOf(look?.living)).toBe(21);
    expect(decodeEnvelope(ADDRESS, (await world.store.load(ADDRESS)) ?? "").seq).toBe(5);
  });

  test("C18: a head that the store compares and the envelope does not have is mended", async () => {
    const { world } = await lived(1);
    await garbled(world, () => ({ head: "another-head" }));

    const reply = await world.during(world.node().send(ADDRESS, saying(add(2))));

    expect(seqOf(reply)).toBe(5);
  });

  test("C18: also where a node has the actor in memory and only meets it in a conflict", async () => {
    const { world, runtime } = await lived(1);
    await garbled(world, ({ envelope }) => ({ head: "another-head", envelope: `${envelope} ` }));

    const reply = await world.during(runtime.send(ADDRESS, saying(add(2))));

    expect(seqOf(reply)).toBe(5);
  });

  test("C18: a flipped bit in a record that nobody else has is refused, never served", async () => {
    const { world } = await lived(2);
    const flipped = misbehaving(world.store, {
      records: async (...asked) =>
        (await world.store.records(...asked)).map(({ seq, line }) => ({
          ...{ seq },
          line: seq === 4 ? line.replace('"n":10', '"n":90') : line,
        })),
    });

    const looked = world.during(world.node({ store: flipped }).look(ADDRESS));

    expect(await thrownBy(looked)).toThrow(Quarantined);
    const sent = world.during(world.node().send(ADDRESS, saying(add(1))));
    expect(await thrownBy(sent)).toThrow("kept apart");
  });

  test("C18: a sleeper whose archived envelope is damaged is born again from its records", async () => {
    const { world } = await lived();
    const archived = await world.archive.find(ADDRESS);
    await emptied(world.store);
    await world.archive.setResident(ADDRESS, false);
    const sealed = { envelope: `${archived?.envelope} `, over: undefined, rebuiltIn: "e2" };
    await world.archive.reseal(ADDRESS, archived?.head ?? "", sealed);

    const reply = await world.during(world.node().send(ADDRESS, saying(add(2))));

    expect(seqOf(reply)).toBe(4);
    expect(totalOf((await world.during(world.node().look(ADDRESS)))?.living)).toBe(3);
  });

  test("C18: an envelope of another actor is not believed", async () => {
    const { world, stored } = await lived();
    const foreign = { ...ADDRESS, id: parseActorId("s2") };
    const envelope = decodeEnvelope(ADDRESS, stored.envelope);
    const other = sealEnvelope(foreign, { ...envelope, seq: 9 });
    await garbled(world, () => ({ envelope: other }));

    const look = await world.during(world.node().look(ADDRESS));

    expect(look?.seq).toBe(3);
  });
});

describe("a store that turns out to be another run while an actor is looked at", () => {
  test("C1: is not judged by the half that was given back until then", async () => {
    const { world } = await lived(2);
    const stored = await world.store.inspect(ADDRESS);
    const { epoch } = decodeEnvelope(ADDRESS, stored?.envelope ?? "");
    const lines = await world.store.records(ADDRESS, 3, 9);
    const heads = [chainOn((await world.archive.mark(ADDRESS))?.head ?? "", lines[0]?.line ?? "")];
    heads.push(stored?.head ?? "");
    const kept = lines.map((record, at) => ({ ...record, epoch, head: heads[at] ?? "" }));
    await emptied(world.store);
    await world.store.remember(ADDRESS, kept.slice(1));
    let looks = 0;
    const store = misbehaving(world.store, {
      runs: () => [looks < 2 ? "one" : "another"],
      verify: async () => {
        looks += 1;
        if (looks === 2) {
          await world.store.remember(ADDRESS, kept);
        }
      },
    });

    const reply = await world.during(world.node({ store }).send(ADDRESS, saying(add(1))));

    expect(seqOf(reply)).toBe(6);
  });
});

describe("a flush that was under way when the store lost the actor", () => {
  test("C1: comes too late once the actor is built again: the archive has no other history", async () => {
    const { world, runtime } = await lived();
    await world.during(runtime.send(ADDRESS, saying(add(10))));
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const append: Archive["append"] = async (flush) => {
      arrived.resolve();
      await gate.promise;
      return world.archive.append(flush);
    };
    const slow = world.node({ archive: { ...world.archive, append } });
    const flushing = slow.catchUp(ADDRESS.tenantId);
    await arrived.promise;
    await emptied(world.store);
    const other = world.node();
    await world.during(other.send(ADDRESS, saying(add(20))));

    gate.resolve();
    await flushing;
    await world.during(other.catchUp(ADDRESS.tenantId));

    const stored = await world.store.inspect(ADDRESS);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({
      ...{ seq: stored?.seq, head: stored?.head },
    });
    // Who committed what is missing now says so.
    expect(await thrownBy(world.during(runtime.look(ADDRESS)))).toThrow(Quarantined);
  });
});

describe("many menders", () => {
  test("C3: nodes that mend one actor at once give it one history", async () => {
    const { world } = await lived(2);
    await emptied(world.store);
    await world.archive.setResident(ADDRESS, true);

    const replies = await world.during(
      Promise.all([1, 2, 3].map(() => world.node().send(ADDRESS, saying(add(1))))),
    );

    expect(new Set(replies.map(seqOf))).toEqual(new Set([4, 5, 6]));
  });

  test("C18: a person may go on without what is missing, and the nodes that remember agree", async () => {
    const { world, runtime, stored } = await lived();
    await world.during(runtime.send(ADDRESS, saying(add(10))));
    await rewindTo(world, stored);
    await world.during(world.node().send(ADDRESS, saying(add(20))));
    expect(await thrownBy(world.during(runtime.look(ADDRESS)))).toThrow(Quarantined);

    const outcome = await world.during(runtime.repair(ADDRESS, { acceptLoss: true }));
    const next = await world.during(runtime.send(ADDRESS, saying(add(1))));

    expect(outcome).toBe("lossy");
    expect(seqOf(next)).toBe(5);
    expect(totalOf((await world.during(world.node().look(ADDRESS)))?.living)).toBe(22);
  });
});
