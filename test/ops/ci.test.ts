/**
 * What `.ci/run` counts is what happened; an npm that says what each test tells it to stands in for
 * the real one.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCRIPT = `${import.meta.dir}/../../.ci/run`;

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ci "));
  mkdirSync(join(folder, ".ci"));
  mkdirSync(join(folder, "bin"));
  copyFileSync(SCRIPT, join(folder, ".ci/run"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Told {
  /** What the test run prints, and its exit code. */
  readonly tests: string;
  readonly code: number;
  readonly coverage?: number;
  readonly check?: number;
}

function run({ tests, code, coverage = 0, check = 0 }: Told) {
  const npm = [
    "#!/bin/sh",
    `case "$1 $2" in`,
    `"test --") printf '%b' '${tests.replaceAll("\n", "\\n")}'; exit ${code} ;;`,
    `"run coverage") exit ${coverage} ;;`,
    `"run check") exit ${check} ;;`,
    "esac",
    "exit 99",
  ];
  writeFileSync(join(folder, "bin/npm"), npm.join("\n"));
  chmodSync(join(folder, "bin/npm"), 0o755);
  const result = Bun.spawnSync({
    cmd: ["bash", join(folder, ".ci/run")],
    cwd: "/",
    env: { ...process.env, PATH: `${folder}/bin:${process.env["PATH"] ?? ""}` },
  });
  return { code: result.exitCode, last: result.stdout.toString().trim().split("\n").at(-1) };
}

const GREEN = "(pass) one\n\n 12 pass\n 3 skip\n 0 fail\nRan 15 tests across 2 files. [1.00s]\n";

describe("the count", () => {
  test("is that of the runner", () => {
    expect(run({ tests: GREEN, code: 0 })).toEqual({ code: 0, last: "12 passed, 0 failed" });
  });

  test("has the tests that failed", () => {
    const tests = GREEN.replace("0 fail", "2 fail");
    expect(run({ tests, code: 1 })).toEqual({ code: 1, last: "12 passed, 2 failed" });
  });

  test("has files that broke off, which the runner counts among the failed", () => {
    const tests = GREEN.replace("0 fail", "3 fail\n 2 errors");
    expect(run({ tests, code: 1 })).toEqual({ code: 1, last: "12 passed, 3 failed" });
  });

  test("has a run that broke off before it counted", () => {
    const tests = "(pass) one\n";
    expect(run({ tests, code: 134 })).toEqual({ code: 1, last: "0 passed, 1 failed" });
  });

  test("has a run without a single test", () => {
    const tests = " 0 pass\n 0 fail\nRan 0 tests across 0 files. [1.00ms]\n";
    expect(run({ tests, code: 0 })).toEqual({ code: 1, last: "0 passed, 1 failed" });
  });

  test("has coverage below the promise and a failed check, each as one", () => {
    const told = { tests: GREEN, code: 0, coverage: 1, check: 1 };
    expect(run(told)).toEqual({ code: 1, last: "12 passed, 2 failed" });
  });

  test("is of the last summary, not of a line that a test printed", () => {
    const tests = ` 99 pass\n 99 fail\n${GREEN}`;
    expect(run({ tests, code: 0 })).toEqual({ code: 0, last: "12 passed, 0 failed" });
  });
});
