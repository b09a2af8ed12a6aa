/** Clusters whose nodes read different versions, deployed and taken back under the same weather. */
import { beforeAll, describe, expect, test } from "bun:test";
import type { Address } from "../../actors/address.ts";
import { decodeEnvelope, sealEnvelope } from "../../actors/envelope.ts";
import { misbehaving } from "../support/nodes.ts";
import { mixedLesson } from "./mixed-lesson.ts";
import { mixedWorkload } from "./mixed-workload.ts";
import type { Plant } from "./plant.ts";
import { type Verdict, simulate } from "./simulation.ts";

const SEEDS = Array.from({ length: 32 }, (_, seed) => seed);
/** A lesson takes longer than a tally. */
const LESSONS = 12;
const LONG_MS = 120_000;
const workload = mixedWorkload;

/** As a node would that looked at no version: what others wrote is one of its own to it. */
const MISREADS: Plant = {
  name: "takes every envelope for one of the first version",
  link: (store) =>
    misbehaving(store, {
      load: async (address) => asFirst(address, await store.load(address)),
    }),
};

describe("a cluster of two versions", () => {
  const verdicts: Verdict[] = [];

  beforeAll(async () => {
    for (const seed of SEEDS) {
      verdicts.push(await simulate({ seed, workload }));
    }
  }, LONG_MS);

  test("C8: keeps every promise while nodes are deployed and taken back", () => {
    const failed = verdicts.flatMap(({ seed, findings }) =>
      findings.map((each) => `seed ${seed}: ${each.check}: ${each.detail}`),
    );

    expect(failed).toEqual([]);
  });

  test("C8: has actors of both versions, takeovers, and actors that were born to the second", () => {
    const both = verdicts.filter(({ versions }) => versions.size === 2);
    const takeovers = verdicts.filter((each) => each.takeovers > 0);
    const born = verdicts.filter((each) => each.takeovers === 0 && each.versions.has(2));

    expect(both.length).toBeGreaterThan(SEEDS.length / 3);
    expect(takeovers.length).toBeGreaterThan(SEEDS.length / 3);
    expect(born.length).toBeGreaterThan(0);
  });

  test("C8: is judged by checks that see an envelope misread", async () => {
    const caught = await firstCaught(MISREADS);

    expect(caught).toBeDefined();
  });
});

describe("a cluster of two versions of the lesson", () => {
  const verdicts: Verdict[] = [];

  beforeAll(async () => {
    for (const seed of SEEDS.slice(0, LESSONS)) {
      verdicts.push(await simulate({ seed, workload: mixedLesson }));
    }
  }, LONG_MS);

  test("C8: keeps every promise while lessons are taken over", () => {
    const failed = verdicts.flatMap(({ seed, findings }) =>
      findings.map((each) => `seed ${seed}: ${each.check}: ${each.detail}`),
    );

    expect(failed).toEqual([]);
    expect(verdicts.filter((each) => each.takeovers > 0).length).toBeGreaterThan(LESSONS / 3);
  });
});

async function firstCaught(plant: Plant): Promise<readonly string[] | undefined> {
  for (const seed of SEEDS) {
    const { findings } = await simulate({ seed, workload, plant });
    if (findings.length > 0) {
      return findings.map(({ check }) => check);
    }
  }
  return undefined;
}

function asFirst(address: Address, stored: string | undefined): string | undefined {
  return stored === undefined
    ? undefined
    : sealEnvelope(address, { ...decodeEnvelope(address, stored), machineVersion: 1 });
}
