/**
 * Every rule of the house can fail: each is shown what it must refuse and what it must let pass.
 */
import { describe, expect, test } from "bun:test";
import { castsOnlyInParsers } from "../ops/source/casts.ts";
import { loose, promisesOf, proofsOf } from "../ops/source/citations.ts";
import { noChores, noSwitches } from "../ops/source/comments.ts";
import { source } from "../ops/source/files.ts";
import { importTable } from "../ops/source/imports.ts";
import {
  configRows,
  deadLinks,
  looseDependencies,
  privateWords,
  resolvedUrls,
  variableRows,
} from "../ops/source/project.ts";
import type { Rule } from "../ops/source/rule.ts";
import { headers, names, noBarrels, sizes } from "../ops/source/shape.ts";
import { tokenize } from "../ops/source/tokens.ts";
import {
  noEmptyCatch,
  noFocus,
  noSleep,
  noWorld,
  pureMachines,
  sameEverywhere,
} from "../ops/source/words.ts";

interface Case {
  readonly rule: Rule;
  /** Where the sources below stand, unless they are themselves paths. */
  readonly path?: string;
  readonly refused: readonly string[];
  readonly allowed: readonly string[];
}

const HEADER = "/** What this file is, in one sentence. */\n";
const LONG_NAME = `test("${"a name in one piece ".repeat(6)}", () => {});\n`;
const doc = (text: string): string => `/** A thing.\n * ${text}\n */\n`;

const CASES: readonly Case[] = [
  {
    rule: castsOnlyInParsers,
    path: "src/a.ts",
    refused: [
      "const a = b as C;",
      "const a = (b) as unknown as C;",
      "function toC(b: unknown): C { return b as C; }",
      "const parsedB = b as C;",
      "const parseB = (b: unknown): C => { return check(b); };\nconst d = b as C;",
      "function parseB(b: unknown): C { return check(b); }\nfoo(b as C);",
      "const a = `${b as C}`;",
      "export const a = { parse: (b: unknown): C => check(b), other: (b: unknown) => b as C };",
      "class A { parse(b: unknown) { return check(b); } other(b: unknown) { return b as C; } }",
      "const a = list[0] as C;",
      "if (parseB(b)) { a = b as C; }",
      "while (parse(x)) run(x as C);",
    ],
    allowed: [
      "const a = [1, 2] as const;",
      'import { a as b } from "./b.ts";',
      'import type { A as B } from "./b.ts";',
      'import * as b from "./b.ts";',
      "export { a as b };",
      "type A<T> = { [K in keyof T as Uppercase<K>]: T[K] };",
      'const a = "b as C"; // b as C',
      "const a = x.as; const b = { as: 1 };",
      "watch.as = as; run(as, { as }); const as = 1; return as;",
      "export function parseB(b: unknown): C { return b as C; }",
      "export function decode(b: unknown): { readonly c: C } { return b as C; }",
      "export const parseB = (b: unknown): C => b as C;",
      "export const parseB: Parser<C> = (b) => b as C;",
      "export const parseB = (b: unknown): Map<string, C> => { return b as Map<string, C>; };",
      "export function parseAll(rows: unknown[]): C[] { return rows.map((row) => row as C); }",
      "function decodeB<T>(b: unknown): T { if (b) { return b as T; } throw new Error(); }",
      "class A { static parse(b: unknown): A { return b as A; } }",
      "const a = { parseB(b: unknown) { return b as C; } };",
      "const a = { parseB: (b: unknown) => b as C, d: 1 };",
    ],
  },
  {
    rule: noWorld,
    path: "actors/a.ts",
    refused: [
      "const a = Date.now();",
      "const a = new Date();",
      "const a = new Date;",
      "setTimeout(run, 5);",
      "globalThis.setInterval(run, 5);",
      "const wait = setTimeout;",
      "const a = Math.random();",
      "const a = crypto.randomUUID();",
      'import { randomUUID } from "node:crypto";',
      'import { setTimeout as pause } from "node:timers/promises";',
      "const a = performance.now();",
      "const a = process.hrtime.bigint();",
      "await Bun.sleep(5);",
      "fetch(url, { signal: AbortSignal.timeout(5) });",
    ],
    allowed: [
      "const a = new Date(ms).toISOString();",
      "const a = clock.now();",
      "socket.setTimeout(5);",
      'const a = "Date.now()"; // Date.now()',
      "interface A { setTimeout: number }",
      "const a: Date = parse(text);",
    ],
  },
  {
    rule: pureMachines,
    path: "machines/a.ts",
    refused: [
      "export const a = { invoke: { src: b } };",
      "export async function a() {}",
      "const a = spawn(b);",
      "const a = fromPromise(b);",
      "const a = raise(b, { delay: 5000 });",
      "const a = { after: { 1000: b } };",
    ],
    allowed: [
      'const a = raise(b, { delay: "roundGrace" });',
      "const a = { after: { roundGrace: b } };",
      "/** Nothing is async here. */",
    ],
  },
  {
    rule: sameEverywhere,
    path: "machines/a.ts",
    refused: [
      "const a = list.toSorted((b, c) => b.localeCompare(c));",
      "const a = name.toLocaleUpperCase();",
      "const a = new Intl.Collator();",
      "const a = Date.parse(text);",
      'const a = new Date("2026-01-05");',
      "const a = new Date(`${day}T08:00`);",
      "const a = new Date(2026, 0, 5);",
      "const a = new Date(at).getHours();",
      "const a = new Date(at).toDateString();",
      "const a = date.getTimezoneOffset();",
      "const a = process.env;",
      "const a = Bun.hash(text);",
    ],
    allowed: [
      "const a = new Date(at).toISOString();",
      "const a = new Date(Date.UTC(2026, 0, 5)).getUTCDate();",
      "const a = list.toSorted((b, c) => (b < c ? -1 : 1));",
      'const a = name.normalize("NFC").toUpperCase();',
      "const a = { process: 1 };",
      "/** No Intl here. */",
    ],
  },
  {
    rule: importTable,
    path: "machines/learning-session/a.ts",
    refused: [
      'import { a } from "../../actors/a.ts";',
      'import type { A } from "../../src/a.ts";',
      'import { readFileSync } from "node:fs";',
      'import { createClient } from "redis";',
      'import { a } from "../b";',
      'const a = await import("../../actors/a.ts");',
      "const a = require(name);",
      'import "./../../test/a.ts";',
      'export { a } from "../../actors/a.ts";',
    ],
    allowed: [
      'import { setup } from "xstate";',
      'import { Type } from "@sinclair/typebox";',
      'import { Value } from "@sinclair/typebox/value";',
      'import { a } from "../ids.ts";',
      'const a = "import b from redis";',
    ],
  },
  {
    rule: importTable,
    path: "actors/redis/a.ts",
    refused: [
      'import { a } from "../../db/a.ts";',
      'import { a } from "../../src/platform.ts";',
      'import { Elysia } from "elysia";',
      'import { setup } from "xstate";',
      'import { type StateValue, setup } from "xstate";',
    ],
    allowed: [
      'import { createClient } from "redis";',
      'import { Database } from "bun:sqlite";',
      'import type { StateValue } from "xstate";',
      'import { type StateValue } from "xstate";',
      'import type * as x from "xstate";',
      'import { a } from "../../machines/ids.ts";',
      'import lua from "./commit.lua" with { type: "text" };',
    ],
  },
  {
    rule: importTable,
    path: "src/pages/a.tsx",
    refused: [
      'import { a } from "../server.ts";',
      'import { a } from "../../machines/fact.ts";',
      'import { readFileSync } from "node:fs";',
      'import { Elysia } from "elysia";',
      'const page = <p>{a}</p>; const b = await import("../desk.ts");',
    ],
    allowed: [
      'import { a } from "./b.tsx";',
      'import { createClient } from "../client/client.ts";',
      'import { systemClock } from "../platform.ts";',
      'import type { Problem } from "../problem.ts";',
      'import { useState } from "react";',
      'import { createRoot } from "react-dom/client";',
    ],
  },
  {
    rule: importTable,
    path: "db/a.ts",
    refused: [
      'import { a } from "../machines/fact.ts";',
      'import { type A, b } from "../machines/fact.ts";',
      'import type { A } from "../actors/store.ts";',
    ],
    allowed: [
      'import type { Fact } from "../machines/fact.ts";',
      'import { type Fact } from "../machines/fact.ts";',
      'import { type UserId, parseUserId } from "../machines/ids.ts";',
      'import { Kysely, sql } from "kysely";',
    ],
  },
  {
    rule: importTable,
    path: "src/http/a.ts",
    refused: ['import { a } from "../../test/a.ts";', 'import { a } from "../../ops/a.ts";'],
    allowed: ['import { a } from "../../db/a.ts";', 'import manifest from "../../package.json";'],
  },
  {
    rule: importTable,
    path: "ops/a.ts",
    refused: ['import { a } from "../test/support/a.ts";'],
    allowed: ['import { a } from "../src/a.ts";'],
  },
  {
    rule: noBarrels,
    path: "src/a.ts",
    refused: [
      'export * from "./b.ts";',
      'export { b } from "./b.ts";\nexport type { C } from "./c.ts";',
      'import "./d.ts";\nexport * as b from "./b.ts";',
    ],
    allowed: [
      'export { b } from "./b.ts";\nexport const c = 1;',
      'import { b } from "./b.ts";\nb();',
      "export interface A { from: string }",
    ],
  },
  {
    rule: headers,
    path: "src/a.ts",
    refused: [
      "const a = 1;",
      "/** */\nconst a = 1;",
      "/** no */\n",
      "// A header it is not.\n",
      "",
    ],
    allowed: [HEADER, "#!/usr/bin/env bun\n/** What this program is: one sentence. */\n"],
  },
  {
    rule: headers,
    path: "actors/redis/a.lua",
    refused: ["local a = 1\n"],
    allowed: ["#!lua name=toolbox\n-- Commits an actor in one step.\nlocal a = 1\n"],
  },
  {
    rule: sizes,
    path: "src/a.ts",
    refused: ["\n".repeat(301), `// ${"x".repeat(98)}\n`],
    allowed: ["\n".repeat(300), `// ${"x".repeat(97)}\n`, LONG_NAME],
  },
  {
    rule: sizes,
    path: "actors/runtime.ts",
    refused: ["\n".repeat(251)],
    allowed: ["\n".repeat(250)],
  },
  {
    rule: sizes,
    path: "test/a.test.ts",
    refused: ["\n".repeat(501)],
    allowed: ["\n".repeat(500)],
  },
  {
    rule: noChores,
    path: "src/a.ts",
    refused: [
      `// ${["TO", "DO"].join("")}: later`,
      doc("@param a the first"),
      doc("@returns the second"),
      "// const a = b(c);",
      "// return a;",
      "// foo(bar);",
      "// a.b = c;",
      "/* if (a) {\n b(); } */",
    ],
    allowed: [
      "// The loser steps again (its messages may be refused);\n// nothing is lost.",
      "// for whoever comes first",
      doc("run(a); then b"),
      `const a = "${["TO", "DO"].join("")}";`,
    ],
  },
  {
    rule: noSwitches,
    path: "src/a.ts",
    refused: [
      "// @ts-ignore",
      "// @ts-expect-error wrong on purpose",
      "/* eslint-disable */",
      "// oxlint-disable-next-line no-console",
      "// oxlint-disable-next-line typescript/no-explicit-any -- the library has no types here",
    ],
    allowed: ["// oxlint-disable-next-line no-console -- the first start prints how to sign in"],
  },
  {
    rule: noEmptyCatch,
    path: "src/a.ts",
    refused: [
      "try { a(); } catch {}",
      "try { a(); } catch (error) { /* never mind */ }",
      "a().catch(() => {});",
    ],
    allowed: ["try { a(); } catch (error) { throw wrapped(error); }", "a().catch(report);"],
  },
  {
    rule: noSleep,
    path: "test/a.test.ts",
    refused: [
      "await Bun.sleep(5);",
      "setTimeout(done, 5);",
      'await expect(asked).rejects.toThrow("away");',
    ],
    allowed: ["await eventually(() => done);", "const a = Date.now();"],
  },
  {
    rule: noFocus,
    path: "test/a.test.ts",
    refused: ['test.only("a", () => {});', 'describe.only("a", () => {});', 'test.todo("a");'],
    allowed: ['test("only a", () => {});', "test.skipIf(!redis)(name, run);"],
  },
];

for (const { rule, path = "", refused, allowed } of CASES) {
  describe(`${rule.name} (${path})`, () => {
    test.each([...refused])("refuses %s", (text) => {
      expect(rule.find(source(path, text))).not.toEqual([]);
    });
    test.each([...allowed])("allows %s", (text) => {
      expect(rule.find(source(path, text))).toEqual([]);
    });
  });
}

describe(names.name, () => {
  const refused = ["src/Mailbox.ts", "src/mail_box.ts", "src/utils.ts", "src/http/helpers/a.ts"];
  const also = ["actors/session-manager.ts", "src/index.ts", "db/common.test.ts"];
  test.each([...refused, ...also])("refuses %s", (path) => {
    expect(names.find(source(path, HEADER))).not.toEqual([]);
  });
  test.each(["src/mailbox.ts", "db/migrations/0001-first.ts", "test/a.redis.test.ts", "LICENSE"])(
    "allows %s",
    (path) => {
      expect(names.find(source(path, HEADER))).toEqual([]);
    },
  );
});

describe("rule ids", () => {
  const header = source(
    "machines/a.ts",
    "/**\n * A machine.\n * 1. LS1: no seat\n *    is lost.\n */",
  );
  const bare = source("actors/b.ts", "/** A store.\n * C2: heads are compared.\n */");
  // Ids and what follows are joined here, or these lines would count as proofs themselves.
  const tests = (...titles: readonly (readonly [ids: string, says: string])[]) =>
    source(
      "test/a.test.ts",
      titles.map((title) => `test(${JSON.stringify(title.join(": "))}, f);`).join("\n"),
    );

  test("are found with the whole of what they promise", () => {
    expect(promisesOf([header])).toEqual([
      { id: "LS1", says: "no seat is lost.", path: "machines/a.ts", line: 3 },
    ]);
  });
  test("fit when each promise has a proof", () => {
    const proofs = proofsOf([tests(["LS1", "a seat stays"], ["C2", "an old head is refused"])]);
    expect(loose(promisesOf([header, bare]), proofs)).toEqual([]);
  });
  test("may share one proof", () => {
    const proofs = proofsOf([tests(["LS1, C2", "both"])]);
    expect(loose(promisesOf([header, bare]), proofs)).toEqual([]);
  });
  test("may stand behind an invariant, several at once", () => {
    const behind = source("actors/b.ts", "/**\n * A store.\n * 1. One head (C2,\n *    C5).\n */");
    expect(promisesOf([behind]).map((each) => [each.id, each.says])).toEqual([
      ["C2", "One head."],
      ["C5", "One head."],
    ]);
  });
  test("without a test are found", () => {
    const proofs = proofsOf([tests(["LS1", "a seat stays"], ["it says C2", "in its middle"])]);
    expect(loose(promisesOf([header, bare]), proofs)).toEqual(["actors/b.ts:2 C2 has no test"]);
  });
  test("without a header are found", () => {
    const proofs = proofsOf([tests(["LS1", "a seat stays"], ["LS9", "nobody promised this"])]);
    expect(loose(promisesOf([header]), proofs)).toEqual(["test/a.test.ts:2 LS9 is in no header"]);
  });
  test("in a comment of a test prove nothing", () => {
    const proofs = proofsOf([source("test/a.test.ts", '// "LS1: a seat stays"')]);
    expect(loose(promisesOf([header]), proofs)).toEqual(["machines/a.ts:3 LS1 has no test"]);
  });
});

describe("the project's pages and packages", () => {
  test("private words are found", () => {
    const bad = [
      ["/wo", "rk/main"],
      ["https://registry", ".npmjs.org/"],
      ["see issue", " #12"],
    ];
    for (const pieces of bad) {
      expect(privateWords([source("README.md", pieces.join(""))])).toHaveLength(1);
    }
    expect(
      privateWords([source("README.md", "shared work on an issue of the npm registry")]),
    ).toEqual([]);
  });
  test("a lock file with a URL is found", () => {
    expect(resolvedUrls([source("bun.lock", '"a": ["a@1", "https://host/a.tgz"]')])).toHaveLength(
      1,
    );
    expect(resolvedUrls([source("bun.lock", '"a": ["a@1", "", {}]')])).toEqual([]);
  });
  test("loose versions and unexplained dependencies are found", () => {
    const page = source("ARCHITECTURE.md", "| `redis` | the actor store |");
    expect(looseDependencies({ dependencies: { redis: "6.3.1" } }, [page])).toEqual([]);
    expect(looseDependencies({ dependencies: { redis: "^6.3.1" } }, [page])).toHaveLength(1);
    expect(looseDependencies({ dependencies: { kysely: "1.0.0" } }, [page])).toHaveLength(1);
  });
  test("dead links are found", () => {
    const files = [source("README.md", "[a](STYLE.md) [b](ops/run) [c](https://x.y) [d](#e)")];
    const tree = [...files, source("STYLE.md", ""), source("ops/run", "")];
    expect(deadLinks(tree)).toEqual([]);
    expect(deadLinks(files)).toHaveLength(2);
  });
  test("a table that drifted from the configuration is found", () => {
    const rows = configRows([{ name: "PORT", byDefault: "3000", meaning: "Where to listen." }]);
    const page = (row: string) => variableRows(source("README.md", `| variable |\n${row}\n`));
    expect(page("| `PORT`   | 3000 | Where to listen. |")).toEqual([...rows]);
    expect(page("| `PORT` | 8080 | Where to listen. |")).not.toEqual([...rows]);
  });
});

describe("tokens", () => {
  const kinds = (text: string) => tokenize(text).map((token) => `${token.kind} ${token.text}`);

  test("tell patterns from division", () => {
    expect(kinds("a / b / c")).not.toContain("pattern / b /");
    expect(kinds("x = /[/]b/g")).toContain("pattern /[/]b/g");
  });
  test("see the code inside templates, and only that", () => {
    expect(kinds("`a ${b({ c: `d` })} e`")).toEqual(
      ["template `a ", "mark ${", "word b", "mark (", "mark {", "word c", "mark :"].concat(
        "template `d`",
        ["mark }", "mark )", "mark }", "template  e`"],
      ),
    );
  });
  test("know their line behind comments and templates", () => {
    expect(tokenize("/* a\n */ `b\n` c").at(-1)).toEqual({ kind: "word", text: "c", line: 3 });
  });
});
