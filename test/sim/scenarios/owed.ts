/** Scenarios of what is owed: timers by one clock, and outcomes that nobody wants any more. */
import { expect } from "bun:test";
import { decodeEnvelope } from "../../../actors/envelope.ts";
import { guest, misbehaving, seqOf } from "../../support/nodes.ts";
import { Handmade } from "../handmade.ts";
import { lessonWorkload } from "../lesson-workload.ts";
import { planted } from "../plants.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const END = { message: { type: "end" } };
const FAR_MS = 120_000;

async function owedOf(stage: Stage): Promise<readonly string[]> {
  const [{ address } = { address: undefined }] = stage.history.born;
  const stored = address && (await stage.world.disk.store.load(address));
  const archived = address && (await stage.world.archive.find(address));
  const bytes = stored ?? archived?.envelope;
  return address === undefined || bytes === undefined
    ? ["nothing is stored"]
    : decodeEnvelope(address, bytes).owed.map(({ key }) => key);
}

export const owed: readonly Scenario[] = [
  {
    name: "C13: an outcome for an actor that is over settles what was owed, and is not asked again",
    play: async (stage) => {
      const work = new Handmade(stage.world);
      const n1 = await stage.node("n1", { performers: work.performers });
      await stage.node("n2", { performers: work.performers });
      await stage.birth(n1);
      await stage.say(n1, { message: { type: "wish", text: "hello" } });
      await stage.until(() => work.begun === 1);
      await stage.say(n1, END);
      expect(await owedOf(stage)).toEqual(["effect:2.0"]);

      work.end();

      await stage.until(async () => (await owedOf(stage)).length === 0);
      await stage.pass(40_000);
      expect(work.begun).toBe(1);
    },
    plants: [planted("settles an effect twice")],
  },
  {
    name: "C13: a timer for an actor that is over is owed no more once it has rung",
    play: async (stage) => {
      const n1 = await stage.node("n1");
      await stage.birth(n1);
      await stage.say(n1, { message: { type: "arm", ms: 3_000 } });
      await stage.say(n1, END);

      await stage.until(async () => (await owedOf(stage)).length === 0);

      expect((await stage.look(n1))?.seq).toBe(4);
    },
  },
  {
    name: "C17: a timer rings at its time though the clocks of both nodes are minutes off",
    play: async (stage) => {
      const n1 = await stage.node("n1", { offsetMs: FAR_MS });
      const n2 = await stage.node("n2", { offsetMs: -FAR_MS });
      const address = await stage.birth(n1);
      await stage.say(n1, { message: { type: "arm", ms: 5_000 } });
      const dueAt = stage.now + 5_000;

      n1.boot.die("right after it armed the timer");

      await stage.until(async () => (await stage.world.disk.store.inspect(address))?.seq === 3);
      expect(stage.now).toBeGreaterThan(dueAt - 50);
      expect(stage.now).toBeLessThan(dueAt + 1_500);
      expect((await stage.look(n2))?.seq).toBe(3);
    },
    plants: [planted("measures the store's time wrongly"), planted("keeps timers in memory only")],
  },
  {
    name: "C17: an answer that came before the deadline counts, though its turn came after",
    workload: lessonWorkload,
    play: async (stage) => {
      const n1 = await stage.node("n1");
      const address = await stage.birth(n1);
      const [ana, ben] = [guest("ana"), guest("ben")];
      await stage.say(n1, { message: { type: "session.open-lobby" } });
      for (const [name, by] of Object.entries({ ana, ben })) {
        const joining = { participantId: name, name, userId: null };
        await stage.say(n1, { by, message: { type: "participant.join", ...joining } });
      }
      await stage.say(n1, { message: { type: "session.start" } });
      const opening = { type: "round.open", stepId: "single", limitMs: 5_000 };
      const opened = await stage.say(n1, { message: opening });
      const roundId = `r${seqOf(opened)}`;
      await stage.pass(4_500);
      const answer = { type: "answer.submit", roundId, answer: { choice: "a" } };
      stage.script.delay({ of: "n1", says: "commit s1" }, 1_000);
      const first = stage.send(n1, { by: ana, message: answer });
      await stage.pass(450);

      const last = stage.send(n1, { by: ben, message: answer });

      const replies = await stage.during(Promise.all([first, last]));
      expect(replies.map(({ kind }) => kind)).toEqual(["accepted", "accepted"]);
      const records = await stage.during(n1.runtime.records(address, 6, 10));
      expect(records.map(({ message }) => message.type)).toEqual([
        "answer.submit",
        "answer.submit",
        "timer.round",
      ]);
    },
  },
  {
    name: "C27: a node that is no worker leaves an effect to one that is, at once",
    play: async (stage) => {
      const [idle, busy] = [new Handmade(stage.world), new Handmade(stage.world)];
      const n1 = await stage.node("n1", { worker: false, performers: idle.performers });
      await stage.node("n2", { performers: busy.performers });
      await stage.birth(n1);
      const wished = await stage.say(n1, { message: { type: "wish", text: "hello" } });
      expect(seqOf(wished)).toBe(2);
      const since = stage.now;

      await stage.until(() => busy.begun === 1);

      expect(stage.now - since).toBeLessThan(1_000);
      expect(idle.begun).toBe(0);
      busy.end();
    },
    plants: [
      {
        name: "leases to whoever commits",
        disk: (store) =>
          misbehaving(store, {
            commit: (address, commit) => {
              const later = commit.agenda.put.map((item) => ({
                ...item,
                claimableAt: item.claimableAt + 15_000,
              }));
              return store.commit(address, {
                ...commit,
                agenda: { ...commit.agenda, put: later },
              });
            },
          }),
      },
    ],
  },
];
