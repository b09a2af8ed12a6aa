/**
 * A real Redis of our own: its process, port and directory, as durable as production's.
 *
 * Owns starting, killing and ending with us; the directory is its caller's.
 */
import { join } from "node:path";
import { createClient } from "redis";
import { freePort } from "./free-port.ts";
import { endWithUs } from "./guard.ts";
import { waitFor } from "./waiting.ts";

/** Two at once may be told the same free port; the one that comes second asks for another. */
const ATTEMPTS = 5;
/** Loading a file of some megabytes on a busy machine. */
const READY_WITHIN_MS = 10_000;

export interface OwnRedis {
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

/** Null: there is no `redis-server` on the PATH. */
export const redisBinary = Bun.which("redis-server");

/** `settings` come after the durable ones and win: `["--appendfsync", "everysec"]`. */
export async function startRedisIn(
  dir: string,
  settings: readonly string[] = [],
): Promise<OwnRedis> {
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
export function command(redis: OwnRedis, args: readonly string[]): Promise<unknown> {
  return withClient(redis, (ask) => ask(args));
}

export type Ask = (args: readonly string[]) => Promise<unknown>;

/** A connection that is open when `use` begins, and closed when it has ended. */
export async function withClient<T>(redis: OwnRedis, use: (ask: Ask) => Promise<T>): Promise<T> {
  const client = createClient({ url: redis.url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await use((args) => client.sendCommand<unknown>(args));
  } finally {
    client.destroy();
  }
}

class Server implements OwnRedis {
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
  const binary = redisBinary ?? "redis-server";
  const server = Bun.spawn(
    [binary, "--port", String(port), "--bind", "127.0.0.1", ...args, ...settings],
    { stdout: Bun.file(join(dir, "redis.log")), stderr: "ignore" },
  );
  endWithUs(server);
  await waitFor(() => server.exitCode !== null || answers(port), {
    withinMs: READY_WITHIN_MS,
    what: `Redis on port ${port}`,
  });
  if (server.exitCode !== null) {
    const log = await Bun.file(join(dir, "redis.log")).text();
    throw new Error(`redis-server ended with ${server.exitCode}: ${log.slice(-500)}`);
  }
  return server;
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
