/** `bun run rebuild` under a working class: beside a sound store, and on one that was emptied. */
import { join } from "node:path";
import { endWithUs } from "../../servers/guard.ts";
import { command } from "../../servers/redis.ts";
import type { Blow, Fault } from "../fault.ts";

const ROOT = join(import.meta.dir, "../../..");
const BEFORE_MS = 1_500;

export const rebuilt: Fault = {
  name: "rebuild",
  about: "`bun run rebuild` beside the working class, again and again",
  run: async (blow) => {
    while (!blow.isOver()) {
      blow.strike("a rebuild");
      const { code, said } = await runRebuild(blow.world);
      if (code !== 0) {
        blow.accuse(`a rebuild of a sound store ended with ${code}: ${said}`);
      }
      await blow.rest(BEFORE_MS);
    }
  },
};

export const flushedAndRebuilt: Fault = {
  name: "flushed-rebuild",
  about: "once: FLUSHALL in the running Redis, and `bun run rebuild` at once, with all nodes alive",
  damages: true,
  run: async (blow: Blow) => {
    await blow.rest(BEFORE_MS);
    blow.strike("FLUSHALL, and a rebuild");
    await command(blow.world.redis, ["FLUSHALL"]);
    const { said } = await runRebuild(blow.world);
    blow.note(said.replaceAll("\n", " "));
  },
};

/** With the configuration of the world's nodes, as an operator would. */
export async function runRebuild(
  { redis, postgres }: Record<"redis" | "postgres", { readonly url: string }>,
  flags: readonly string[] = [],
): Promise<{ readonly code: number; readonly said: string }> {
  const rebuilding = Bun.spawn([process.execPath, "ops/rebuild/main.ts", ...flags], {
    cwd: ROOT,
    env: {
      PATH: process.env["PATH"],
      ...{ NODE_ENV: "production", DATABASE_URL: postgres.url, REDIS_URL: redis.url },
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  endWithUs(rebuilding);
  const texts = await Promise.all([rebuilding.stdout.text(), rebuilding.stderr.text()]);
  return { code: await rebuilding.exited, said: texts.join("").trim() };
}
