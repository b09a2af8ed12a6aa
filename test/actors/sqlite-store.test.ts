/** The SQLite store against the contract of stores, and what it alone promises. */
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../../actors/clock.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import type { ActorStore } from "../../actors/store.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { systemClock } from "../../src/platform.ts";
import { Author, run } from "../contracts/author.ts";
import { storeContract } from "../contracts/store.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { failureOf } from "../support/failure.ts";

const dir = temporaryDirectory("sqlite");
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };
let files = 0;

const openFile = (file: string): Promise<ActorStore> =>
  openSqliteStore({ file, clock: systemClock, log: silent });
const newFile = (): string => join(dir, `store-${(files += 1)}.sqlite`);

const openMemory = (): Promise<ActorStore> => openFile(":memory:");
const holder = join(import.meta.dir, "../support/store-holder.ts");
const children: { kill(signal: "SIGKILL"): void }[] = [];

afterAll(() => {
  children.forEach((child) => child.kill("SIGKILL"));
});

let file = "";
storeContract("SQLite on disk", {
  open: async () => {
    file = newFile();
    const store = await openFile(file);
    return [store, store];
  },
  reopen: () => openFile(file),
});

storeContract("SQLite in memory", {
  open: async () => {
    const store = await openMemory();
    return [store, store];
  },
});

describe("the SQLite store", () => {
  test("C26: a second process on one file is refused with a sentence, until the first ends", async () => {
    const held = newFile();
    const child = Bun.spawn(["bun", holder, held], { stdin: "pipe", stdout: "pipe" });
    children.push(child);
    expect(await firstLine(child.stdout)).toBe("open");

    const opened = openFile(held);

    expect(await failureOf(opened)).toMatchObject({ name: "StoreInUse", kind: "store.in-use" });
    expect(String(await failureOf(opened))).toContain(`${held} is in use by another process`);

    child.kill("SIGKILL");
    await child.exited;
    const store = await openFile(held);
    expect(await store.records(new Author("held").address, 0, 9)).toEqual([
      { seq: 1, line: "by the child" },
    ]);
    const second = Bun.spawn(["bun", holder, held], { stdin: "pipe", stdout: "pipe" });
    children.push(second);
    expect(await firstLine(second.stdout)).toStartWith("StoreInUse: ");
    await store.close();
  });

  test("C8: a file of a newer layout is refused, not misread", async () => {
    const newer = newFile();
    const db = new Database(newer);
    db.run("PRAGMA user_version = 99");
    db.close();

    expect(await failureOf(openFile(newer))).toMatchObject({ kind: "store.unreadable" });
  });

  test("C8: a file of the first layout is brought up to this one, with all that is in it", async () => {
    const file = newFile();
    const author = new Author("elder");
    const first = await openFile(file);
    await author.write(first, {
      agenda: { put: [{ key: "effect:1.0", generation: 1, claimableAt: 1 }], remove: [] },
    });
    await first.beat("n", ["session@1"]);
    await first.close();
    const db = new Database(file);
    db.run("ALTER TABLE beat DROP COLUMN reads");
    for (const column of ["journaled", "part", "deltas"]) {
      db.run(`ALTER TABLE actor DROP COLUMN ${column}`);
    }
    db.run("ALTER TABLE owed DROP COLUMN begun");
    db.run("ALTER TABLE owed DROP COLUMN cancelled");
    db.run("DROP TABLE kept");
    db.run("PRAGMA user_version = 1");
    db.close();

    const store = await openFile(file);

    expect(await store.load(author.address)).toBe(author.envelope);
    expect(await author.write(store)).toMatchObject({ kind: "committed", journaled: 0 });
    expect(await store.nodes()).toMatchObject([{ node: "n", reads: [] }]);
    const [owed] = await store.claim(1, 60_000);
    expect(owed).toMatchObject({ key: "effect:1.0", begun: false });
    expect(owed && (await store.begin(owed, 60_000))).toBe(true);
    await store.close();
  });

  test("a file that is no database is named, not overwritten", async () => {
    const foreign = newFile();
    writeFileSync(foreign, "the minutes of the school's council\n");

    const failure = await failureOf(openFile(foreign));

    expect(failure).toMatchObject({ kind: "store.unreadable" });
    expect(String(failure)).toContain(`${foreign} cannot be opened as the actor store`);
    expect(readFileSync(foreign, "utf8")).toStartWith("the minutes");
  });

  test("a write that fails half-way is taken back and fails alone; the others hold", async () => {
    const store = await openFile(newFile());
    const authors = run(1, 6).map((n) => new Author(`beside${n}`));
    const put = [{ key: "timer:a", generation: 1, claimableAt: 1 }];
    const owner = new Author("owner");
    await owner.write(store, { agenda: { put, remove: [] } });
    const [item] = await store.claim(1, 60_000);

    const outcomes = await Promise.allSettled([
      ...authors.slice(0, 3).map((author) => author.write(store)),
      item === undefined ? undefined : store.release(item, 0.5),
      ...authors.slice(3).map((author) => author.write(store)),
    ]);

    const [failed, ...others] = outcomes.filter(({ status }) => status === "rejected");
    expect(others).toEqual([]);
    expect(failed).toMatchObject({ reason: { kind: "store.unreachable" } });
    expect(await Promise.all(authors.map(({ address }) => store.load(address)))).toEqual(
      authors.map(({ envelope }) => envelope),
    );
    expect(await store.claim(1, 60_000)).toEqual([]);
    await store.close();
  });

  test("a thousand writes of one tick all hold, in their order", async () => {
    const store = await openFile(newFile());
    const author = new Author("queue");
    const commits = run(1, 1_000).map(() => {
      const commit = author.commit();
      author.went(commit);
      return store.commit(author.address, commit);
    });

    const kinds = new Set((await Promise.all(commits)).map(({ kind }) => kind));

    expect([...kinds]).toEqual(["committed"]);
    expect(await store.records(author.address, 0, 1_000)).toEqual(author.log);
    await store.close();
  });

  test("closing writes what waits; a closed store is unreachable", async () => {
    const closing = newFile();
    const store = await openFile(closing);
    const author = new Author("closing");

    const written = author.write(store);
    await store.close();

    expect((await written).kind).toBe("committed");
    expect(await failureOf(store.load(author.address))).toBeInstanceOf(StoreUnreachable);
    expect(await failureOf(author.write(store))).toBeInstanceOf(StoreUnreachable);
    const reopened = await openFile(closing);
    expect(await reopened.load(author.address)).toBe(author.envelope);
    await reopened.close();
  });
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) {
      break;
    }
  }
  return text.split("\n")[0] ?? "";
}
