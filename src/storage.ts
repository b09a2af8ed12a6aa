/**
 * Storage: the database and the actor store that a configuration asks for, opened and migrated.
 *
 * Owns the choice between the embedded default and production. Invariants:
 * 1. What was opened is closed again when a later part cannot be, and at `close`, in reverse order.
 * 2. What would lose acknowledged writes is judged before anything else is opened
 *    (`durability.ts`).
 */
import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Database, connect, health } from "../db/connect.ts";
import { migrate } from "../db/migrate.ts";
import type { Clock, Log } from "../actors/clock.ts";
import { openRedisStore } from "../actors/redis/redis-store.ts";
import { openSqliteStore } from "../actors/sqlite/sqlite-store.ts";
import { type ActorStore, StoreUnreachable } from "../actors/store.ts";
import type { Config } from "./config.ts";
import { Durability } from "./durability.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import type { ReadyCheck } from "./http/parts.ts";

export interface Storage {
  readonly db: Database;
  readonly store: ActorStore;
  /** No other node can share this store. */
  readonly alone: boolean;
  /** False: it may lose what was acknowledged. */
  readonly isDurable: () => boolean;
  readonly checks: readonly ReadyCheck[];
  close(): Promise<void>;
}

export interface StorageParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** The id of this boot. */
  readonly node: string;
}

/** What the embedded default keeps has no place where it was asked to be. */
export class DataDirUnusable extends Error {
  override readonly name = "DataDirUnusable";
  readonly kind = "data-dir.unusable";
  readonly retry = "never";
}

type Closing = () => Promise<void>;

export async function openStorage(parts: StorageParts): Promise<Storage> {
  const closings: Closing[] = [];
  const close = async (): Promise<void> => {
    for (const closing of closings.splice(0).toReversed()) {
      await closing();
    }
  };
  try {
    await ensureDataDir(parts.config);
    // SQLite first: it is the lock that keeps a second process away from this directory.
    const { store, faults, ready } = await openStore(parts);
    closings.push(() => store.close());
    const durability = await Durability.judged({ ...parts, faults });
    closings.push(() => durability.stop());
    const db = await openDatabase(parts, closings);
    const checks: readonly ReadyCheck[] = [
      { name: "postgres", check: () => health(db) },
      { name: "store", check: ready },
      { name: "durability", check: () => durability.check() },
    ];
    const alone = parts.config.redisUrl === undefined;
    return { db, store, alone, isDurable: () => durability.holds, checks, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A node that keeps nothing itself needs no directory. */
async function ensureDataDir({ dataDir, databaseUrl, redisUrl }: Config): Promise<void> {
  if (databaseUrl !== undefined && redisUrl !== undefined) {
    return;
  }
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    const sentence = `DATA_DIR: ${dataDir} is no directory that can be written (${why})`;
    throw new DataDirUnusable(sentence, { cause });
  }
}

interface OpenedStore {
  readonly store: ActorStore;
  /** Sentences on what this store would lose; none where it keeps every acknowledged write. */
  readonly faults: () => Promise<readonly string[]>;
  /** Rejects while the store cannot be asked, or its clock is not known well enough (C17). */
  readonly ready: () => Promise<void>;
}

async function openStore({ config, clock, log, node }: StorageParts): Promise<OpenedStore> {
  if (config.redisUrl !== undefined) {
    const store = await openRedisStore({ url: config.redisUrl, clock, log, node });
    const ready = async (): Promise<void> => {
      const why = store.notReady();
      if (why !== undefined) {
        throw new StoreUnreachable(why);
      }
      await store.nodes();
    };
    return { store, faults: () => store.durability(), ready };
  }
  const file = join(config.dataDir, "actors.sqlite");
  const store = await openSqliteStore({ file, clock, log });
  return { store, faults: async () => [], ready: async () => void (await store.nodes()) };
}

async function openDatabase(
  { config, clock, log }: StorageParts,
  closings: Closing[],
): Promise<Database> {
  let url = config.databaseUrl;
  if (url === undefined) {
    const postgres = await startEmbeddedPostgres({
      dataDir: join(config.dataDir, "postgres"),
      clock,
      log,
    });
    closings.push(() => postgres.stop());
    url = postgres.url;
  }
  await migrate(url);
  const db = connect(url);
  closings.push(() => db.close());
  return db;
}
