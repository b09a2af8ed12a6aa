/**
 * The launcher sets up once, passes everything on, and says in one sentence what is wrong.
 *
 * It runs in a folder of its own, with spaces in its name, and finds only the programs that each
 * test lets it find; a Bun that notes how it was called stands in for the real one.
 */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = `${import.meta.dir}/../..`;
/** What a bare system has; neither npm nor Bun nor a package manager is among it. */
const SYSTEM = "sh sed dirname cat cksum tail id uname mkdir rm env".split(" ");

let folder = "";
let project = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "launcher "));
  project = join(folder, "a project");
  path = join(folder, "bin");
  mkdirSync(join(project, "ops"), { recursive: true });
  mkdirSync(path);
  for (const file of ["package.json", "bun.lock", "bunfig.toml", "ops/run"]) {
    copyFileSync(join(ROOT, file), join(project, file));
  }
  for (const program of SYSTEM) {
    symlinkSync(Bun.which(program) ?? `/bin/${program}`, join(path, program));
  }
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function launch(...args: readonly string[]) {
  return launchIn({}, ...args);
}

function launchIn(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const cmd = ["/bin/sh", join(project, "ops/run"), ...args];
  const result = Bun.spawnSync({
    cmd,
    cwd: "/",
    env: { PATH: path, HOME: folder, ...environment },
  });
  return { code: result.exitCode, said: result.stderr.toString().trim() };
}

/** A program on the PATH that notes its arguments, one a line, and then does `then`. */
function place(program: string, then = "", version = "99.0.0"): void {
  const file = join(path, program);
  const script = `#!/bin/sh\n[ "$1" = --version ] && { echo ${version}; exit; }\n`;
  const note = `printf '%s|' "$@" >>"${folder}/called"; echo >>"${folder}/called"\n`;
  writeFileSync(file, `${script}${note}${then}\n`);
  chmodSync(file, 0o755);
}

function calls(): readonly string[] {
  const file = join(folder, "called");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

const INSTALLS = `[ "$1" = install ] && mkdir -p node_modules; exit 0`;

describe("without npm and Bun", () => {
  test("says what to install", () => {
    const { code, said } = launch("start");
    expect(code).toBe(1);
    expect(said).toMatch(/^ToolboxAI cannot start: neither npm nor Bun is on the PATH; .+\.$/);
  });
});

describe("with Bun", () => {
  test("installs once, starts the server every time, and passes arguments on", () => {
    place("bun", INSTALLS);
    expect(launch("start", "--one", "two words").code).toBe(0);
    expect(launch("start").code).toBe(0);
    expect(calls()).toEqual([
      "install|--frozen-lockfile|",
      "src/main.ts|--one|two words|",
      "src/main.ts|",
    ]);
  });

  test("installs again when the lock file is another one", () => {
    place("bun", INSTALLS);
    launch("start");
    writeFileSync(join(project, "bun.lock"), "another");
    launch("start");
    expect(calls().filter((call) => call.startsWith("install"))).toHaveLength(2);
  });

  test("begins afresh where npm installed, since npm may have blocked needed scripts", () => {
    place("bun", INSTALLS);
    mkdirSync(join(project, "node_modules"));
    writeFileSync(join(project, "node_modules/.package-lock.json"), "{}");
    launch("start");
    expect(existsSync(join(project, "node_modules/.package-lock.json"))).toBe(false);
  });

  test("ends with the program's own exit code", () => {
    place("bun", `[ "$1" = install ] && mkdir -p node_modules && exit 0; exit 7`);
    expect(launch("start").code).toBe(7);
  });

  test("says in one sentence that dependencies cannot be installed", () => {
    place("bun", `[ "$1" = install ] && { echo "no route to host" >&2; exit 1; }`);
    const { code, said } = launch("start");
    expect(code).toBe(1);
    expect(said.split("\n").slice(-2)).toEqual([
      "no route to host",
      "ToolboxAI cannot start: the dependencies could not be installed (see above); is there a network?",
    ]);
  });

  test("runs the tests without Redis where none can be had, and says so", () => {
    place("bun", INSTALLS);
    const { code, said } = launch("test", "test/a.test.ts");
    expect(code).toBe(0);
    expect(said).toContain("the suites that need Redis will be skipped");
    expect(calls().at(-1)).toBe("test|--timeout=30000|test/a.test.ts|");
  });

  test("runs the tests of the pages; a browser is asked for under CI alone", () => {
    place("bun", INSTALLS);
    expect(launch("e2e", "--bail").said).not.toContain("chromium");
    expect(launchIn({ CI: "true" }, "e2e").said).toContain("No chromium could be installed here");
    expect(calls().slice(-2)).toEqual([
      "test|--timeout=30000|./test/pages|--bail|",
      "test|--timeout=30000|./test/pages|",
    ]);
  });
});

describe("with npm only", () => {
  test("takes Bun from npm without running install scripts", () => {
    const bun = `.bun/node_modules/@oven/bun-any/bin`;
    place("bun", INSTALLS);
    writeFileSync(join(folder, "bun"), readFileSync(join(path, "bun")));
    rmSync(join(path, "bun"));
    symlinkSync(Bun.which("cp") ?? "/bin/cp", join(path, "cp"));
    symlinkSync(Bun.which("chmod") ?? "/bin/chmod", join(path, "chmod"));
    place("npm", `mkdir -p ${bun} && cp "${folder}/bun" ${bun}/bun && chmod +x ${bun}/bun`);
    const { code } = launch("start");
    expect(code).toBe(0);
    expect(calls()[0]).toContain("--ignore-scripts|");
    expect(calls().at(-1)).toBe("src/main.ts|");
  });

  test("does not take a Bun that is too old", () => {
    place("bun", INSTALLS, "1.3.9");
    place("npm", "exit 1");
    expect(launch("start").code).toBe(1);
    expect(calls()[0]).toStartWith("install|--prefix|");
  });

  test("says in one sentence that Bun cannot be had", () => {
    place("npm", "exit 1");
    const { code, said } = launch("start");
    expect(code).toBe(1);
    expect(said.split("\n").at(-1)).toMatch(/npm could not install Bun .+ is there a network\?$/);
  });
});

test("without a command it says how it is used", () => {
  const { code, said } = launch();
  expect(code).toBe(2);
  expect(said).toContain("usage:");
});
