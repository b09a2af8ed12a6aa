/**
 * What a lesson that is awake takes in a node's memory, and a node with two thousand of them beside
 * a hundred thousand that sleep.
 */
import { type AwakeTask, parseAwakeRun } from "../awake-task.ts";
import { startChild } from "../child.ts";
import { Scope } from "../peers/scope.ts";
import { type Row, tenths } from "../row.ts";
import { redisBinary } from "../../servers/redis.ts";

const SESSIONS = 2_000;
const STUDENTS = 30;
const ASLEEP = 100_000;
const PROMISED_MEGABYTES = 512;
const MEGABYTE = 1_000_000;
const KILOBYTE = 1_000;

export const memory: Row = {
  name: "memory",
  about: `${SESSIONS} lessons of ${STUDENTS} awake and ${ASLEEP} asleep, one process`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const scope = new Scope();
    const node = startChild("awake.ts");
    try {
      const [redisUrl, databaseUrl] = [await scope.redis(), await scope.postgres()];
      const size = { sessions: SESSIONS, students: STUDENTS, asleep: ASLEEP };
      const task: AwakeTask = { redisUrl, databaseUrl, ...size };
      const { heapBytes, grownBytes, residentBytes } = parseAwakeRun(await node.ask(task));
      const each = (bytes: number): number => tenths(bytes / SESSIONS / KILOBYTE);
      const all = tenths(residentBytes / MEGABYTE);
      return [
        { name: "a lesson awake: heap", value: each(heapBytes), unit: "kB" },
        { name: "a lesson awake: resident", value: each(grownBytes), unit: "kB" },
        {
          name: `a process with ${SESSIONS} lessons awake, ${ASLEEP} asleep`,
          ...{ value: all, unit: "MB", of: `promised under ${PROMISED_MEGABYTES} MB` },
          ratio: all / PROMISED_MEGABYTES,
        },
      ];
    } finally {
      await node.stop();
      await scope.end();
    }
  },
};
