/** A directory of a test's own, gone soon after the process, however that ends. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `bun test` runs no exit handlers, and a killed one could not. A shell is told of each directory;
 * the end of its input is our end, and a second later the servers that wrote there are gone too.
 */
const REMOVER = `
  trap '' INT TERM HUP
  while IFS= read -r dir; do set -- "$@" "$dir"; done
  sleep 1
  rm -rf "$@"
`;

let remover: { write(line: string): unknown; flush(): unknown } | undefined;

export function tempDir(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `toolboxai-${name}-`));
  remover ??= startRemover();
  remover.write(`${dir}\n`);
  remover.flush();
  return dir;
}

function startRemover(): NonNullable<typeof remover> {
  const shell = Bun.spawn(["sh", "-c", REMOVER], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  });
  shell.unref();
  return shell.stdin;
}
