/** A directory of our own for what servers keep: gone when we are, however we ended. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startGuard } from "./guard.ts";

/**
 * Waits for Postgres, whose own watcher stops it, before it removes (10 s at most). Another server
 * may still be at writing while it dies: what it adds meanwhile goes a second later.
 */
const REMOVE = `
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    [ -e "$1/postgres/cluster/postmaster.pid" ] || break
    sleep 0.5
  done
  rm -rf "$1" || { sleep 1; rm -rf "$1"; }`;

export interface OwnDirectory {
  readonly path: string;
  remove(): void;
}

export function ownDirectory(name: string): OwnDirectory {
  const path = mkdtempSync(join(tmpdir(), `toolboxai-${name}-`));
  // Postgres runs as a user of its own when we are root, and has to reach its directory.
  chmodSync(path, 0o755);
  const guard = startGuard(REMOVE, [path]);
  return {
    path,
    remove: () => {
      guard.kill("SIGKILL");
      rmSync(path, { recursive: true, force: true });
    },
  };
}
