/** Durability, judged ever after: what becomes of a node whose store stops keeping its word. */
import { expect, test } from "bun:test";
import { StoreUnreachable } from "../../actors/store.ts";
import type { Config } from "../../src/config.ts";
import { Durability, JUDGE_EVERY_MS } from "../../src/durability.ts";
import { failureOf } from "../support/failure.ts";
import { createFakeClock, quietLog } from "../support/fake-clock.ts";

const FAULT = "expected appendonly yes, found no: a restart of Redis forgets everything";

async function judged(config: Pick<Config, "mode" | "redisDurability">) {
  const [clock, log] = [createFakeClock(), quietLog()];
  const now: { faults: () => Promise<readonly string[]> } = { faults: async () => [] };
  const durability = await Durability.judged({ config, clock, log, faults: () => now.faults() });
  const become = async (faults: () => Promise<readonly string[]>): Promise<void> => {
    now.faults = faults;
    await clock.advance(2 * JUDGE_EVERY_MS);
  };
  const said = (): readonly string[] => log.events.map(({ level, event }) => `${level} ${event}`);
  return { durability, become, said };
}

test("C18: in production a node is unready while its store would lose what it acknowledges", async () => {
  const { durability, become, said } = await judged({
    ...{ mode: "production", redisDurability: "required" },
  });
  await durability.check();

  await become(async () => [FAULT]);
  const failure = await failureOf(durability.check());
  const held = durability.holds;
  await become(async () => {
    throw new StoreUnreachable("away");
  });
  const away = await failureOf(durability.check());
  await become(async () => []);
  await durability.check();
  await durability.stop();

  expect(failure).toMatchObject({ name: "StoreUnsafe" });
  expect(String(failure)).toContain(FAULT);
  expect(away).toMatchObject({ name: "StoreUnsafe" });
  expect([held, durability.holds]).toEqual([false, true]);
  expect(said()).toEqual(["error store.unsafe", "info store.durable"]);
});

test("C18: elsewhere, or taken by its name, it is said and served all the same", async () => {
  const taken = await judged({ mode: "production", redisDurability: "unsafe" });
  const tried = await judged({ mode: "development", redisDurability: "required" });
  for (const { durability, become } of [taken, tried]) {
    await become(async () => [FAULT]);
    await durability.check();
    await durability.stop();
    expect(durability.holds).toBe(false);
  }
  expect([taken.said(), tried.said()]).toEqual([["error store.unsafe"], ["warn store.unsafe"]]);
});
