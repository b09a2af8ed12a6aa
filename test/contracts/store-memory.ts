/** Contract of the store, part: what nodes remember of it after it came back without it (C1). */
import { expect, test } from "bun:test";
import { chainOn } from "../../actors/envelope.ts";
import type { KeptRecord } from "../../actors/store.ts";
import { Author } from "./author.ts";
import type { Bench } from "./store.ts";

/** What the author's node keeps of the records after this one. */
function keptAfter(author: Author, after: number): readonly KeptRecord[] {
  let head = new Author(author.address.id, author.epoch).headNow;
  const all = author.lines.map((line, at) => {
    head = chainOn(head, line);
    return { seq: at + 1, line, head, epoch: author.epoch };
  });
  return all.slice(after);
}

export function memoryContract(bench: () => Bench): void {
  test("C1: what the log has need not be remembered", async () => {
    const { store, other } = bench();
    const author = new Author("whole");
    await author.writeMany(store, 3);

    expect(await other.remember(author.address, keptAfter(author, 0))).toBe("there");
    expect(await other.remember(author.address, keptAfter(author, 2))).toBe("there");
    await author.write(store);
    expect(await other.remember(author.address, keptAfter(author, 1).slice(0, 2))).toBe("there");
    expect(await store.remembered(author.address)).toEqual([]);
  });

  test("C1: what is missing, other, or of nobody is remembered, ascending, until it is proven", async () => {
    const { store, other } = bench();
    const author = new Author("rewound");
    await author.writeMany(store, 2);
    author.went(author.commit({ records: ["three", "four"] }));
    const kept = keptAfter(author, 1);

    expect(await other.remember(author.address, kept.slice(1))).toBe("kept");
    expect(await store.remember(author.address, kept.slice(0, 2))).toBe("kept");

    expect(await other.remembered(author.address)).toEqual([...kept]);
    await store.proven(author.address, kept.slice(0, 2));
    expect(await other.remembered(author.address)).toEqual(kept.slice(2));
  });

  test("C1: a record that was changed in the log is remembered as it was", async () => {
    const { store } = bench();
    const author = new Author("flipped");
    await author.writeMany(store, 2);
    const [kept] = keptAfter(author, 0);
    const changed = [{ seq: 1, head: "h", epoch: "first", line: `${kept?.line} ` }];

    expect(await store.remember(author.address, changed)).toBe("kept");
    expect(await store.remembered(author.address)).toEqual(changed);
  });

  test("C1: what the journal has is not asked for in a log that was trimmed", async () => {
    const { store } = bench();
    const author = new Author("trimmed");
    await author.writeMany(store, 600);
    await store.journaled(author.address, author.seq, author.headNow);

    expect(await store.remember(author.address, keptAfter(author, 0))).toBe("there");
  });

  test("C1: an actor of which more is remembered is not evicted", async () => {
    const { store } = bench();
    const author = new Author("missed");
    await author.write(store);
    await store.journaled(author.address, 1, author.headNow);
    const head = author.headNow;
    author.went(author.commit({ records: ["two"] }));
    const kept = keptAfter(author, 1);
    await store.remember(author.address, kept);

    expect(await store.evict(author.address, head, 0)).toBe("kept");
    await store.proven(author.address, kept);
    expect(await store.evict(author.address, head, 0)).toBe("evicted");
  });
}
