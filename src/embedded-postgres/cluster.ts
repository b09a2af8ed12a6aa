/** The cluster of a place: its data, made once, by `initdb`. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomSecret } from "../platform.ts";
import { type Binaries, POSTGRES_MAJOR } from "./binaries.ts";
import { exitOf, lastWords, spawnAs } from "./child.ts";
import { EmbeddedPostgresFailed } from "./failed.ts";
import { type Place, giveTo } from "./place.ts";

/** Owns the cluster; the program steps down from it on every connection. */
export const SUPERUSER = "toolboxai";

/** True: there was no data yet. A first start that was cut short begins again. */
export async function ensureCluster(
  place: Place,
  binaries: Binaries,
  options: { readonly durable: boolean },
): Promise<boolean> {
  const version = join(place.cluster, "PG_VERSION");
  if (existsSync(version)) {
    const found = (await readFile(version, "utf8")).trim();
    if (found !== POSTGRES_MAJOR) {
      throw new EmbeddedPostgresFailed(
        `${place.cluster} was made by Postgres ${found}, this is ${POSTGRES_MAJOR}: ` +
          "dump it with the old version, or choose another DATA_DIR",
      );
    }
    if (!existsSync(place.password)) {
      throw new EmbeddedPostgresFailed(
        `the password of ${place.cluster} is missing: restore ${place.password}`,
      );
    }
    return false;
  }
  const part = `${place.cluster}.part`;
  await rm(part, { recursive: true, force: true });
  await writeFile(place.password, `${randomSecret(24)}\n`, { mode: 0o600 });
  await giveTo(place.password, place.runAs);
  await runInitdb(place, binaries, { directory: part, durable: options.durable });
  await rename(part, place.cluster);
  return true;
}

async function runInitdb(
  place: Place,
  binaries: Binaries,
  target: { readonly directory: string; readonly durable: boolean },
): Promise<void> {
  const { directory, durable } = target;
  const child = spawn(
    binaries.initdb,
    [
      `--pgdata=${directory}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${place.password}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(durable ? [] : ["--no-sync"]),
    ],
    { ...spawnAs(place), stdio: ["ignore", "ignore", "pipe"] },
  );
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString("utf8")}`.slice(-2_000);
  });
  const code = await exitOf(child);
  if (code !== 0) {
    throw new EmbeddedPostgresFailed(
      `initdb could not make ${directory}: ${lastWords(said) ?? `it ended with ${code}`}`,
    );
  }
}
