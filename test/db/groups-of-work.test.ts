/** Work that is done for several at once. */
import { expect, test } from "bun:test";
import { parseTenantId } from "../../machines/ids.ts";
import { GroupsOfWork } from "../../src/groups-of-work.ts";

const NORTH = parseTenantId("north");
const SOUTH = parseTenantId("south");

test("what is asked for in one tick is one group of each school, and each gets its own result", async () => {
  const done: string[] = [];
  const groups = new GroupsOfWork(async (tenantId, items: readonly number[]) => {
    done.push(`${tenantId}: ${items.join()}`);
    return items.map((item) => item * 10);
  });

  const asked = [1, 2, 3].map((item) => groups.do(NORTH, item));
  const elsewhere = groups.do(SOUTH, 4);

  expect(await Promise.all([...asked, elsewhere])).toEqual([10, 20, 30, 40]);
  expect(done).toEqual(["north: 1,2,3", "south: 4"]);
});

test("what is asked for while a group is at work is the next group, and none is larger than 32", async () => {
  const sizes: number[] = [];
  const first = Promise.withResolvers<void>();
  const groups = new GroupsOfWork(async (_, items: readonly number[]) => {
    sizes.push(items.length);
    await first.promise;
    return items;
  });

  const begun = groups.do(NORTH, 0);
  await Promise.resolve();
  const waiting = Array.from({ length: 40 }, (_, item) => groups.do(NORTH, item));
  first.resolve();
  await Promise.all([begun, ...waiting]);

  expect(sizes).toEqual([1, 32, 8]);
});

test("a school whose work stands still holds up no other", async () => {
  const groups = new GroupsOfWork((tenantId, items: readonly number[]) =>
    tenantId === NORTH ? new Promise<readonly number[]>(() => undefined) : Promise.resolve(items),
  );

  void groups.do(NORTH, 1);

  expect(await groups.do(SOUTH, 2)).toBe(2);
});

test("where a group fails each is done alone, and only what cannot be done has failed", async () => {
  const groups = new GroupsOfWork(async (_, items: readonly string[]) => {
    if (items.includes("broken")) {
      throw new Error("refused");
    }
    return items.map((item) => `${item} is done`);
  });

  const asked = ["one", "broken", "two"].map((item) => groups.do(NORTH, item));

  expect(await Promise.allSettled(asked)).toEqual([
    { status: "fulfilled", value: "one is done" },
    { status: "rejected", reason: new Error("refused") },
    { status: "fulfilled", value: "two is done" },
  ]);
  expect(await groups.do(NORTH, "three")).toBe("three is done");
});
