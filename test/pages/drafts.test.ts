/** Drafts on their way, by a clock that is moved by hand. */
import { describe, expect, test } from "bun:test";
import { Unanswered } from "../../src/client/problems.ts";
import { createDrafts } from "../../src/pages/drafts.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function drafting(send: (text: string) => Promise<boolean> = () => Promise.resolve(true)) {
  const clock = createFakeClock();
  const startedAt = clock.now();
  const sent: { readonly text: string; readonly atMs: number }[] = [];
  const drafts = createDrafts({
    clock,
    send: ({ text = "" }) => {
      sent.push({ text, atMs: clock.now() - startedAt });
      return send(text);
    },
    onSaved: () => undefined,
  });
  return { clock, drafts, sent };
}

describe("drafts", () => {
  test("PG11: whoever never rests is saved every two seconds", async () => {
    const { clock, drafts, sent } = drafting();
    let text = "";
    for (let key = 0; key < 50; key += 1) {
      text += "x";
      drafts.save({ text }, true);
      await clock.advance(200);
    }
    const gaps = sent.map(({ atMs }, index) => atMs - (sent[index - 1]?.atMs ?? 0));
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_400);
  });

  test("typing that rests is saved, the last of it, once", async () => {
    const { clock, drafts, sent } = drafting();
    drafts.save({ text: "a" }, true);
    await clock.advance(100);
    drafts.save({ text: "ab" }, true);
    await clock.advance(10_000);
    expect(sent.map(({ text }) => text)).toEqual(["ab"]);
  });

  test("a page that is hidden sends what waits at once, and nothing that does not", async () => {
    const { clock, drafts, sent } = drafting();
    drafts.hurry();
    drafts.save({ text: "a" }, true);
    await clock.advance(100);
    drafts.hurry();
    await clock.advance(10_000);
    expect(sent).toEqual([{ text: "a", atMs: 100 }]);
  });

  test("a draft without an answer is sent again, the newest of them", async () => {
    let tries = 0;
    const { clock, drafts, sent } = drafting(() => {
      tries += 1;
      return tries === 1 ? Promise.reject(new Unanswered("d1", 30_000)) : Promise.resolve(true);
    });
    drafts.save({ text: "a" }, false);
    await clock.advance(10_000);
    expect(sent.map(({ text }) => text)).toEqual(["a", "a"]);
  });
});
