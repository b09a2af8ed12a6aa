/** Scenarios of the journal: what is copied while others commit, flush and evict. */
import { expect } from "bun:test";
import { misbehaving, seqOf } from "../../support/nodes.ts";
import type { Scenario } from "../scenario.ts";

const ADD = { message: { type: "add", n: 1 } };

export const journal: readonly Scenario[] = [
  {
    name: "C4: a flush that a commit overtook leaves the actor dirty",
    play: async (stage) => {
      const n1 = await stage.node("n1", { journal: false });
      const address = await stage.birth(n1);
      const journaled = stage.script.hold({ says: "journaled s1#1" });
      await stage.node("n2");
      await stage.until(() => journaled.reached);

      expect(seqOf(await stage.say(n1, ADD))).toBe(2);
      journaled.release();

      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 2);
    },
    plants: [
      {
        name: "calls clean what was committed meanwhile",
        disk: (store) =>
          misbehaving(store, {
            journaled: async (address) => {
              const now = await store.inspect(address);
              return store.journaled(address, now?.seq ?? 0, now?.head ?? "");
            },
          }),
      },
    ],
  },
  {
    name: "C4: a flush that another flush overtook does not lower the mark",
    play: async (stage) => {
      const n1 = await stage.node("n1", { journal: false });
      const address = await stage.birth(n1);
      const append = stage.script.hold({ of: "n2", says: "archive append s1#1" });
      await stage.node("n2");
      await stage.until(() => append.reached);
      await stage.say(n1, ADD);
      await stage.node("n3");
      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 2);

      append.release();

      await stage.pass(2_000);
      expect(await stage.world.archive.mark(address)).toMatchObject({ seq: 2, resident: true });
    },
  },
  {
    name: "C4: an eviction that a commit overtook keeps the actor",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      const address = await stage.birth(n1);
      const clean = async (): Promise<boolean> =>
        (await stage.world.disk.store.dirty(1)).length === 0;
      await stage.until(clean);
      const before = await stage.world.disk.store.inspect(address);
      const evict = stage.script.hold({ of: "n1", says: "evict s1" });
      const evicting = n1.link.evict(address, before?.head ?? "", stage.now + 1_000);
      await stage.until(() => evict.reached);
      await stage.say(n2, ADD);
      await stage.until(clean);

      evict.release();

      expect(await stage.during(evicting)).toBe("kept");
      expect(seqOf(await stage.say(n1, ADD))).toBe(3);
    },
    plants: [
      {
        name: "evicts whatever is there",
        disk: (store) =>
          misbehaving(store, {
            evict: async (address, _, dueAfter) =>
              store.evict(address, (await store.inspect(address))?.head ?? "", dueAfter),
          }),
      },
    ],
  },
];
