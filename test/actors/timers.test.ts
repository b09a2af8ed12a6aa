/** Timers in memory: those of one millisecond are fired together, each at most once. */
import { expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import type { OwedTimer } from "../../actors/owed.ts";
import { Timers } from "../../actors/timers.ts";
import { parseActorId, parseTenantId } from "../../machines/ids.ts";
import { createFakeClock } from "../support/fake-clock.ts";

function at(id: string): Address {
  return { tenantId: parseTenantId("t1"), kind: "session", id: parseActorId(id) };
}

function setUp() {
  const clock = createFakeClock(0);
  const said: string[] = [];
  const timers = new Timers(
    clock,
    () => clock.now(),
    ({ id }) => {
      said.push(`fired ${id} at ${clock.now()}`);
      queueMicrotask(() => said.push(`served ${id}`));
    },
  );
  const due = (dueAt: number): OwedTimer => ({
    ...{ kind: "timer", key: "timer:lock", generation: 1, dueAt },
    event: { type: "round.lock" },
  });
  return { clock, said, timers, due };
}

test("all that are due in one millisecond are fired before the first is served", async () => {
  const { clock, said, timers, due } = setUp();
  timers.arm(at("a"), due(99.2));
  timers.arm(at("b"), due(100));
  timers.arm(at("c"), due(101));

  await clock.advance(100);

  expect(said).toEqual(["fired a at 100", "fired b at 100", "served a", "served b"]);
  await clock.advance(1);
  expect(said.slice(4)).toEqual(["fired c at 101", "served c"]);
});

test("one that is cancelled or armed anew leaves the others of its millisecond", async () => {
  const { clock, said, timers, due } = setUp();
  for (const id of ["a", "b", "c"]) {
    timers.arm(at(id), due(100));
  }
  timers.cancel(at("a"), "timer:lock");
  timers.arm(at("b"), due(200));

  await clock.advance(300);

  expect(said.filter((each) => each.startsWith("fired"))).toEqual([
    "fired c at 100",
    "fired b at 200",
  ]);
  expect(clock.pending()).toBe(0);
});

test("none is left behind by a stop, nor when the last of its millisecond is cancelled", () => {
  const { clock, timers, due } = setUp();
  timers.arm(at("a"), due(100));
  timers.cancel(at("a"), "timer:lock");
  expect(clock.pending()).toBe(0);
  timers.arm(at("b"), due(100));
  timers.stop();

  expect(clock.pending()).toBe(0);
});
