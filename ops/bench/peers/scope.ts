/**
 * Everything that a measurement started: child processes and one temporary directory.
 *
 * They end with the scope, and with this process however that ends.
 */
import { startEmbeddedPostgres } from "../../../src/embedded-postgres.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock } from "../../../src/platform.ts";
import { type OwnDirectory, ownDirectory } from "../../servers/directory.ts";
import { endWithUs } from "../../servers/guard.ts";
import { redisBinary, startRedisIn } from "../../servers/redis.ts";

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
/** What is kept of what a child says, to repeat it when it does not start. */
const SAID_CHARS_MAX = 4_000;

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it says when it serves; its first group is what `child` resolves with. */
  readonly ready: RegExp;
}

export class Scope {
  readonly #directory: OwnDirectory = ownDirectory("peers");
  readonly #endings: (() => Promise<void>)[] = [];

  get directory(): string {
    return this.#directory.path;
  }

  /** Called at the end, the last one first. */
  atEnd(ending: () => Promise<void>): void {
    this.#endings.push(ending);
  }

  /** Durable, and its address with the password. */
  async postgres(): Promise<string> {
    const dataDir = this.directory;
    const log = createLog("error");
    const postgres = await startEmbeddedPostgres({ dataDir, clock: systemClock, log });
    this.atEnd(() => postgres.stop());
    return postgres.url;
  }

  async child(command: readonly string[], options: ChildOptions): Promise<string> {
    const child = Bun.spawn([...command], {
      cwd: options.cwd ?? this.directory,
      env: { ...passedOn(), ...options.env },
      stdout: "pipe",
      stderr: "pipe",
    });
    endWithUs(child);
    this.atEnd(async () => {
      const disarm = systemClock.after(STOP_WITHIN_MS, () => child.kill("SIGKILL"));
      child.kill("SIGTERM");
      await child.exited;
      disarm();
    });
    return ready(child, options.ready, command[0] ?? "");
  }

  /**
   * Its address. It has on disk what it acknowledged (`appendfsync always`), unless `settings` say
   * otherwise.
   */
  async redis(settings: readonly string[] = []): Promise<string> {
    if (redisBinary === null) {
      throw new Error("there is no redis-server on the PATH");
    }
    const redis = await startRedisIn(this.directory, settings);
    this.atEnd(() => redis.stop());
    return redis.url;
  }

  async end(): Promise<void> {
    for (const ending of this.#endings.splice(0).toReversed()) {
      await ending();
    }
    this.#directory.remove();
  }
}

/** None of this process's settings that would lead a child to somebody's data. */
function passedOn(): Record<string, string> {
  const names = ["PATH", "HOME", "USER", "TMPDIR", "LANG", "LC_ALL", "TZ"];
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Reads on to the end, so that the child never waits for a full pipe. */
async function ready(
  child: Bun.Subprocess<"ignore", "pipe", "pipe">,
  pattern: RegExp,
  name: string,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  const fail = (why: string): void => reject(new Error(`${name} ${why}: ${text.trim()}`));
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text = (text + decoder.decode(chunk, { stream: true })).slice(-SAID_CHARS_MAX);
      const found = pattern.exec(text);
      if (found !== null) {
        resolve(found[1] ?? "");
      }
    }
  };
  void Promise.all([read(child.stdout), read(child.stderr), child.exited]).then(([, , code]) =>
    fail(`ended with ${code}`),
  );
  const disarm = systemClock.after(READY_WITHIN_MS, () => fail("was not ready in time"));
  return promise.finally(disarm);
}
