/** Scenarios of watching: nothing is missed, and every record shows its own moment. */
import { expect } from "bun:test";
import { misbehaving } from "../../support/nodes.ts";
import type { Scenario } from "../scenario.ts";

const ADD = { message: { type: "add", n: 1 } };

export const watching: readonly Scenario[] = [
  {
    name: "C10: what is committed while somebody begins to watch is in the look or is heard",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      const confirm = stage.script.hold({ of: "n2", says: "confirm s1", way: "back" });
      const following = stage.follow(n2);
      await stage.until(() => confirm.reached);
      await stage.say(n1, ADD);
      confirm.release();
      await stage.say(n1, ADD);

      const followed = await following;
      await stage.say(n1, ADD);
      await stage.until(() => followed.begunAt + followed.heard.length === 4);

      expect(followed.heard.at(-1)?.seq).toBe(4);
      expect(followed.resets).toBe(0);
    },
    plants: [
      {
        name: "looks before it subscribes",
        runtime: (runtime) =>
          misbehaving(runtime, {
            follow: async (address, follower) => {
              const look = await runtime.look(address);
              const begun = await runtime.follow(address, follower);
              return look === undefined || begun === undefined ? undefined : { ...begun, look };
            },
          }),
      },
    ],
  },
  {
    name: "C10: the last record before a silence is heard, though its message was lost",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n1);
      const followed = await stage.follow(n2);
      stage.script.lose({ of: "n2", says: "hears s1", way: "told" });

      await stage.say(n1, ADD);

      const sent = stage.now;
      await stage.until(() => followed.heard.length === 1);
      expect(stage.now - sent).toBeLessThan(2_500);
    },
  },
  {
    name: "C25: two records of one commit each carry the state of their own seq",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      const address = await stage.birth(n1);
      const followed = await stage.follow(n2);
      const add = stage.send(n1, ADD);
      const end = stage.send(n1, { message: { type: "end" } });

      await stage.during(Promise.all([add, end]));

      await stage.until(() => followed.heard.length === 2);
      const read = await stage.during(n2.runtime.records(address, 1, 10));
      for (const records of [followed.heard, read]) {
        expect(records.map(({ state }) => state)).toEqual(["counting", "over"]);
      }
      const commits = stage.trace.filter((line) => line.includes("commit s1#2-3"));
      expect(commits.length).toBeGreaterThan(0);
      expect(await stage.during(add)).toMatchObject({ look: { seq: 2 } });
    },
  },
];
