/** A real Postgres of our own that can be crashed and comes back at the same address. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../actors/clock.ts";
import { startEmbeddedPostgres } from "../../src/embedded-postgres.ts";
import { systemClock } from "../../src/platform.ts";
import { startRelay } from "./relay.ts";
import { waitFor } from "./waiting.ts";

/** Three nodes with full pools, and whoever looks. */
const CONNECTIONS_MAX = 100;
const GONE_WITHIN_MS = 10_000;

const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface OwnPostgres {
  /** The same through every restart. */
  readonly url: string;
  /** As `pg_ctl stop -m immediate`: nothing is written, the next start recovers. */
  crash(): Promise<void>;
  /** After a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnPostgres(dir: string): Promise<OwnPostgres> {
  const start = () =>
    startEmbeddedPostgres({
      ...{ dataDir: dir, clock: systemClock, log: quiet, connectionsMax: CONNECTIONS_MAX },
    });
  let running = await start();
  const relay = await startRelay({ targets: () => [Number(new URL(running.url).port)] });
  const url = new URL(running.url);
  url.port = String(relay.port);
  return {
    url: url.href,
    crash: async () => {
      const pid = postmasterOf(dir);
      process.kill(pid, "SIGQUIT");
      await waitFor(() => !isAlive(pid), { withinMs: GONE_WITHIN_MS, what: "Postgres' end" });
      await running.stop();
    },
    restart: async () => {
      running = await start();
    },
    stop: async () => {
      relay.close();
      await running.stop();
    },
  };
}

function postmasterOf(dir: string): number {
  const mark = join(dir, "postgres/cluster/postmaster.pid");
  return Number(readFileSync(mark, "utf8").split("\n")[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
