/**
 * `bun run chaos [--fault NAME] [--seconds N] [--nodes N] [--seed N]
 * [--sockets N] [--evidence DIR] [--json]`: real faults.
 *
 * Real nodes, a real Redis and Postgres, real clients, all on loopback and all of its own. Progress
 * goes to standard error; the table, or with `--json` one object a row, to standard output. The
 * exit code is 1 when a row is not ok: something was lost, duplicated or reordered, failed where
 * nothing may, was refused although nothing was damaged, or another promise was not kept.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chanceOf } from "./chance.ts";
import type { Fault } from "./fault.ts";
import { calm } from "./faults/calm.ts";
import { deadNode, killedNodes, pausedNodes, rolling } from "./faults/nodes.ts";
import { crashedPostgres } from "./faults/postgres.ts";
import { flushedAndRebuilt, rebuilt } from "./faults/rebuild.ts";
import {
  cutTail,
  emptied,
  flippedEnvelope,
  flippedFile,
  flushed,
  killedBoth,
  killedRedis,
  powerCut,
  restored,
} from "./faults/redis.ts";
import { deafSockets } from "./faults/sockets.ts";
import { reconnectStorm } from "./faults/storm.ts";
import { cutSubscriptions } from "./faults/subscriptions.ts";
import { type Row, runFault } from "./run.ts";
import { table } from "./table.ts";
import { failuresOf } from "./verdict.ts";

const FAULTS: readonly Fault[] = [
  ...[calm, killedNodes, deadNode, pausedNodes, rolling],
  ...[
    killedRedis,
    killedBoth,
    powerCut,
    cutTail,
    restored,
    emptied,
    flushed,
    flippedFile,
    flippedEnvelope,
  ],
  ...[rebuilt, flushedAndRebuilt, crashedPostgres],
  ...[cutSubscriptions, deafSockets, reconnectStorm],
];

const SECONDS = { byDefault: 20, min: 3, max: 600 };
const NODES = { byDefault: 3, min: 1, max: 5 };
/** Plain sockets that come back at once: two shared cores take this many in some seconds. */
const SOCKETS = { byDefault: 2_000, min: 1, max: 10_000 };
const SEED_MAX = 2 ** 31 - 1;
/** Of one row; the first says it all. */
const FINDINGS_TOLD_MAX = 5;

interface Options {
  readonly faults: readonly Fault[];
  readonly seconds: number;
  readonly nodes: number;
  readonly sockets: number;
  readonly seed: number;
  readonly evidence: string | undefined;
  readonly json: boolean;
}

// At once: clients that were closed may still have a timer.
process.exit(await main());

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (typeof options === "string") {
    console.error(options);
    console.error(
      "usage: bun run chaos [--fault NAME …] [--seconds N] [--nodes N] [--seed N] [--sockets N] [--evidence DIR] [--json]",
    );
    FAULTS.forEach(({ name, about }) => console.error(`  ${name.padEnd(18)} ${about}`));
    return 1;
  }
  const { faults, seed, seconds, nodes, sockets, evidence } = options;
  console.error(`seed ${seed}`);
  const chance = chanceOf(seed);
  let stop = (): Promise<void> => Promise.resolve();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }
  const judged: (readonly [Row, readonly string[]])[] = [];
  for (const fault of faults) {
    console.error(`${fault.name}: ${fault.about}`);
    const row = await runFault(fault, {
      ...{ seconds, nodes, sockets, chance },
      evidenceDir: evidence === undefined ? undefined : join(evidence, `${fault.name}-${seed}`),
      progress: (line) => console.error(`  ${line}`),
      onWorld: (end) => {
        stop = end;
      },
    });
    const failures = failuresOf(row, fault);
    judged.push([row, failures]);
    row.findings.slice(0, FINDINGS_TOLD_MAX).forEach((line) => console.error(`  ${line}`));
    console.error(`  ${failures.length === 0 ? "ok" : `failed: ${failures.join(", ")}`}`);
    if (options.json) {
      console.log(JSON.stringify({ ...row, ok: failures.length === 0, failures, seed }));
    }
  }
  if (!options.json) {
    table(judged).forEach((line) => console.log(line));
  }
  return judged.some(([, failures]) => failures.length > 0) ? 1 : 0;
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
        sockets: { type: "string" },
        seed: { type: "string" },
        evidence: { type: "string" },
        json: { type: "boolean" },
      },
    });
    const names = values.fault ?? FAULTS.map(({ name }) => name);
    const unknown = names.find((name) => FAULTS.every((fault) => fault.name !== name));
    if (unknown !== undefined) {
      return `--fault ${unknown} is not known`;
    }
    const faults = FAULTS.filter(({ name }) => names.includes(name));
    const nodes = numberOf("nodes", values.nodes, NODES);
    const sockets = numberOf("sockets", values.sockets, SOCKETS);
    const refusals = faults.flatMap((fault) => fault.refusal?.({ sockets, nodes }) ?? []);
    if (refusals[0] !== undefined) {
      return refusals[0];
    }
    const byDefault = Math.floor(Math.random() * SEED_MAX);
    return {
      ...{ faults, nodes, sockets },
      seconds: numberOf("seconds", values.seconds, SECONDS),
      seed: numberOf("seed", values.seed, { byDefault, min: 0, max: SEED_MAX }),
      evidence: values.evidence,
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
