/** Contract of the store, part: envelopes that are written whole, and behind what is there. */
import { expect, test } from "bun:test";
import type { Commit } from "../../actors/store.ts";
import { partIdOf } from "../../actors/written.ts";
import { failureOf } from "../support/failure.ts";
import { Author } from "./author.ts";
import type { Bench } from "./store.ts";

export function envelopeContract(bench: () => Bench): void {
  test("what is written behind an envelope is read with it, by every node, now and later", async () => {
    const { store, other, again } = bench();
    const author = new Author("behind");
    const [whole, parts] = await writtenBehind(author, store, 2);
    const both = whole.envelope + parts.map(({ envelope }) => envelope).join("");

    expect(await other.load(author.address)).toBe(both);
    const { headNow: head, seq } = author;
    expect(await other.inspect(author.address)).toEqual({ head, seq, envelope: both });
    expect(await other.confirm(author.address, "old", [])).toMatchObject({ envelope: both });
    const stale = { ...author.commit(), expected: whole.head };
    expect(await other.commit(author.address, stale)).toEqual({ kind: "conflict", envelope: both });
    if (again !== undefined) {
      expect(await (await again()).load(author.address)).toBe(both);
    }
  });

  test("what would go behind something else than was written last conflicts, and is not written", async () => {
    const { store } = bench();
    const author = new Author("elsewhere");
    const [whole, [part]] = await writtenBehind(author, store, 1);
    const both = whole.envelope + part?.envelope;

    const misplaced = author.behind(partIdOf(whole.envelope));
    const conflict = { kind: "conflict", envelope: both } as const;

    expect(await store.commit(author.address, misplaced)).toEqual(conflict);
    expect(await store.load(author.address)).toBe(both);
    expect(await store.records(author.address, 0, 9)).toEqual(author.log);
  });

  test("a whole envelope takes the place of all that was there", async () => {
    const { store, other } = bench();
    const author = new Author("anew");
    const [, [part]] = await writtenBehind(author, store, 1);
    await author.write(other);

    expect(await store.load(author.address)).toBe(author.envelope);
    const late = author.behind(partIdOf(part?.envelope ?? ""));
    expect(await store.commit(author.address, late)).toMatchObject({ kind: "conflict" });
  });

  test("nothing goes behind an envelope that was installed or restored", async () => {
    const { store } = bench();
    const author = new Author("back");
    const [, [part]] = await writtenBehind(author, store, 1);
    const { headNow: head, address, envelope } = author;
    const late = author.behind(partIdOf(part?.envelope ?? ""));
    const onWhole = author.behind(partIdOf(envelope));

    expect(await store.restore(address, head, author.installation())).toBe("restored");
    for (const commit of [late, onWhole]) {
      expect(await store.commit(address, commit)).toEqual({ kind: "conflict", envelope });
    }
    expect(await store.evict(address, head, 0)).toBe("evicted");
    await store.reserve(address, "ticket");
    expect(await store.install(address, "ticket", author.installation())).toBe("installed");
    for (const commit of [late, onWhole]) {
      expect(await store.commit(address, commit)).toEqual({ kind: "conflict", envelope });
    }
    expect(await author.write(store)).toMatchObject({ kind: "committed" });
  });

  test("an actor that was evicted leaves nothing behind which its next life would be read", async () => {
    const { store } = bench();
    const author = new Author("evicted");
    await writtenBehind(author, store, 1);
    const { headNow: head, address, envelope, seq } = author;
    await store.journaled(address, seq, head);

    expect(await store.evict(address, head, 0)).toBe("evicted");
    await store.reserve(address, "ticket");
    await store.install(address, "ticket", author.installation());

    expect(await store.load(address)).toBe(envelope);
  });

  test("a birth writes its envelope whole", async () => {
    const { store } = bench();
    const author = new Author("birth");

    const failure = await failureOf(store.commit(author.address, author.behind("any")));

    expect(failure).toBeInstanceOf(RangeError);
    expect(await store.load(author.address)).toBeUndefined();
  });
}

/** One whole, and so many parts behind it. */
async function writtenBehind(
  author: Author,
  store: Bench["store"],
  count: number,
): Promise<readonly [Commit, readonly Commit[]]> {
  const whole = author.commit();
  const parts: Commit[] = [];
  for (let last = whole; ; last = parts.at(-1) ?? whole) {
    expect(await store.commit(author.address, last)).toMatchObject({ kind: "committed" });
    author.went(last);
    if (parts.length === count) {
      return [whole, parts];
    }
    parts.push(author.behind(partIdOf(last.envelope)));
  }
}
