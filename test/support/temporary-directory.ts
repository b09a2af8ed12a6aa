/** Directories of tests, gone when the test process is, however it ended. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that Postgres' user can reach, removed when this process has ended. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `toolboxai-${name}-`));
  chmodSync(directory, 0o755);
  removeAtEnd(directory);
  return directory;
}

/** Reads a pipe until we are gone, waits for Postgres to be, then removes (10 s at most). */
function removeAtEnd(directory: string): void {
  const script = `
    while read -r _; do :; done
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      [ -e "$1/postgres/cluster/postmaster.pid" ] || break
      sleep 0.5
    done
    rm -rf "$1"`;
  spawn("/bin/sh", ["-c", script, "toolboxai-test-remove", directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
}
