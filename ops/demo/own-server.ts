/**
 * A server of the demo's or the benchmark's own: a child process with nothing but a temporary
 * directory and a free port, as a new user would start it. It goes, with its directory, when they
 * do.
 */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomSecret, systemClock } from "../../src/platform.ts";

/** The first start makes a database cluster; a busy machine takes seconds for it. */
const READY_WITHIN_MS = 120_000;
/** What the server allows itself to finish in, and a little. */
const STOP_WITHIN_MS = 25_000;
/** What is kept of what the server says, to repeat it when it does not start. */
const SAID_CHARS_MAX = 20_000;
const PASSWORD_BYTES = 12;
const ROOT = join(import.meta.dir, "../..");

export interface OwnServer {
  readonly url: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** `under`: what the server is started by, such as `taskset -c 0`. */
export async function startOwnServer(under: readonly string[] = []): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "toolboxai-demo-"));
  // Postgres runs as a user of its own when we are root, and has to reach its directory.
  chmodSync(dataDir, 0o755);
  const password = randomSecret(PASSWORD_BYTES);
  const child = Bun.spawn([...under, process.execPath, "src/main.ts"], {
    cwd: ROOT,
    env: { ...environment(), DATA_DIR: dataDir, PORT: "0", DEMO_PASSWORD: password },
    stdout: "pipe",
    stderr: "pipe",
  });
  const abandon = (): void => {
    child.kill("SIGKILL");
    rmSync(dataDir, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  const said = listen([child.stdout, child.stderr]);
  const url = await said.until(/ is ready at (http:\S+)/, child.exited).catch((error: unknown) => {
    abandon();
    throw error;
  });
  return {
    url,
    password,
    stop: async () => {
      const stop = systemClock.after(STOP_WITHIN_MS, () => child.kill("SIGKILL"));
      child.kill("SIGTERM");
      await child.exited;
      stop();
      process.removeListener("exit", abandon);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Of this process's own settings none that would lead the server to somebody's data. */
function environment(): Record<string, string> {
  const passed = ["PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "TZ"];
  const known = passed.map((name): [string, string | undefined] => [name, process.env[name]]);
  return {
    ...Object.fromEntries(
      known.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    LOG_LEVEL: "warn",
  };
}

/** Reads on to the end, so that the child never waits for a full pipe. */
function listen(streams: readonly ReadableStream<Uint8Array>[]) {
  let text = "";
  let changed = (): void => {};
  for (const stream of streams) {
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of stream) {
        text = (text + decoder.decode(chunk, { stream: true })).slice(-SAID_CHARS_MAX);
        changed();
      }
    })();
  }
  return {
    until: (pattern: RegExp, ended: Promise<number>): Promise<string> =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          reject(new Error(`the server of our own ${why}:\n${text.trim()}`));
        };
        const stop = systemClock.after(READY_WITHIN_MS, () => fail("was not ready in time"));
        changed = () => {
          const found = pattern.exec(text)?.[1];
          if (found !== undefined) {
            stop();
            resolve(found);
          }
        };
        void ended.then((code) => {
          stop();
          fail(`ended with code ${code}`);
        });
        changed();
      }),
  };
}
