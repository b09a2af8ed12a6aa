/**
 * A real Postgres for the embedded default: started with the process, kept in `DATA_DIR`.
 *
 * Invariants:
 * 1. EP1: data survive every end of this process; what Postgres acknowledged is on disk.
 * 2. EP3: no postmaster outlives us: `stop` ends it, and when we are killed a watcher at the other
 *    end of a pipe does. One that escaped even so is stopped by the next start.
 * 3. It listens on 127.0.0.1 alone, on a free port, behind a generated password.
 */
import { readFile } from "node:fs/promises";
import type { Clock, Log } from "../actors/clock.ts";
import { findBinaries } from "./embedded-postgres/binaries.ts";
import { SUPERUSER, ensureCluster } from "./embedded-postgres/cluster.ts";
import { EmbeddedPostgresFailed } from "./embedded-postgres/failed.ts";
import { clearOrphan, giveUpOwnership, takeOwnership } from "./embedded-postgres/ownership.ts";
import { type Place, findPlace } from "./embedded-postgres/place.ts";
import { startPostmaster } from "./embedded-postgres/postmaster.ts";

/** Above the pool of one process, with room for a person with psql. */
const CONNECTIONS_MAX = 50;

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** False gives up EP1 for speed: for tests whose data nobody needs. */
  readonly durable?: boolean;
  /** Of all clients together; several nodes on one cluster need more than one. */
  readonly connectionsMax?: number;
}

export interface EmbeddedPostgres {
  /** With the password: never for a log. */
  readonly url: string;
  /** Resolves when Postgres is down and the place is free; the second call waits too. */
  stop(): Promise<void>;
}

/** Rejects with `EmbeddedPostgresFailed` and leaves nothing running. */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  try {
    const place = await findPlace(options.dataDir, options.log);
    await takeOwnership(place);
    return await startIn(place, options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresFailed) {
      throw error;
    }
    const why = error instanceof Error ? error.message : "for no stated reason";
    throw new EmbeddedPostgresFailed(
      `could not start the embedded Postgres in ${options.dataDir} (${why})`,
      { cause: error },
    );
  }
}

async function startIn(place: Place, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { clock, log, durable = true, connectionsMax = CONNECTIONS_MAX } = options;
  const began = clock.now();
  try {
    const binaries = await findBinaries(place);
    await clearOrphan(place, clock, log);
    const isNew = await ensureCluster(place, binaries, { durable });
    const postmaster = await startPostmaster(place, binaries, {
      ...{ clock, log, durable, connectionsMax },
    });
    const password = (await readFile(place.password, "utf8")).trim();
    log.info("postgres.started", { port: postmaster.port, isNew, tookMs: clock.now() - began });
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await postmaster.stop();
      await giveUpOwnership(place);
      log.info("postgres.stopped", {});
    };
    return {
      url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${postmaster.port}/postgres`,
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await giveUpOwnership(place);
    throw error;
  }
}
