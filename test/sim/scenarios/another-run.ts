/** Scenarios of a store that comes back as another run, with less than it acknowledged. */
import { expect } from "bun:test";
import type { ActorStore, RecoveringStore } from "../../../actors/store.ts";
import { misbehaving, seqOf } from "../../support/nodes.ts";
import type { Plant } from "../plant.ts";
import type { Scenario } from "../scenario.ts";

const ADD = { message: { type: "add", n: 1 } };

const forgetful = plantOf("gives back nothing of what it remembers", (direct) => ({
  ...direct,
  remember: async () => "there",
}));
const hasty = plantOf("does not wait for the others", (direct, run) => ({
  ...direct,
  nodes: async () =>
    (await direct.nodes()).map((beat) => ({ ...beat, reads: [...beat.reads, `run:${run}`] })),
}));

/** Nothing of it is noticed: what is in memory is believed, and what is there is served. */
const blind: Plant = {
  name: "takes the store for what it was",
  link: (store) => misbehaving(store, { onAnotherRun: () => undefined }),
};

export const anotherRun: readonly Scenario[] = [
  {
    name: "C1: what two nodes committed in turns is there after the store came back without it",
    play: async (stage) => {
      const [n1, n2] = [
        await stage.node("n1", { journal: false }),
        await stage.node("n2", { journal: false }),
      ];
      await stage.birth(n1);
      const following = await stage.follow(n2);
      const backup = stage.world.disk.backup();
      for (const node of [n1, n2, n1, n2]) {
        await stage.say(node, ADD);
      }

      stage.world.disk.comeBack(backup);
      await stage.until(() => n1.link.recovered && n2.link.recovered);

      expect(seqOf(await stage.say(n1, ADD))).toBe(6);
      await stage.until(() => following.heard.length === 5);
      expect(following.heard.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
      following.stop();
    },
    plants: [forgetful, blind],
  },
  {
    name: "C1: who is first at a store that came back waits for the others",
    play: async (stage) => {
      const n1 = await stage.node("n1", { journal: false });
      const n2 = await stage.node("n2", { journal: false });
      await stage.birth(n1);
      await stage.pass(3_000);
      const backup = stage.world.disk.backup();
      await stage.say(n2, ADD);
      n2.boot.awayUntil = stage.now + 1_500;

      stage.world.disk.comeBack(backup);
      await stage.until(() => n1.link.recovered);

      expect(seqOf(await stage.say(n1, ADD))).toBe(3);
    },
    plants: [hasty],
  },
  {
    name: "C1: a copy in memory of just where the store went back to is not stepped",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      const address = await stage.birth(n1);
      const backup = stage.world.disk.backup();
      await stage.say(n2, ADD);
      await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 2);

      stage.world.disk.comeBack(backup);
      await stage.until(() => n1.link.recovered && n2.link.recovered);

      expect(seqOf(await stage.say(n1, ADD))).toBe(3);
    },
    plants: [blind],
  },
  {
    name: "C1: a node that joins an emptied store waits for those that remember",
    play: async (stage) => {
      const empty = stage.world.disk.backup();
      const n1 = await stage.node("n1", { journal: false });
      const address = await stage.birth(n1);
      await stage.say(n1, ADD);

      stage.world.disk.comeBack(empty);
      const n2 = await stage.node("n2", { journal: false });

      expect(seqOf(await stage.say(n2, { ...ADD, address }))).toBe(3);
    },
    plants: [
      {
        name: "serves an emptied store at once",
        archive: (archive) => ({
          ...archive,
          residents: async () => ({ addresses: [], cursor: undefined }),
        }),
      },
    ],
  },
  {
    name: "C1: what a node died with is missed, and never overwritten, when it was not the last",
    play: async (stage) => {
      const n1 = await stage.node("n1", { journal: false });
      const n2 = await stage.node("n2", { journal: false });
      const address = await stage.birth(n1);
      const backup = stage.world.disk.backup();
      await stage.say(n2, ADD);
      await stage.say(n1, ADD);
      n2.boot.die("with the store");

      stage.world.disk.comeBack(backup);
      await stage.until(() => n1.link.recovered);

      await expect(stage.say(n1, ADD)).rejects.toThrow("kept apart");
      const mark = await stage.world.archive.mark(address);
      expect(mark?.parked).toContain("3 was acknowledged");
    },
    isLossy: true,
  },
];

function plantOf(
  name: string,
  change: (direct: RecoveringStore, run: string) => RecoveringStore,
): Plant {
  return {
    name,
    link: (store: ActorStore) =>
      misbehaving(store, {
        onAnotherRun: (recover) =>
          store.onAnotherRun((run, direct) => recover(run, change(direct, run))),
      }),
  };
}
