/** Scenarios of a store that comes back as another run, with less than it acknowledged. */
import { expect } from "bun:test";
import { seqOf } from "../../support/nodes.ts";
import { Handmade } from "../handmade.ts";
import { BLIND, FORGETFUL, HASTY, recovering } from "../recovery-plants.ts";
import type { Scenario } from "../scenario.ts";
import { thrownBy } from "../../support/failure.ts";

/** Two leases of an effect, and the scans between them. */
const LEASES_MS = 40_000;
const ADD = { message: { type: "add", n: 1 } };

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
    plants: [FORGETFUL, BLIND],
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
    plants: [HASTY],
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
    plants: [BLIND],
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
    name: "C14: what was begun is not begun again after the store forgot it with its node",
    play: async (stage) => {
      const [first, second] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { performers: first.performers });
      const n2 = await stage.node("n2", { performers: second.performers });
      await stage.birth(n1);
      const backup = stage.world.disk.backup();
      await stage.say(n1, { message: { type: "buy", text: "a book" } });
      await stage.until(() => first.begun === 1);

      stage.world.disk.comeBack(backup);
      await stage.until(() => n1.link.recovered && n2.link.recovered);
      n1.boot.die("in the middle of it");
      await stage.pass(LEASES_MS);

      expect(second.begun).toBe(0);
      expect((await stage.look(n2))?.living).toMatchObject({
        tally: { heard: ["effect.lost a book"] },
      });
    },
    plants: [
      recovering("keeps its leases to itself", (direct) => ({
        ...direct,
        resume: async () => true,
      })),
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

      expect(await thrownBy(stage.say(n1, ADD))).toThrow("kept apart");
      const mark = await stage.world.archive.mark(address);
      expect(mark?.parked).toContain("3 was acknowledged");
    },
    isLossy: true,
  },
];
