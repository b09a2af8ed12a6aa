/** Scenarios of answers: a command is taken once, and every no is true of this moment. */
import { expect } from "bun:test";
import { guest, misbehaving, seqOf } from "../../support/nodes.ts";
import { planted } from "../plants.ts";
import type { Scenario } from "../scenario.ts";
import { thrownBy } from "../../support/failure.ts";

const ADD = { message: { type: "add", n: 1 } };
const END = { message: { type: "end" } };

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
];
