/**
 * A node whose lessons all have a timer that is due in the same millisecond: how late each was
 * fired, and how late its record was on disk and told.
 */
import type { Address } from "../../../actors/address.ts";
import { openRedisStore } from "../../../actors/redis/redis-store.ts";
import { type Runtime, createRuntime } from "../../../actors/runtime.ts";
import { MACHINES } from "../../../machines/catalog.ts";
import { createLog } from "../../../src/log.ts";
import { systemClock, systemIds } from "../../../src/platform.ts";
import { createBareArchive } from "../bare-archive.ts";
import { serveTasks } from "../child.ts";
import { accepted, openClass, quizAddress, timedRound } from "../quiz.ts";
import type { TimersTask } from "../timers-task.ts";

const STUDENTS = 30;
const OPENING = 64;
const TOLD_WITHIN_MS = 20_000;

/** Standing still while the rounds are opened, so that they are all due at once. */
let stoodStillAt: number | undefined;
const clock = { ...systemClock, now: () => stoodStillAt ?? systemClock.now() };

serveTasks((task) => run(decodeTask(task)));

async function run({ url, timers, limitMs }: TimersTask) {
  const log = createLog("error");
  const node = systemIds.next();
  const store = await openRedisStore({ url, clock, log, node });
  const runtime = createRuntime({
    ...{ store, log, node, clock, ids: systemIds, machines: MACHINES },
    ...{ alone: false, performers: {}, archive: createBareArchive() },
    roles: { worker: true, journal: false },
  });
  await runtime.start();
  const addresses = Array.from({ length: timers }, (_, index) => quizAddress(index));
  for (let from = 0; from < timers; from += OPENING) {
    const some = addresses.slice(from, from + OPENING);
    await Promise.all(some.map((address) => openClass(runtime, address, STUDENTS)));
  }
  const heard = addresses.map((address) => hear(runtime, address));
  await Promise.all(heard.map(({ following }) => following));
  stoodStillAt = systemClock.now();
  const dueAt = store.now() + limitMs;
  const opened = addresses.map((address) => runtime.send(address, timedRound(limitMs)));
  stoodStillAt = undefined;
  (await Promise.all(opened)).forEach((reply) => accepted(reply, { type: "round.open" }));
  const rung = await Promise.all(heard.map(({ rang }) => rang));
  return {
    fired: rung.map(({ recordAt }) => recordAt - dueAt),
    told: rung.map(({ toldAt }) => toldAt - dueAt),
  };
}

interface Rung {
  readonly recordAt: number;
  readonly toldAt: number;
}

/** The record that a timer made: the first by the platform. */
function hear(runtime: Runtime, address: Address) {
  const { promise, resolve, reject } = Promise.withResolvers<Rung>();
  const late = setTimeout(() => reject(new Error("a timer did not ring")), TOLD_WITHIN_MS);
  const following = runtime.follow(address, {
    onRecord: ({ at, by }) => {
      if (by.kind === "system") {
        clearTimeout(late);
        resolve({ recordAt: at, toldAt: systemClock.now() });
      }
    },
    onReset: () => reject(new Error("a follower was reset")),
  });
  return { following, rang: promise };
}

function decodeTask(task: unknown): TimersTask {
  return task as TimersTask;
}
