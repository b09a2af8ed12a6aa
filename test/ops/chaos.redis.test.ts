/** A short chaos run, as anybody would start it: nodes and Redis are killed, nothing is lost. */
import { describe, expect, test } from "bun:test";
import { redisOrSkip } from "../support/redis.ts";

const FAULTS = ["kill-node", "kill-redis"];
/** Two worlds are started, worked in and judged, on a machine that may be busy. */
const LIMIT_MS = 180_000;

describe.skipIf(!redisOrSkip("the chaos run"))("bun run chaos", () => {
  test(
    "loses, doubles and reorders nothing when nodes and Redis are killed",
    async () => {
      const flags = FAULTS.flatMap((name) => ["--fault", name]);
      const run = Bun.spawn(
        [
          process.execPath,
          "ops/chaos/main.ts",
          ...flags,
          "--seconds",
          "6",
          "--seed",
          "1",
          "--json",
        ],
        { stdout: "pipe", stderr: "pipe" },
      );
      const [rows, said] = await Promise.all([run.stdout.text(), run.stderr.text()]);
      const found = rows.trim().split("\n").map(parseRow);

      expect({ code: await run.exited, said }).toMatchObject({ code: 0 });
      expect(found.map(({ fault }) => fault)).toEqual(FAULTS);
      for (const row of found) {
        expect(row).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, refused: 0, seed: 1 });
        expect(row.strikes).toBeGreaterThan(0);
        expect(row.acknowledged).toBeGreaterThan(50);
      }
    },
    LIMIT_MS,
  );

  test("does not know every fault, and says which there are", async () => {
    const run = Bun.spawn([process.execPath, "ops/chaos/main.ts", "--fault", "flood"], {
      stderr: "pipe",
    });
    const said = await run.stderr.text();

    expect(await run.exited).toBe(1);
    expect(said).toContain("--fault flood is not known");
    expect(said).toContain("power-cut");
  });
});

function parseRow(line: string) {
  return JSON.parse(line) as {
    readonly fault: string;
    readonly strikes: number;
    readonly acknowledged: number;
  };
}
