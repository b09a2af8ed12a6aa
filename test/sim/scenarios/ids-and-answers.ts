/** Scenarios of answers: a command is taken once, and every no is true of this moment. */
import { expect } from "bun:test";
import { IDS_PAGE } from "../../../actors/accepted-ids.ts";
import type { Address } from "../../../actors/address.ts";
import { decodeRecord } from "../../../actors/envelope.ts";
import type { Pace } from "../../../actors/pace.ts";
import type { KnownId } from "../../../actors/store.ts";
import { guest, misbehaving, seqOf } from "../../support/nodes.ts";
import type { Plant } from "../plant.ts";
import { planted } from "../plants.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import { failureOf, thrownBy } from "../../support/failure.ts";

const ADD = { message: { type: "add", n: 1 } };
const END = { message: { type: "end" } };

/** Looked after often, and awake all the while. */
const BUSY: Pace = { idleMs: 3_600_000, soonMs: 8_000, walkEveryMs: 1_000, wakeEveryMs: 2_000 };

/** The store has lost all ids that this actor accepted, or knows each beside another's record. */
async function garbleIds(
  stage: Stage,
  address: Address,
  ids: readonly KnownId[] = [],
): Promise<void> {
  const { store } = stage.world.disk;
  await stage.until(async () => (await store.dirty(1)).length === 0);
  const { head = "", seq = 0, envelope = "" } = (await store.inspect(address)) ?? {};
  const records = (await store.records(address, 0, seq)).map(({ line }) => line);
  const what = { head, seq, envelope, records, firstSeq: 1, ids, agenda: [] };
  expect(await store.restore(address, head, what)).toBe("restored");
}

const LEAVES_IDS_LOST: Plant = {
  name: "puts no id back",
  disk: (store) => misbehaving(store, { reclaim: async () => "done" }),
};

export const idsAndAnswers: readonly Scenario[] = [
  {
    name: "C5: a command whose answer was lost is told its record, though it would be refused now",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      stage.script.lose({ of: "n1", says: "commit s1#2", way: "back" });
      expect(await thrownBy(stage.say(n1, { ...ADD, id: "first" }))).toThrow("no reply");
      await stage.say(n2, END);

      const again = await stage.say(n2, { ...ADD, id: "first" });

      expect(again).toMatchObject({ kind: "accepted", duplicate: true, record: { seq: 2 } });
      expect(seqOf(await stage.say(n2, ADD))).toBe("session-over");
    },
    plants: [planted("forgets command ids")],
  },
  {
    name: "C5: a command that arrives twice makes one record, and both are told it",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      const commit = stage.script.hold({ of: "n1", says: "commit s1#2" });
      const slow = stage.send(n1, { ...ADD, id: "once" });
      await stage.until(() => commit.reached);
      const quick = await stage.say(n2, { ...ADD, id: "once" });
      commit.release();

      const [one, other] = [await stage.during(slow), quick];

      expect([seqOf(one), seqOf(other)]).toEqual([2, 2]);
      expect(one).toMatchObject({ duplicate: true });
      expect((await stage.look(n1))?.seq).toBe(2);
    },
    plants: [planted("forgets command ids")],
  },
  {
    name: "C5: a node with a stale copy refuses and looks at what the store has now",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      await stage.say(n1, ADD);
      await stage.say(n2, ADD);

      const refused = await stage.say(n1, { message: { type: "refuse" } });
      await stage.say(n2, ADD);
      const look = await stage.look(n1);

      expect(refused).toMatchObject({ kind: "refused", look: { seq: 3 } });
      expect(look?.seq).toBe(4);
      expect(seqOf(await stage.say(n1, { ...ADD, expectedSeq: 3 }))).toBe("moved-on");
    },
    plants: [planted("refuses from a stale copy"), planted("looks at a stale copy")],
  },
  {
    name: "C6: two people both use the id 1, and each is known by it after a sleep",
    play: async (stage) => {
      const n1 = await stage.node("n1");
      await stage.birth(n1);
      const ana = { ...ADD, id: "1", by: guest("ana") };
      const ben = { ...ADD, id: "1", by: guest("ben") };

      const first = [seqOf(await stage.say(n1, ana)), seqOf(await stage.say(n1, ben))];
      await stage.sleep();
      const n2 = await stage.node("n2");
      const again = [await stage.say(n2, ben), await stage.say(n2, ana)];
      const other = await stage.say(n2, { ...ana, message: { type: "add", n: 2 } });

      expect(first).toEqual([2, 3]);
      expect(again.map(seqOf)).toEqual([3, 2]);
      expect(again).toMatchObject([{ duplicate: true }, { duplicate: true }]);
      expect(seqOf(other)).toBe("key-reused");
    },
    plants: [
      {
        name: "wakes without ids",
        disk: (store) =>
          misbehaving(store, {
            install: (address, ticket, what) =>
              store.install(address, ticket, { ...what, ids: [] }),
          }),
      },
    ],
  },
  {
    name: "C6: an id that the store has lost is known again where its actor is loaded",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2", { journal: false })];
      const address = await stage.birth(n1);
      await stage.say(n1, { ...ADD, id: "first" });
      await garbleIds(stage, address);
      n1.boot.die("and nobody looks after actors");

      const again = await stage.say(n2, { ...ADD, id: "first" });

      expect(again).toMatchObject({ kind: "accepted", duplicate: true, record: { seq: 2 } });
    },
    plants: [LEAVES_IDS_LOST],
  },
  {
    name: "C6: an id that the store has lost is known again by upkeep, though nobody loads its actor",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: BUSY });
      const address = await stage.birth(n1);
      await stage.say(n1, { ...ADD, id: "old" });
      for (let n = 0; n < IDS_PAGE; n += 1) {
        await stage.say(n1, { ...ADD, id: `later${n}` });
      }
      await garbleIds(stage, address);

      await stage.pass(5 * BUSY.walkEveryMs);
      const again = await stage.say(n1, { ...ADD, id: "old" });
      const last = await stage.say(n1, { ...ADD, id: `later${IDS_PAGE - 1}` });

      expect([seqOf(again), seqOf(last)]).toEqual([2, IDS_PAGE + 2]);
    },
    plants: [LEAVES_IDS_LOST],
  },
  {
    name: "C6: an id beside another's record is neither answered with that nor accepted again",
    play: async (stage) => {
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      const claims: KnownId[] = [];
      const { store } = stage.world.disk;
      await stage.say(n1, { ...ADD, id: "first" });
      await stage.say(n1, { ...ADD, id: "second" });
      for (const { line, seq } of await store.records(address, 1, 2)) {
        claims.push({ ...(decodeRecord(line).id ?? { idKey: "", digest: "" }), seq: 5 - seq });
      }
      await garbleIds(stage, address, claims);

      const failure = await failureOf(stage.say(n1, { ...ADD, id: "first" }));
      const n2 = await stage.node("n2", { journal: false });
      const again = await stage.say(n2, { ...ADD, id: "first" });

      expect(failure).toMatchObject({ name: "Damaged" });
      expect(seqOf(again)).toBe(2);
      expect((await stage.look(n1))?.seq).toBe(3);
    },
    plants: [LEAVES_IDS_LOST],
  },
];
