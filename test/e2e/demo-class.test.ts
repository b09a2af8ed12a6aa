/** The demo class as a user starts it: a program, its words and its exit code. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { PASSWORD, type SchoolServer, startSchoolServer } from "../support/server.ts";

const ROOT = join(import.meta.dir, "../..");
const dir = temporaryDirectory("demo-class");
/** A server of its own makes a database first. */
const WITHIN_MS = 120_000;

let school: SchoolServer;

beforeAll(async () => {
  school = await startSchoolServer();
});
afterAll(async () => {
  await school.stop();
});

describe("the demo class", () => {
  test(
    "without arguments: a server of its own, and a report that is the log",
    async () => {
      const { code, said } = await demo([]);

      expect(said).toContain("8 students, 8 questions, 56 answers");
      expect(said).toContain("round 8 of 8");
      expect(said).toContain("56 answers in the report: 37 right, 19 wrong; 8 not given");
      expect(said).toContain("lost: 0, doubled: 0, different: 0, misheard by a client: 0");
      expect(said).toMatch(/answer to acknowledgement: p50 [\d.]+ ms, p99 [\d.]+ ms/);
      expect(said).toMatch(/answer to teacher's record: p50 [\d.]+ ms, p99 [\d.]+ ms/);
      expect(said).toContain("The report is the log, answer by answer.");
      expect(code).toBe(0);
    },
    WITHIN_MS,
  );

  test(
    "on a running server: several files are one lesson, and fewer students and rounds will do",
    async () => {
      const first = await written("first.gift", "One is one. {T}\n");
      const second = await written("second.gift", "1 + 1 is {=2 ~3}\n\nWhy? {}\n");
      const log = "student,item,correct\nann,q1,1\nbob,q1,0\nann,q2,1\ncy,q2,0\nann,q3,1\n";
      const logFile = await written("log.csv", log);
      const limits = ["--students", "2", "--rounds", "2"];

      const { code, said } = await demo(
        ["--lesson", first, second, "--log", logFile, ...limits, ...onSchool()],
        PASSWORD,
      );

      expect(said).toContain("2 students, 2 questions, 3 answers; the lesson: 3 steps, 2 of them");
      expect(said).toContain("3 answers in the report: 2 right, 1 wrong; 1 not given");
      expect(code).toBe(0);
    },
    WITHIN_MS,
  );

  test("a broken question is named by file and line, and no lesson is left behind", async () => {
    const fine = await written("fine.gift", "One is one. {T}\n");
    const broken = await written("broken.gift", "One is one. {T}\n\nTwo is two. {T\n");

    const before = await lessons();

    const { code, said } = await demo(["--lesson", fine, broken, ...onSchool()], PASSWORD);

    expect(said).toContain("broken.gift was not imported. Line 3: expected a closing }");
    expect(code).toBe(1);
    expect(await lessons()).toEqual(before);
  });

  const refused: readonly [string, readonly string[], string][] = [
    ["an unknown flag", ["--colour"], "--colour is not known"],
    ["a stray word", ["lesson.gift"], '"lesson.gift" belongs to no flag'],
    ["a flag without its value", ["--lesson"], "--lesson needs a file"],
    ["a count that is none", ["--rounds", "many"], "--rounds needs a whole number"],
    ["a count of nothing", ["--students=0"], "--students needs a whole number from 1"],
    ["an address that is none", ["--url", "localhost"], "--url needs an address"],
    ["a file that is not there", ["--lesson", "nowhere.gift"], "nowhere.gift cannot be read"],
    ["a log that is not there", ["--log", "nowhere.csv"], "nowhere.csv cannot be read"],
    ["a server without a password", ["--url", "http://127.0.0.1:1"], "DEMO_PASSWORD"],
  ];
  test.each(refused)("%s is one sentence and no stack", async (_, words, sentence) => {
    const { code, said } = await demo(words);

    expect(said).toContain(`demo:class: `);
    expect(said).toContain(sentence);
    expect(said).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  test("a wrong password is one sentence", async () => {
    const { code, said } = await demo(onSchool(), "not the password");

    expect(said).toContain("is DEMO_PASSWORD right?");
    expect(code).toBe(1);
  });

  test("--help explains", async () => {
    const { code, said } = await demo(["--help"]);

    expect(said).toContain("Usage: bun run demo:class");
    expect(code).toBe(0);
  });
});

async function lessons(): Promise<unknown> {
  const token = await school.signIn(school.schools[0], "teacher");
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${school.url}/api/v1/lessons`, { headers })).json();
}

function onSchool(): readonly string[] {
  const { slug } = school.schools[0];
  return ["--url", school.url, "--tenant", slug, "--email", "teacher@school.example"];
}

async function written(name: string, text: string): Promise<string> {
  const path = join(dir, name);
  await Bun.write(path, text);
  return path;
}

async function demo(words: readonly string[], password = "") {
  const child = Bun.spawn([process.execPath, "ops/demo/class.ts", ...words], {
    cwd: ROOT,
    env: { ...process.env, DEMO_PASSWORD: password },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code: await child.exited, said: said.join("\n") };
}
