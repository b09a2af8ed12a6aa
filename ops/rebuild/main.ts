/**
 * `bun run rebuild [--actor TENANT/KIND/ID] [--accept-loss] [--dry-run]`: the actor store from the
 * journal.
 *
 * Reads the server's own configuration. Progress goes to standard error, the summary to standard
 * output. The exit code is 0 only when nothing is kept apart and everything could be judged.
 */
import { parseArgs } from "node:util";
import { type Address, parseAddressKey } from "../../actors/address.ts";
import type { Log } from "../../actors/clock.ts";
import { Repairer } from "../../actors/repairer.ts";
import { StoreInUse } from "../../actors/sqlite/database.ts";
import { MACHINES } from "../../machines/catalog.ts";
import { createArchive } from "../../src/archive.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { writeReadModel } from "../../src/read-model.ts";
import { type Storage, openStorage } from "../../src/storage.ts";
import { DryRun } from "./dry-run.ts";
import { type Rebuilt, rebuild } from "./rebuild.ts";
import { Summary } from "./summary.ts";

const USAGE = `usage: bun run rebuild [--actor TENANT/KIND/ID] [--accept-loss] [--dry-run]

Holds every actor that the store (Redis, or SQLite where REDIS_URL is not set) should have against
the journal in Postgres, and mends what was lost, rewound or garbled. It may run beside live servers
that share a Redis, and be run again at any time. What has lost something acknowledged is kept apart,
and named; the exit code is 1 then.

  --actor TENANT/KIND/ID  this one alone, for example north/session/0f3c…
  --accept-loss           go on without what cannot be proved, and say what that was
  --dry-run               say what would come of it and how much would be written; write nothing
  --help                  this text`;

const TOLD_EVERY_MS = { terminal: 200, file: 5_000 } as const;

interface Options {
  readonly actor: Address | undefined;
  readonly acceptLoss: boolean;
  readonly dryRun: boolean;
}

process.exit(await main());

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`rebuild: ${sentenceOf(error)}\n\n${USAGE}`);
    return 1;
  }
  if (options === undefined) {
    console.log(USAGE);
    return 0;
  }
  const summary = new Summary(options.dryRun);
  try {
    await run(parseConfig(process.env), options, summary);
  } catch (error) {
    summary.lines().forEach((line) => console.log(line));
    console.error(`rebuild: stopped after ${summary.all} actors: ${sentenceOf(error)}`);
    return 1;
  }
  summary.lines().forEach((line) => console.log(line));
  console.log(summary.all === 0 ? "There is no actor that the store should have." : "Done.");
  return summary.isWhole ? 0 : 1;
}

/** Undefined: help was asked for. */
function parseOptions(words: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      actor: { type: "string" },
      "accept-loss": { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { actor, "accept-loss": acceptLoss, "dry-run": dryRun, help } = values;
  return help
    ? undefined
    : { actor: actor === undefined ? undefined : parseAddressKey(actor), acceptLoss, dryRun };
}

async function run(config: Config, options: Options, summary: Summary): Promise<void> {
  const node = systemIds.next();
  const log = logOf();
  const storage = await openStorage({ config, clock: systemClock, log, node });
  const progress = startProgress(summary);
  try {
    await rebuildIn(storage, log, { options, summary });
  } finally {
    progress.stop();
    await storage.close();
  }
}

async function rebuildIn(
  { store: opened, db }: Storage,
  log: Log,
  { options, summary }: { readonly options: Options; readonly summary: Summary },
): Promise<void> {
  const [clock, ids, machines] = [systemClock, systemIds, MACHINES];
  const real = { store: opened, archive: createArchive({ db, clock, readModel: writeReadModel }) };
  const dryRun = options.dryRun ? new DryRun(real) : undefined;
  const { store, archive } = dryRun ?? real;
  const repairer = new Repairer({ store, archive, clock, ids, log, machines });
  const onRebuilt = (rebuilt: Rebuilt): void => summary.add(rebuilt);
  const pause = (ms: number): Promise<void> => Bun.sleep(ms);
  const { acceptLoss, actor } = options;
  await rebuild({ repairer, archive, acceptLoss, onRebuilt, pause }, actor);
  summary.wished = dryRun?.wished;
}

function startProgress(summary: Summary): { stop(): void } {
  const { isTTY } = process.stderr;
  const begunAt = performance.now();
  const tell = (): void => {
    const line = `${summary.progress()} (${Math.round((performance.now() - begunAt) / 1_000)} s)`;
    process.stderr.write(isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };
  const timer = setInterval(tell, isTTY ? TOLD_EVERY_MS.terminal : TOLD_EVERY_MS.file);
  return {
    stop: () => {
      clearInterval(timer);
      tell();
      process.stderr.write(isTTY ? "\n" : "");
    },
  };
}

/** What the summary does not say. */
function logOf(): Log {
  const told = ["actor.mended", "actor.quarantined"];
  const say = (event: string, fields: unknown): void => {
    if (!told.includes(event)) {
      process.stderr.write(`${event} ${JSON.stringify(fields)}\n`);
    }
  };
  return { info: () => undefined, warn: say, error: say };
}

function sentenceOf(error: unknown): string {
  if (error instanceof StoreInUse) {
    return `${error.message}. A server has the embedded store to itself: stop it, run this, start it again.`;
  }
  return error instanceof Error ? error.message : String(error);
}
