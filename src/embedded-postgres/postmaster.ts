/**
 * One postmaster: made ready to accept connections, and watched so that it never outlives us.
 *
 * Leaves to its caller that the place is owned and that its cluster exists.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Clock, Log } from "../../actors/clock.ts";
import type { Binaries } from "./binaries.ts";
import { exitOf, lastWords, spawnAs } from "./child.ts";
import { EmbeddedPostgresFailed } from "./failed.ts";
import { readMark, stopPostmaster, waitUntil } from "./ownership.ts";
import { type Place, giveTo } from "./place.ts";

/** Recovery after a power cut replays at most `max_wal_size`; a slow disk needs most of this. */
const READY_WITHIN_MS = 60_000;
/**
 * The port may be taken between choice and use, and a killed postmaster's memory takes a moment.
 */
const START_TRIES_MAX = 8;
const RETRY_AFTER_MS = 150;
/** What Postgres wrote in earlier runs is dropped at a start beyond this. */
const LOG_BYTES_MAX = 1_048_576;

export interface PostmasterOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly durable: boolean;
  readonly connectionsMax: number;
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Resolves when it accepts connections; rejects with nothing left running. */
export async function startPostmaster(
  place: Place,
  binaries: Binaries,
  options: PostmasterOptions,
): Promise<Postmaster> {
  for (let tries = 1; ; tries += 1) {
    const running = await launch(place, binaries, options);
    const isReady = (): boolean => {
      const mark = readMark(place);
      return mark?.pid === running.pid && mark.ready;
    };
    const settled = (): boolean => running.hasEnded || isReady();
    const inTime = await waitUntil(settled, READY_WITHIN_MS, options.clock);
    if (inTime && !running.hasEnded) {
      return { pid: running.pid, port: running.port, stop: () => end(running, options.clock) };
    }
    await end(running, options.clock);
    const said = (await readFile(place.log, "utf8")).slice(running.logFrom);
    const why = lastWords(said) ?? "it wrote no reason";
    const mayPass = /in use|bind|lock file/.test(why);
    if (!mayPass || tries === START_TRIES_MAX) {
      throw new EmbeddedPostgresFailed(`Postgres did not start in ${place.cluster}: ${why}`);
    }
    await new Promise<void>((resolve) => options.clock.after(RETRY_AFTER_MS, resolve));
  }
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly watcher: ChildProcess;
  /** Where in the log this run begins. */
  readonly logFrom: number;
  hasEnded: boolean;
  isStopping: boolean;
}

async function launch(
  place: Place,
  binaries: Binaries,
  options: PostmasterOptions,
): Promise<Running> {
  const port = await freePort();
  const output = await openLog(place);
  // Detached, so that a Ctrl-C in the terminal reaches us alone and we can still write.
  const child = spawn(
    binaries.postgres,
    ["-D", place.cluster, "-p", String(port), ...settings(options)],
    { ...spawnAs(place), detached: true, stdio: ["ignore", output.file.fd, output.file.fd] },
  );
  const ended = exitOf(child);
  await output.file.close();
  const { pid } = child;
  if (pid === undefined) {
    await ended;
    throw new EmbeddedPostgresFailed(`cannot run ${binaries.postgres}`);
  }
  child.unref();
  const running: Running = {
    pid,
    port,
    watcher: watch(place, pid),
    logFrom: output.size,
    hasEnded: false,
    isStopping: false,
  };
  void ended.then((code) => {
    running.hasEnded = true;
    if (!running.isStopping) {
      options.log.error("postgres.ended", { pid, code });
    }
  });
  return running;
}

async function end(running: Running, clock: Clock): Promise<void> {
  running.isStopping = true;
  await stopPostmaster(running.pid, () => running.hasEnded, clock);
  running.watcher.stdin?.end();
}

/** Errors are logged without statements and details: those may hold a learner's words. */
function settings({ durable, connectionsMax }: PostmasterOptions): readonly string[] {
  const values = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: String(connectionsMax),
    shared_buffers: "64MB",
    max_wal_size: "256MB",
    io_method: "sync",
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    fsync: durable ? "on" : "off",
    synchronous_commit: durable ? "on" : "off",
    full_page_writes: durable ? "on" : "off",
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Reads a pipe that only we hold open: its end is ours, however we ended. */
function watch(place: Place, pid: number): ChildProcess {
  const script =
    'while read -r _; do :; done; read -r now < "$2" && [ "$now" = "$1" ] && kill -INT "$1"';
  const mark = join(place.cluster, "postmaster.pid");
  const watcher = spawn("/bin/sh", ["-c", script, "toolboxai-postgres-watch", String(pid), mark], {
    ...spawnAs(place),
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.on("error", () => undefined);
  watcher.unref();
  return watcher;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function openLog(place: Place) {
  const file = await open(place.log, "a", 0o600);
  await giveTo(place.log, place.runAs);
  const { size } = await file.stat();
  if (size <= LOG_BYTES_MAX) {
    return { file, size };
  }
  await file.truncate();
  return { file, size: 0 };
}
