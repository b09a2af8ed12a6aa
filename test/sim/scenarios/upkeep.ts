/** Scenarios of upkeep: who is not addressed is mended, falls asleep, and is woken in time. */
import { expect } from "bun:test";
import type { Address } from "../../../actors/address.ts";
import { decodeEnvelope } from "../../../actors/envelope.ts";
import type { Pace } from "../../../actors/pace.ts";
import type { ActorStore } from "../../../actors/store.ts";
import { parseConnectionId } from "../../../machines/ids.ts";
import { HOST, misbehaving, seqOf } from "../../support/nodes.ts";
import { totalOf } from "../../support/tally.ts";
import { HEEDLESS, OWING_NOTHING, SOUND_ASLEEP } from "../upkeep-plants.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const ADD = { message: { type: "add", n: 1 } };
const IDLE_MS = 5_000;
/** Actors fall asleep while one looks on. */
const DROWSY: Pace = { idleMs: IDLE_MS, soonMs: 8_000, walkEveryMs: 1_000, wakeEveryMs: 2_000 };
/** Nobody falls asleep, and everybody is looked after often. */
const BUSY: Pace = { ...DROWSY, idleMs: 3_600_000 };
/** Longer than it takes to fall asleep. */
const LONG_MS = 4 * IDLE_MS;

async function isAwake({ world }: Stage, address: Address): Promise<boolean> {
  return (await world.disk.store.load(address)) !== undefined;
}

/** Another when the actor is built again, as one is that was evicted while it was resident. */
async function epochOf({ world }: Stage, address: Address): Promise<string | undefined> {
  const stored = await world.disk.store.load(address);
  return stored === undefined ? undefined : decodeEnvelope(address, stored).epoch;
}

/** Whatever is looked after leaves the store, journaled or not, connected or not. */
function evictingAll(store: ActorStore): ActorStore {
  return misbehaving(store, {
    reindex: async (address, head, agenda) => {
      const done = await store.reindex(address, head, agenda);
      const stored = await store.inspect(address);
      await store.journaled(address, stored?.seq ?? 0, head);
      await store.evict(address, head, 0);
      return done;
    },
  });
}

const asleep: readonly Scenario[] = [
  {
    name: "C7: a timer of a sleeper rings in time, though nobody addresses it",
    play: async (stage) => {
      await stage.node("n1", { pace: DROWSY });
      const n2 = await stage.node("n2", { journal: false });
      const address = await stage.birth(n2);
      await stage.say(n2, { message: { type: "arm", ms: 40_000 } });
      const dueAt = stage.now + 40_000;
      n2.boot.die("with the timer in memory");
      await stage.until(async () => !(await isAwake(stage, address)));
      const asleepAt = stage.now;

      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 3);

      expect(asleepAt).toBeLessThan(dueAt - DROWSY.soonMs);
      expect(stage.now).toBeGreaterThan(dueAt - 50);
      expect(stage.now).toBeLessThan(dueAt + 2_500);
    },
    plants: [
      SOUND_ASLEEP,
      OWING_NOTHING,
      {
        name: "wakes when it is too late",
        archive: (archive) => ({
          ...archive,
          due: (before, limit) => archive.due(before - 2 * DROWSY.soonMs, limit),
        }),
      },
    ],
  },
  {
    name: "C7: what fell due while no node lived is done before a node that starts takes a word",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: DROWSY });
      const address = await stage.birth(n1);
      await stage.say(n1, { message: { type: "arm", ms: 40_000 } });
      await stage.until(async () => !(await isAwake(stage, address)));
      n1.boot.die("all of them");
      await stage.pass(60_000);

      const n2 = await stage.node("n2");

      expect((await stage.look(n2))?.seq).toBe(3);
      expect(totalOf((await stage.look(n2))?.living)).toBe(100);
    },
    plants: [SOUND_ASLEEP, OWING_NOTHING],
  },
  {
    name: "C2: who is idle falls asleep, and comes back whole when somebody asks",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: DROWSY });
      const n2 = await stage.node("n2", { pace: DROWSY });
      const address = await stage.birth(n1);
      await stage.say(n1, ADD);
      const said = stage.now;

      await stage.until(async () => !(await isAwake(stage, address)));

      expect(stage.now - said).toBeGreaterThan(IDLE_MS - 50);
      expect(await stage.world.archive.mark(address)).toMatchObject({ seq: 2, resident: false });
      expect(seqOf(await stage.say(n2, ADD))).toBe(3);
      expect(totalOf((await stage.look(n1))?.living)).toBe(2);
    },
    plants: [
      {
        name: "puts nobody to sleep",
        disk: (store) => misbehaving(store, { evict: async () => "kept" }),
      },
    ],
  },
  {
    name: "C4: who counts a connection does not fall asleep, until it is closed",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: DROWSY });
      const address = await stage.birth(n1);
      const connection = parseConnectionId(`${n1.runtime.name}.ana`);
      n1.presence.open(address, connection, HOST);
      const epoch = await epochOf(stage, address);

      await stage.pass(LONG_MS);

      expect(await epochOf(stage, address)).toBe(epoch);
      n1.presence.close(address, connection);
      await stage.until(async () => !(await isAwake(stage, address)));
    },
    plants: [{ name: "evicts with somebody connected", disk: evictingAll }],
  },
  {
    name: "C4: what the journal has not got does not fall asleep, until it has",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: DROWSY });
      const address = await stage.birth(n1);
      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 1);
      stage.script.lose({ says: "archive append s1#2" }, 1_000);
      await stage.say(n1, ADD);
      const epoch = await epochOf(stage, address);

      await stage.pass(LONG_MS);

      expect(await epochOf(stage, address)).toBe(epoch);
      stage.script.clear();
      await stage.until(async () => !(await isAwake(stage, address)));
    },
    plants: [{ name: "evicts what is not journaled", disk: evictingAll }],
  },
  {
    name: "C4: a commit that comes while an actor falls asleep keeps it awake",
    play: async (stage) => {
      await stage.node("n1", { pace: DROWSY });
      const n2 = await stage.node("n2", { journal: false });
      const address = await stage.birth(n2);
      const evict = stage.script.hold({ of: "n1", says: "evict s1" });
      await stage.until(() => evict.reached);
      await stage.say(n2, ADD);

      evict.release();
      await stage.pass(1_500);

      expect(await isAwake(stage, address)).toBe(true);
      expect(await stage.world.archive.mark(address)).toMatchObject({ seq: 2, resident: true });
    },
    plants: [HEEDLESS],
  },
  {
    name: "C2: a node that dies in the middle of an eviction leaves nobody who is there and asleep",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: DROWSY });
      const address = await stage.birth(n1);
      stage.script.kill("around another call of the store", { of: "n1", says: "evict s1" });
      await stage.until(() => n1.boot.gone);
      const [mark, awake] = [
        await stage.world.archive.mark(address),
        await isAwake(stage, address),
      ];

      await stage.node("n2", { pace: BUSY });

      await stage.until(async () => (await stage.world.archive.mark(address))?.resident === true);
      expect({ resident: mark?.resident, awake }).toEqual({ resident: false, awake: true });
    },
    plants: [
      {
        name: "leaves it at that",
        archive: (archive) => ({
          ...archive,
          setResident: async (address, resident) =>
            resident ? undefined : archive.setResident(address, false),
        }),
      },
    ],
  },
];

const mended: readonly Scenario[] = [
  {
    name: "C1: who slept and woke again while it was looked at is not taken for damaged",
    play: async (stage) => {
      const n1 = await stage.node("n1", { journal: false });
      const n2 = await stage.node("n2");
      const address = await stage.birth(n2);
      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 1);
      const marked = stage.script.hold({ of: "n1", says: "archive mark s1", way: "back" });
      const found = stage.script.hold({ of: "n1", says: "archive find s1", way: "back" });
      const repair = n1.runtime.repair(address);
      for (const held of [marked, found]) {
        await stage.until(() => held.reached);
        await stage.say(n2, ADD);
        await stage.sleep();
        await stage.look(n2);
        held.release();
      }

      expect(await stage.during(repair)).toBe("mended");

      expect((await stage.world.archive.mark(address))?.parked).toBeUndefined();
      expect(seqOf(await stage.say(n2, ADD))).toBe(4);
    },
  },
];

const lookedAfter: readonly Scenario[] = [
  {
    name: "C7: an agenda that was lost is derived again from what the actor owes",
    play: async (stage) => {
      const { store } = stage.world.disk;
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      await stage.say(n1, { message: { type: "arm", ms: 10_000 } });
      n1.boot.die("with its timers in memory");
      const stored = await store.inspect(address);
      expect(await store.reindex(address, stored?.head ?? "", [])).toBe("done");

      await stage.node("n2", { pace: BUSY });

      await stage.until(async () => (await store.inspect(address))?.seq === 3);
    },
    plants: [
      {
        name: "derives nothing again",
        link: (store) => misbehaving(store, { reindex: async () => "done" }),
      },
    ],
  },
  {
    name: "C2: who was lost from the store is put back, though nobody addresses it",
    play: async (stage) => {
      const { store } = stage.world.disk;
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      await stage.until(async () => (await store.dirty(1)).length === 0);
      n1.boot.die("and nobody has it in memory");
      await store.evict(address, (await store.inspect(address))?.head ?? "", stage.now);
      expect(await isAwake(stage, address)).toBe(false);

      await stage.node("n2", { pace: BUSY });

      await stage.until(() => isAwake(stage, address));
    },
    plants: [
      {
        name: "looks for nobody who is lost",
        archive: (archive) => ({
          ...archive,
          residents: async () => ({ addresses: [], cursor: undefined }),
        }),
      },
    ],
  },
  {
    name: "C2: who was garbled in the store is mended, though nobody addresses it",
    play: async (stage) => {
      const { store } = stage.world.disk;
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      await stage.until(async () => (await store.dirty(1)).length === 0);
      n1.boot.die("and nobody has it in memory");
      const { head = "", seq = 0 } = (await store.inspect(address)) ?? {};
      const nothing = { records: [], ids: [], agenda: [], firstSeq: seq + 1 };
      await store.restore(address, head, { ...nothing, head, seq, envelope: "garbled" });

      await stage.node("n2", { pace: BUSY });

      await stage.until(async () => (await store.load(address)) !== "garbled");
    },
    plants: [
      {
        name: "looks after nobody",
        disk: (store) =>
          misbehaving(store, { actors: async () => ({ addresses: [], cursor: undefined }) }),
        archive: (archive) => ({
          ...archive,
          residents: async () => ({ addresses: [], cursor: undefined }),
        }),
      },
    ],
  },
];

export const upkeep: readonly Scenario[] = [...asleep, ...mended, ...lookedAfter];
