/** Turns that begin on what another's commit is about to leave, and what becomes of them. */
import { describe, expect, test } from "bun:test";
import type { Runtime } from "../../actors/runtime.ts";
import { type Commit, type Committed, StoreUnreachable } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import {
  ADDRESS,
  type World,
  born,
  misbehaving,
  openWorld,
  saying,
  seqOf,
} from "../support/nodes.ts";
import { totalOf } from "../support/tally.ts";

const add = (n: number) => ({ type: "add", n });

/** What to do with a commit that has come: nothing, if it is to go on its way. */
type Fate = (commit: Commit, write: () => Promise<Committed>) => Promise<Committed>;

interface Stage {
  readonly world: World;
  readonly node: Runtime;
  /** The commits of the node after the birth: by their first seq, in the order of their sending. */
  readonly sent: number[];
}

/** A node that begins a turn on another's as soon as anything waits. */
async function open(fate: Fate, togetherMin = 1): Promise<Stage> {
  const world = await openWorld();
  const sent: number[] = [];
  const store = misbehaving(world.store, {
    commit: (address, commit) => {
      if (commit.firstSeq > 1) {
        sent.push(commit.firstSeq);
        return fate(commit, () => world.store.commit(address, commit));
      }
      return world.store.commit(address, commit);
    },
  });
  const node = world.node({ name: "n1", store, togetherMin });
  await born(world, node);
  return { world, node, sent };
}

/** The commit that begins with this record waits until it is let go. */
function held(firstSeq: number): { readonly fate: Fate; readonly letGo: () => void } {
  const gate = Promise.withResolvers<void>();
  return {
    fate: async ({ firstSeq: found }, write) => {
      const written = write();
      await (found === firstSeq ? gate.promise : undefined);
      return written;
    },
    letGo: gate.resolve,
  };
}

/** One after the other, in ticks of their own, and what each was answered. */
async function say(stage: Stage, amounts: readonly number[]): Promise<Promise<number | string>[]> {
  const replies: Promise<number | string>[] = [];
  for (const [index, amount] of amounts.entries()) {
    const command = saying(add(amount), { id: `c${index}` });
    replies.push(stage.node.send(ADDRESS, command).then(seqOf, nameOf));
    await stage.world.settle();
  }
  return replies;
}

async function totalIn({ world }: Stage): Promise<number> {
  return totalOf((await world.during(world.node().look(ADDRESS)))?.living) ?? Number.NaN;
}

describe("a turn that begins on another's commit", () => {
  test("is on its way before that one is answered, and a third waits", async () => {
    const { fate, letGo } = held(2);
    const stage = await open(fate);

    const replies = await say(stage, [1, 10, 100]);
    const early = [...stage.sent];
    letGo();

    expect(early).toEqual([2, 3]);
    expect(await stage.world.during(Promise.all(replies))).toEqual([2, 3, 4]);
    expect(await totalIn(stage)).toBe(111);
  });

  test("is answered after it, though its own commit was first to come back", async () => {
    const { fate, letGo } = held(2);
    const stage = await open(fate);
    const answered: (number | string)[] = [];

    const replies = await say(stage, [1, 10]);
    replies.forEach((reply) => void reply.then((seq) => answered.push(seq)));
    await stage.world.settle();
    const early = [...answered];
    letGo();
    await stage.world.during(Promise.all(replies));

    expect(early).toEqual([]);
    expect(answered).toEqual([2, 3]);
  });

  test("is not begun for fewer than are worth a commit: they share the next turn", async () => {
    const { fate, letGo } = held(2);
    const stage = await open(fate, 3);

    const replies = await say(stage, [1, 10, 100]);
    const early = [...stage.sent];
    letGo();

    expect(await stage.world.during(Promise.all(replies))).toEqual([2, 3, 4]);
    expect([early, stage.sent]).toEqual([[2], [2, 3]]);
  });

  test("of a flood half is taken, so that the other half is stepped meanwhile", async () => {
    const { fate, letGo } = held(3);
    const stage = await open(fate, 16);
    await stage.world.during(stage.node.send(ADDRESS, saying(add(0))));

    const flood = Array.from({ length: 40 }, () => stage.node.send(ADDRESS, saying(add(1))));
    await eventually(() => stage.sent.length === 3);
    letGo();
    await stage.world.during(Promise.all(flood));

    expect(stage.sent).toEqual([2, 3, 23]);
    expect(await totalIn(stage)).toBe(40);
  });

  test("C5: is stepped again where that commit was lost to another node", async () => {
    const gate = Promise.withResolvers<void>();
    const stage = await open(async (_commit, write) => {
      await gate.promise;
      return write();
    });
    const other = stage.world.node({ name: "n2" });

    const replies = await say(stage, [1, 10]);
    await stage.world.during(other.send(ADDRESS, saying(add(1_000))));
    gate.resolve();

    expect(await stage.world.during(Promise.all(replies))).toEqual([3, 4]);
    expect(await totalIn(stage)).toBe(1_011);
    // Both were lost, and while others commit as well nothing is begun on what may be lost.
    expect(stage.sent.slice(0, 2)).toEqual([2, 3]);
  });

  test("C6: is written on top of it, though nobody heard that it was written", async () => {
    const gate = Promise.withResolvers<void>();
    const stage = await open(async ({ firstSeq }, write) => {
      const written = await write();
      if (firstSeq === 2) {
        await gate.promise;
        throw new StoreUnreachable("the answer was lost");
      }
      return written;
    });

    const first = stage.node.send(ADDRESS, saying(add(1), { id: "c1" })).then(seqOf, nameOf);
    await stage.world.settle();
    // Without an id: whoever took it for lost would do it twice.
    const second = stage.node.send(ADDRESS, saying(add(10))).then(seqOf, nameOf);
    await stage.world.settle();
    gate.resolve();
    const replies = await stage.world.during(Promise.all([first, second]));
    const again = stage.node.send(ADDRESS, saying(add(1), { id: "c1" }));

    expect(replies).toEqual(["StoreUnreachable", 3]);
    expect(seqOf(await stage.world.during(again))).toBe(2);
    expect(await totalIn(stage)).toBe(11);
  });

  test("C22: in which the machine throws is stepped again alone, and spoils nothing", async () => {
    const { fate, letGo } = held(2);
    const stage = await open(fate);

    const first = stage.node.send(ADDRESS, saying(add(1)));
    await stage.world.settle();
    const batch = [{ type: "throw" }, add(10)].map((each) =>
      stage.node.send(ADDRESS, saying(each)),
    );
    await stage.world.settle();
    letGo();

    const replies = await stage.world.during(Promise.all([first, ...batch]));
    expect(replies.map(seqOf)).toEqual([2, "internal", 3]);
    expect(await totalIn(stage)).toBe(11);
  });

  test("the same id in both is one record, and the second is answered with it", async () => {
    const { fate, letGo } = held(2);
    const stage = await open(fate);
    const command = saying(add(5), { id: "the one" });

    const first = stage.node.send(ADDRESS, command);
    await stage.world.settle();
    const second = stage.node.send(ADDRESS, command);
    await stage.world.settle();
    letGo();
    const replies = await stage.world.during(Promise.all([first, second]));

    expect(replies.map(seqOf)).toEqual([2, 2]);
    expect(replies.map((reply) => reply.kind === "accepted" && reply.duplicate)).toEqual([
      false,
      true,
    ]);
    expect(await totalIn(stage)).toBe(5);
  });
});

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
