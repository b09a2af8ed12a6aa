/**
 * The program: reads the environment, starts one server, says where it is, stops it on a signal.
 *
 * What is wrong is said in one sentence on standard error, and the exit code is 1.
 */
import packageJson from "../package.json" with { type: "json" };
import { parseConfig } from "./config.ts";
import { firstViewProgram } from "./http/first-view.ts";
import { pageFiles } from "./http/page-files.ts";
import { createLog } from "./log.ts";
import { systemClock, systemIds } from "./platform.ts";
import { type RunningServer, startServer } from "./server.ts";

/** A node that cannot drain in this time is killed by its operator anyway. */
const STOP_MS_MAX = 20_000;

await main();

async function main(): Promise<void> {
  try {
    const config = parseConfig(process.env);
    const log = createLog(config.logLevel);
    const server = await startServer({ config, clock: systemClock, ids: systemIds, log });
    process.stdout.write(greeting(server));
    stopOnSignals(server);
    // The first visitor finds the pages made; the start did not wait for them.
    if (config.roles.includes("http")) {
      await Promise.all([pageFiles(), firstViewProgram()]);
    }
  } catch (error) {
    process.stderr.write(`toolboxai: ${sentenceOf(error)}\n`);
    process.exit(1);
  }
}

/** The first signal drains; a second one, whichever it is, ends at once. */
function stopOnSignals(server: RunningServer): void {
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (isStopping) {
        process.exit(1);
      }
      isStopping = true;
      void shutDown(server, signal);
    });
  }
}

async function shutDown(server: RunningServer, signal: string): Promise<void> {
  process.stdout.write(`\n${signal}: finishing what was begun…\n`);
  systemClock.after(STOP_MS_MAX, () => {
    process.stderr.write(`toolboxai: not everything was finished in ${STOP_MS_MAX} ms\n`);
    process.exit(1);
  });
  const unfinished = await server.stop();
  if (unfinished.length > 0) {
    process.stderr.write(`toolboxai: not finished in its time: ${unfinished.join(", ")}\n`);
  }
  process.exit(unfinished.length === 0 ? 0 : 1);
}

function greeting({ url, demo }: RunningServer): string {
  const lines = [
    `ToolboxAI ${packageJson.version} is ready at ${url}`,
    `  Students join: ${url}`,
    `  Teachers:      ${url}/teach`,
    `  API documents: ${url}/docs`,
  ];
  if (demo !== undefined) {
    const password =
      demo.password ?? "the one that was printed on the first start, or DEMO_PASSWORD then";
    lines.push(`  Demo school:   tenant "${demo.tenant}", ${demo.teacher}, password: ${password}`);
  }
  return `${lines.join("\n")}\n`;
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "it could not be started, for no stated reason";
}
