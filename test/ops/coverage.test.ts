/** The coverage gate reads the runner's report truthfully and fails below what is promised. */
import { expect, test } from "bun:test";
import { byFolder, parseLcov, shortfalls } from "../../ops/coverage.ts";

const REPORT = `TN:
SF:machines/a.ts
FNF:0
DA:1,3
DA:2,0
DA:3,12
LF:3
LH:2
end_of_record
TN:
SF:actors/redis/b.ts
DA:1,1
end_of_record
`;

test("files and their lines are read", () => {
  expect(parseLcov(REPORT)).toEqual([
    { path: "machines/a.ts", lines: 3, hit: 2 },
    { path: "actors/redis/b.ts", lines: 1, hit: 1 },
  ]);
});

test("a folder below its share is named, one above it is not", () => {
  expect(shortfalls(byFolder(parseLcov(REPORT)))).toEqual([
    "machines/ is covered to 66.7 %, 95 % are promised",
  ]);
});

test("a file that no test loaded pulls its folder down", () => {
  const unloaded = { path: "actors/c.ts", lines: 9, hit: 0 };
  const [machines, actors] = byFolder([...parseLcov(REPORT), unloaded]);
  expect(machines?.worst.map((file) => file.path)).toEqual(["machines/a.ts"]);
  expect(actors).toMatchObject({ lines: 10, hit: 1 });
});
