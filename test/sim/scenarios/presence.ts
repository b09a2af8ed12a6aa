/** Scenarios of presence: nobody stays connected through a node that is gone. */
import { expect } from "bun:test";
import { parseConnectionId } from "../../../machines/ids.ts";
import { HOST, misbehaving } from "../../support/nodes.ts";
import type { Node } from "../node.ts";
import { planted } from "../plants.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

async function believed(stage: Stage, node: Node): Promise<readonly string[]> {
  const look = await stage.look(node);
  return (look?.living.connections() ?? []).map(({ connectionId }) => connectionId);
}

function open(stage: Stage, node: Node, name: string): void {
  const [born] = stage.history.born;
  if (born !== undefined) {
    node.presence.open(born.address, parseConnectionId(`${node.runtime.name}.${name}`), HOST);
  }
}

export const presence: readonly Scenario[] = [
  {
    name: "C20: the connections of a node that died are closed within 15 s",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      open(stage, n1, "ana");
      open(stage, n2, "ben");
      await stage.until(async () => (await believed(stage, n2)).length === 2);

      n1.boot.die("killed");

      await stage.pass(15_000);
      expect(await believed(stage, n2)).toEqual(["n2.ben"]);
    },
    plants: [planted("takes nobody for dead")],
  },
  {
    name: "C20: a connection whose commit waited until its node was taken for dead is not written",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      const commit = stage.script.hold({ of: "n1", says: "commit s1#2" });
      open(stage, n1, "ana");
      await stage.until(() => commit.reached);
      n1.boot.awayUntil = stage.now + 60_000;
      await stage.until(async () => !(await knows(stage, "n1")));

      commit.release();
      await stage.pass(100);
      n1.boot.die("before it could beat again");

      await stage.pass(15_000);
      expect(await believed(stage, n2)).toEqual([]);
    },
    plants: [
      {
        name: "lets what is late be written",
        disk: (store) =>
          misbehaving(store, {
            commit: (address, commit) => store.commit(address, { ...commit, notAfter: undefined }),
          }),
      },
    ],
  },
  {
    name: "C20: a node that beats while it is swept is not forgotten, and is swept when it dies",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      n1.boot.awayUntil = stage.now + 11_500;
      const forget = stage.script.hold({ of: "n2", says: "forget n1" });
      await stage.until(() => forget.reached);
      await stage.pass(2_500);
      open(stage, n1, "ana");
      await stage.until(async () => (await believed(stage, n2)).length === 1);

      forget.release();
      await stage.pass(100);
      n1.boot.die("killed");

      await stage.pass(15_000);
      expect(await believed(stage, n2)).toEqual([]);
    },
    plants: [
      {
        name: "forgets whoever was silent once",
        disk: (store) =>
          misbehaving(store, { forget: (node) => store.forget(node, Number.MAX_SAFE_INTEGER) }),
      },
    ],
  },
  {
    name: "C20: a sweep of a node that stood still closes nothing that came back since",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      open(stage, n1, "ana");
      await stage.until(async () => (await believed(stage, n2)).length === 1);
      n1.boot.awayUntil = stage.now + 11_500;
      const close = stage.script.hold({ of: "n2", says: "commit s1" });
      await stage.until(() => close.reached && stage.now > n1.boot.awayUntil);

      n1.runtime.rename();
      open(stage, n1, "ana");
      await stage.until(async () => (await believed(stage, n1)).length === 2);
      close.release();

      await stage.pass(15_000);
      expect(await believed(stage, n2)).toEqual([`${n1.runtime.name}.ana`]);
    },
    plants: [
      {
        name: "keeps its name whatever happened",
        runtime: (runtime) => misbehaving(runtime, { rename: () => undefined }),
      },
    ],
  },
];

async function knows({ world }: Stage, name: string): Promise<boolean> {
  return (await world.disk.store.nodes()).some(({ node }) => node === name);
}
