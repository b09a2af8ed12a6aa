/** Scenarios of a store that comes back as another run, with less than it acknowledged. */
import { expect } from "bun:test";
import { addressKey } from "../../../actors/address.ts";
import { seqOf } from "../../support/nodes.ts";
import { Handmade } from "../handmade.ts";
import { BLIND, FORGETFUL, HASTY, SECRETIVE, UNAWARE } from "../recovery-plants.ts";
import type { Memento } from "../memento.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import { thrownBy } from "../../support/failure.ts";
import { heardBy } from "../../support/tally.ts";

/** Two leases of an effect, and the scans between them. */
const LEASES_MS = 40_000;
/** Longer than the pause between two scans. */
const SLOW_MS = 1_000;
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
    name: "C14: what was begun is not begun again after the store forgot just that, and its node",
    play: async (stage) => {
      const [first, second] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { performers: first.performers });
      const n2 = await stage.node("n2", { performers: second.performers });
      const { disk } = stage.world;
      const address = await stage.birth(n1);
      void stage.send(n1, { message: { type: "buy", text: "a book" } });
      await stage.until(() => disk.committedAt.has(`${addressKey(address)}#2`));
      const backup = disk.backup();
      expect(disk.begun()).toEqual([]);
      await stage.until(() => first.begun === 1);

      disk.comeBack(backup);
      await stage.until(() => n1.link.recovered && n2.link.recovered);
      n1.boot.die("in the middle of it");
      await stage.pass(LEASES_MS);

      expect(second.begun).toBe(0);
      expect((await stage.look(n2))?.living).toMatchObject({
        tally: { heard: ["effect.lost a book"] },
      });
    },
    plants: [SECRETIVE],
  },
  {
    name: "C14: what its node began is not begun again in an actor that an emptied store lost",
    play: async (stage) => {
      const empty = stage.world.disk.backup();
      await beganAndDied(stage, () => empty);
    },
    plants: [UNAWARE],
  },
  {
    name: "C14: what its node began is not begun again in an actor that is put in an older one's place",
    play: async (stage) => {
      await beganAndDied(stage, () => stage.world.disk.backup());
    },
    plants: [UNAWARE],
  },
  {
    name: "C14: what its node is still at work on is neither begun again nor called lost",
    play: async (stage) => {
      const empty = stage.world.disk.backup();
      const [first, second] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { performers: first.performers });
      const n2 = await stage.node("n2", { performers: second.performers });
      await stage.birth(n1);
      await stage.say(n1, { message: { type: "buy", text: "a book" } });
      await stage.until(() => first.begun === 1);
      // Whoever else claims comes first.
      stage.script.delay({ of: "n1", says: "claim" }, SLOW_MS, 1_000);

      stage.world.disk.comeBack(empty);
      await stage.until(() => n1.link.recovered && n2.link.recovered);
      await stage.look(n2);
      await stage.pass(LEASES_MS);
      first.end();

      await stage.until(async () => heardBy((await stage.look(n2))?.living).length > 0);
      expect(heardBy((await stage.look(n2))?.living)).toEqual(["charged a book"]);
      expect(first.begun + second.begun).toBe(1);
    },
    plants: [SECRETIVE],
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

/** An effect is begun and archived; then its node dies, and the store comes back without it. */
async function beganAndDied(stage: Stage, backupOf: () => Memento): Promise<void> {
  const [first, second] = [new Handmade(stage.world), new Handmade(stage.world)];
  const n1 = await stage.node("n1", { performers: first.performers });
  const n2 = await stage.node("n2", { performers: second.performers });
  const address = await stage.birth(n1);
  const backup = backupOf();
  await stage.say(n1, { message: { type: "buy", text: "a book" } });
  await stage.until(() => first.begun === 1);
  await stage.until(async () => (await stage.world.archive.mark(address))?.seq === 2);

  n1.boot.die("in the middle of it");
  stage.world.disk.comeBack(backup);
  await stage.until(() => n2.link.recovered);
  await stage.look(n2);
  await stage.pass(LEASES_MS);

  expect(second.begun).toBe(0);
  expect(heardBy((await stage.look(n2))?.living)).toEqual(["effect.lost a book"]);
}
