/**
 * A node of our own: the program as production runs it, in a process that signals can reach.
 *
 * It keeps its port through restarts; what it says goes to a file of each boot: `node.log`,
 * `node.log.2`, ….
 */
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { endWithUs } from "./guard.ts";
import { waitFor } from "./waiting.ts";

/** A cold start while the other nodes of a busy machine start too. */
const READY_WITHIN_MS = 60_000;
const ASKED_WITHIN_MS = 1_000;
const ROOT = join(import.meta.dir, "../..");
/** Of this process's own settings none that would lead the server to somebody's data. */
const PASSED = ["PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "TZ"];

export interface NodeOptions {
  readonly name: string;
  readonly logFile: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

export interface OwnNode {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Its process is there and does not stand still. */
  readonly isRunning: boolean;
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number>;
  /** It says that it may be sent work. */
  isReady(): Promise<boolean>;
}

export async function createOwnNode(options: NodeOptions): Promise<OwnNode> {
  return new Node(options, await freePort());
}

class Node implements OwnNode {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly #options: NodeOptions;
  #process: Bun.Subprocess | undefined;
  #isPaused = false;
  #boots = 0;

  constructor(options: NodeOptions, port: number) {
    this.name = options.name;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#options = options;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null && !this.#isPaused;
  }

  async start(): Promise<void> {
    const { databaseUrl, redisUrl } = this.#options;
    this.#boots += 1;
    const logFile = this.#options.logFile + (this.#boots === 1 ? "" : `.${this.#boots}`);
    const passed = PASSED.flatMap((name): [string, string][] => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    });
    const started = Bun.spawn([process.execPath, "src/main.ts"], {
      cwd: ROOT,
      env: {
        ...Object.fromEntries(passed),
        ...{ NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(this.port) },
        ...{ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl },
        ...{ LOG_LEVEL: "warn", REQUESTS_PER_MINUTE: "1000000" },
      },
      stdout: Bun.file(logFile),
      stderr: Bun.file(`${logFile}.err`),
    });
    endWithUs(started);
    this.#process = started;
    this.#isPaused = false;
    await waitFor(() => started.exitCode !== null || this.isReady(), {
      withinMs: READY_WITHIN_MS,
      what: `the readiness of ${this.name}`,
    });
    if (started.exitCode !== null) {
      const said = await Bun.file(`${logFile}.err`).text();
      throw new Error(`${this.name} ended with ${started.exitCode}: ${said.slice(-500)}`);
    }
  }

  async kill(): Promise<void> {
    this.#process?.kill("SIGKILL");
    await this.#process?.exited;
    this.#isPaused = false;
  }

  pause(): void {
    this.#isPaused = true;
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
    this.#isPaused = false;
  }

  async terminate(): Promise<number> {
    this.#process?.kill("SIGTERM");
    return (await this.#process?.exited) ?? 0;
  }

  async isReady(): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(ASKED_WITHIN_MS);
      const headers = { connection: "close" };
      return (await fetch(`${this.url}/readyz`, { signal, headers, keepalive: false })).ok;
    } catch {
      return false;
    }
  }
}
