/**
 * The house is tidy: every `[c]` rule of STYLE.md that neither the compiler, the linter nor the
 * formatter checks. That these rules can fail is proved in `test/tidy-rules.test.ts`.
 */
import { describe, expect, test } from "bun:test";
import { castsOnlyInParsers } from "../ops/source/casts.ts";
import { loose, promisesOf, proofsOf } from "../ops/source/citations.ts";
import { noChores, noSwitches } from "../ops/source/comments.ts";
import { projectFiles } from "../ops/source/files.ts";
import { importTable } from "../ops/source/imports.ts";
import {
  configRows,
  deadLinks,
  looseDependencies,
  privateWords,
  resolvedUrls,
  variableRows,
} from "../ops/source/project.ts";
import { type Rule, findings } from "../ops/source/rule.ts";
import { headers, names, noBarrels, sizes } from "../ops/source/shape.ts";
import {
  noEmptyCatch,
  noFocus,
  noSleep,
  noWorld,
  pureMachines,
  sameEverywhere,
} from "../ops/source/words.ts";
import manifest from "../package.json" with { type: "json" };
import { configTable } from "../src/config.ts";

const files = projectFiles(`${import.meta.dir}/..`);

const RULES: readonly Rule[] = [
  names,
  headers,
  sizes,
  noBarrels,
  importTable,
  pureMachines,
  sameEverywhere,
  noWorld,
  noSleep,
  noFocus,
  noEmptyCatch,
  castsOnlyInParsers,
  noChores,
  noSwitches,
];

describe("tidy", () => {
  test("there are files to look at", () => {
    expect(files.length).toBeGreaterThan(50);
  });

  test.each(RULES.map((rule) => [rule.name, rule] as const))("%s", (_, rule) => {
    expect(findings(rule, files)).toEqual([]);
  });

  test("every rule id in a header is cited by a test, and the reverse", () => {
    expect(loose(promisesOf(files), proofsOf(files))).toEqual([]);
  });

  test("no place of one machine, no registry's host, no tracker's number is written down", () => {
    expect(privateWords(files)).toEqual([]);
    expect(resolvedUrls(files)).toEqual([]);
  });

  test("versions are exact, and each dependency has a line in ARCHITECTURE.md", () => {
    expect(looseDependencies(manifest, files)).toEqual([]);
  });

  test("links between the pages and into the tree are alive", () => {
    expect(deadLinks(files)).toEqual([]);
  });

  test("the README's table of configuration is that of src/config.ts", () => {
    const readme = files.find((file) => file.path === "README.md");
    expect(readme === undefined ? [] : variableRows(readme)).toEqual(
      readme === undefined ? [] : [...configRows(configTable())],
    );
  });
});
