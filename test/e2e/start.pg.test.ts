/** What stops the program from starting: one sentence on standard error, and exit code 1. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../src/config.ts";
import { systemClock, systemIds } from "../../src/platform.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { quietLog } from "../support/fake-clock.ts";
import { type FreshDatabase, freshDatabase } from "../support/postgres.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const directory = temporaryDirectory("start");
let database: FreshDatabase;
let running: RunningServer;

beforeAll(async () => {
  database = await freshDatabase();
  const config = parseConfig({
    ...{ NODE_ENV: "test", PORT: "0", DATABASE_URL: database.url },
    DATA_DIR: join(directory, "first"),
  });
  running = await startServer({ config, clock: systemClock, ids: systemIds, log: quietLog() });
}, 60_000);

afterAll(async () => {
  await running.stop();
  await database.drop();
}, 30_000);

interface Ended {
  readonly code: number;
  readonly said: string;
}

/** Another process of the program; ends it where it starts all the same. */
async function start(environment: Readonly<Record<string, string>>): Promise<Ended> {
  const child = Bun.spawn(["bun", "src/main.ts"], {
    env: {
      ...process.env,
      ...{ PORT: "0", DATABASE_URL: database.url, DATA_DIR: join(directory, "second") },
      ...{ LOG_LEVEL: "silent", ...environment },
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const greeted = child.stdout
    .getReader()
    .read()
    .then(({ done }) => {
      if (!done) {
        child.kill("SIGKILL");
      }
    });
  const said = await new Response(child.stderr).text();
  await greeted;
  return { code: await child.exited, said };
}

describe("a server that cannot start says why in one sentence", () => {
  test("a port that another server listens on is not shared with it", async () => {
    expect(await start({ PORT: String(running.port) })).toEqual({
      code: 1,
      said: `toolboxai: cannot listen on port ${running.port} of 127.0.0.1: another process does\n`,
    });
  });

  test("a directory that another server keeps is not shared with it", async () => {
    const { code, said } = await start({ DATA_DIR: join(directory, "first") });

    expect(code).toBe(1);
    expect(said).toMatch(/^toolboxai: .*\/first\/actors\.sqlite is in use by another process.*\n$/);
  });

  test("a DATA_DIR that is no directory is named", async () => {
    const file = join(directory, "file");
    writeFileSync(file, "");

    expect(await start({ DATA_DIR: file })).toEqual({
      code: 1,
      said: `toolboxai: DATA_DIR: ${file} is no directory that can be written (EEXIST)\n`,
    });
  });

  test("a variable that cannot be is named before anything is made", async () => {
    const { code, said } = await start({ LOG_LEVEL: "loud", DATA_DIR: join(directory, "third") });

    expect(code).toBe(1);
    expect(said).toMatch(/^toolboxai: LOG_LEVEL must be one of .*, found "loud"\.\n$/);
    expect(existsSync(join(directory, "third"))).toBe(false);
  });
});
