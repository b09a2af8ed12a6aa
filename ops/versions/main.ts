/**
 * The stored bytes of each version: `bun ops/versions/main.ts` writes those that are not there.
 *
 * What is there is never written again: it stands for what is in people's stores. Where today's
 * machine makes other bytes, this says so and exits with 1; the answer is a new version of it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { unpack } from "../../actors/packing.ts";
import type { FixtureActor } from "./actor.ts";
import { SESSION_1 } from "./session-1.ts";
import { SESSION_2 } from "./session-2.ts";

const FOLDER = join(import.meta.dir, "../../test/fixtures/versions");
const VERSIONS = { "session-1": SESSION_1, "session-2": SESSION_2 } as const;

for (const [version, histories] of Object.entries(VERSIONS)) {
  for (const [name, live] of Object.entries(histories)) {
    for (const [file, bytes] of filesOf(version, name, live())) {
      await keep(file, bytes);
    }
  }
}

function filesOf(version: string, name: string, actor: FixtureActor): Map<string, string> {
  const base = join(FOLDER, version, name);
  return new Map([
    [`${base}.envelope`, actor.envelope],
    [`${base}.records`, `${actor.lines.join("\n")}\n`],
  ]);
}

async function keep(file: string, bytes: string): Promise<void> {
  if (!existsSync(file)) {
    await Bun.write(file, bytes);
    console.log(`written  ${file}`);
  } else if (meantBy(file, await Bun.file(file).text()) === meantBy(file, bytes)) {
    console.log(`the same ${file}`);
  } else {
    console.log(`DIFFERS  ${file}`);
    process.exitCode = 1;
  }
}

/** Of an envelope what is under its seal, however it was packed. */
function meantBy(file: string, bytes: string): string {
  return file.endsWith(".envelope") ? unpack(bytes.slice(bytes.indexOf("\n") + 1)) : bytes;
}
