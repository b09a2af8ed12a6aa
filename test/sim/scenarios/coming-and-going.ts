/** Scenarios of birth, sleep and waking: what is evicted is not lost, and what is newer stays. */
import { expect } from "bun:test";
import { totalOf } from "../../support/tally.ts";
import { HOST, seqOf } from "../../support/nodes.ts";
import type { Scenario } from "../scenario.ts";
import { addressOf } from "../workload.ts";

const ADD = { message: { type: "add", n: 1 } };

export const comingAndGoing: readonly Scenario[] = [
  {
    name: "C2: a birth whose node died before its commit is no actor, and no damage",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n2);
      stage.script.kill("before the commit is sent", { of: "n1", says: "commit s2" });

      const half = addressOf("s2");
      void n1.runtime.birth(half, { type: "begin" }, HOST);

      await stage.until(() => n1.boot.gone);

      expect(await stage.world.archive.mark(half)).toMatchObject({ seq: 0, resident: true });
      expect(await stage.during(n2.runtime.look(half))).toBeUndefined();
    },
  },
  {
    name: "C2: what is absent and not resident sleeps, and is woken by whoever asks first",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      const address = await stage.birth(n1);
      await stage.say(n1, ADD);
      await stage.sleep();
      expect(await stage.world.disk.store.load(address)).toBeUndefined();

      const replies = await stage.during(
        Promise.all([stage.send(n1, ADD), stage.send(n2, ADD), stage.send(n2, ADD)]),
      );

      expect(replies.map(seqOf).toSorted(byNumber)).toEqual([3, 4, 5]);
      expect(await stage.world.archive.mark(address)).toMatchObject({ resident: true });
    },
  },
  {
    name: "C3: a slow hydration does not overwrite an actor that woke, went on and slept again",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      await stage.sleep();
      const install = stage.script.hold({ of: "n1", says: "install s1" });
      const slow = stage.send(n1, ADD);
      await stage.until(() => install.reached);
      expect(seqOf(await stage.say(n2, ADD))).toBe(2);
      await stage.sleep();

      install.release();

      expect(seqOf(await stage.during(slow))).toBe(3);
      expect(totalOf((await stage.look(n2))?.living)).toBe(2);
    },
    // An older one installed over any ticket is behind the mark, and mended when it is next loaded.
    plants: [],
  },
];

function byNumber(one: number | string, other: number | string): number {
  return Number(one) - Number(other);
}
