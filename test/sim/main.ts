/**
 * The simulator: `bun run sim [--seeds N] [--from SEED] [--mixed] [--plant NAME] [--trace]`.
 *
 * Progress goes to standard error; one line a failed seed, with the command that repeats it, to
 * standard output; `--trace` prints every event of the seeds. With a plant the product is broken
 * on purpose (`plants.ts`), and a seed that fails has caught it. It exits with 1 when a seed
 * failed.
 */
import { parseArgs } from "node:util";
import { mixedWorkload } from "./mixed-workload.ts";
import type { Plant } from "./plant.ts";
import { PLANTS } from "./plants.ts";
import { type Verdict, simulate } from "./simulation.ts";

const SEEDS = 200;
const SEEDS_MAX = 1_000_000;
/** Where nobody watches, progress is a line that stays: not one for each seed. */
const LINE_EVERY_MS = 10_000;
const USAGE = "usage: bun run sim [--seeds N] [--from SEED] [--mixed] [--plant NAME] [--trace]";

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly mixed: boolean;
  readonly plant: Plant | undefined;
  readonly trace: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const { seeds, from, mixed, trace, plant } = options;
  const total = { failed: 0, steps: 0, acknowledged: 0, crashes: 0, evictions: 0 };
  const progress = new Progress(seeds);
  for (let seed = from; seed < from + seeds; seed += 1) {
    progress.tell(seed - from, total.failed);
    const world = { ...(mixed ? { workload: mixedWorkload } : {}), ...(plant ? { plant } : {}) };
    const verdict = await simulate({ seed, keepTrace: trace, ...world });
    progress.clear();
    verdict.trace.forEach((line) => console.log(line));
    total.failed += verdict.findings.length === 0 ? 0 : 1;
    total.steps += verdict.steps;
    total.acknowledged += verdict.acknowledged;
    total.evictions += verdict.evictions;
    total.crashes += [...verdict.crashes.values()].reduce((sum, each) => sum + each, 0);
    tell(verdict, options);
  }
  console.log(
    `${seeds} seeds from ${from}: ${total.steps} events, ${total.acknowledged} acknowledgements, ` +
      `${total.crashes} crashes, ${total.evictions} evictions, ${total.failed} failed`,
  );
  return total.failed === 0 ? 0 : 1;
}

function tell({ seed, findings }: Verdict, { mixed, plant }: Options): void {
  if (findings.length === 0) {
    return;
  }
  const how = [
    ...(mixed ? ["--mixed"] : []),
    ...(plant === undefined ? [] : [`--plant "${plant.name}"`]),
  ].map((each) => ` ${each}`);
  console.log(`seed ${seed} failed: bun run sim --seeds 1 --from ${seed}${how.join("")} --trace`);
  for (const { check, detail } of findings) {
    console.log(`  ${check}: ${detail}`);
  }
}

/** One line that is written over, or in a log a line now and then. */
class Progress {
  readonly #seeds: number;
  readonly #begunAt = performance.now();
  #toldAt = this.#begunAt;

  constructor(seeds: number) {
    this.#seeds = seeds;
  }

  tell(done: number, failed: number): void {
    const now = performance.now();
    const perSecond = (done * 1_000) / Math.max(1, now - this.#begunAt);
    const left = done === 0 ? "" : `, ${Math.ceil((this.#seeds - done) / perSecond)} s left`;
    const line = `${done} of ${this.#seeds} seeds, ${failed} failed${left}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${line}`);
    } else if (now - this.#toldAt >= LINE_EVERY_MS) {
      this.#toldAt = now;
      console.error(line);
    }
  }

  clear(): void {
    if (process.stderr.isTTY) {
      process.stderr.write("\r\u001b[2K");
    }
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
        plant: { type: "string" },
        trace: { type: "boolean", default: false },
      },
    });
    const [seeds, from] = [Number(values.seeds), Number(values.from)];
    const whole = Number.isSafeInteger(seeds) && Number.isSafeInteger(from);
    const plant = PLANTS.find(({ name }) => name === values.plant);
    if (values.plant !== undefined && plant === undefined) {
      const names = PLANTS.map(({ name }) => `  "${name}"`).join("\n");
      console.error(`expected a plant, found "${values.plant}"; there are\n${names}`);
      return undefined;
    }
    return whole && seeds > 0 && seeds <= SEEDS_MAX && from >= 0
      ? { seeds, from, mixed: values.mixed, plant, trace: values.trace }
      : undefined;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
