/**
 * Which process owns a place: one server at a time, and what a dead one left behind.
 *
 * Invariants:
 * 1. EP2: a place whose owner lives is refused. A postmaster whose owner is dead is stopped,
 *    cleanly where it obeys, and only after it proved to be the postmaster of this very place.
 */
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Log } from "../../actors/clock.ts";
import { EmbeddedPostgresFailed, codeOf } from "./failed.ts";
import { type Place, giveTo } from "./place.ts";
import { isPostmasterOf, processIdentity } from "./processes.ts";

/** A fast shutdown writes a checkpoint; on a slow disk that takes seconds. */
const FAST_STOP_MS = 10_000;
/** An immediate shutdown writes nothing: recovery does at the next start. */
const IMMEDIATE_STOP_MS = 3_000;
const POLL_EVERY_MS = 10;

interface Owner {
  readonly pid: number;
  readonly identity: string;
}

/** Throws while another process, or this one, has it. */
export async function takeOwnership(place: Place): Promise<void> {
  const owner = await readOwner(place.owner);
  if (owner !== undefined && processIdentity(owner.pid) === owner.identity) {
    throw new EmbeddedPostgresFailed(
      `another server (process ${owner.pid}) is using ${place.directory}: ` +
        "stop it, or choose another DATA_DIR",
    );
  }
  await rm(place.owner, { force: true });
  const self: Owner = { pid: process.pid, identity: processIdentity(process.pid) ?? "" };
  try {
    await writeFile(place.owner, JSON.stringify(self), { flag: "wx", mode: 0o600 });
    await giveTo(place.owner, place.runAs);
  } catch (error) {
    const why = codeOf(error) === "EEXIST" ? "another server has just taken" : "cannot write to";
    throw new EmbeddedPostgresFailed(`${why} ${place.directory}`, { cause: error });
  }
}

export async function giveUpOwnership(place: Place): Promise<void> {
  await rm(place.owner, { force: true });
}

/** Stops the postmaster that a killed owner left; removes the mark of one that is dead too. */
export async function clearOrphan(place: Place, clock: Clock, log: Log): Promise<void> {
  const mark = join(place.cluster, "postmaster.pid");
  const pid = readMark(place)?.pid;
  if (pid === undefined) {
    return;
  }
  if (isPostmasterOf(pid, place.cluster)) {
    log.warn("postgres.orphan-found", { pid });
    await stopPostmaster(pid, () => !isPostmasterOf(pid, place.cluster), clock);
  }
  await rm(mark, { force: true });
}

/** Fast, then immediate, then by force: each only when the one before was not obeyed. */
export async function stopPostmaster(
  pid: number,
  isGone: () => boolean,
  clock: Clock,
): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
    ["SIGKILL", IMMEDIATE_STOP_MS],
  ] as const;
  for (const [signal, withinMs] of steps) {
    if (isGone()) {
      return;
    }
    sendSignal(pid, signal);
    if (await waitUntil(isGone, withinMs, clock)) {
      return;
    }
  }
  throw new EmbeddedPostgresFailed(`Postgres (process ${pid}) does not stop: end it by hand`);
}

/** False: it did not come true within the time. */
export async function waitUntil(
  check: () => boolean,
  withinMs: number,
  clock: Clock,
): Promise<boolean> {
  const giveUpAt = clock.now() + withinMs;
  while (!check()) {
    if (clock.now() >= giveUpAt) {
      return false;
    }
    await new Promise<void>((resolve) => clock.after(POLL_EVERY_MS, resolve));
  }
  return true;
}

/** What a postmaster writes about itself: its number, and in the end that it is ready. */
export function readMark(
  place: Place,
): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(place.cluster, "postmaster.pid"), "utf8").split("\n");
    const pid = Number(lines[0]);
    return pid > 0 ? { pid, ready: lines[7]?.trim() === "ready" } : undefined;
  } catch {
    return undefined;
  }
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return parseOwner(await readFile(file, "utf8"));
  } catch (error) {
    if (codeOf(error) === "ENOENT" || error instanceof SyntaxError) {
      return undefined;
    }
    throw new EmbeddedPostgresFailed(
      `cannot read ${file}: it belongs to another user, who has to start the server`,
      { cause: error },
    );
  }
}

function parseOwner(text: string): Owner {
  return JSON.parse(text) as Owner;
}

/** Gone in this very moment is as good as obeyed. */
function sendSignal(pid: number, signal: "SIGINT" | "SIGQUIT" | "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") {
      throw new EmbeddedPostgresFailed(
        `Postgres (process ${pid}) was left by another user's server: end it by hand`,
        { cause: error },
      );
    }
  }
}
