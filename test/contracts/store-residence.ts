/** Contract of the store, part: hydration, eviction, the dirty set, the walk and the nodes. */
import { expect, test } from "bun:test";
import { addressKey } from "../../actors/address.ts";
import { type ActorStore, CommitTooLarge, RECORDS_MAX } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { Author, addressOf, run } from "./author.ts";
import type { Bench } from "./store.ts";
import { failureOf } from "../support/failure.ts";

/** After everything that these tests owe falls due. */
const NEVER = 4_102_444_800_000;

export function residenceContract(bench: () => Bench): void {
  test("an installed actor is whole: envelope, tail, ids and agenda", async () => {
    const { store, other } = bench();
    const author = new Author("whole");
    author.went(author.commit({ records: ["one", "two", "three"] }));
    const id = { idKey: "a", digest: "d", seq: 2 };
    const what = author.installation({
      records: ["two", "three"],
      firstSeq: 2,
      ids: [id],
      agenda: [{ key: "timer:a", generation: 2, claimableAt: 5 }],
    });

    expect(await store.reserve(author.address, "ticket")).toBe("reserved");
    expect(await other.load(author.address)).toBeUndefined();
    expect(await store.install(author.address, "ticket", what)).toBe("installed");

    expect(await other.load(author.address)).toBe(author.envelope);
    expect(await other.records(author.address, 0, 9)).toEqual(author.log.slice(1));
    expect(await other.confirm(author.address, author.headNow, [id])).toEqual({
      kind: "current",
      known: [id],
      journaled: 3,
    });
    expect(await other.claim(9, 1_000)).toMatchObject([{ key: "timer:a", generation: 2 }]);
    expect(await other.dirty(9)).toEqual([]);
    expect((await other.actors(undefined, 9)).addresses).toEqual([author.address]);
    expect((await author.write(other)).kind).toBe("committed");
  });

  test("an actor that is present is neither reserved nor installed over", async () => {
    const { store } = bench();
    const author = new Author("present");
    await author.write(store);
    const stale = author.installation();
    await author.write(store);

    expect(await store.reserve(author.address, "ticket")).toBe("present");
    expect(await store.install(author.address, "ticket", stale)).toBe("lost");
    expect(await store.load(author.address)).toBe(author.envelope);
  });

  test("a slow hydration is lost once another hydrated, committed, and the actor left again", async () => {
    const { store, other } = bench();
    const author = new Author("slow");
    author.went(author.commit());
    const stale = author.installation();
    await store.reserve(author.address, "slow");
    await other.reserve(author.address, "quick");
    await other.install(author.address, "quick", author.installation());
    await author.write(other);
    await other.journaled(author.address, author.seq, author.headNow);
    await other.evict(author.address, author.headNow, NEVER);

    expect(await store.install(author.address, "slow", stale)).toBe("lost");
    expect(await store.load(author.address)).toBeUndefined();
  });

  test("of several hydrations the last ticket installs, once", async () => {
    const { store, other } = bench();
    const author = new Author("tickets");
    author.went(author.commit());
    await store.reserve(author.address, "one");
    await other.reserve(author.address, "two");

    const outcomes = [
      await store.install(author.address, "one", author.installation()),
      await other.install(author.address, "two", author.installation()),
      await other.install(author.address, "two", author.installation()),
    ];

    expect(outcomes).toEqual(["lost", "installed", "lost"]);
  });

  test("a birth voids the ticket of a hydration", async () => {
    const { store, other } = bench();
    const author = new Author("birth");
    await store.reserve(author.address, "ticket");

    expect((await author.write(other)).kind).toBe("committed");

    await other.journaled(author.address, author.seq, author.headNow);
    await other.evict(author.address, author.headNow, NEVER);
    expect(await store.install(author.address, "ticket", author.installation())).toBe("lost");
  });

  test("an installation over its limits, or that contradicts itself, writes nothing", async () => {
    const { store } = bench();
    const author = new Author("limits");
    author.went(author.commit({ records: run(0, RECORDS_MAX).map(String) }));
    await store.reserve(author.address, "ticket");

    const large = author.installation();
    const gap = author.installation({ records: ["one"], firstSeq: 1 });
    const ids = [1, 2].map((seq) => ({ idKey: "same", digest: "d", seq }));
    const twice = author.installation({ records: [], firstSeq: author.seq + 1, ids });

    const install = store.install.bind(store, author.address, "ticket");
    expect(await failureOf(install(large))).toBeInstanceOf(CommitTooLarge);
    expect(await failureOf(install(gap))).toBeInstanceOf(RangeError);
    expect(await failureOf(install(twice))).toBeInstanceOf(RangeError);
    expect(await store.load(author.address)).toBeUndefined();
    expect(await store.install(author.address, "ticket", { ...twice, ids: [] })).toBe("installed");
  });

  test("C14: an actor does not leave while something that it owes was begun", async () => {
    const { store } = bench();
    const author = new Author("begun");
    const put = [{ key: "effect:1.0", generation: 1, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: [] } });
    await store.journaled(author.address, 1, author.headNow);
    const [first] = await store.claim(1, 60_000);
    if (first === undefined) {
      throw new Error("expected an item that falls due, found none");
    }
    const evict = (): Promise<string> => store.evict(author.address, author.headNow, 0);
    await store.begin(first, 1);
    const [second] = await eventually(async () => {
      const claimed = await store.claim(1, 60_000);
      return claimed.length > 0 ? claimed : undefined;
    });
    if (second === undefined) {
      throw new Error("expected an item whose lease has lapsed, found none");
    }
    await store.release(second, NEVER);

    expect(await evict()).toBe("kept");
    await store.reindex(author.address, author.headNow, []);
    expect(await evict()).toBe("evicted");
  });

  test("an actor leaves only at its head, journaled, with nothing owed by then", async () => {
    const { store, other } = bench();
    const author = new Author("leaves");
    const item = { key: "timer:a", generation: 1, claimableAt: NEVER };
    await author.write(store, {
      agenda: { put: [item], remove: [] },
      claims: [{ idKey: "a", digest: "d", seq: 1 }],
    });
    const evict = (head: string, dueAfter: number): Promise<string> =>
      other.evict(author.address, head, dueAfter);

    expect(await evict(author.headNow, 0)).toBe("kept");
    await store.journaled(author.address, 1, author.headNow);
    expect(await evict("another head", 0)).toBe("kept");
    expect(await evict(author.headNow, NEVER)).toBe("kept");
    expect(await evict(author.headNow, NEVER - 1)).toBe("evicted");
    expect(await evict(author.headNow, 0)).toBe("kept");

    expect(await store.load(author.address)).toBeUndefined();
    expect(await store.records(author.address, 0, 9)).toEqual([]);
    expect((await store.actors(undefined, 9)).addresses).toEqual([]);
    const reborn = new Author("leaves", "second");
    const claims = [{ idKey: "a", digest: "d", seq: 1 }];
    expect(await reborn.write(store, { claims })).toEqual({
      kind: "committed",
      known: [],
      journaled: 0,
    });
  });

  test("an actor with work under a lease stays", async () => {
    const { store } = bench();
    const author = new Author("leased");
    const put = [{ key: "effect:1.0", generation: 1, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: [] } });
    await store.journaled(author.address, 1, author.headNow);

    await store.claim(1, NEVER / 2);

    expect(await store.evict(author.address, author.headNow, 0)).toBe("kept");
  });

  test("an evicted actor leaves nothing on the agenda", async () => {
    const { store } = bench();
    const author = new Author("owes");
    const put = [{ key: "timer:a", generation: 1, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: [] } });
    await store.journaled(author.address, 1, author.headNow);

    expect(await store.evict(author.address, author.headNow, 0)).toBe("evicted");

    expect(await store.claim(9, 1_000)).toEqual([]);
  });

  test("a commit makes dirty; journaled cleans only at the newest head", async () => {
    const { store, other } = bench();
    const author = new Author("dirty");
    await author.write(store);
    const early = author.headNow;
    await author.write(store);
    const dirty = { address: author.address, head: author.headNow, seq: 2 };

    const [found] = await other.dirty(9);
    expect(found).toMatchObject(dirty);
    expect(Math.abs((found?.since ?? 0) - store.now())).toBeLessThan(10_000);
    await other.journaled(author.address, 1, early);
    await other.journaled(author.address, 2, "another head");
    await other.journaled(addressOf("nobody"), 1, early);
    expect(await other.dirty(9)).toMatchObject([dirty]);

    await other.journaled(author.address, 2, author.headNow);
    expect(await store.dirty(9)).toEqual([]);

    await author.write(store);
    expect(await store.dirty(9)).toMatchObject([{ seq: 3 }]);
  });

  test("the longest dirty come first, and at most as many as were asked for", async () => {
    const { store } = bench();
    const authors = run(1, 5).map((n) => new Author(`d${6 - n}`));
    for (const author of authors) {
      await author.write(store);
      const after = store.now();
      await eventually(() => store.now() > after + 1);
    }
    await authors[0]?.write(store);

    const ids = (await store.dirty(3)).map(({ address }) => String(address.id));

    expect(ids).toEqual(["d5", "d4", "d3"]);
    expect(await store.dirty(0)).toEqual([]);
  });

  test("the walk meets every actor that stays exactly once, whatever comes and goes", async () => {
    const { store, other } = bench();
    const authors = run(1, 30).map((n) => new Author(`walk${n}`));
    await Promise.all(authors.map((author) => author.write(store)));
    const met: string[] = [];

    let page = await store.actors(undefined, 7);
    for (let n = 0; page.cursor !== undefined; n += 1) {
      met.push(...page.addresses.map(addressKey));
      await new Author(`more${n}`).write(other);
      page = await store.actors(page.cursor, 7);
    }
    met.push(...page.addresses.map(addressKey));

    const stayed = authors.map(({ address }) => addressKey(address)).sort();
    expect(met.filter((key) => key.includes("/walk")).sort()).toEqual(stayed);
    expect(new Set(met).size).toBe(met.length);
  });

  test("C8: a node is listed with its newest beat and what it reads until it is forgotten", async () => {
    const { store, other } = bench();
    await store.beat("a", ["session@1"]);
    const before = await other.beat("b", []);
    const at = await beatAfter(store, before, ["session@1", "session@2"]);

    const nodes = await other.nodes();

    expect(nodes.map(({ node }) => node).sort()).toEqual(["a", "b"]);
    expect(nodes.find(({ node }) => node === "a")?.reads).toEqual(["session@1", "session@2"]);
    expect(nodes.find(({ node }) => node === "b")?.reads).toEqual([]);
    const beats = new Map(nodes.map(({ node, beatAt }) => [node, beatAt]));
    expect(beats.get("a") ?? 0).toBeGreaterThan(beats.get("b") ?? 0);
    expect(Math.abs((beats.get("a") ?? 0) - store.now())).toBeLessThan(1_000);
    expect(Math.abs(at - (beats.get("a") ?? 0))).toBeLessThan(1_000);
  });

  test("a node that has beaten since is not forgotten", async () => {
    const { store, other } = bench();
    const first = await store.beat("a", []);
    await beatAfter(store, first, []);

    await other.forget("a", first);
    expect((await store.nodes()).map(({ node }) => node)).toEqual(["a"]);
    // A cluster keeps beats in several places, which may be a tick apart.
    await eventually(async () => {
      const [beat] = await store.nodes();
      return beat === undefined || !(await other.forget("a", beat.beatAt));
    });
    expect(await store.nodes()).toEqual([]);
    expect(await store.forget("a", first)).toBe(false);
  });
}

/** Of "a"; what a node believes of the store's time may be wrong by more than a tick. */
function beatAfter(store: ActorStore, before: number, reads: readonly string[]): Promise<number> {
  return eventually(async () => {
    const at = await store.beat("a", reads);
    return at > before ? at : undefined;
  });
}
