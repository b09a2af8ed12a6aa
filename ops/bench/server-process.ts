/**
 * A server of our own to measure: the real program as a child process on the embedded default, in
 * a data directory that goes away with it.
 *
 * Where `taskset` exists and there is more than one core, the server and its Postgres get one core
 * of their own and whoever measures is told so; elsewhere they share the machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh data directory needs a new Postgres cluster, which takes seconds on a busy machine. */
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const PASSWORD = "bench-password";

export interface ServerProcess {
  readonly url: string;
  readonly tenant: string;
  readonly teacher: string;
  readonly password: string;
  /** "on one core", or "on a shared machine". */
  readonly where: string;
  stop(): Promise<void>;
}

export async function startServerProcess(): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), "toolboxai-bench-"));
  const isPinned = Bun.which("taskset") !== null && availableParallelism() > 1;
  const child = Bun.spawn({
    cmd: [...(isPinned ? ["taskset", "-c", "0"] : []), process.execPath, "src/main.ts"],
    cwd: `${import.meta.dir}/../..`,
    env: environment(folder),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await child.exited;
    clearTimeout(killer);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    return {
      url: await readyAt(child.stdout),
      tenant: "demo",
      teacher: "teacher@demo.example",
      password: PASSWORD,
      where: isPinned ? "on one core" : "on a shared machine",
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The caller's environment without what would point the server at other storage. */
function environment(folder: string): Record<string, string | undefined> {
  return {
    ...process.env,
    DATA_DIR: folder,
    PORT: "0",
    HOST: "127.0.0.1",
    DEMO_PASSWORD: PASSWORD,
    LOG_LEVEL: "warn",
    NODE_ENV: "development",
    DATABASE_URL: undefined,
    REDIS_URL: undefined,
    ROLES: undefined,
    PUBLIC_URL: undefined,
  };
}

/** The address in what the server prints when it is ready; what it prints later is not read. */
async function readyAt(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const reader = output.getReader();
  const decoder = new TextDecoder();
  const late = setTimeout(() => void reader.cancel(), READY_WITHIN_MS);
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: true });
      const url = /is ready at (\S+)/.exec(text)?.[1];
      if (url !== undefined) {
        return url;
      }
      if (done) {
        throw new Error(`expected a server that is ready, found: ${text.trim() || "nothing"}`);
      }
    }
  } finally {
    clearTimeout(late);
    reader.releaseLock();
  }
}
