/** Scenarios of one node's turns: a throw in a batch, and a flood before a host. */
import { expect } from "bun:test";
import { bySystem, guest, seqOf } from "../../support/nodes.ts";
import { TallyLiving, tallyMachine, totalOf } from "../../support/tally.ts";
import { parseConnectionId } from "../../../machines/ids.ts";
import type { Scenario } from "../scenario.ts";
import { type Workload, tallyWorkload } from "../workload.ts";

const ADD = { message: { type: "add", n: 1 } };
const THROW = { message: { type: "throw" } };
const FLOOD = 1_100;
const CLASS_WAITING_MAX = 1_024;
const BATCH_MAX = 64;
/** Slow, and just not given up: four of them are longer than a person waits. */
const HOP_MS = 2_800;
const LOST_RACES = 4;

/** A machine that has changed half of its snapshot when it throws. */
const spoiling: Workload = {
  ...tallyWorkload,
  lineage: [{ ...tallyMachine, revive: (stored) => spoilingLiving(tallyMachine.revive(stored)) }],
};

function spoilingLiving(living: ReturnType<typeof tallyMachine.revive>): typeof living {
  const step: typeof living.step = (message, stamp) => {
    if (message.type === "throw" && living instanceof TallyLiving) {
      Object.assign(living.tally, { total: 1_000 });
    }
    const stepped = living.step(message, stamp);
    return stepped.kind === "accepted"
      ? { ...stepped, next: spoilingLiving(stepped.next) }
      : stepped;
  };
  return new Proxy(living, {
    get: (target, name) => (name === "step" ? step : Reflect.get(target, name, target)),
  });
}

export const turns: readonly Scenario[] = [
  {
    name: "C22: a throw in the middle of a batch spoils nothing of what is around it",
    workload: spoiling,
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      await stage.birth(n2);
      await stage.say(n1, ADD);
      const batch = [THROW, ADD, THROW, ADD];

      const replies = await stage.during(
        Promise.all(batch.map((command) => stage.send(n1, command))),
      );

      expect(replies.map(seqOf)).toEqual(["internal", 3, "internal", 4]);
      expect(totalOf((await stage.look(n2))?.living)).toBe(3);
    },
  },
  {
    name: "C23: a flood of the class delays neither a host nor the platform, and is bounded",
    play: async (stage) => {
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      const by = guest("ana");

      const flood = Array.from({ length: FLOOD }, () => stage.send(n1, { ...ADD, by }));
      const host = stage.send(n1, ADD);
      n1.presence.open(address, parseConnectionId("n1.ana"), by);

      const replies = (await stage.during(Promise.all(flood))).map(seqOf);
      expect(replies.filter((reply) => reply === "busy")).toHaveLength(FLOOD - CLASS_WAITING_MAX);
      expect(Number(seqOf(await stage.during(host)))).toBeLessThanOrEqual(1 + BATCH_MAX);
      const opened = stage.history.sent.length;
      expect(opened).toBe(FLOOD + 1);
      const records = await stage.during(n1.runtime.records(address, 1, BATCH_MAX));
      expect(records.map(({ message }) => message.type)).toContain("connection.opened");
    },
  },
  {
    name: "C23: a command that waited 10 s is refused, and a word of the platform is not",
    play: async (stage) => {
      const [n1, n2] = [await stage.node("n1"), await stage.node("n2")];
      const address = await stage.birth(n1);
      const opening = bySystem({ type: "connection.opened", connectionId: "n1.ana" });
      const commits = { of: "n1", says: "commit s1" };
      stage.script.delay(commits, HOP_MS, LOST_RACES);

      const waiting = stage.send(n1, ADD);
      const opened = n1.runtime.send(address, opening);
      for (let race = 0; race < LOST_RACES; race += 1) {
        await stage.say(n2, ADD);
        await stage.pass(HOP_MS);
      }

      expect(seqOf(await stage.during(waiting))).toBe("busy");
      expect((await stage.during(opened)).kind).toBe("accepted");
      const records = await stage.during(n2.runtime.records(address, LOST_RACES, 10));
      expect(records.map(({ message }) => message.type)).toEqual(["add", "connection.opened"]);
    },
  },
];
