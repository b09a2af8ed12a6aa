/** Contract of the store, part: looking closely, restoring, setting aside, reindexing, trimming. */
import { expect, test } from "bun:test";
import { type Commit, LOG_KEPT } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { Author, Heard, run } from "./author.ts";
import type { Bench } from "./store.ts";

/** After everything that these tests owe falls due. */
const NEVER = 4_102_444_800_000;
const item = (key: string, generation = 1): Commit["agenda"]["put"][number] => ({
  ...{ key, generation },
  claimableAt: 1,
});

export function repairContract(bench: () => Bench): void {
  test("an inspection shows what the store compares, beside the bytes", async () => {
    const { store, other } = bench();
    const author = new Author("inspected");

    expect(await other.inspect(author.address)).toBeUndefined();
    await author.writeMany(store, 2);

    const { headNow: head, seq, envelope } = author;
    expect(await other.inspect(author.address)).toEqual({ head, seq, envelope });
  });

  test("C1: a restored actor is what was put there: envelope, log, ids, agenda, and clean", async () => {
    const { store, other } = bench();
    const author = new Author("restored");
    await author.write(store, {
      claims: [{ idKey: "old", digest: "d", seq: 1 }],
      agenda: { put: [item("timer:a"), item("effect:1.0")], remove: [] },
    });
    const seen = author.headNow;
    author.went(author.commit({ records: ["two", "three"] }));
    const ids = [{ idKey: "new", digest: "d", seq: 2 }];
    const what = author.installation({
      ...{ records: ["three"], firstSeq: 3, ids },
      agenda: [item("timer:a"), item("timer:b", 3)],
    });

    const outcomes = [
      await other.restore(author.address, "another head", what),
      await other.restore(author.address, seen, what),
      await other.restore(author.address, seen, what),
    ];

    expect(outcomes).toEqual(["lost", "restored", "lost"]);
    expect(await store.load(author.address)).toBe(author.envelope);
    expect(await store.records(author.address, 0, 9)).toEqual([{ seq: 3, line: "three" }]);
    const asks = ["old", "new"].map((idKey) => ({ idKey, digest: "d" }));
    expect(await store.confirm(author.address, author.headNow, asks)).toEqual({
      ...{ kind: "current", known: ids, journaled: 3 },
    });
    const claimed = await store.claim(9, 1_000);
    expect(claimed.map(({ key }) => key).sort()).toEqual(["timer:a", "timer:b"]);
    expect(await store.dirty(9)).toEqual([]);
    expect((await author.write(other)).kind).toBe("committed");
  });

  test("C1: work under a lease stays under it when its actor is restored", async () => {
    const { store, other } = bench();
    const author = new Author("at-work");
    await author.write(store, { agenda: { put: [item("effect:1.0")], remove: [] } });
    const [work] = await store.claim(1, 60_000);

    await other.restore(
      author.address,
      author.headNow,
      author.installation({ agenda: [item("effect:1.0")] }),
    );

    expect(await other.claim(9, 1_000)).toEqual([]);
    expect(work !== undefined && (await store.renew(work, 60_000))).toBe(true);
  });

  test("C14: what is put back as begun is begun, and what is there already becomes so", async () => {
    const { store, other } = bench();
    const author = new Author("doubted");
    await author.write(store, { agenda: { put: [item("effect:1.0")], remove: [] } });
    const agenda = ["effect:1.0", "effect:1.1", "effect:1.2"].map((key) => ({
      ...item(key),
      begun: key !== "effect:1.2",
    }));

    await other.restore(author.address, author.headNow, author.installation({ agenda }));

    const claimed = await store.claim(9, 60_000);
    expect(claimed.map(({ key, begun }) => [key, begun])).toEqual([
      ["effect:1.0", true],
      ["effect:1.1", true],
      ["effect:1.2", false],
    ]);
  });

  test("C14: who is at work keeps his lease on what is put back as begun, and does not take it back", async () => {
    const { store, other } = bench();
    const author = new Author("handed-in");
    await author.write(store, { agenda: { put: [item("effect:1.0")], remove: [] } });
    const [work] = await store.claim(1, 60_000);
    const agenda = [{ ...item("effect:1.0"), begun: true }];

    await other.restore(author.address, author.headNow, author.installation({ agenda }));

    expect(await other.claim(9, 60_000)).toEqual([]);
    expect(work !== undefined && (await store.begin(work, 60_000))).toBe(true);
    expect(work !== undefined && (await store.release(work, 0))).toBe(true);
    expect(await other.claim(9, 60_000)).toMatchObject([{ begun: true }]);
  });

  test("C14: a hydration puts back what it says was begun", async () => {
    const { store, other } = bench();
    const author = new Author("put-back");
    author.went(author.commit());
    await store.reserve(author.address, "ticket");
    const agenda = [{ ...item("effect:1.0"), begun: true }, item("effect:1.1")];

    await store.install(author.address, "ticket", author.installation({ agenda }));

    const claimed = await other.claim(9, 60_000);
    expect(claimed.map(({ key, begun }) => [key, begun])).toEqual([
      ["effect:1.0", true],
      ["effect:1.1", false],
    ]);
  });

  test("C1: whoever follows a restored actor is told to look again", async () => {
    const { store, other } = bench();
    const author = new Author("followed");
    await author.write(store);
    const heard = new Heard();
    await other.subscribe(author.address, heard);
    const seen = author.headNow;
    const rebuilt = new Author("followed", "rebuilt");
    rebuilt.went(rebuilt.commit({ records: ["one"] }));

    await store.restore(author.address, seen, rebuilt.installation({ records: [], firstSeq: 2 }));
    await rebuilt.write(store);

    await eventually(() => heard.resets > 0);
    expect(heard.resets).toBeGreaterThan(0);
  });

  test("C18: no commit holds on an actor that was set aside, and its bytes stay", async () => {
    const { store, other } = bench();
    const author = new Author("aside");
    await author.write(store);
    const head = author.headNow;

    const outcomes = [
      await other.setAside(author.address, "another head"),
      await other.setAside(author.address, head),
      await other.setAside(author.address, head),
    ];

    expect(outcomes).toEqual(["lost", "aside", "lost"]);
    expect((await author.write(store)).kind).toBe("conflict");
    expect((await store.confirm(author.address, head, [])).kind).toBe("moved");
    const stored = await store.inspect(author.address);
    expect(stored?.envelope).toBe(author.envelope);
    expect(stored?.head).not.toBe(head);
    const back = author.installation();
    expect(await store.restore(author.address, stored?.head ?? "", back)).toBe("restored");
    expect((await author.write(store)).kind).toBe("committed");
  });

  test("C7: reindexing owes just what it is told, at that head, and keeps leases", async () => {
    const { store, other } = bench();
    const author = new Author("reindexed");
    const put = [item("timer:stays"), item("timer:goes"), item("timer:newer", 1)];
    await author.write(store, { agenda: { put, remove: [] } });
    await store.claim(9, NEVER / 2);
    const wanted = [item("timer:stays"), item("timer:newer", 2), item("timer:missing")];

    expect(await other.reindex(author.address, "another head", [])).toBe("moved");
    expect(await other.reindex(author.address, author.headNow, wanted)).toBe("done");

    const claimed = await store.claim(9, 1_000);
    expect(claimed.map(({ key, generation }) => [key, generation])).toEqual([
      ["timer:missing", 1],
      ["timer:newer", 2],
    ]);
  });

  test("C14: reindexing puts back as begun what it says, and leaves what is there as it is", async () => {
    const { store, other } = bench();
    const author = new Author("lost-from-the-agenda");
    await author.write(store, { agenda: { put: [item("effect:1.0")], remove: [] } });
    const begun = ["effect:1.0", "effect:1.1"].map((key) => ({ ...item(key), begun: true }));

    await other.reindex(author.address, author.headNow, begun);

    const claimed = await store.claim(9, 1_000);
    expect(claimed.map((each) => [each.key, each.begun])).toEqual([
      ["effect:1.0", false],
      ["effect:1.1", true],
    ]);
  });

  test("C6: ids are reclaimed at that head, in the place of what was known of them", async () => {
    const { store, other } = bench();
    const author = new Author("reclaimed");
    const claims = ["a", "b"].map((idKey) => ({ idKey, digest: "d", seq: 1 }));
    await author.write(store, { claims });
    const ids = [
      { idKey: "b", digest: "other", seq: 1 },
      { idKey: "c", digest: "d", seq: 1 },
    ];

    const outcomes = [
      await other.reclaim(author.address, "another head", ids),
      await other.reclaim(new Author("nobody").address, author.headNow, ids),
    ];
    const before = await store.confirm(author.address, author.headNow, [...claims, ...ids]);
    outcomes.push(await other.reclaim(author.address, author.headNow, ids));

    expect(outcomes).toEqual(["moved", "moved", "done"]);
    expect(before).toMatchObject({ known: [...claims, claims[1]] });
    const asks = ["a", "b", "c"].map((idKey) => ({ idKey, digest: "d" }));
    expect(await store.confirm(author.address, author.headNow, asks)).toMatchObject({
      known: [claims[0], ...ids],
    });
  });

  test("C7: reindexing makes dirty what the journal lacks, and nothing else", async () => {
    const { store } = bench();
    const author = new Author("soiled");
    await author.write(store);
    await store.journaled(author.address, 1, author.headNow);
    await store.reindex(author.address, author.headNow, []);
    const clean = await store.dirty(9);
    await author.write(store);
    await store.reindex(author.address, author.headNow, []);

    expect(clean).toEqual([]);
    expect(await store.dirty(9)).toMatchObject([{ seq: 2 }]);
  });

  test("what the journal has leaves the log, but for the newest; what it lacks never does", async () => {
    const { store, other } = bench();
    const author = new Author("trimmed");
    for (let batch = 0; batch < 10; batch += 1) {
      const records = run(1, 60).map((n) => `record ${batch} ${n}`);
      await author.write(store, { records });
    }

    await store.journaled(author.address, 550, "an earlier head");
    const [first] = await other.records(author.address, 0, 1);
    await store.journaled(author.address, 600, author.headNow);
    const left = await other.records(author.address, 0, 1_000);

    expect(first?.seq).toBe(550 - LOG_KEPT + 1);
    expect(left.map(({ seq }) => seq)).toEqual(run(600 - LOG_KEPT + 1, 600));
    expect((await author.write(store)).kind).toBe("committed");
  });

  test("a commit and a confirmation tell how far the journal is", async () => {
    const { store, other } = bench();
    const author = new Author("told");
    await author.writeMany(store, 3);
    await store.journaled(author.address, 2, "an earlier head");

    expect(await other.confirm(author.address, author.headNow, [])).toMatchObject({ journaled: 2 });
    expect(await author.write(store)).toMatchObject({ kind: "committed", journaled: 2 });
  });
}
