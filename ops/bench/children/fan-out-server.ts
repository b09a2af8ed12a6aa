/** The server of the fan-out row: one session with its records ready, behind one of three doors. */
import { createRuntime } from "../../../actors/runtime.ts";
import { openSqliteStore } from "../../../actors/sqlite/sqlite-store.ts";
import type { ActorStore } from "../../../actors/store.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import { serveTasks } from "../child.ts";
import { type Door, type DoorParts, openBun, openOurs, openSocketIo } from "../doors.ts";
import { type DoorTask, WINDOW, nowMs } from "../fan-out-task.ts";
import { accepted, openQuiz, presenting, quizAddress } from "../quiz.ts";

const STUDENTS = 30;
const RECORDS_PAGE = 256;
const OPEN = { ours: openOurs, "socket.io": openSocketIo, bun: openBun } as const;

interface Opened {
  readonly door: Door;
  readonly parts: DoorParts;
  readonly store: ActorStore;
  seq: number;
}

let opened: Opened | undefined;
let heard = (): void => undefined;
let windows = 0;

serveTasks((task) => perform(decodeTask(task)));

async function perform(task: DoorTask): Promise<unknown> {
  if (task.kind === "open") {
    opened = await open(task.door);
    return opened.door.port;
  }
  if (opened === undefined) {
    throw new Error("expected an open door, found none");
  }
  switch (task.kind) {
    case "flood":
      return flood(opened, await linesOf(opened, task.records));
    case "pace":
      return pace(opened, await linesOf(opened, task.records), task.everyMs);
    case "close":
      return opened.door.close();
  }
}

async function open(name: keyof typeof OPEN): Promise<Opened> {
  const log = createLog("error");
  const store = await openSqliteStore({ file: ":memory:", clock: systemClock, log });
  const runtime = createRuntime({
    ...{ store, log, node: "bench", clock: systemClock, ids: systemIds, machines: MACHINES },
    ...{ alone: true, performers: {}, archive: createBareArchive() },
    roles: { worker: false, journal: false },
  });
  await runtime.start();
  const quiz = await openQuiz(runtime, quizAddress(0), STUDENTS);
  const onRequest = (): Response => {
    windows += 1;
    heard();
    return new Response(null);
  };
  const parts = { runtime, quiz, onRequest };
  const look = await runtime.look(quiz.address);
  return { door: OPEN[name](parts), parts, store, seq: look?.seq ?? 0 };
}

/** Made and stored before they are said: a turn is not what is measured here. */
async function linesOf(at: Opened, count: number): Promise<readonly string[]> {
  const { runtime, quiz } = at.parts;
  for (let made = 0; made < count; made += RECORDS_PAGE / 4) {
    const some = Array.from({ length: Math.min(RECORDS_PAGE / 4, count - made) }, (_, index) => {
      const incoming = presenting(at.seq + made + index);
      return runtime
        .send(quiz.address, incoming)
        .then((reply) => accepted(reply, incoming.message));
    });
    await Promise.all(some);
  }
  const lines: string[] = [];
  while (lines.length < count) {
    const page = await at.store.records(quiz.address, at.seq, RECORDS_PAGE);
    lines.push(...page.map(({ line }) => line));
    at.seq = page.at(-1)?.seq ?? at.seq;
  }
  return lines;
}

/** At most two windows are unread, so that nobody is cut for reading slowly. */
async function flood({ door }: Opened, lines: readonly string[]): Promise<number> {
  const startedAt = nowMs();
  const before = windows;
  for (const [index, line] of lines.entries()) {
    door.say(line);
    if ((index + 1) % WINDOW === 0) {
      const sent = before + (index + 1) / WINDOW;
      while (windows < sent - 1) {
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
      }
    }
  }
  return startedAt;
}

async function pace({ door }: Opened, lines: readonly string[], everyMs: number) {
  const times: number[] = [];
  for (const line of lines) {
    times.push(nowMs());
    door.say(line);
    await Bun.sleep(everyMs);
  }
  return times;
}

function decodeTask(task: unknown): DoorTask {
  return task as DoorTask;
}
