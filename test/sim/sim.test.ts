/** The fixed seeds: whatever goes wrong in them, what is promised of actors holds. */
import { beforeAll, describe, expect, test } from "bun:test";
import { type Verdict, isDrowsy, simulate } from "./simulation.ts";
import { CRASH_POINTS } from "./weather.ts";

const SEEDS = Array.from({ length: 48 }, (_, seed) => seed);
const LONG_MS = 120_000;

describe("the simulation", () => {
  const verdicts: Verdict[] = [];

  beforeAll(async () => {
    for (const seed of SEEDS) {
      verdicts.push(await simulate({ seed }));
    }
  }, LONG_MS);

  test("finds nothing that breaks a promise in the fixed seeds", () => {
    const failed = verdicts.flatMap(({ seed, findings }) =>
      findings.map((each) => `seed ${seed}: ${each.check}: ${each.detail}`),
    );

    expect(failed).toEqual([]);
  });

  test("goes through every named point of a turn at which a node may die", () => {
    const died = CRASH_POINTS.filter((point) =>
      verdicts.some(({ crashes }) => (crashes.get(point) ?? 0) > 0),
    );

    expect(died).toEqual([...CRASH_POINTS]);
  });

  test("acknowledges commands in every seed, and performs effects in nearly all", () => {
    const idle = verdicts.filter((each) => each.acknowledged < 5);
    const acting = verdicts.filter((each) => each.performances > 0);

    expect(idle.map(({ seed }) => seed)).toEqual([]);
    expect(acting.length).toBeGreaterThan(SEEDS.length / 2);
  });

  test("puts actors to sleep again and again in the drowsy seeds", () => {
    const evictions = (drowsy: boolean): number =>
      verdicts
        .filter(({ seed }) => isDrowsy(seed) === drowsy)
        .reduce((sum, each) => sum + each.evictions, 0);

    expect(evictions(true)).toBeGreaterThan(SEEDS.length);
    expect(evictions(false)).toBeLessThan(evictions(true));
  });

  test("writes the same trace for the same seed, byte for byte", async () => {
    const [one, other] = [
      await simulate({ seed: 3, keepTrace: true }),
      await simulate({ seed: 3, keepTrace: true }),
    ];

    expect(one.trace.length).toBeGreaterThan(1_000);
    expect(other.trace.join("\n")).toBe(one.trace.join("\n"));
    expect(one.digest).toBe(verdicts[3]?.digest ?? "");
  });

  test("writes another trace for another seed", () => {
    expect(new Set(verdicts.map(({ digest }) => digest)).size).toBe(verdicts.length);
  });
});
