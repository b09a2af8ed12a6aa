/**
 * The SQLite file of the embedded store: opened by one process, durable at every commit.
 *
 * Owns pragmas, the lock and the tables. Invariants:
 * 1. The file is locked from open to close: a second process is refused with one sentence
 *    (C26).
 * 2. WAL and synchronous FULL: what COMMIT returned for is on disk.
 * 3. A file of a newer layout is refused, not misread; one of an older is brought up to date (C8).
 */
import { Database } from "bun:sqlite";

/** The layout below; a change of it is a new number and a step from the one before. */
const LAYOUT = 6;
const KEPT = `
  CREATE TABLE kept (
    address TEXT NOT NULL, seq INTEGER NOT NULL, head TEXT NOT NULL, epoch TEXT NOT NULL,
    line TEXT NOT NULL, PRIMARY KEY (address, seq, head)
  ) STRICT, WITHOUT ROWID;
`;

/** From each layout to the next. */
const STEPS: Readonly<Record<number, string>> = {
  1: "ALTER TABLE actor ADD COLUMN journaled INTEGER NOT NULL DEFAULT 0",
  2: "ALTER TABLE beat ADD COLUMN reads TEXT NOT NULL DEFAULT ''",
  3: `ALTER TABLE owed ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE owed ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0`,
  4: KEPT,
  5: `ALTER TABLE actor ADD COLUMN part TEXT NOT NULL DEFAULT '';
      ALTER TABLE actor ADD COLUMN deltas TEXT NOT NULL DEFAULT ''`,
};

const TABLES = `
  CREATE TABLE actor (
    address TEXT PRIMARY KEY, head TEXT NOT NULL, seq INTEGER NOT NULL,
    envelope TEXT NOT NULL, dirty_since INTEGER, journaled INTEGER NOT NULL DEFAULT 0,
    part TEXT NOT NULL DEFAULT '', deltas TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE INDEX actor_dirty ON actor (dirty_since) WHERE dirty_since IS NOT NULL;
  CREATE TABLE record (
    address TEXT NOT NULL, seq INTEGER NOT NULL, line TEXT NOT NULL, PRIMARY KEY (address, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE known_id (
    address TEXT NOT NULL, id_key TEXT NOT NULL, digest TEXT NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (address, id_key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE owed (
    address TEXT NOT NULL, key TEXT NOT NULL, generation INTEGER NOT NULL,
    claimable_at INTEGER NOT NULL, attempt INTEGER NOT NULL, lease TEXT NOT NULL,
    begun INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (address, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX owed_claimable ON owed (claimable_at);
  CREATE TABLE ticket (address TEXT PRIMARY KEY, ticket TEXT NOT NULL) STRICT;
  CREATE TABLE beat (
    node TEXT PRIMARY KEY, beat_at INTEGER NOT NULL, reads TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE TABLE lease_count (taken INTEGER NOT NULL) STRICT;
  INSERT INTO lease_count VALUES (0);
  ${KEPT}
`;

/** Another process has the file open. */
export class StoreInUse extends Error {
  override readonly name = "StoreInUse";
  readonly kind = "store.in-use";
  readonly retry = "never";
}

/** The file was written by a newer version of this program, is not ours, or cannot be opened. */
export class StoreUnreadable extends Error {
  override readonly name = "StoreUnreadable";
  readonly kind = "store.unreadable";
  readonly retry = "never";
}

export function openDatabase(file: string): Database {
  let db: Database | undefined;
  try {
    db = new Database(file, { create: true, readwrite: true, strict: true });
    lock(db);
    layTables(db, file);
    return db;
  } catch (cause) {
    db?.close();
    const code = codeOf(cause);
    if (code.startsWith("SQLITE_BUSY")) {
      throw new StoreInUse(`${file} is in use by another process: stop that one first`, { cause });
    }
    if (code.startsWith("SQLITE_")) {
      throw new StoreUnreadable(`${file} cannot be opened as the actor store (${code})`, { cause });
    }
    throw cause;
  }
}

/** Taken at once and kept: with a lock only at the first write both processes would serve. */
function lock(db: Database): void {
  db.run("PRAGMA busy_timeout = 0");
  db.run("PRAGMA locking_mode = EXCLUSIVE");
  db.run("PRAGMA journal_mode = WAL");
  db.run("PRAGMA synchronous = FULL");
  db.run("BEGIN EXCLUSIVE");
  db.run("COMMIT");
}

function layTables(db: Database, file: string): void {
  const found = db.query<{ user_version: number }, []>("PRAGMA user_version").get();
  const layout = found?.user_version ?? 0;
  if (layout > LAYOUT) {
    throw new StoreUnreadable(`${file} has layout ${layout}, this version reads up to ${LAYOUT}`);
  }
  if (layout < LAYOUT) {
    db.transaction(() => {
      if (layout === 0) {
        db.run(TABLES);
      }
      for (let from = layout; from > 0 && from < LAYOUT; from += 1) {
        db.run(STEPS[from] ?? "");
      }
      db.run(`PRAGMA user_version = ${LAYOUT}`);
    }).immediate();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
