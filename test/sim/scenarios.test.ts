/**
 * The scenarios: each interleaving that a rule closes, played under one clock; and with a bug
 * planted, to see that it would be seen.
 */
import { describe, expect, test } from "bun:test";
import type { Plant } from "./plant.ts";
import type { Scenario } from "./scenario.ts";
import { anotherRun } from "./scenarios/another-run.ts";
import { comingAndGoing } from "./scenarios/coming-and-going.ts";
import { effects } from "./scenarios/effects.ts";
import { idsAndAnswers } from "./scenarios/ids-and-answers.ts";
import { journal } from "./scenarios/journal.ts";
import { owed } from "./scenarios/owed.ts";
import { presence } from "./scenarios/presence.ts";
import { turns } from "./scenarios/turns.ts";
import { upkeep } from "./scenarios/upkeep.ts";
import { watching } from "./scenarios/watching.ts";
import { Stage } from "./stage.ts";

const SCENARIOS = [
  ...anotherRun,
  ...comingAndGoing,
  ...effects,
  ...idsAndAnswers,
  ...journal,
  ...owed,
  ...presence,
  ...turns,
  ...upkeep,
  ...watching,
].toSorted((one, other) => numberOf(one) - numberOf(other));

const ROWS = SCENARIOS.map((scenario) => [scenario.name, scenario] as const);
const PLANTED = SCENARIOS.flatMap((scenario) =>
  (scenario.plants ?? []).map((plant) => [plant.name, scenario.name, scenario, plant] as const),
);

describe("the scenarios", () => {
  test.each(ROWS)("%s", async (_, scenario) => {
    await play(scenario);
  });
});

describe("a scenario is broken by a node that", () => {
  test.each(PLANTED)("%s: %s", async (_, __, scenario, plant) => {
    const broken = await play(scenario, plant).then(
      () => undefined,
      (error: unknown) => error,
    );

    expect(broken).toBeInstanceOf(Error);
  });
});

async function play(scenario: Scenario, plant?: Plant): Promise<void> {
  const { workload } = scenario;
  const stage = await Stage.open({ plant, ...(workload === undefined ? {} : { workload }) });
  try {
    await scenario.play(stage);
    const findings = await stage.judge();
    expect(scenario.isLossy === true ? [] : findings).toEqual([]);
  } catch (error) {
    if (plant === undefined) {
      console.error(stage.trace.join("\n"));
    }
    throw error;
  }
}

function numberOf({ name }: Scenario): number {
  return Number(/^C(\d+)/.exec(name)?.[1]);
}
