/** The embedded Postgres through the ends of its process: stopped, killed, orphaned. */
import { afterEach, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { canEnter } from "../../src/embedded-postgres/place.ts";
import { isPostmasterOf } from "../../src/embedded-postgres/processes.ts";
import { eventually } from "../support/eventually.ts";
import { rowsOf, run } from "../support/statement.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { thrownBy } from "../support/failure.ts";

/** `initdb` takes a second, more on a busy machine. */
const SLOW = 60_000;
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

interface Said {
  readonly event: string;
  readonly url?: string;
  readonly message?: string;
  readonly user?: number;
}

interface Server {
  readonly child: ChildProcess;
  readonly said: Said[];
  url(): Promise<string>;
  failure(): Promise<string>;
  exited(): Promise<void>;
}

const running = new Set<ChildProcess>();

afterEach(async () => {
  for (const child of running) {
    child.kill("SIGTERM");
    await eventually(() => !running.has(child));
  }
});

function start(dataDir: string, uid?: number): Server {
  const script = join(import.meta.dir, "server-under-test.ts");
  const child = spawn(process.execPath, [script, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const said: Said[] = [];
  let rest = "";
  running.add(child);
  child.once("exit", () => running.delete(child));
  child.stdout?.on("data", (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString("utf8")}`.split("\n");
    rest = lines.pop() ?? "";
    said.push(...lines.map(parseSaid));
  });
  const heard = (event: string): Promise<Said> =>
    eventually(() => said.find((one) => one.event === event), { withinMs: 30_000, what: event });
  return {
    child,
    said,
    url: async () => (await heard("up")).url ?? "",
    failure: async () => (await heard("failed")).message ?? "",
    exited: () => eventually(() => !running.has(child)).then(() => undefined),
  };
}

function parseSaid(line: string): Said {
  return JSON.parse(line) as Said;
}

async function stopped(server: Server): Promise<void> {
  server.child.kill("SIGTERM");
  await server.exited();
}

function clusterOf(dataDir: string): string {
  return join(dataDir, "postgres/cluster");
}

function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(clusterOf(dataDir), "postmaster.pid"), "utf8").split("\n")[0]);
}

/** The watchers that would stop this postmaster when its server dies. */
function watchersOf(pid: number): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((other) => other > 0)
    .filter((other) => commandOf(other).includes(`toolboxai-postgres-watch\0${pid}\0`));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

async function notesIn(url: string): Promise<readonly unknown[]> {
  return (await rowsOf(url, "select note from notes order by 1")).map((row) => row["note"]);
}

test(
  "EP1: data survive a stop and a start",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    await run(await first.url(), "create table notes as select 'kept' as note");
    await stopped(first);

    const second = start(dataDir);

    expect(await notesIn(await second.url())).toEqual(["kept"]);
    expect(existsSync(join(clusterOf(dataDir), "postmaster.pid"))).toBe(true);
  },
  SLOW,
);

test(
  "EP1: what was committed survives kill -9 of the server and of Postgres",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    const url = await first.url();
    await run(url, "create table notes (note text)");
    await run(url, "insert into notes values ('acknowledged')");
    const durability = await rowsOf(
      url,
      "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit')",
    );

    process.kill(postmasterOf(dataDir), "SIGKILL");
    first.child.kill("SIGKILL");
    await first.exited();
    const second = start(dataDir);

    expect(await notesIn(await second.url())).toEqual(["acknowledged"]);
    expect(durability.map((row) => row["setting"])).toEqual(["on", "on"]);
  },
  SLOW,
);

test(
  "EP3: a stopped server, and a killed one, leave no postmaster",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    await first.url();
    const firstPid = postmasterOf(dataDir);
    await stopped(first);
    const afterStop = isPostmasterOf(firstPid, clusterOf(dataDir));
    const second = start(dataDir);
    await second.url();
    const secondPid = postmasterOf(dataDir);

    second.child.kill("SIGKILL");

    await eventually(() => !isPostmasterOf(secondPid, clusterOf(dataDir)));
    expect(afterStop).toBe(false);
    expect(watchersOf(firstPid)).toEqual([]);
    await eventually(() => watchersOf(secondPid).length === 0);
  },
  SLOW,
);

test(
  "EP2: a postmaster whose server and watcher are dead is stopped by the next start",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    const firstUrl = await first.url();
    await run(firstUrl, "create table notes as select 'kept' as note");
    const orphan = postmasterOf(dataDir);
    watchersOf(orphan).forEach((watcher) => process.kill(watcher, "SIGKILL"));
    first.child.kill("SIGKILL");
    await first.exited();
    const outlived = isPostmasterOf(orphan, clusterOf(dataDir));

    const second = start(dataDir);

    expect(outlived).toBe(true);
    expect(await notesIn(await second.url())).toEqual(["kept"]);
    expect(second.said.map((one) => one.event)).toContain("postgres.orphan-found");
    expect(isPostmasterOf(orphan, clusterOf(dataDir))).toBe(false);
    expect(postmasterOf(dataDir)).not.toBe(orphan);
  },
  SLOW,
);

test(
  "EP2: a second server on the same data is refused with a sentence, the first goes on",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    const url = await first.url();

    const second = start(dataDir);

    expect(await second.failure()).toContain(`another server (process ${first.child.pid})`);
    expect(await rowsOf(url, "select 1 as one")).toEqual([{ one: 1 }]);
  },
  SLOW,
);

test(
  "EP2: a number that another process has by now is not taken for our postmaster",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const first = start(dataDir);
    await run(await first.url(), "create table notes as select 'kept' as note");
    const mark = join(clusterOf(dataDir), "postmaster.pid");
    const marked = readFileSync(mark, "utf8").split("\n");
    await stopped(first);
    const stranger = spawn("sleep", ["600"]);
    writeFileSync(mark, [String(stranger.pid), ...marked.slice(1)].join("\n"));
    const owner = { pid: stranger.pid, identity: "an earlier process" };
    writeFileSync(join(dataDir, "postgres/owner.json"), JSON.stringify(owner));

    const second = start(dataDir);

    expect(await notesIn(await second.url())).toEqual(["kept"]);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
    stranger.kill("SIGKILL");
  },
  SLOW,
);

test(
  "a first start that was cut short begins again",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    mkdirSync(join(dataDir, "postgres/cluster.part/base"), { recursive: true });
    writeFileSync(join(dataDir, "postgres/password"), "half");

    const server = start(dataDir);

    expect(await rowsOf(await server.url(), "show server_encoding")).toEqual([
      { server_encoding: "UTF8" },
    ]);
  },
  SLOW,
);

test(
  "the password is readable by its owner alone, and needed",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    const server = start(dataDir);
    const url = new URL(await server.url());
    const mode = statSync(join(dataDir, "postgres/password")).mode & 0o777;
    const place = statSync(join(dataDir, "postgres")).mode & 0o777;

    url.password = "guess";

    expect([mode, place]).toEqual([0o600, 0o700]);
    expect(await thrownBy(rowsOf(url.href, "select 1"))).toThrow("password authentication failed");
  },
  SLOW,
);

test(
  "what cannot work is said in one sentence",
  async () => {
    const dataDir = temporaryDirectory("embedded");
    writeFileSync(join(dataDir, "file"), "");
    const old = join(dataDir, "old");
    mkdirSync(clusterOf(old), { recursive: true });
    writeFileSync(join(clusterOf(old), "PG_VERSION"), "15\n");

    const noDirectory = await start(join(dataDir, "file/below")).failure();
    const oldData = await start(old).failure();

    expect(noDirectory).toContain("EmbeddedPostgresFailed: cannot make the directory");
    expect(oldData).toContain("was made by Postgres 15, this is 18");
  },
  SLOW,
);

const nobody = { uid: NOBODY, gid: NOBODY };
const nobodyReachesUs =
  isRoot && canEnter(import.meta.dir, nobody) && canEnter(dirname(process.execPath), nobody);

if (!isRoot) {
  process.stderr.write("SKIPPED: the embedded Postgres under root: this is not root\n");
} else if (!nobodyReachesUs) {
  process.stderr.write("SKIPPED: the embedded Postgres of another user: he cannot reach us here\n");
}

describe.skipIf(!isRoot)("under root", () => {
  test(
    "Postgres runs as an ordinary user",
    async () => {
      const dataDir = temporaryDirectory("embedded");

      const server = start(dataDir);

      await server.url();
      expect(statSync(`/proc/${postmasterOf(dataDir)}`).uid).not.toBe(0);
    },
    SLOW,
  );

  test.skipIf(!nobodyReachesUs)(
    "an ordinary user starts it too, root may take a turn, and he goes on",
    async () => {
      const dataDir = join(temporaryDirectory("embedded"), "data");
      mkdirSync(dataDir);
      chownSync(dataDir, NOBODY, NOBODY);
      const his = start(dataDir, NOBODY);
      await run(await his.url(), "create table notes as select 'his' as note");
      await stopped(his);
      rmSync(join(dataDir, "postgres/postgres.log"));
      const roots = start(dataDir);
      await run(await roots.url(), "insert into notes values ('root')");
      const uid = statSync(`/proc/${postmasterOf(dataDir)}`).uid;
      await stopped(roots);

      const again = start(dataDir, NOBODY);

      expect(await notesIn(await again.url())).toEqual(["his", "root"]);
      expect(uid).toBe(NOBODY);
    },
    SLOW,
  );

  test.skipIf(!nobodyReachesUs)(
    "data of another user are refused with a sentence",
    async () => {
      const dataDir = temporaryDirectory("embedded");
      const roots = start(dataDir);
      await roots.url();
      await stopped(roots);

      const his = start(dataDir, NOBODY);

      expect(await his.failure()).toContain("EmbeddedPostgresFailed");
    },
    SLOW,
  );

  test(
    "EP4: a private data directory is placed elsewhere, found again, and never begun anew",
    async () => {
      const home = temporaryDirectory("embedded");
      chmodSync(home, 0o700);
      const dataDir = join(home, "data");
      const first = start(dataDir);
      await run(await first.url(), "create table notes as select 'kept' as note");
      await stopped(first);
      const elsewhere = readFileSync(join(dataDir, "postgres.elsewhere"), "utf8").trim();
      const second = start(dataDir);
      const notes = await notesIn(await second.url());
      await stopped(second);
      rmSync(elsewhere, { recursive: true });

      const third = start(dataDir);

      expect(first.said.map((one) => one.event)).toContain("postgres.placed-elsewhere");
      expect(notes).toEqual(["kept"]);
      expect(await third.failure()).toContain("are gone from");
    },
    SLOW,
  );
});
