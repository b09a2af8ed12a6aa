/** How the programs of Postgres are run: as whom, with what environment, and what they said. */
import type { ChildProcess } from "node:child_process";
import type { Place } from "./place.ts";

/** Nothing of our environment: a stray `PGDATA` or `PGOPTIONS` would rule Postgres. */
export function spawnAs(place: Place) {
  return {
    ...place.runAs,
    cwd: place.directory,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LC_ALL: "C" },
  };
}

/** The exit code; undefined when it could not be run or died of a signal. */
export function exitOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(undefined));
    child.once("exit", (code) => resolve(code ?? undefined));
  });
}

/** The last complaint in what Postgres wrote. */
export function lastWords(text: string): string | undefined {
  const lines = text.split("\n").filter((line) => /FATAL|PANIC|error:/i.test(line));
  return lines.at(-1)?.replace(/^.*?(FATAL|PANIC|error): */i, "");
}
