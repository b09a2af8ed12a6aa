/** The tools for waiting keep their word: bounded, in order, loud. */
import { describe, expect, test } from "bun:test";
import { eventually, eventuallyPasses } from "./eventually.ts";
import { createFakeClock, quietLog, sequentialIds } from "./fake-clock.ts";

describe("eventually", () => {
  test("asks until there is a value", async () => {
    let asked = 0;
    const check = (): number | undefined => {
      asked += 1;
      return asked === 3 ? 7 : undefined;
    };
    expect(await eventually(check)).toBe(7);
  });

  test("gives up after its limit, and says why", async () => {
    const failed = await eventually(
      () => {
        throw new Error("still two");
      },
      { withinMs: 20, what: "the third record" },
    ).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(String(failed)).toContain("the third record did not hold within 20 ms");
    expect(failed).toHaveProperty("cause.message", "still two");
  });

  test("takes 0 and the empty string for values", async () => {
    expect(await eventually(() => 0)).toBe(0);
    expect(await eventually(() => "")).toBe("");
  });

  test("passes once no expectation throws", async () => {
    let count = 0;
    await eventuallyPasses(() => {
      count += 1;
      expect(count).toBe(3);
    });
    expect(count).toBe(3);
  });
});

describe("the fake clock", () => {
  test("runs what falls due in order, at its own time", async () => {
    const clock = createFakeClock(1_000);
    const ran: string[] = [];
    clock.after(30, () => ran.push(`c ${clock.now()}`));
    clock.after(10, () => ran.push(`a ${clock.now()}`));
    clock.after(10, () => ran.push(`b ${clock.now()}`));
    await clock.advance(20);
    expect(ran).toEqual(["a 1010", "b 1010"]);
    expect(clock.now()).toBe(1_020);
    expect(clock.pending()).toBe(1);
  });

  test("runs timers set by timers and by awaiting code", async () => {
    const clock = createFakeClock(0);
    const ran: number[] = [];
    clock.after(5, () => {
      void Promise.resolve().then(() => clock.after(5, () => ran.push(clock.now())));
    });
    await clock.advance(10);
    expect(ran).toEqual([10]);
  });

  test("does not run what was called off", async () => {
    const clock = createFakeClock(0);
    let ran = false;
    clock.after(5, () => {
      ran = true;
    })();
    await clock.advance(10);
    expect(ran).toBe(false);
  });
});

test("sequential ids count, and the quiet log remembers", () => {
  const ids = sequentialIds("c");
  const log = quietLog();
  log.warn("store.cut", { tries: 2 });
  expect([ids.next(), ids.next()]).toEqual(["c1", "c2"]);
  expect(log.events).toEqual([{ level: "warn", event: "store.cut", fields: { tries: 2 } }]);
});
