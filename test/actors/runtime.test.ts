/** The promises of one turn: commit before answer, once for each id, one refusal hurts no other. */
import { describe, expect, test } from "bun:test";
import type { Runtime } from "../../actors/runtime.ts";
import { type Commit, StoreUnreachable } from "../../actors/store.ts";
import { parseActorId } from "../../machines/ids.ts";
import {
  ADDRESS,
  HOST,
  born,
  bySystem,
  guest,
  misbehaving,
  openWorld,
  saying,
  seqOf,
} from "../support/nodes.ts";
import { tallyMachine, totalOf } from "../support/tally.ts";
import { thrownBy } from "../support/failure.ts";

const add = (n: number) => ({ type: "add", n });

describe("a turn", () => {
  test("is answered with its record, numbered from 1 without a hole", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const replies = await world.during(
      Promise.all([1, 2, 3].map((n) => runtime.send(ADDRESS, saying(add(n))))),
    );

    expect(replies.map(seqOf)).toEqual([2, 3, 4]);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(6);
  });

  test("acknowledges nothing before its commit has resolved", async () => {
    const world = await openWorld();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = misbehaving(world.store, {
      commit: async (address, commit) => {
        if (commit.firstSeq > 1) {
          await held;
        }
        return world.store.commit(address, commit);
      },
    });
    const runtime = world.node({ store: slow });
    await born(world, runtime);
    let answered = false;

    const reply = runtime.send(ADDRESS, saying(add(1))).finally(() => {
      answered = true;
    });
    await world.clock.advance(1_000);
    const early = answered;
    release();
    await world.during(reply);

    expect(early).toBe(false);
    expect(answered).toBe(true);
  });

  test("of an actor that was never born is absent", async () => {
    const world = await openWorld();
    const runtime = world.node();

    const reply = await world.during(runtime.send(ADDRESS, saying(add(1))));

    expect(reply.kind).toBe("absent");
    expect(await runtime.look(ADDRESS)).toBeUndefined();
  });

  test("a second birth of the same id is refused, and changes nothing", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying(add(7))));

    const again = await world.during(runtime.birth(ADDRESS, { type: "begin" }, HOST));

    expect(seqOf(again)).toBe("not-accepted");
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(7);
  });

  test("a birth that the machine refuses makes nothing", async () => {
    const world = await openWorld();
    const refusal = { code: "not-accepted", detail: "The machine refuses." } as const;
    const runtime = world.node({
      machine: { ...tallyMachine, birth: () => ({ kind: "refused", refusal }) },
    });

    const reply = await world.during(runtime.birth(ADDRESS, { type: "begin" }, HOST));

    expect(reply).toEqual({ kind: "refused", refusal });
    expect(await world.archive.mark(ADDRESS)).toBeUndefined();
  });

  test("expectedSeq refuses an actor that is further", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const first = await world.during(runtime.send(ADDRESS, saying(add(1), { expectedSeq: 1 })));
    const second = await world.during(runtime.send(ADDRESS, saying(add(1), { expectedSeq: 1 })));

    expect([first, second].map(seqOf)).toEqual([2, "moved-on"]);
  });
});

describe("command ids", () => {
  test("C5: a resend is answered with its record, whatever the rules say now", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const command = saying(add(5), { id: "k1" });
    const first = await world.during(runtime.send(ADDRESS, command));
    await world.during(runtime.send(ADDRESS, saying({ type: "end" })));

    const resent = await world.during(runtime.send(ADDRESS, command));
    const elsewhere = await world.during(world.node().send(ADDRESS, command));

    expect([first, resent, elsewhere].map(seqOf)).toEqual([2, 2, 2]);
    expect(resent).toMatchObject({ duplicate: true, look: { seq: 3 } });
    expect(elsewhere).toMatchObject({ duplicate: true });
  });

  test("C5: the same id in one batch has one effect and one result", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const replies = await world.during(
      Promise.all([1, 2, 3].map(() => runtime.send(ADDRESS, saying(add(5), { id: "k1" })))),
    );

    expect(replies.map(seqOf)).toEqual([2, 2, 2]);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(5);
  });

  test("C5: refused commands are not remembered", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const refused = await world.during(
      runtime.send(ADDRESS, saying({ type: "refuse" }, { id: "k1" })),
    );
    const accepted = await world.during(runtime.send(ADDRESS, saying(add(1), { id: "k1" })));

    expect([refused, accepted].map(seqOf)).toEqual(["not-accepted", 2]);
  });

  test("C6: two principals may both use the id 1", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const replies = await world.during(
      Promise.all(
        ["ann", "ben"].map((name) =>
          runtime.send(ADDRESS, saying(add(1), { id: "1", by: guest(name), rank: "class" })),
        ),
      ),
    );

    expect(replies.map(seqOf)).toEqual([2, 3]);
  });

  test("C6: the same id with other content is key-reused, in a batch and later", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const together = await world.during(
      Promise.all([1, 2].map((n) => runtime.send(ADDRESS, saying(add(n), { id: "k" })))),
    );
    const later = await world.during(runtime.send(ADDRESS, saying(add(3), { id: "k" })));

    expect(together.map(seqOf)).toEqual([2, "key-reused"]);
    expect(seqOf(later)).toBe("key-reused");
  });

  test("C6: fields in another order are the same content", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const one = await world.during(
      runtime.send(ADDRESS, saying({ type: "add", n: 1, m: [1, { a: 1, b: null }] }, { id: "k" })),
    );
    const two = await world.during(
      runtime.send(ADDRESS, saying({ m: [1, { b: null, a: 1 }], n: 1, type: "add" }, { id: "k" })),
    );

    expect([one, two].map(seqOf)).toEqual([2, 2]);
  });
});

describe("when something goes wrong", () => {
  test("C22: a throw refuses its message, and the rest of the batch goes on", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const replies = await world.during(
      Promise.all(
        [add(1), { type: "throw" }, add(2)].map((each) => runtime.send(ADDRESS, saying(each))),
      ),
    );

    expect(replies.map(seqOf)).toEqual([2, "internal", 3]);
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(3);
    expect(world.log.events.map(({ event }) => event)).toContain("message.poisoned");
  });

  test("C5: a throw on a stale copy is refused at the head of now", async () => {
    const world = await openWorld();
    const [behind, ahead] = [world.node(), world.node()];
    await born(world, behind);
    await world.during(ahead.send(ADDRESS, saying(add(1))));

    const reply = await world.during(behind.send(ADDRESS, saying({ type: "throw" })));

    expect(reply).toMatchObject({
      kind: "refused",
      refusal: { code: "internal" },
      look: { seq: 2 },
    });
  });

  test("C5: what a stale copy refuses, and what is there now would refuse too, was accepted between", async () => {
    const world = await openWorld();
    const [one, two] = [world.node(), world.node()];
    await born(world, one);
    const command = saying(add(5), { id: "k1", expectedSeq: 1 });
    await world.during(one.send(ADDRESS, command));
    await world.during(two.look(ADDRESS));
    await world.during(one.send(ADDRESS, saying(add(1))));

    const resent = await world.during(two.send(ADDRESS, command));

    expect(resent).toMatchObject({ kind: "accepted", duplicate: true, record: { seq: 2 } });
  });

  test("C12: an error of the store means unknown: the resend gives the one result", async () => {
    const world = await openWorld();
    let failures = 1;
    const lossy = misbehaving(world.store, {
      commit: async (address, commit: Commit) => {
        const committed = await world.store.commit(address, commit);
        if (commit.firstSeq > 1 && failures > 0) {
          failures -= 1;
          throw new StoreUnreachable("the reply was lost");
        }
        return committed;
      },
    });
    const runtime = world.node({ store: lossy });
    await born(world, runtime);
    const command = saying(add(5), { id: "k1" });

    const lost = world.during(runtime.send(ADDRESS, command));
    expect(await thrownBy(lost)).toThrow(StoreUnreachable);
    const resent = await world.during(runtime.send(ADDRESS, command));

    expect(resent).toMatchObject({ kind: "accepted", duplicate: true });
    expect(totalOf((await runtime.look(ADDRESS))?.living)).toBe(5);
  });

  test("C1: two nodes that fight over an actor lose nothing and number without a hole", async () => {
    const world = await openWorld();
    const [one, two] = [world.node(), world.node()];
    await born(world, one);

    const replies = await world.during(
      Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 === 0 ? one : two).send(ADDRESS, saying(add(1), { id: `k${index}` })),
        ),
      ),
    );

    const seqs = replies.map(seqOf).map(Number);
    expect(seqs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i + 2));
    expect(totalOf((await one.look(ADDRESS))?.living)).toBe(60);
    expect(totalOf((await two.look(ADDRESS))?.living)).toBe(60);
  });

  test("a node that stops refuses what comes, and finishes what it has", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const last = runtime.send(ADDRESS, saying(add(1)));
    const stopped = runtime.stop();
    const late = runtime.send(ADDRESS, saying(add(1)));

    expect(await thrownBy(late)).toThrow("shutting down");
    expect(seqOf(await world.during(last))).toBe(2);
    await world.during(stopped);
    expect(await world.archive.mark(ADDRESS)).toMatchObject({ seq: 2, resident: true });
  });
});

describe("fairness", () => {
  test("C23: hosts without end are refused busy too; the platform is not", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const flood = Array.from({ length: 400 }, () => runtime.send(ADDRESS, saying(add(1))));
    const closed = runtime.send(ADDRESS, bySystem({ type: "connection.closed" }));
    const replies = (await world.during(Promise.all(flood))).map(seqOf);

    expect(replies.filter((each) => each === "busy")).toHaveLength(400 - 256);
    expect(seqOf(await closed)).toBe(2);
  });

  test("more actors than a node keeps in memory push out those that are idle", async () => {
    const world = await openWorld();
    await born(world, world.node());
    const runtime = world.node();
    const before = (await world.during(runtime.look(ADDRESS)))?.seq;

    peekAtMany(runtime);

    expect(before).toBe(1);
    expect(runtime.peek(ADDRESS)).toBeUndefined();
    expect(seqOf(await world.during(runtime.send(ADDRESS, saying(add(1)))))).toBe(2);
  });

  test("C1: what the journal may lack stays in memory, however many push, until it is there", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    peekAtMany(runtime);
    const pushed = runtime.peek(ADDRESS)?.seq;
    await world.during(runtime.start());
    await world.clock.advance(121_000);
    peekAtMany(runtime);

    expect(pushed).toBe(1);
    expect(runtime.peek(ADDRESS)).toBeUndefined();
    await world.during(runtime.stop());
  });

  test("C23: a flood of the class is refused busy; hosts and the platform are not", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);

    const flood = Array.from({ length: 2_000 }, () =>
      runtime.send(ADDRESS, saying(add(1), { by: guest("ann"), rank: "class" })),
    );
    const end = runtime.send(ADDRESS, saying({ type: "end" }));
    const replies = (await world.during(Promise.all(flood))).map(seqOf);
    const ended = await world.during(end);

    expect(replies.filter((each) => each === "busy").length).toBeGreaterThan(500);
    expect(ended).toMatchObject({ kind: "accepted" });
    expect(Number(seqOf(ended))).toBeLessThanOrEqual(66);
  });

  test("C23: a message that waited ten seconds is refused", async () => {
    const world = await openWorld();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = misbehaving(world.store, {
      commit: async (address, commit) => {
        if (commit.firstSeq === 2) {
          await held;
        }
        return world.store.commit(address, commit);
      },
    });
    const runtime = world.node({ store: slow });
    await born(world, runtime);

    const first = runtime.send(ADDRESS, saying(add(1)));
    await world.clock.advance(1);
    const second = runtime.send(ADDRESS, saying(add(1)));
    await world.clock.advance(10_001);
    release();

    expect(seqOf(await world.during(first))).toBe(2);
    expect(seqOf(await world.during(second))).toBe("busy");
  });
});

/** As many as a node keeps in memory. */
function peekAtMany(runtime: Runtime): void {
  for (let count = 0; count < 4_096; count += 1) {
    runtime.peek({ ...ADDRESS, id: parseActorId(`other${count}`) });
  }
}
