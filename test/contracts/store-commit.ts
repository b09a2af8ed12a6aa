/** Contract of the store, part: commit, confirm, load and records. */
import { expect, test } from "bun:test";
import {
  COMMIT_BYTES_MAX,
  COMMIT_RECORDS_MAX,
  CommitTooLarge,
  ENVELOPE_BYTES_MAX,
  RECORDS_MAX,
} from "../../actors/store.ts";
import { Author, addressOf, run } from "./author.ts";
import type { Bench } from "./store.ts";
import { failureOf } from "../support/failure.ts";

export function commitContract(bench: () => Bench): void {
  test("an actor that was never born is absent everywhere", async () => {
    const { store } = bench();
    const nobody = addressOf("nobody");

    expect(await store.load(nobody)).toBeUndefined();
    expect(await store.records(nobody, 0, 10)).toEqual([]);
    expect(await store.confirm(nobody, "head", [])).toEqual({ kind: "absent" });
    const commit = { ...new Author("nobody").commit(), expected: "head", firstSeq: 2 };
    expect(await store.commit(nobody, commit)).toEqual({ kind: "absent" });
  });

  test("a commit is there for every node once it resolved, byte for byte", async () => {
    const { store, other } = bench();
    const author = new Author("bytes");

    await author.write(store, { records: ['{"text":"größer 😀 \\n"}', "two\nlines", ""] });

    expect(await other.load(author.address)).toBe(author.envelope);
    expect(await other.records(author.address, 0, 10)).toEqual(author.log);
  });

  test("a commit that arrives after its time is late, and writes nothing", async () => {
    const { store, other } = bench();
    const author = new Author("late");
    await author.write(store);
    const claims = [{ idKey: "k", digest: "d", seq: 2 }];
    const late = author.commit({ claims, notAfter: store.now() - 1_000 });

    expect(await other.commit(author.address, late)).toEqual({ kind: "late" });

    expect(await store.load(author.address)).toBe(author.envelope);
    expect(await store.records(author.address, 0, 10)).toEqual(author.log);
    const inTime = author.commit({ claims, notAfter: store.now() + 60_000 });
    expect(await store.commit(author.address, inTime)).toEqual({
      kind: "committed",
      known: [],
      journaled: 0,
    });
  });

  test("an actor is born once: the second birth meets the first one's envelope", async () => {
    const { store, other } = bench();
    const first = new Author("born", "first");
    const second = new Author("born", "second");

    const births = await Promise.all([first.write(store), second.write(other)]);

    const winner = births[0]?.kind === "committed" ? first : second;
    expect(births).toContainEqual({ kind: "committed", known: [], journaled: 0 });
    expect(births).toContainEqual({ kind: "conflict", envelope: winner.envelope });
    expect(await store.load(first.address)).toBe(winner.envelope);
  });

  test("of commits on one head exactly one holds; the others meet its envelope", async () => {
    const { store, other } = bench();
    const author = new Author("race");
    await author.write(store);

    const rivals = run(1, 16).map((n) => author.commit({ records: [`rival ${n}`] }));
    const outcomes = await Promise.all(
      rivals.map((rival, at) => (at % 2 === 0 ? store : other).commit(author.address, rival)),
    );

    const won = rivals.filter((_, at) => outcomes[at]?.kind === "committed");
    expect(won).toHaveLength(1);
    const [winner = author.commit()] = won;
    const lost = outcomes.filter(({ kind }) => kind !== "committed");
    expect(lost).toEqual(run(1, 15).map(() => ({ kind: "conflict", envelope: winner.envelope })));
    expect((await store.records(author.address, 1, 9)).map(({ line }) => line)).toEqual([
      ...winner.records,
    ]);
  });

  test("heads are compared, not counters: another history of the same length conflicts", async () => {
    const { store } = bench();
    const author = new Author("heads");
    const rewound = new Author("heads", "another life");
    await author.write(store);
    rewound.went(rewound.commit());

    const outcome = await store.commit(author.address, rewound.commit());

    expect(outcome).toEqual({ kind: "conflict", envelope: author.envelope });
    expect(await store.records(author.address, 0, 9)).toEqual(author.log);
  });

  test("a commit whose first seq is not the next is refused and writes nothing", async () => {
    const { store } = bench();
    const author = new Author("seq");
    await author.write(store);
    const item = { key: "timer:a", generation: 1, claimableAt: 1 };

    for (const firstSeq of [2 + 1, 7]) {
      const agenda = { put: [item], remove: [] };
      const wrong = author.commit({ firstSeq, agenda, claims: [claim("x", firstSeq)] });
      expect(await failureOf(store.commit(author.address, wrong))).toBeInstanceOf(RangeError);
    }

    expect(await store.load(author.address)).toBe(author.envelope);
    expect(await store.records(author.address, 0, 9)).toEqual(author.log);
    expect(await store.claim(10, 1_000)).toEqual([]);
    expect(await store.confirm(author.address, author.headNow, [claim("x", 1)])).toEqual({
      kind: "current",
      known: [],
      journaled: 0,
    });
  });

  test("a commit over its limits is refused and writes nothing", async () => {
    const { store } = bench();
    const author = new Author("large");
    const line = "é".repeat(COMMIT_BYTES_MAX / 2);
    const envelope = "é".repeat(ENVELOPE_BYTES_MAX / 2);

    const tooManyBytes = author.commit({ records: [`${line}.`], envelope });
    const tooLargeAnEnvelope = author.commit({ records: [line], envelope: `${envelope}.` });
    const tooManyRecords = author.commit({ records: run(0, COMMIT_RECORDS_MAX).map(String) });
    const largest = author.commit({ records: [line], envelope });

    for (const commit of [tooManyBytes, tooLargeAnEnvelope, tooManyRecords]) {
      expect(await failureOf(store.commit(author.address, commit))).toBeInstanceOf(CommitTooLarge);
    }
    expect(await store.load(author.address)).toBeUndefined();
    expect((await store.commit(author.address, largest)).kind).toBe("committed");
    expect(await store.load(author.address)).toBe(envelope);
  });

  test("a commit without records, or that claims one id twice, is refused", async () => {
    const { store } = bench();
    const author = new Author("empty");
    const twice = author.commit({ claims: [claim("a", 1), claim("a", 1)] });
    const silent = { ...author.commit(), records: [] };

    expect(await failureOf(store.commit(author.address, silent))).toBeInstanceOf(RangeError);
    expect(await failureOf(store.commit(author.address, twice))).toBeInstanceOf(RangeError);
    expect(await store.load(author.address)).toBeUndefined();
  });

  test("a bad commit fails alone, whatever is committed beside it", async () => {
    const { store } = bench();
    const good = run(1, 8).map((n) => new Author(`good${n}`));
    const bad = new Author("bad");
    const broken = bad.commit({
      agenda: { put: [{ key: "timer:a", generation: 1, claimableAt: 0.5 }], remove: [] },
    });

    const outcomes = await Promise.allSettled([
      ...good.slice(0, 4).map((author) => author.write(store)),
      store.commit(bad.address, broken),
      ...good.slice(4).map((author) => author.write(store)),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(
      run(1, 9).map((n) => (n === 5 ? "rejected" : "fulfilled")),
    );
    expect(await store.load(bad.address)).toBeUndefined();
    expect(await Promise.all(good.map(({ address }) => store.load(address)))).toEqual(
      good.map(({ envelope }) => envelope),
    );
  });

  test("a known id is found again, with its seq and the digest it had", async () => {
    const { store, other } = bench();
    const author = new Author("ids");
    await author.write(store, { claims: [claim("a", 1)] });
    const asks = [
      { idKey: "a", digest: "another" },
      { idKey: "b", digest: "new" },
    ];

    const confirmed = await other.confirm(author.address, author.headNow, asks);
    const committed = await author.write(other, { asks });

    expect(confirmed).toEqual({ kind: "current", known: [claim("a", 1)], journaled: 0 });
    expect(committed).toEqual({ kind: "committed", known: [claim("a", 1)], journaled: 0 });
  });

  test("a batch with one known claim writes nothing and says which ids are known", async () => {
    const { store } = bench();
    const author = new Author("again");
    await author.write(store, { claims: [claim("a", 1)] });
    await author.write(store, { claims: [claim("b", 2)] });
    const agenda = { put: [{ key: "timer:a", generation: 1, claimableAt: 1 }], remove: [] };
    const claims = [claim("c", 3), { idKey: "a", digest: "other", seq: 4 }];

    const outcome = await author.write(store, {
      records: ["three", "four"],
      claims,
      asks: [claim("b", 9), claim("d", 9)],
      agenda,
    });

    expect(outcome).toEqual({ kind: "known", known: [claim("a", 1), claim("b", 2)] });
    expect(await store.load(author.address)).toBe(author.envelope);
    expect(await store.claim(10, 1_000)).toEqual([]);
    expect(await store.confirm(author.address, author.headNow, claims)).toMatchObject({
      known: [claim("a", 1)],
    });
  });

  test("ids are an actor's own: the same id is new to another actor", async () => {
    const { store } = bench();
    const one = new Author("one");
    const two = new Author("two");

    await one.write(store, { claims: [claim("a", 1)] });
    const outcome = await two.write(store, { claims: [claim("a", 1)] });

    expect(outcome).toEqual({ kind: "committed", known: [], journaled: 0 });
  });

  test("a stale head is told the newer envelope, and what is known of its ids", async () => {
    const { store } = bench();
    const author = new Author("stale");
    await author.write(store, { claims: [claim("a", 1)] });
    const stale = author.headNow;
    await author.write(store);

    const confirmed = await store.confirm(author.address, stale, [claim("a", 5)]);

    expect(confirmed).toEqual({
      kind: "moved",
      envelope: author.envelope,
      known: [claim("a", 1)],
    });
  });

  test("records come a page at a time, oldest first, after the seq that was asked", async () => {
    const { store } = bench();
    const author = new Author("pages");
    for (const batch of run(1, 20)) {
      await author.write(store, { records: run(1, 60).map((n) => `${batch}.${n}`) });
    }

    const seqsOf = async (after: number, limit: number): Promise<number[]> =>
      (await store.records(author.address, after, limit)).map(({ seq }) => seq);

    expect(await seqsOf(0, 3)).toEqual([1, 2, 3]);
    expect(await seqsOf(1_198, 10)).toEqual([1_199, 1_200]);
    expect(await seqsOf(1_200, 10)).toEqual([]);
    expect(await seqsOf(0, 0)).toEqual([]);
    expect(await seqsOf(0, 5_000)).toEqual(run(1, RECORDS_MAX));
    expect(await store.records(author.address, 0, 60)).toEqual(author.log.slice(0, 60));
  });

  test("what was acknowledged is there after everything was closed and opened again", async () => {
    const { store, again } = bench();
    const author = new Author("kept");
    await author.write(store, { claims: [claim("a", 1)] });
    await author.write(store, {
      agenda: { put: [{ key: "timer:a", generation: 2, claimableAt: 5 }], remove: [] },
    });
    await store.beat("node", []);

    const reopened = await (again?.() ?? store);

    expect(await reopened.load(author.address)).toBe(author.envelope);
    expect(await reopened.records(author.address, 0, 9)).toEqual(author.log);
    expect(await reopened.dirty(9)).toHaveLength(1);
    expect(await reopened.nodes()).toMatchObject([{ node: "node" }]);
    expect(await reopened.claim(9, 1_000)).toMatchObject([{ key: "timer:a", attempt: 1 }]);
    expect(await author.write(reopened, { claims: [claim("a", 3)] })).toMatchObject({
      kind: "known",
    });
    expect((await author.write(reopened)).kind).toBe("committed");
  });
}

function claim(
  idKey: string,
  seq: number,
): { readonly idKey: string; readonly digest: string; readonly seq: number } {
  return { idKey, digest: `digest of ${idKey}`, seq };
}
