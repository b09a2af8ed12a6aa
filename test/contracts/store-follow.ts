/** Contract of the store, part: subscriptions. */
import { expect, test } from "bun:test";
import { eventually } from "../support/eventually.ts";
import { Author, Heard, run } from "./author.ts";
import type { Bench } from "./store.ts";

export function followContract(bench: () => Bench): void {
  test("a follower hears every record after it subscribed, from any node, once, in order", async () => {
    const { store, other } = bench();
    const author = new Author("follow");
    await author.write(store, { records: ["one", "two"] });
    const here = new Heard();
    const there = new Heard();

    await store.subscribe(author.address, here);
    await other.subscribe(author.address, there);
    for (const at of run(1, 30)) {
      await author.write(at % 2 === 0 ? store : other, {
        records: [`${at}a`, `größer ${at} 😀\n`],
      });
    }

    await eventually(() => here.records.length >= 60 && there.records.length >= 60);
    expect(here.records).toEqual(author.log.slice(2));
    expect(there.records).toEqual(author.log.slice(2));
    expect([here.resets, there.resets]).toEqual([0, 0]);
  });

  test("followers of many actors hear gapless runs while all commit at once", async () => {
    const { store, other } = bench();
    const authors = run(1, 20).map((n) => new Author(`many${n}`));
    const heard = await Promise.all(
      authors.map(async (author) => {
        const ear = new Heard();
        await other.subscribe(author.address, ear);
        return ear;
      }),
    );

    await Promise.all(authors.map((author) => author.writeMany(store, 25)));

    await eventually(() => heard.every(({ records }) => records.length >= 25));
    expect(heard.map(({ seqs }) => seqs)).toEqual(authors.map(() => run(1, 25)));
    expect(heard.every(({ resets }) => resets === 0)).toBe(true);
  });

  test("a record is heard only when it is durable: the log already has it", async () => {
    const { store, other } = bench();
    const author = new Author("durable");
    const seen: Promise<number>[] = [];
    await other.subscribe(author.address, {
      onRecords: (records) => {
        const last = records.at(-1)?.seq ?? 0;
        seen.push(store.records(author.address, last - 1, 1).then((found) => found.length));
      },
      onReset: () => {},
    });

    await author.writeMany(store, 10);

    await eventually(() => seen.length === 10);
    expect(await Promise.all(seen)).toEqual(run(1, 10).map(() => 1));
  });

  test("nothing is heard of a commit that conflicted, was known or was refused", async () => {
    const { store } = bench();
    const author = new Author("silent");
    const id = { idKey: "a", digest: "d", seq: 1 };
    await author.write(store, { claims: [id] });
    const heard = new Heard();
    await store.subscribe(author.address, heard);

    await store.commit(author.address, new Author("silent", "other").commit());
    await store.commit(author.address, author.commit({ claims: [id] }));
    await store.commit(author.address, author.commit({ firstSeq: 9 })).catch(() => undefined);
    await author.write(store, { records: ["heard"] });

    await eventually(() => heard.records.length > 0);
    expect(heard.records).toEqual([{ seq: 2, line: "heard" }]);
  });

  test("every follower hears for itself, and none after it stopped", async () => {
    const { store } = bench();
    const author = new Author("stop");
    const [stopped, stays, late] = [new Heard(), new Heard(), new Heard()];
    const stop = await store.subscribe(author.address, stopped);
    await store.subscribe(author.address, stays);
    await author.write(store);
    await eventually(() => stays.seqs.length === 1 && stopped.seqs.length === 1);

    stop();
    stop();
    await author.write(store);
    await store.subscribe(author.address, late);
    await author.write(store);

    await eventually(() => stays.seqs.length === 3 && late.seqs.length === 1);
    expect([stopped.seqs, stays.seqs, late.seqs]).toEqual([[1], [1, 2, 3], [3]]);
  });

  test("who stopped and subscribes again hears what is committed from then on", async () => {
    const { store } = bench();
    const author = new Author("back");
    const heard = new Heard();

    for (let round = 0; round < 10; round += 1) {
      const stop = await store.subscribe(author.address, heard);
      await author.write(store);
      await eventually(() => heard.seqs.at(-1) === author.seq);
      stop();
      await author.write(store);
    }

    expect(heard.seqs).toEqual(run(1, 10).map((n) => 2 * n - 1));
    expect(heard.resets).toBe(0);
  });

  test("one follower that throws takes nothing from the others, nor from the author", async () => {
    const { store } = bench();
    const author = new Author("throws");
    const heard = new Heard();
    const thrown = (): never => {
      throw new TypeError("a bug in a follower");
    };
    await store.subscribe(author.address, { onRecords: thrown, onReset: thrown });
    await store.subscribe(author.address, heard);

    await author.write(store);
    await author.write(store);

    await eventually(() => heard.seqs.length === 2);
    expect(heard.seqs).toEqual([1, 2]);
  });

  test("a follower of an actor that sleeps and comes back hears on without a reset", async () => {
    const { store, other } = bench();
    const author = new Author("sleeps");
    await author.write(store);
    const heard = new Heard();
    await other.subscribe(author.address, heard);
    await author.write(store);
    await eventually(() => heard.seqs.length === 1);

    await store.journaled(author.address, author.seq, author.headNow);
    await store.evict(author.address, author.headNow, 0);
    await store.reserve(author.address, "ticket");
    await store.install(author.address, "ticket", author.installation());
    await author.write(store);

    await eventually(() => heard.seqs.length === 2);
    expect([heard.seqs, heard.resets]).toEqual([[2, 3], 0]);
  });

  test("a follower of an actor that comes back with another history is reset", async () => {
    const { store, other } = bench();
    const author = new Author("forked");
    await author.write(store);
    const heard = new Heard();
    await other.subscribe(author.address, heard);
    await author.write(store);
    await eventually(() => heard.seqs.length === 1);
    const fork = new Author("forked", "second");
    fork.went(fork.commit());

    await store.journaled(author.address, author.seq, author.headNow);
    await store.evict(author.address, author.headNow, 0);
    await store.reserve(author.address, "ticket");
    await store.install(author.address, "ticket", fork.installation());
    await eventually(() => heard.resets === 1);
    await fork.write(store, { records: ["of the new history"] });

    await eventually(() => heard.seqs.length === 2);
    expect(heard.records.at(-1)).toEqual({ seq: 2, line: "of the new history" });
    expect(heard.resets).toBe(1);
  });
}
