/**
 * Where the embedded Postgres lives, and as which user it runs.
 *
 * Postgres refuses to run as root, so under root it runs as an ordinary system user, who must be
 * able to reach its files through all their parents. Where `DATA_DIR` is private to root, the place
 * is under /var/lib, with a name made of `DATA_DIR`, and a file in `DATA_DIR` says which.
 *
 * Invariants:
 * 1. EP4: the place of data that exist never changes; a pointer to data that are gone is an error,
 *    never a fresh start.
 */
import { chown, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { existsSync, realpathSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "node:path";
import type { Log } from "../../actors/clock.ts";
import { EmbeddedPostgresFailed } from "./failed.ts";

/** Users that packages of Postgres make, then the one that every system has. */
const USERS = ["postgres", "_postgres", "nobody"];
const ELSEWHERE = "/var/lib";
const POINTER = "postgres.elsewhere";

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export interface Place {
  /** Holds everything below; private to the user that Postgres runs as. */
  readonly directory: string;
  readonly cluster: string;
  readonly password: string;
  readonly log: string;
  readonly owner: string;
  /** Undefined: as ourselves. */
  readonly runAs: RunAs | undefined;
}

export async function findPlace(dataDir: string, log: Log): Promise<Place> {
  const home = resolve(dataDir);
  await makeDirectory(home);
  const ours = join(home, "postgres");
  const pointed = await readPointer(join(home, POINTER));
  const directory = pointed ?? ours;
  const runAs = await userFor(join(directory, "cluster"));
  const fits = runAs === undefined || canEnter(dirname(directory), runAs);
  if (existsSync(join(directory, "cluster")) || fits) {
    if (!fits) {
      throw new EmbeddedPostgresFailed(
        `the user ${runAs.uid} that owns ${directory} can no longer reach it: ` +
          "let others enter its parent directories, or set DATABASE_URL",
      );
    }
    return makePlace(directory, runAs);
  }
  const elsewhere = join(ELSEWHERE, `toolboxai-${nameOf(home)}`);
  log.warn("postgres.placed-elsewhere", { directory: elsewhere, because: `${home} is private` });
  const place = await makePlace(elsewhere, runAs);
  await writeFile(join(home, POINTER), `${elsewhere}\n`);
  return place;
}

/** May this user pass through the directory and all its parents? */
export function canEnter(path: string, user: RunAs): boolean {
  const directory = realpathSync(path);
  const { mode, uid, gid } = statSync(directory);
  const parent = dirname(directory);
  const enters = (mode & enterBit({ uid, gid }, user)) !== 0;
  return enters && (parent === directory || canEnter(parent, user));
}

/** Of the owner, the group or the others: the first that applies decides. */
function enterBit(owner: RunAs, user: RunAs): number {
  if (owner.uid === user.uid) {
    return 0o100;
  }
  return owner.gid === user.gid ? 0o010 : 0o001;
}

async function readPointer(file: string): Promise<string | undefined> {
  if (!existsSync(file)) {
    return undefined;
  }
  const directory = (await readFile(file, "utf8")).trim();
  if (!existsSync(join(directory, "cluster"))) {
    throw new EmbeddedPostgresFailed(
      `the data that ${file} points to are gone from ${directory}: ` +
        "restore them, or remove that file to begin anew",
    );
  }
  return directory;
}

/** Under root: who owns the data that exist, else the first system user that will do. */
async function userFor(cluster: string): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  if (existsSync(cluster)) {
    const { uid, gid } = await stat(cluster);
    if (uid !== 0) {
      return { uid, gid };
    }
  }
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of USERS) {
    const [, , uid, gid] = lines.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined && Number(uid) > 0) {
      return { uid: Number(uid), gid: Number(gid) };
    }
  }
  throw new EmbeddedPostgresFailed(
    "Postgres does not run as root and this system has no user postgres or nobody: " +
      "start as an ordinary user, or set DATABASE_URL",
  );
}

async function makePlace(directory: string, runAs: RunAs | undefined): Promise<Place> {
  await makeDirectory(directory, 0o700);
  await giveTo(directory, runAs);
  return {
    directory,
    cluster: join(directory, "cluster"),
    password: join(directory, "password"),
    log: join(directory, "postgres.log"),
    owner: join(directory, "owner.json"),
    runAs,
  };
}

/** Under root, a file that Postgres' user has to find his own when he starts the server himself. */
export async function giveTo(path: string, runAs: RunAs | undefined): Promise<void> {
  if (runAs !== undefined) {
    await chown(path, runAs.uid, runAs.gid);
  }
}

async function makeDirectory(directory: string, mode?: number): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, ...(mode !== undefined && { mode }) });
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new EmbeddedPostgresFailed(`cannot make the directory ${directory} (${why})`, {
      cause: error,
    });
  }
}

function nameOf(home: string): string {
  return createHash("sha256").update(home).digest("hex").slice(0, 16);
}
