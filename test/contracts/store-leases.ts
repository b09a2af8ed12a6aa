/** Contract of the store, part: who holds what is owed, whether it was begun, and wanted. */
import { expect, test } from "bun:test";
import type { ActorStore, ClaimedItem } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { Author } from "./author.ts";
import { item, only, owing, some } from "./store-agenda.ts";
import type { Bench } from "./store.ts";

const LONG_MS = 60_000;
const SHORT_MS = 25;
const KEY = "effect:1.0";

export function leasesContract(bench: () => Bench): void {
  test("C14: who commits an item with a lease holds it as if claimed", async () => {
    const { store, other } = bench();
    const author = new Author("committer");
    const mine = await leased(store, author, { leaseMs: LONG_MS });

    expect(await other.claim(9, LONG_MS)).toEqual([]);
    expect(await store.renew({ ...mine, lease: "another" }, 1)).toBe(false);
    expect(await store.renew({ ...mine, generation: 7 }, 1)).toBe(false);
    expect(await store.renew(mine, 1)).toBe(true);
    const next = only(await eventually(async () => some(await other.claim(1, LONG_MS))));

    expect(next).toMatchObject({ attempt: 2, begun: false });
    expect(await store.renew(mine, LONG_MS)).toBe(false);
    expect(await store.begin(mine, LONG_MS)).toBe(false);
  });

  test("C14: without a lease nothing is begun, renewed, released or dropped", async () => {
    const { store } = bench();
    const author = await owing(bench(), "free");
    const nobodys: ClaimedItem = {
      ...item(KEY, 1),
      ...{ address: author.address, attempt: 0, lease: "", begun: false },
    };

    expect(await store.begin(nobodys, LONG_MS)).toBe(false);
    expect(await store.renew(nobodys, LONG_MS)).toBe(false);
    expect(await store.release(nobodys, LONG_MS)).toBe(false);
    expect(await store.drop(nobodys)).toBe(false);
    expect(await store.claim(9, LONG_MS)).toMatchObject([{ attempt: 1 }]);
  });

  test("C14: work that goes on under a lease that the store has lost is begun, and under it", async () => {
    const { store, other } = bench();
    const author = await owing(bench(), "resumed");
    const mine = { ...only(await store.claim(1, SHORT_MS)), lease: "mine" };
    await eventually(async () => some(await other.claim(1, SHORT_MS)));

    expect(await store.resume(mine, LONG_MS)).toBe(true);
    expect(await other.claim(9, LONG_MS)).toEqual([]);
    expect(await store.renew(mine, SHORT_MS)).toBe(true);
    const next = only(await eventually(async () => some(await other.claim(1, LONG_MS))));
    expect(next).toMatchObject({ begun: true, address: author.address });
  });

  test("C14: work is resumed that the store does not owe any more, and not what was put anew", async () => {
    const { store, other } = bench();
    const author = new Author("gone");
    const lost = { address: author.address, key: KEY, claimableAt: 1, attempt: 1, lease: "mine" };

    expect(await store.resume({ ...lost, generation: 2, begun: true }, SHORT_MS)).toBe(true);
    expect(await store.resume({ ...lost, generation: 1, begun: true }, LONG_MS)).toBe(false);

    const found = only(await eventually(async () => some(await other.claim(1, LONG_MS))));
    expect(found).toMatchObject({ generation: 2, begun: true });
    expect(await other.drop(found)).toBe(true);
  });

  test("C14: a lease that lapses after the work was begun tells the next who claims", async () => {
    const { store, other } = bench();
    await owing(bench(), "begun");
    const first = only(await store.claim(1, LONG_MS));

    expect(first.begun).toBe(false);
    expect(await store.begin(first, SHORT_MS)).toBe(true);
    const second = only(await eventually(async () => some(await other.claim(1, SHORT_MS))));
    const third = only(await eventually(async () => some(await store.claim(1, LONG_MS))));

    expect([second.begun, third.begun]).toEqual([true, true]);
    expect(await other.begin(second, LONG_MS)).toBe(false);
  });

  test("C14: only the lease under which the work was begun takes that back", async () => {
    const { store, other } = bench();
    await owing(bench(), "back");
    const first = only(await store.claim(1, LONG_MS));
    await store.begin(first, LONG_MS);
    await store.release(first, 0);

    const second = only(await other.claim(1, LONG_MS));
    await other.begin(second, SHORT_MS);
    const third = only(await eventually(async () => some(await store.claim(1, LONG_MS))));
    await store.release(third, 0);
    const fourth = only(await store.claim(1, LONG_MS));

    expect([second, third, fourth].map(({ begun }) => begun)).toEqual([false, true, true]);
    expect([second, third, fourth].map(({ attempt }) => attempt)).toEqual([2, 3, 4]);
  });

  test("C15: what is cancelled while it is held can be neither begun nor renewed", async () => {
    const { store, other } = bench();
    const author = await owing(bench(), "unwanted");
    const held = only(await store.claim(1, LONG_MS));

    await author.write(store, { agenda: { put: [], remove: [], cancel: [KEY] } });

    expect(await store.begin(held, LONG_MS)).toBe(false);
    expect(await store.renew(held, LONG_MS)).toBe(false);
    expect(await other.claim(9, LONG_MS)).toEqual([]);
    expect(await store.release(held, 0)).toBe(true);
    const settling = only(await other.claim(9, LONG_MS));
    expect(await other.begin(settling, LONG_MS)).toBe(false);
    expect(await other.renew(settling, LONG_MS)).toBe(false);
  });

  test("C15: what is cancelled while nobody holds it is claimable at once", async () => {
    const { store, other } = bench();
    const author = new Author("waiting");
    const later = store.now() + LONG_MS;
    await author.write(store, { agenda: { put: [item(KEY, later)], remove: [] } });
    expect(await other.claim(9, LONG_MS)).toEqual([]);

    const cancel = [KEY, "never there"];
    await author.write(store, { agenda: { put: [], remove: [], cancel } });

    expect(await other.claim(9, LONG_MS)).toMatchObject([{ key: KEY, attempt: 1 }]);
  });

  test("C15: a key that is put again is wanted again", async () => {
    const { store } = bench();
    const author = await owing(bench(), "again");
    await author.write(store, { agenda: { put: [], remove: [], cancel: [KEY] } });

    const put = [{ key: KEY, generation: 3, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: [] } });

    const claimed = only(await store.claim(9, LONG_MS));
    expect(await store.begin(claimed, LONG_MS)).toBe(true);
  });

  test("C13: what is not owed leaves the agenda, unless it was put again meanwhile", async () => {
    const { store, other } = bench();
    await owing(bench(), "stray");
    const author = await owing(bench(), "renewed");
    const claimed = await store.claim(9, LONG_MS);
    const put = [{ key: KEY, generation: 2, claimableAt: 1 }];
    await author.write(other, { agenda: { put, remove: [] } });

    const dropped = new Map<string, boolean>();
    for (const each of claimed) {
      dropped.set(each.address.id, await store.drop(each));
    }

    expect(Object.fromEntries(dropped)).toEqual({ renewed: false, stray: true });
    expect(await other.claim(9, LONG_MS)).toMatchObject([{ generation: 2 }]);
  });

  test("C13: who has lost the lease drops nothing", async () => {
    const { store, other } = bench();
    await owing(bench(), "lapsed");
    const first = only(await store.claim(1, SHORT_MS));
    const second = only(await eventually(async () => some(await other.claim(1, SHORT_MS))));

    expect(await store.drop(first)).toBe(false);
    expect(await other.drop(second)).toBe(true);
    expect(await store.drop(second)).toBe(false);
  });

  test("C27: what is left claimable at once is told to who listens; what is held is not", async () => {
    const { store, other } = bench();
    const author = new Author("woken");
    let woken = 0;
    const stop = other.onClaimable(() => {
      woken += 1;
    });
    await eventually(async () => {
      await new Author(`probe${store.now()}-${Math.floor(performance.now() * 1e3)}`).write(store, {
        agenda: { put: [item(KEY, store.now())], remove: [] },
      });
      return woken > 0;
    });
    const before = await quiet(() => woken);

    await leased(store, author, { leaseMs: LONG_MS });
    const put = [item("timer:a", store.now() + LONG_MS)];
    await author.write(store, { agenda: { put, remove: [] } });
    const held = await quiet(() => woken);
    await author.write(store, { agenda: { put: [], remove: [], cancel: [KEY] } });
    await eventually(() => woken > held);
    stop();
    const stopped = woken;
    await author.write(store, { agenda: { put: [item(KEY, store.now())], remove: [] } });

    expect(held).toBe(before);
    expect(await quiet(() => woken)).toBe(stopped);
  });
}

/** Put with a lease by its committer, who then holds it. */
async function leased(
  store: ActorStore,
  author: Author,
  { leaseMs }: { readonly leaseMs: number },
): Promise<ClaimedItem> {
  const put = { ...item(KEY, store.now() + leaseMs), lease: "of the committer" };
  await author.write(store, { agenda: { put: [put], remove: [] } });
  return { ...put, address: author.address, attempt: 1, begun: false };
}

/** The count once nothing has come for a while. */
async function quiet(count: () => number): Promise<number> {
  let last = count();
  let since = performance.now();
  return eventually(() => {
    if (count() !== last) {
      [last, since] = [count(), performance.now()];
    }
    return performance.now() - since > 100 ? { last } : undefined;
  }).then((settled) => settled.last);
}
