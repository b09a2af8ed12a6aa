/**
 * The simulator: `bun run sim [--seeds N] [--from SEED] [--mixed] [--trace]`.
 *
 * Progress goes to standard error, one line a failed seed with the command that repeats it to
 * standard output; `--trace` prints every event of the seeds. `--mixed` has nodes of two versions
 * in one cluster, and deploys in the middle. It exits with 1 when a seed failed.
 */
import { parseArgs } from "node:util";
import { mixedWorkload } from "./mixed-workload.ts";
import { type Verdict, simulate } from "./simulation.ts";

const SEEDS = 200;
const SEEDS_MAX = 1_000_000;
const USAGE = "usage: bun run sim [--seeds N] [--from SEED] [--mixed] [--trace]";

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly mixed: boolean;
  readonly trace: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { seeds, from, mixed, trace } = options;
  const total = { failed: 0, steps: 0, acknowledged: 0, crashes: 0 };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const mix = mixed ? { workload: mixedWorkload } : {};
    const verdict = await simulate({ seed, keepTrace: trace, ...mix });
    verdict.trace.forEach((line) => console.log(line));
    total.failed += verdict.findings.length === 0 ? 0 : 1;
    total.steps += verdict.steps;
    total.acknowledged += verdict.acknowledged;
    total.crashes += [...verdict.crashes.values()].reduce((sum, each) => sum + each, 0);
    tell(verdict, mixed);
    progress(`${seed - from + 1} of ${seeds} seeds, ${total.failed} failed`);
  }
  progress("");
  console.log(
    `${seeds} seeds from ${from}: ${total.steps} events, ${total.acknowledged} acknowledgements, ` +
      `${total.crashes} crashes, ${total.failed} failed`,
  );
  return total.failed === 0 ? 0 : 1;
}

function tell({ seed, findings }: Verdict, mixed: boolean): void {
  if (findings.length === 0) {
    return;
  }
  progress("");
  const how = mixed ? "--mixed --trace" : "--trace";
  console.log(`seed ${seed} failed: bun run sim --seeds 1 --from ${seed} ${how}`);
  for (const { check, detail } of findings) {
    console.log(`  ${check}: ${detail}`);
  }
}

/** One line that is written over; a log gets no progress. */
function progress(line: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`\r\u001b[2K${line}`);
  } else if (/^\d*00 of/.test(line)) {
    console.error(line);
  }
}

function parseOptions(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seeds: { type: "string", default: `${SEEDS}` },
        from: { type: "string", default: "0" },
        mixed: { type: "boolean", default: false },
        trace: { type: "boolean", default: false },
      },
    });
    const [seeds, from] = [Number(values.seeds), Number(values.from)];
    const whole = Number.isSafeInteger(seeds) && Number.isSafeInteger(from);
    return whole && seeds > 0 && seeds <= SEEDS_MAX && from >= 0
      ? { seeds, from, mixed: values.mixed, trace: values.trace }
      : undefined;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
