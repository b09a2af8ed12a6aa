/**
 * Timers that are due in the same millisecond, one in each of a thousand lessons: how late they
 * are fired, and how late what they did is on disk and told.
 */
import { startChild } from "../child.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";
import { type TimersTask, parseTimersRun } from "../timers-task.ts";
import { ownDirectory } from "../../servers/directory.ts";
import { redisBinary, startRedisIn } from "../../servers/redis.ts";

const TIMERS = 1_000;
/** Longer than it takes to open the rounds. */
const LIMIT_MS = 5_000;
const PROMISED_MS = 100;

export const timers: Row = {
  name: "timers",
  about: `${TIMERS} lessons whose rounds end in the same millisecond, on Redis`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const directory = ownDirectory("bench-timers");
    const redis = await startRedisIn(directory.path);
    const node = startChild("timers.ts");
    try {
      const task: TimersTask = { url: redis.url, timers: TIMERS, limitMs: LIMIT_MS };
      const { fired, told } = parseTimersRun(await node.ask(task));
      progress(`all of ${told.length} have rung`);
      return [
        figureOf(`${TIMERS} timers at once: fired late by`, fired),
        figureOf(`${TIMERS} timers at once: on disk and told late by`, told),
      ];
    } finally {
      await node.stop();
      await redis.stop();
      directory.remove();
    }
  },
};

function figureOf(name: string, samples: readonly number[]): Figure {
  const p99Ms = tenths(quantile(samples, 0.99));
  return {
    ...{ name, value: p99Ms, unit: "ms", of: `promised under ${PROMISED_MS} ms` },
    ...{ ratio: p99Ms / PROMISED_MS, p50Ms: tenths(quantile(samples, 0.5)), p99Ms },
  };
}
