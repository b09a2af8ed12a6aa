/** Contract of the store, part: whose the next commit is when somebody keeps losing. */
import { expect, test } from "bun:test";
import { LOSSES_MAX, RESERVED_MS } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { Author } from "./author.ts";
import type { Bench } from "./store.ts";

const quick = (losses = 0) => ({ contender: { node: "quick", losses } });
const slow = (losses: number) => ({ contender: { node: "slow", losses } });
const third = (losses: number) => ({ contender: { node: "third", losses } });

export function fairnessContract(bench: () => Bench): void {
  test("C11: the third loss in a row reserves the next commit, and others are told to wait", async () => {
    const { store, other } = bench();
    const { author, stale } = await contended(bench());

    for (let losses = 0; losses < LOSSES_MAX - 1; losses += 1) {
      const lost = await other.commit(author.address, { ...stale, ...slow(losses) });
      expect(lost).toMatchObject({ kind: "conflict" });
      expect(await author.write(store, quick())).toMatchObject({ kind: "committed" });
    }
    // At once, so that they arrive while the reservation lasts.
    const [lost, refused, nobody] = await Promise.all([
      store.commit(author.address, { ...stale, ...slow(LOSSES_MAX - 1) }),
      store.commit(author.address, author.commit(quick())),
      store.commit(author.address, author.commit()),
    ]);
    const won = await author.write(other, slow(LOSSES_MAX));
    const after = await author.write(store, quick());

    expect([lost, refused, nobody].map(({ kind }) => kind)).toEqual([
      "conflict",
      "reserved",
      "reserved",
    ]);
    expect(refused.kind === "reserved" && refused.waitMs > 0).toBe(true);
    expect(refused.kind === "reserved" && refused.waitMs <= RESERVED_MS).toBe(true);
    expect([won, after].map(({ kind }) => kind)).toEqual(["committed", "committed"]);
    expect(await store.records(author.address, 0, 99)).toHaveLength(author.seq);
  });

  test("C11: a reservation whose node has died ends by the store's clock", async () => {
    const { store } = bench();
    const { author, stale } = await contended(bench());
    const reservedAt = store.now();
    const [, refused] = await Promise.all([
      store.commit(author.address, { ...stale, ...slow(LOSSES_MAX - 1) }),
      store.commit(author.address, author.commit(quick())),
    ]);

    await eventually(async () => {
      const committed = await author.write(store, quick());
      return committed.kind === "committed";
    });

    expect(refused.kind).toBe("reserved");
    expect(store.now() - reservedAt).toBeGreaterThanOrEqual(RESERVED_MS - 10);
  });

  test("C11: one who loses while another has the reservation does not take it over", async () => {
    const { store, other } = bench();
    const { author, stale } = await contended(bench());
    const [, , taken] = await Promise.all([
      store.commit(author.address, { ...stale, ...slow(LOSSES_MAX - 1) }),
      store.commit(author.address, { ...stale, ...third(LOSSES_MAX + 9) }),
      store.commit(author.address, author.commit(third(LOSSES_MAX))),
    ]);
    const own = await author.write(other, slow(LOSSES_MAX));

    expect([taken.kind, own.kind]).toEqual(["reserved", "committed"]);
  });

  test("C11: two losses reserve nothing, and an actor's reservation is no other's", async () => {
    const { store, other } = bench();
    const { author, stale } = await contended(bench());
    const elsewhere = new Author("elsewhere");
    await elsewhere.write(store);
    await other.commit(author.address, { ...stale, ...slow(LOSSES_MAX - 2) });
    const free = await author.write(store, quick());

    const [, there] = await Promise.all([
      other.commit(author.address, { ...stale, ...slow(LOSSES_MAX - 1) }),
      elsewhere.write(store, quick()),
    ]);

    expect([free.kind, there.kind]).toEqual(["committed", "committed"]);
  });
}

/** An actor, and a commit on what it was before its last record. */
async function contended({ store }: Bench) {
  const author = new Author("contended");
  await author.write(store);
  const stale = author.commit();
  await author.write(store, quick());
  return { author, stale };
}
