/**
 * The official protocol suites against our engine: `bun run protocol --suites DIR`.
 *
 * DIR is a checkout of Socket.IO's repository, or its `docs` folder, with `npm install` done in the
 * suites' folders or above; the suites stay the user's, nothing of them is kept here. They are run
 * by Node.js, so that the client is none of Bun's. Without `--suites` the server just listens.
 */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { startProtocolServer } from "./server.ts";

/** Where the suites look for a server; it is written into them. */
const PORT = 3_000;

const SUITES = [
  { name: "Engine.IO v4", folder: "engine.io-protocol/v4-test-suite" },
  { name: "Socket.IO v5", folder: "socket.io-protocol/v5-test-suite" },
] as const;

const PASSING = /(\d+) passing/;
const FAILING = /(\d+) failing/;

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.error("usage: bun run protocol [--suites DIR]");
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { suites: { type: "string" } } });
  const { suites } = values;
  const programs = suites === undefined ? [] : SUITES.map((suite) => programOf(suites, suite));
  const server = startProtocolServer(PORT);
  if (suites === undefined) {
    console.log(`listening on ${server.url.href}`);
    return 0;
  }
  const total = { passed: 0, failed: 0 };
  for (const program of programs) {
    const { passed, failed } = await run(program);
    console.log(`${program.name}: ${passed} passed, ${failed} failed\n`);
    total.passed += passed;
    total.failed += failed;
  }
  await server.stop(true);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

interface Program {
  readonly name: string;
  readonly folder: string;
  readonly command: readonly string[];
}

function programOf(suites: string, { name, folder }: (typeof SUITES)[number]): Program {
  const node = Bun.which("node");
  if (node === null) {
    throw new Error("The suites are run by Node.js, and there is none on the PATH.");
  }
  const places = [join(suites, folder), join(suites, "docs", folder)];
  const place = places.find((each) => existsSync(join(each, "test-suite.js")));
  if (place === undefined) {
    throw new Error(`The ${name} suite was expected in ${places.join(" or ")}.`);
  }
  return { name, folder: place, command: [node, mochaOf(place), "test-suite.js"] };
}

function mochaOf(folder: string): string {
  try {
    const home = dirname(Bun.resolveSync("mocha/package.json", folder));
    return join(home, "bin", existsSync(join(home, "bin/mocha.js")) ? "mocha.js" : "mocha");
  } catch (error) {
    throw new Error(`What the suite needs is not there: npm install in ${folder}`, {
      cause: error,
    });
  }
}

/** A suite that ends before it has counted anything counts as one failure. */
async function run({ command, folder }: Program): Promise<Outcome> {
  const child = Bun.spawn([...command], { cwd: folder, stdout: "pipe", stderr: "inherit" });
  const decoder = new TextDecoder();
  let said = "";
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    said += decoder.decode(chunk, { stream: true });
  }
  const exitCode = await child.exited;
  const passed = Number(PASSING.exec(said)?.[1] ?? 0);
  const failed = Number(FAILING.exec(said)?.[1] ?? 0);
  return { passed, failed: exitCode !== 0 || passed === 0 ? Math.max(1, failed) : failed };
}
