/**
 * Storage: the database and the actor store that a configuration asks for, opened and migrated.
 *
 * Owns the choice between the embedded default and production. Invariants:
 * 1. What was opened is closed again when a later part cannot be, and at `close`, in reverse order.
 * 2. A Redis that would lose acknowledged writes is refused in production, with a sentence, unless
 *    the configuration takes it by name; then, and in development, the log says so.
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
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import type { ReadyCheck } from "./http/parts.ts";

export interface Storage {
  readonly db: Database;
  readonly store: ActorStore;
  /** No other node can share this store. */
  readonly alone: boolean;
  /** False: it may lose what was acknowledged, and was taken all the same. */
  readonly durable: boolean;
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

/** The Redis that is configured may lose what was acknowledged. */
export class StoreUnsafe extends Error {
  override readonly name = "StoreUnsafe";
  readonly kind = "store.unsafe";
  readonly retry = "never";
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
    const { store, durability, ready } = await openStore(parts);
    closings.push(() => store.close());
    const durable = await judgeDurability(parts, durability);
    const db = await openDatabase(parts, closings);
    const checks: readonly ReadyCheck[] = [
      { name: "postgres", check: () => health(db) },
      { name: "store", check: ready },
    ];
    const alone = parts.config.redisUrl === undefined;
    return { db, store, alone, durable, checks, close };
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
  readonly durability: () => Promise<readonly string[]>;
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
    return { store, durability: () => store.durability(), ready };
  }
  const file = join(config.dataDir, "actors.sqlite");
  const store = await openSqliteStore({ file, clock, log });
  return { store, durability: async () => [], ready: async () => void (await store.nodes()) };
}

/** False: unsafe, and taken. Throws `StoreUnsafe`. */
async function judgeDurability(
  { config, log }: StorageParts,
  durability: OpenedStore["durability"],
): Promise<boolean> {
  const faults = await durability();
  if (faults.length === 0) {
    return true;
  }
  if (config.redisDurability === "unsafe") {
    log.error("store.unsafe", { faults, takenBy: "REDIS_DURABILITY=unsafe" });
  } else if (config.mode === "production") {
    throw new StoreUnsafe(
      `this Redis would lose acknowledged answers: ${faults.join("; ")}. ` +
        "REDIS_DURABILITY=unsafe takes it all the same.",
    );
  } else {
    log.warn("store.unsafe", { faults });
  }
  return false;
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
