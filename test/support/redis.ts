/**
 * A real Redis for tests: its own process, port and directory, as durable as production's.
 *
 * Owns starting, killing and cleaning up. Where there is no `redis-server` the suites that need one
 * are skipped and say so loudly; under CI=true that is a failure.
 */
import { createServer } from "node:net";
import { join } from "node:path";
import { createClient } from "redis";
import { eventually } from "./eventually.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Two at once may be told the same free port; the one that comes second asks for another. */
const ATTEMPTS = 5;

/** A signal to the whole group must not end the guard before it has done its work. */
const DEAF = "trap '' INT TERM HUP";

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** SIGKILL: what it had not written is gone. */
  kill(): Promise<void>;
  /** The process stands still, with its connections open. */
  pause(): void;
  resume(): void;
  /** On the same directory and port, after `kill` or `stop`. */
  restart(): Promise<void>;
  /** SIGTERM, and gone for good unless it is restarted. */
  stop(): Promise<void>;
}

const binary = Bun.which("redis-server");

/** Whether the Redis suites can run; throws under CI=true where they cannot. */
export function redisOrSkip(suite: string): boolean {
  if (binary === null) {
    const sentence = `SKIPPED: ${suite} needs redis-server 7 or newer on the PATH and found none`;
    if (process.env["CI"] === "true") {
      throw new Error(sentence);
    }
    process.stderr.write(`\n*** ${sentence} ***\n\n`);
  }
  return binary !== null;
}

/** `settings` come after the durable ones and win: `["--appendfsync", "everysec"]`. */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const dir = temporaryDirectory("redis");
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return new Server(dir, port, settings, await run(dir, port, settings));
    } catch (error) {
      if (attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
}

/** One command on a connection of its own. */
export async function command(redis: TestRedis, args: readonly string[]): Promise<unknown> {
  const client = createClient({ url: redis.url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await client.sendCommand<unknown>(args);
  } finally {
    client.destroy();
  }
}

class Server implements TestRedis {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  readonly #settings: readonly string[];
  #process: Bun.Subprocess;

  constructor(dir: string, port: number, settings: readonly string[], process: Bun.Subprocess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.port = port;
    this.dir = dir;
    this.#settings = settings;
    this.#process = process;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  pause(): void {
    this.#process.kill("SIGSTOP");
  }

  resume(): void {
    this.#process.kill("SIGCONT");
  }

  async restart(): Promise<void> {
    this.#process = await run(this.dir, this.port, this.#settings);
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.exited;
  }
}

async function run(
  dir: string,
  port: number,
  settings: readonly string[],
): Promise<Bun.Subprocess> {
  const durable = { appendonly: "yes", appendfsync: "always", "aof-load-truncated": "no" };
  const options = { ...durable, "maxmemory-policy": "noeviction", save: "", dir };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const server = Bun.spawn(
    [binary ?? "redis-server", "--port", String(port), "--bind", "127.0.0.1", ...args, ...settings],
    { stdout: Bun.file(join(dir, "redis.log")), stderr: "ignore" },
  );
  endWithUs(server);
  await eventually(() => (server.exitCode === null ? answers(port) : gone(dir, server)), {
    what: `Redis on port ${port}`,
  });
  return server;
}

/** Also when the tests are killed: a shell waits for the end of its input, which is our end. */
function endWithUs(server: Bun.Subprocess): void {
  const guard = Bun.spawn(["sh", "-c", `${DEAF}; read _; kill -9 ${server.pid}`], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  });
  guard.unref();
  void server.exited.then(() => guard.kill("SIGKILL"));
}

async function gone(dir: string, server: Bun.Subprocess): Promise<never> {
  const log = await Bun.file(join(dir, "redis.log")).text();
  throw new Error(`redis-server ended with ${server.exitCode}: ${log.slice(-500)}`);
}

/** It listens and has loaded its file. */
async function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (opened) => {
        opened.write("PING\r\n");
      },
      data: (_, reply) => resolve(reply.toString().startsWith("+PONG")),
      close: () => resolve(false),
      error: () => resolve(false),
    },
  });
  const ready = await promise;
  socket.end();
  return ready;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
