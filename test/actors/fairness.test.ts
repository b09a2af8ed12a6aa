/** Fairness between nodes: who keeps losing commits is let through; and within one: who waits. */
import { describe, expect, test } from "bun:test";
import { RESERVED_MS } from "../../actors/store.ts";
import { chatter, contest, untold } from "../support/contenders.ts";
import {
  ADDRESS,
  type NodeOptions,
  type World,
  born,
  misbehaving,
  openWorld,
  saying,
  seqOf,
} from "../support/nodes.ts";
import { totalOf } from "../support/tally.ts";

const add = saying({ type: "add", n: 1 });
const answer = saying({ type: "add", n: 1 }, { rank: "class" });

async function fought(world: World, quick: NodeOptions, slow: NodeOptions) {
  const [fast, late] = [world.node(quick), world.node(slow)];
  await born(world, fast);
  let over = false;
  const chattering = chatter(
    () => fast.send(ADDRESS, add),
    () => over,
  );
  const replies: (string | number)[] = [];
  const waits: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    const sentAt = world.clock.now();
    replies.push(seqOf(await world.during(late.send(ADDRESS, add))));
    waits.push(world.clock.now() - sentAt);
  }
  over = true;
  const others = await world.during(chattering);
  return { replies, waits, others };
}

describe("two nodes at one actor", () => {
  test("C11: one that is always a commit too late commits after three losses", async () => {
    const world = await openWorld();
    const { quick, slow, fates } = contest({ quick: paced(world), slow: world.store }, world.clock);

    const { replies, waits } = await fought(world, { store: quick }, { store: slow });

    expect(replies.every((reply) => typeof reply === "number")).toBe(true);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * RESERVED_MS);
    expect(fates.join(" ")).toBe(
      Array.from({ length: 5 }, () => "conflict conflict conflict committed").join(" "),
    );
  });

  test("C11: without a reservation it is starved", async () => {
    const world = await openWorld();
    const stores = { quick: paced(world), slow: world.store };
    const { quick, slow, fates } = contest(stores, world.clock, untold);

    const { replies } = await fought(world, { store: quick }, { store: slow });

    expect(replies).toEqual(["busy", "busy", "busy", "busy", "busy"]);
    expect(new Set(fates)).toEqual(new Set(["conflict"]));
  });

  test("C11: the node with the reservation dies, and others wait no longer than it lasts", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const [one] = await runtime.records(ADDRESS, 0, 1);
    await world.store.commit(ADDRESS, {
      ...{ expected: "stale", head: `head${one?.seq}`, envelope: "", records: ["x"], firstSeq: 2 },
      ...{ claims: [], asks: [], agenda: { put: [], remove: [] }, notAfter: undefined },
      contender: { node: "dead", losses: 9 },
    });
    const sentAt = world.clock.now();

    const reply = await world.during(runtime.send(ADDRESS, add));

    expect(seqOf(reply)).toBe(2);
    expect(world.clock.now() - sentAt).toBeGreaterThanOrEqual(RESERVED_MS - 1);
    expect(world.clock.now() - sentAt).toBeLessThanOrEqual(RESERVED_MS + 15);
  });
});

describe("one mailbox", () => {
  test("C23: session.end from a host is not held up by the class, however it floods", async () => {
    const world = await openWorld();
    const runtime = world.node();
    await born(world, runtime);
    const flood = Array.from({ length: 2_000 }, () => runtime.send(ADDRESS, answer));

    const end = await world.during(runtime.send(ADDRESS, saying({ type: "end" })));
    const codes = (await world.during(Promise.all(flood))).map(seqOf);

    expect(seqOf(end)).toBe(2);
    expect(codes.filter((code) => code === "busy")).toHaveLength(2_000 - 1_024);
    expect(codes.filter((code) => code === "session-over")).toHaveLength(1_024);
  });

  test("C23: hosts that never stop starve neither the class nor a timer that waits in it", async () => {
    const world = await openWorld();
    const runtime = world.node({ store: paced(world) });
    await born(world, runtime);
    await world.during(runtime.send(ADDRESS, saying({ type: "arm", ms: 5 })));
    let over = false;
    const hosts = Array.from({ length: 200 }, () =>
      chatter(
        () => runtime.send(ADDRESS, add),
        () => over,
      ),
    );
    const pupils = Array.from({ length: 100 }, () => runtime.send(ADDRESS, answer));

    const seqs = (await world.during(Promise.all(pupils))).map(seqOf);
    await world.clock.advance(30);
    over = true;
    await world.during(Promise.all(hosts));

    expect(seqs.every((seq) => typeof seq === "number")).toBe(true);
    expect(totalOf(runtime.peek(ADDRESS)?.living) ?? 0).toBeGreaterThan(100);
    const records = await world.store.records(ADDRESS, 0, 1_000);
    expect(records.some(({ line }) => line.includes("timer.rang"))).toBe(true);
  });
});

/** A store a call of which takes a millisecond, so that time goes on while nodes fight. */
function paced({ store, clock }: World) {
  return misbehaving(store, {
    commit: async (address, commit) => {
      await new Promise<void>((resolve) => {
        clock.after(1, resolve);
      });
      return store.commit(address, commit);
    },
  });
}
