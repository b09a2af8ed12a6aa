/** Contract of the store, part: what is owed, and who works at it. */
import { expect, test } from "bun:test";
import type { AgendaItem } from "../../actors/store.ts";
import { eventually } from "../support/eventually.ts";
import { Author, run } from "./author.ts";
import type { Bench } from "./store.ts";

const LONG_MS = 60_000;
const SHORT_MS = 25;
/** Longer than a commit and a claim take on a machine that does much beside. */
const NOT_YET_MS = 400;

export function agendaContract(bench: () => Bench): void {
  test("what falls due is claimed oldest first, at most as many as were asked for", async () => {
    const { store, other } = bench();
    const now = store.now();
    for (const n of run(1, 12)) {
      const put = [item(`timer:${n}`, now - 1_000 * ((n * 7) % 13))];
      await new Author(`due${n}`).write(store, { agenda: { put, remove: [] } });
    }

    const claimed = [...(await store.claim(5, LONG_MS)), ...(await other.claim(99, LONG_MS))];

    const age = ({ key }: AgendaItem): number => (Number(key.slice("timer:".length)) * 7) % 13;
    expect(claimed.map(age)).toEqual(run(1, 12).reverse());
    expect(claimed.every(({ attempt }) => attempt === 1)).toBe(true);
    expect(await store.claim(99, LONG_MS)).toEqual([]);
  });

  test("what is not due yet is not claimed, and is once its time has come", async () => {
    const { store } = bench();
    const author = new Author("later");
    const claimableAt = store.now() + NOT_YET_MS;
    await author.write(store, { agenda: { put: [item("timer:a", claimableAt)], remove: [] } });

    expect(await store.claim(9, LONG_MS)).toEqual([]);
    const [claimed] = await eventually(async () => some(await store.claim(9, LONG_MS)));

    expect(claimed).toMatchObject({ address: author.address, key: "timer:a", generation: 1 });
    expect(store.now()).toBeGreaterThanOrEqual(claimableAt - 5);
  });

  test("two who claim at once never get the same item", async () => {
    const { store, other } = bench();
    const author = new Author("shared");
    const put = run(1, 40).map((n) => item(`effect:1.${n}`, n));
    await author.write(store, { agenda: { put, remove: [] } });

    const claims = await Promise.all(
      run(1, 10).map((n) => (n % 2 === 0 ? store : other).claim(7, LONG_MS)),
    );

    const keys = claims.flat().map(({ key }) => key);
    expect(keys).toHaveLength(40);
    expect(new Set(keys).size).toBe(40);
    expect(new Set(claims.flat().map(({ lease }) => lease)).size).toBe(40);
  });

  test("a lease that runs out lets the next one claim, and the attempt is counted", async () => {
    const { store, other } = bench();
    await owing(bench(), "lapse");

    const [first] = await store.claim(1, SHORT_MS);
    const [second] = await eventually(async () => some(await other.claim(1, LONG_MS)));

    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    expect(second?.lease).not.toBe(first?.lease);
    expect(second?.claimableAt ?? 0).toBeGreaterThan(store.now() + LONG_MS / 2);
  });

  test("renewing keeps an item from others; who lost the lease can neither renew nor release", async () => {
    const { store, other } = bench();
    await owing(bench(), "renew");
    const first = only(await store.claim(1, SHORT_MS));
    expect(await store.renew(first, LONG_MS)).toBe(true);
    const until = store.now() + 2 * SHORT_MS;
    await eventually(() => store.now() > until);
    expect(await other.claim(1, LONG_MS)).toEqual([]);

    expect(await store.renew(first, 1)).toBe(true);
    const second = only(await eventually(async () => some(await other.claim(1, LONG_MS))));

    expect(await store.renew(first, LONG_MS)).toBe(false);
    expect(await store.release(first, 0)).toBe(false);
    expect(await store.claim(1, LONG_MS)).toEqual([]);
    expect(await other.renew(second, LONG_MS)).toBe(true);
  });

  test("C8: a claim that was spared is not counted as an attempt", async () => {
    const { store } = bench();
    await owing(bench(), "spared");
    const [first] = await store.claim(9, LONG_MS);
    const [again] =
      first && (await store.release(first, 0, "spared")) ? await store.claim(9, LONG_MS) : [];
    const [third] = again && (await store.release(again, 0)) ? await store.claim(9, LONG_MS) : [];

    expect([first, again, third].map((each) => each?.attempt)).toEqual([1, 1, 2]);
  });

  test("a released item is claimable again at its time, and remembers its attempts", async () => {
    const { store, other } = bench();
    await owing(bench(), "release");
    const first = only(await store.claim(1, LONG_MS));

    expect(await store.release(first, store.now() + NOT_YET_MS)).toBe(true);
    expect(await other.claim(1, LONG_MS)).toEqual([]);
    expect(await store.release(first, 0)).toBe(false);
    const second = only(await eventually(async () => some(await other.claim(1, LONG_MS))));

    expect(second.attempt).toBe(2);
  });

  test("putting a key again voids the item that was there, its lease and its attempts", async () => {
    const { store } = bench();
    const author = await owing(bench(), "again");
    const first = only(await store.claim(1, LONG_MS));

    const put = [{ key: "effect:1.0", generation: 2, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: [] } });

    expect(await store.renew(first, LONG_MS)).toBe(false);
    expect(await store.release(first, 0)).toBe(false);
    expect(await store.claim(9, LONG_MS)).toMatchObject([{ generation: 2, attempt: 1 }]);
  });

  test("what is removed is owed no more, and cannot be renewed", async () => {
    const { store } = bench();
    const author = await owing(bench(), "settled");
    const claimed = only(await store.claim(1, LONG_MS));

    const remove = ["effect:1.0", "never there"];
    await author.write(store, { agenda: { put: [item("timer:b", 1)], remove } });

    expect(await store.renew(claimed, LONG_MS)).toBe(false);
    expect(await store.claim(9, LONG_MS)).toMatchObject([{ key: "timer:b" }]);
  });

  test("a key removed and put in one commit is the new one", async () => {
    const { store } = bench();
    const author = await owing(bench(), "both");

    const put = [{ key: "effect:1.0", generation: 2, claimableAt: 1 }];
    await author.write(store, { agenda: { put, remove: ["effect:1.0"] } });

    expect(await store.claim(9, LONG_MS)).toMatchObject([{ key: "effect:1.0", generation: 2 }]);
  });

  test("keys of one name in two actors are two items", async () => {
    const { store } = bench();
    await owing(bench(), "left");
    const right = await owing(bench(), "right");

    await right.write(store, { agenda: { put: [], remove: ["effect:1.0"] } });

    const claimed = await store.claim(9, LONG_MS);
    expect(claimed.map(({ address }) => String(address.id))).toEqual(["left"]);
  });
}

export function item(key: string, claimableAt: number): AgendaItem {
  return { key, generation: 1, claimableAt };
}

export async function owing({ store }: Bench, id: string): Promise<Author> {
  const author = new Author(id);
  await author.write(store, { agenda: { put: [item("effect:1.0", 1)], remove: [] } });
  return author;
}

export function some<T>(found: readonly T[]): readonly T[] | undefined {
  return found.length > 0 ? found : undefined;
}

export function only<T>(found: readonly T[]): T {
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`expected one item, found ${found.length}`);
  }
  return first;
}
