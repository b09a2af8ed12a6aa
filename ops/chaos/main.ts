/**
 * `bun run chaos [--fault NAME] [--seconds N] [--nodes N] [--seed N] [--json]`: real faults.
 *
 * Real nodes, a real Redis and Postgres, real clients, all on loopback and all of its own. Progress
 * goes to standard error; the table, or with `--json` one object a row, to standard output. The
 * exit code is 1 when anything was lost, duplicated or reordered, or failed where nothing may.
 */
import { parseArgs } from "node:util";
import { chanceOf } from "./chance.ts";
import type { Fault } from "./fault.ts";
import { calm } from "./faults/calm.ts";
import { killedNodes } from "./faults/nodes.ts";
import { type Row, runFault } from "./run.ts";
import { table } from "./table.ts";

const FAULTS: readonly Fault[] = [calm, killedNodes];

const SECONDS = { byDefault: 20, min: 3, max: 600 };
const NODES = { byDefault: 3, min: 1, max: 5 };
const SEED_MAX = 2 ** 31 - 1;
/** Of one row; the first says it all. */
const FINDINGS_TOLD_MAX = 5;

interface Options {
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly nodes: number;
  readonly seed: number;
  readonly json: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (typeof options === "string") {
    console.error(options);
    console.error(
      "usage: bun run chaos [--fault NAME …] [--seconds N] [--nodes N] [--seed N] [--json]",
    );
    FAULTS.forEach(({ name, about }) => console.error(`  ${name.padEnd(18)} ${about}`));
    return 1;
  }
  const { faults, seed, seconds, nodes } = options;
  console.error(`seed ${seed}`);
  const chance = chanceOf(seed);
  let stop = (): Promise<void> => Promise.resolve();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }
  const rows: Row[] = [];
  for (const fault of faults) {
    console.error(`${fault.name}: ${fault.about}`);
    const row = await runFault(fault, {
      ...{ seconds, nodes, chance },
      progress: (line) => console.error(`  ${line}`),
      onWorld: (end) => {
        stop = end;
      },
    });
    rows.push(row);
    row.findings.slice(0, FINDINGS_TOLD_MAX).forEach((line) => console.error(`  ${line}`));
    if (options.json) {
      console.log(JSON.stringify({ ...row, seed }));
    }
  }
  if (!options.json) {
    table(rows).forEach((line) => console.log(line));
  }
  return rows.some((row, index) => isHarm(row, faults[index])) ? 1 : 0;
}

function isHarm(row: Row, fault: Fault | undefined): boolean {
  const harm = row.lost + row.duplicated + row.reordered;
  return harm > 0 || (fault?.failsNothing === true && row.failed > 0);
}

/** A sentence: not understood. */
function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        fault: { type: "string", multiple: true },
        seconds: { type: "string" },
        nodes: { type: "string" },
        seed: { type: "string" },
        json: { type: "boolean" },
      },
    });
    const names = values.fault ?? FAULTS.map(({ name }) => name);
    const unknown = names.find((name) => FAULTS.every((fault) => fault.name !== name));
    if (unknown !== undefined) {
      return `--fault ${unknown} is not known`;
    }
    const byDefault = Math.floor(Math.random() * SEED_MAX);
    return {
      faults: FAULTS.filter(({ name }) => names.includes(name)),
      seconds: numberOf("seconds", values.seconds, SECONDS),
      nodes: numberOf("nodes", values.nodes, NODES),
      seed: numberOf("seed", values.seed, { byDefault, min: 0, max: SEED_MAX }),
      json: values.json === true,
    };
  } catch (error) {
    return error instanceof Error ? error.message : "The options were not understood.";
  }
}

function numberOf(
  name: string,
  given: string | undefined,
  {
    byDefault,
    min,
    max,
  }: { readonly byDefault: number; readonly min: number; readonly max: number },
): number {
  const value = Number(given ?? byDefault);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new RangeError(`--${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}
