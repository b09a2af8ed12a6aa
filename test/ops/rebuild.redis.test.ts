/** `bun run rebuild` on real servers: under load, on an emptied Redis, and where it may not. */
import { afterEach, describe, expect, test } from "bun:test";
import { chanceOf } from "../../ops/chaos/chance.ts";
import { check } from "../../ops/chaos/checker.ts";
import { flushedAndRebuilt, rebuilt, runRebuild } from "../../ops/chaos/faults/rebuild.ts";
import type { Fault } from "../../ops/chaos/fault.ts";
import type { Operation } from "../../ops/chaos/history.ts";
import { type Lesson, openLesson } from "../../ops/chaos/lesson.ts";
import { finishedLog } from "../../ops/chaos/logs.ts";
import { type Row, runFault } from "../../ops/chaos/run.ts";
import { failuresOf } from "../../ops/chaos/verdict.ts";
import { type World, openWorld } from "../../ops/chaos/world.ts";
import { command } from "../../ops/servers/redis.ts";
import { redisOrSkip } from "../support/redis.ts";

/** A world is started, worked in and judged, on a machine that may be busy. */
const LIMIT_MS = 180_000;
const NODES = 2;
const WORK_MS = 2_000;

describe.skipIf(!redisOrSkip("the rebuild"))("bun run rebuild", () => {
  const worlds: World[] = [];
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.stop()));
  });

  test(
    "disturbs nobody while it runs beside two nodes and a class at work",
    async () => {
      const row = await run(rebuilt);

      expect(failuresOf(row, rebuilt)).toEqual([]);
      expect(row).toMatchObject({ failed: 0, refused: 0 });
      expect(row.strikes).toBeGreaterThan(1);
      expect(row.acknowledged).toBeGreaterThan(100);
    },
    LIMIT_MS,
  );

  test(
    "serves nothing that lacks what was acknowledged when it runs after FLUSHALL under load",
    async () => {
      const row = await run(flushedAndRebuilt);

      expect(failuresOf(row, flushedAndRebuilt)).toEqual([]);
      expect(row.notes.join()).toMatch(/\d (mended|quarantined|sound)/);
    },
    LIMIT_MS,
  );

  test(
    "brings back all that was journaled when Redis was flushed and every node was dead",
    async () => {
      const world = await openWorld(NODES);
      worlds.push(world);
      const operations: Operation[] = [];
      const { url } = world.balancer;
      const lessons = await Promise.all(
        [1, 2, 3].map(() => openLesson({ url, school: world.school, students: 3, operations })),
      );
      await work(lessons);
      // Resolves when the journal has everything.
      const before = await Promise.all(lessons.map((lesson) => finishedLog(world, lesson)));
      await Promise.all(world.nodes.map((node) => node.kill()));
      await command(world.redis, ["FLUSHALL"]);

      const first = await runRebuild(world);
      const again = await runRebuild(world);
      await Promise.all(world.nodes.map((node) => node.start()));
      await work(lessons);

      expect(before.map(({ behind }) => behind)).toEqual([0, 0, 0]);
      expect(first).toMatchObject({ code: 0, said: expect.stringContaining("3 mended") });
      expect(again).toMatchObject({ code: 0, said: expect.stringContaining("3 sound") });
      const after = await Promise.all(lessons.map((lesson) => finishedLog(world, lesson)));
      const logs = new Map(lessons.map(({ actor }, at) => [actor, logOf(after[at])]));
      const watchers = after.flatMap((each) => each.watchers);
      expect(check({ operations, watchers, logs })).toEqual([]);
      for (const [at, { log }] of after.entries()) {
        const [was, is] = [before[at]?.log, log];
        if (was?.kind !== "served" || is.kind !== "served") {
          throw new Error(`expected two logs, found ${was?.kind} and ${is.kind}`);
        }
        expect(is.records.slice(0, was.records.length)).toEqual([...was.records]);
        expect(is.records.length).toBeGreaterThan(was.records.length);
      }
      lessons.forEach((lesson) => lesson.leave());
    },
    LIMIT_MS,
  );
});

function logOf(finished: Awaited<ReturnType<typeof finishedLog>> | undefined) {
  return finished?.log ?? ({ kind: "refused", code: "nobody asked", reason: undefined } as const);
}

async function work(lessons: readonly Lesson[]): Promise<void> {
  const endsAt = performance.now() + WORK_MS;
  await Promise.all(lessons.map((lesson) => lesson.work(() => performance.now() >= endsAt)));
}

function run(fault: Fault): Promise<Row> {
  return runFault(fault, {
    ...{ seconds: 6, nodes: NODES, sockets: 1, chance: chanceOf(1), evidenceDir: undefined },
    ...{ progress: () => undefined, onWorld: () => undefined },
  });
}
