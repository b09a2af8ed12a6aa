/** A question that many ask at once: put once for all, and never answered with what was before. */
import { expect, test } from "bun:test";
import { SharedQuestion } from "../../actors/shared-question.ts";
import { thrownBy } from "../support/failure.ts";

function setUp() {
  const put: PromiseWithResolvers<number>[] = [];
  const question = new SharedQuestion(() => {
    const pending = Promise.withResolvers<number>();
    put.push(pending);
    return pending.promise;
  });
  return { put, question };
}

test("whoever asks before it is put shares the answer", async () => {
  const { put, question } = setUp();

  const asked = [question.ask(), question.ask()];
  await Promise.resolve();
  put[0]?.resolve(1);

  expect(await Promise.all(asked)).toEqual([1, 1]);
  expect(put).toHaveLength(1);
});

test("whoever asks while an answer is on its way gets the next one", async () => {
  const { put, question } = setUp();

  const first = question.ask();
  await Promise.resolve();
  const later = [question.ask(), question.ask()];
  put[0]?.resolve(1);
  expect(await first).toBe(1);
  await Promise.resolve();
  put[1]?.resolve(2);

  expect(await Promise.all(later)).toEqual([2, 2]);
  expect(put).toHaveLength(2);
});

test("a failure is told to those who shared it, and the next one is asked anew", async () => {
  const { put, question } = setUp();

  const failed = question.ask();
  await Promise.resolve();
  put[0]?.reject(new Error("away"));
  expect(await thrownBy(failed)).toThrow("away");
  const again = question.ask();
  await Promise.resolve();
  await Promise.resolve();
  put[1]?.resolve(2);

  expect(await again).toBe(2);
});
