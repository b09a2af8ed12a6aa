/** Scenarios of the journal: what is copied while others commit, flush and evict. */
import { expect } from "bun:test";
import type { Address } from "../../../actors/address.ts";
import type { Pace } from "../../../actors/pace.ts";
import { JOURNALS } from "../../../actors/share.ts";
import { misbehaving, seqOf } from "../../support/nodes.ts";
import type { Node } from "../node.ts";
import type { Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";

const ADD = { message: { type: "add", n: 1 } };

/** Looked after every other second, and awake all the while. */
const BUSY: Pace = { idleMs: 3_600_000, soonMs: 8_000, walkEveryMs: 1_000, wakeEveryMs: 2_000 };
/** Until two nodes have heard of one another. */
const KNOWN_MS = 4_500;

/** Eight actors; among as many, two nodes have some each. */
async function many(stage: Stage, node: Node): Promise<readonly Address[]> {
  const addresses: Address[] = [];
  for (let n = 1; n <= 8; n += 1) {
    addresses.push(await stage.birth(node, `s${n}`));
  }
  return addresses;
}

/** Who was answered this of each actor since that line of the trace. */
function askedBy(stage: Stage, what: string, since: number): ReadonlyMap<string, Set<string>> {
  const asked = new Map<string, Set<string>>();
  for (const line of stage.trace.slice(since)) {
    const [, node = "", id = ""] = new RegExp(`^\\d+ (\\w+) ${what} (s\\d+)`).exec(line) ?? [];
    asked.set(id, (asked.get(id) ?? new Set()).add(node));
  }
  asked.delete("");
  return asked;
}

const isClean = async ({ world }: Stage): Promise<boolean> =>
  (await world.disk.store.dirty(1)).length === 0;

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
  {
    name: "C4: two nodes that journal look after each actor once between them",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: BUSY });
      await stage.node("n2", { pace: BUSY });
      await stage.pass(KNOWN_MS);
      const addresses = await many(stage, n1);
      await stage.until(() => isClean(stage));
      const from = stage.trace.length;

      await stage.pass(5 * BUSY.walkEveryMs);

      const asked = askedBy(stage, "archive mark", from);
      expect([...asked.keys()].toSorted()).toEqual(addresses.map(({ id }) => id));
      expect([...asked.values()].map(({ size }) => size)).toEqual(addresses.map(() => 1));
      expect(new Set([...asked.values()].flatMap((nodes) => [...nodes]))).toHaveProperty("size", 2);
    },
    plants: [
      {
        name: "hears of nobody who journals",
        link: (store) =>
          misbehaving(store, {
            nodes: async () => {
              const beats = await store.nodes();
              const without = (reads: readonly string[]) =>
                reads.filter((each) => each !== JOURNALS);
              return beats.map((beat) => ({ ...beat, reads: without(beat.reads) }));
            },
          }),
      },
    ],
  },
  {
    name: "C4: what a node that died had as its share is copied and looked after all the same",
    play: async (stage) => {
      const n1 = await stage.node("n1", { pace: BUSY });
      const n2 = await stage.node("n2", { pace: BUSY });
      const addresses = await many(stage, n1);
      await stage.pass(KNOWN_MS);
      n2.boot.die("and n1 takes it for alive");
      for (const address of addresses) {
        await stage.say(n1, { ...ADD, address });
      }
      const said = stage.now;

      await stage.until(() => isClean(stage));
      const cleanAt = stage.now;
      await stage.pass(15_000);
      const from = stage.trace.length;
      await stage.pass(5 * BUSY.walkEveryMs);

      expect(cleanAt - said).toBeLessThan(7_000);
      expect(cleanAt - said).toBeGreaterThan(4_000);
      expect(askedBy(stage, "archive mark", from).size).toBe(addresses.length);
    },
    plants: [
      {
        name: "leaves to others what waits for them",
        link: (store) =>
          misbehaving(store, {
            dirty: async (limit) =>
              (await store.dirty(limit)).map((each) => ({ ...each, since: store.now() })),
          }),
      },
    ],
  },
];
