/** The simulation is tested itself: each planted bug is caught within the fixed seeds. */
import { afterAll, describe, expect, test } from "bun:test";
import type { Check } from "./checks.ts";
import { PLANTS } from "./plants.ts";
import { simulate } from "./simulation.ts";

/** Those of the fixed seeds that are tried; a bug that needs more is not caught. */
const SEEDS_MAX = 48;
const LONG_MS = 120_000;

describe("a planted bug is caught", () => {
  const rows: { readonly plant: string; readonly seed: number; readonly caught: Check }[] = [];

  afterAll(() => {
    console.table(rows);
  });

  test("and there are ten at least", () => {
    expect(new Set(PLANTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(10);
  });

  test.each(PLANTS.map((plant) => [plant.name, plant] as const))(
    "a node that %s",
    async (_, plant) => {
      const caught = await firstCaught(plant);

      expect(caught).toBeDefined();
      rows.push(...(caught ?? []));
    },
    LONG_MS,
  );
});

async function firstCaught(
  plant: (typeof PLANTS)[number],
): Promise<readonly { plant: string; seed: number; caught: Check }[] | undefined> {
  // Seed 0 is calm, and the longest.
  for (let seed = 1; seed < SEEDS_MAX; seed += 1) {
    const { findings } = await simulate({ seed, plant });
    const checks = [...new Set(findings.map(({ check }) => check))];
    if (checks.length > 0) {
      return checks.map((caught) => ({ plant: plant.name, seed, caught }));
    }
  }
  return undefined;
}
