/** Scenarios of effects and of fairness: begun once, called off, in order, and nobody starves. */
import { expect } from "bun:test";
import type { Address } from "../../../actors/address.ts";
import { decodeEnvelope, sealEnvelope } from "../../../actors/envelope.ts";
import type { Commit } from "../../../actors/store.ts";
import { heardBy } from "../../support/tally.ts";
import { misbehaving, seqOf } from "../../support/nodes.ts";
import { Handmade } from "../handmade.ts";
import { planted } from "../plants.ts";
import type { Scenario } from "../scenario.ts";

const ADD = { message: { type: "add", n: 1 } };
/** As much slower is a node's way to the store, and its commit always comes second. */
const SLOWER_MS = 6;
const LEASES_MS = 40_000;

export const effects: readonly Scenario[] = [
  {
    name: "C11: a node that is slower each turn is given a turn while another commits without end",
    play: async (stage) => {
      const [slow, quick] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(quick);
      stage.script.delay({ of: "n1", says: "commit s1" }, SLOWER_MS, 1_000);
      let over = false;
      const hammer = async (): Promise<void> => {
        while (!over) {
          await stage.send(quick, ADD);
        }
      };
      const hammering = Promise.all([hammer(), hammer()]);
      const since = stage.now;

      const reply = await stage.say(slow, ADD);

      over = true;
      await stage.during(hammering);
      expect(seqOf(reply)).toBeNumber();
      expect(stage.now - since).toBeLessThan(500);
    },
    plants: [
      {
        name: "reserves nothing",
        disk: (store) =>
          misbehaving(store, {
            commit: (address, { contender: _, ...commit }) => store.commit(address, commit),
          }),
      },
    ],
  },
  {
    name: "C11: a node that only refuses does so at once while another commits without end",
    play: async (stage) => {
      const [slow, quick] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(quick);
      await stage.look(slow);
      stage.script.delay({ of: "n1", says: "confirm s1" }, SLOWER_MS, 1_000);
      let over = false;
      const hammer = async (): Promise<void> => {
        while (!over) {
          await stage.send(quick, ADD);
        }
      };
      const hammering = Promise.all([hammer(), hammer()]);
      const since = stage.now;

      const reply = await stage.say(slow, { message: { type: "refuse" } });

      over = true;
      await stage.during(hammering);
      expect(seqOf(reply)).toBe("not-accepted");
      expect(stage.now - since).toBeLessThan(100);
    },
    plants: [
      {
        name: "looks anew whenever the actor has moved on",
        link: (store) =>
          misbehaving(store, {
            confirm: async (...asked) => {
              const confirmed = await store.confirm(...asked);
              return confirmed.kind === "moved" ? { kind: "absent" } : confirmed;
            },
          }),
      },
    ],
  },
  {
    name: "C14: what must not be repeated is lost with the node that began it, and begun once",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      stage.script.kill("during the effect", { of: "n1", says: "effect" });

      await stage.say(n1, { message: { type: "buy", text: "a book" } });
      await stage.pass(LEASES_MS);

      const heard = heardBy((await stage.look(n2))?.living);
      expect(heard).toEqual(["effect.lost a book"]);
      expect(stage.world.outside.performances).toHaveLength(1);
    },
    plants: [planted("begins anew what was begun before")],
  },
  {
    name: "C15: what was called off before anybody began it is never begun",
    play: async (stage) => {
      const [idle, busy] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { worker: false, performers: idle.performers });
      await stage.birth(n1);
      await stage.say(n1, { message: { type: "wish", text: "hello" } });
      await stage.say(n1, { message: { type: "cancel", text: "hello" } });

      await stage.node("n2", { performers: busy.performers });
      await stage.pass(LEASES_MS);

      expect(idle.begun + busy.begun).toBe(0);
      expect(heardBy((await stage.look(n1))?.living)).toEqual(["effect.cancelled hello"]);
    },
    plants: [
      {
        name: "forgets what was called off",
        disk: (store) =>
          misbehaving(store, {
            commit: (address, commit) => store.commit(address, stillWanted(address, commit)),
          }),
      },
    ],
  },
  {
    name: "C15: what is called off on one node while another is about to begin it is not begun",
    play: async (stage) => {
      const [first, second] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { performers: first.performers });
      const n2 = await stage.node("n2", { performers: second.performers });
      await stage.birth(n1);
      const begin = stage.script.hold({ of: "n1", says: "begin" });
      await stage.say(n1, { message: { type: "wish", text: "hello" } });
      await stage.until(() => begin.reached);

      await stage.say(n2, { message: { type: "cancel", text: "hello" } });
      begin.release();
      await stage.pass(LEASES_MS);

      expect(first.begun + second.begun).toBe(0);
      expect(heardBy((await stage.look(n1))?.living)).toEqual(["effect.cancelled hello"]);
    },
    plants: [
      {
        name: "does not mark what is called off",
        disk: (store) =>
          misbehaving(store, {
            commit: (address, { agenda: { put, remove }, ...commit }) =>
              store.commit(address, { ...commit, agenda: { put, remove } }),
          }),
      },
    ],
  },
  {
    name: "C16: the second effect to one target waits for the first to be settled, on any node",
    play: async (stage) => {
      const work = new Handmade(stage.world);
      const n1 = await stage.node("n1", { performers: work.performers });
      const n2 = await stage.node("n2", { performers: work.performers });
      await stage.birth(n1);
      await stage.say(n1, { message: { type: "wish", text: "reserve", to: "quota" } });
      await stage.say(n2, { message: { type: "wish", text: "release", to: "quota" } });

      await stage.pass(5_000);
      expect(work.begun).toBe(1);
      work.end();
      await stage.until(() => work.begun === 2);
      work.end();

      await stage.until(
        async () => heardBy((await stage.look(n1))?.living).join() === "reserve,release",
      );
    },
    plants: [planted("begins what waits for another to its target")],
  },
];

/** What a commit calls off is owed as before. */
function stillWanted(address: Address, commit: Commit): Commit {
  const { put, remove } = commit.agenda;
  const envelope = decodeEnvelope(address, commit.envelope);
  const owed = envelope.owed.map((each) => {
    if (each.kind === "timer") {
      return each;
    }
    const { kind, key, generation, dueAt, effect } = each;
    return { kind, key, generation, dueAt, effect };
  });
  const sealed = sealEnvelope(address, { ...envelope, owed });
  return { ...commit, envelope: sealed, agenda: { put, remove } };
}
