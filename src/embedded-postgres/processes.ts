/**
 * Other processes of this machine, by number: who they are, and whether one is our postmaster.
 *
 * A number alone says little: after a crash or in a new container another process may have it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";

/** Differs for every process that ever had this number; undefined: there is none alive. */
export function processIdentity(pid: number): string | undefined {
  const stat = readOr(`/proc/${pid}/stat`);
  if (stat !== undefined) {
    // The name in parentheses may hold anything; what follows the last one is state, ppid, …
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const bootId = readOr("/proc/sys/kernel/random/boot_id")?.trim();
    return fields[0] === "Z" ? undefined : `${bootId} ${fields[19]}`;
  }
  return ps(pid, "lstart=");
}

/** Does this process run, and is it the postmaster of this cluster? */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (processIdentity(pid) === undefined) {
    return false;
  }
  try {
    // A postmaster's working directory is its data directory.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return ps(pid, "command=")?.includes(cluster) ?? false;
  }
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Where there is no /proc. */
function ps(pid: number, column: string): string | undefined {
  const asked = spawnSync("ps", ["-o", column, "-p", String(pid)], { encoding: "utf8" });
  const text = asked.status === 0 ? asked.stdout.trim() : "";
  return text === "" ? undefined : text;
}
