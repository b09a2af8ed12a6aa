/**
 * One row: a world of its own, a class that works in it, one fault, and the verdict.
 */
import { systemClock } from "../../src/platform.ts";
import type { Chance } from "./chance.ts";
import { type Finding, check, count } from "./checker.ts";
import { writeEvidence } from "./evidence.ts";
import type { Blow, Fault } from "./fault.ts";
import { gapsOf } from "./gaps.ts";
import type { Log, Operation } from "./history.ts";
import { type Lesson, openLesson } from "./lesson.ts";
import { finishedLog } from "./logs.ts";
import { type World, openWorld } from "./world.ts";

const SESSIONS = 4;
const STUDENTS = 5;
/** The class is under way before the first blow, and goes on after the last. */
const EASE_MS = 1_000;
/** A client backs off to 5 s while nobody answers. */
const BACK_WITHIN_MS = 30_000;

export interface Row {
  readonly fault: string;
  readonly operations: number;
  readonly acknowledged: number;
  /** Of the operations, those that were first sent by HTTP, and those sent a second time. */
  readonly posted: number;
  readonly repeated: number;
  /** Commands whose caller was left with an error. */
  readonly failed: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly reordered: number;
  /** Actors that nobody is served from any more, and that say so. */
  readonly refused: number;
  readonly strikes: number;
  readonly unavailableP50Ms: number;
  readonly unavailableP99Ms: number;
  readonly unavailableMaxMs: number;
  readonly notes: readonly string[];
  readonly findings: readonly string[];
  /** Other promises that were not kept. */
  readonly broken: readonly string[];
}

export interface RunOptions {
  readonly seconds: number;
  readonly nodes: number;
  readonly sockets: number;
  readonly chance: Chance;
  /** Where everything is written down that the row was judged by. */
  readonly evidenceDir: string | undefined;
  readonly progress: (line: string) => void;
  /** Is given what ends the world, for whoever interrupts. */
  readonly onWorld: (stop: () => Promise<void>) => void;
}

export async function runFault(fault: Fault, options: RunOptions): Promise<Row> {
  const world = await openWorld(options.nodes);
  options.onWorld(() => world.stop());
  try {
    return await runIn(world, fault, options);
  } finally {
    await world.stop();
  }
}

async function runIn(world: World, fault: Fault, options: RunOptions): Promise<Row> {
  const { progress } = options;
  const operations: Operation[] = [];
  const lessons = await Promise.all(
    Array.from({ length: SESSIONS }, () =>
      openLesson({
        ...{ url: world.balancer.url, school: world.school, students: STUDENTS, operations },
      }),
    ),
  );
  progress(`${SESSIONS} sessions of ${STUDENTS} students are under way`);
  const begunAt = performance.now();
  const endsAt = begunAt + options.seconds * 1_000;
  const strikes: number[] = [];
  const notes: string[] = [];
  const broken: string[] = [];
  const run = { endsAt: endsAt - EASE_MS, strikes, notes, broken, lessons };
  const blow = blowOf(world, options, run);
  let isStruck = false;
  const struck = Bun.sleep(EASE_MS)
    .then(() => fault.run(blow))
    .catch((error: unknown) => blow.accuse(`the fault broke off: ${String(error)}`))
    .finally(() => {
      isStruck = true;
    });
  const isOver = (): boolean => performance.now() >= endsAt && isStruck;
  await Promise.all([struck, ...lessons.map((lesson) => lesson.work(isOver))]);
  const endedAt = performance.now();
  progress(`${operations.length} commands were answered; judging`);
  const judged = await judge(world, lessons, operations);
  if (judged.behind > 0) {
    blow.accuse(`the journal stays ${judged.behind} records behind`);
  }
  if (options.evidenceDir !== undefined) {
    const found = { world, lessons, operations, begunAt, strikes, ...judged };
    await writeEvidence(options.evidenceDir, found);
  }
  for (const [actor, log] of judged.logs) {
    if (log.kind === "refused" && log.reason === undefined) {
      blow.accuse(`${actor} answers ${log.code}, and is not kept apart`);
    }
  }
  lessons.forEach((lesson) => lesson.leave());
  const first = operations.filter(({ isRepeat }) => !isRepeat);
  const gaps = gapsOf(first, strikes, { from: begunAt, to: endedAt });
  return rowOf(fault, { operations, strikes, gaps, notes, broken, ...judged });
}

function blowOf(
  world: World,
  { chance, progress, sockets }: RunOptions,
  run: {
    readonly endsAt: number;
    readonly strikes: number[];
    readonly notes: string[];
    readonly broken: string[];
    readonly lessons: readonly Lesson[];
  },
): Blow {
  const left = (): number => run.endsAt - performance.now();
  return {
    ...{ world, chance, sockets, lessons: run.lessons },
    isOver: () => left() <= 0,
    rest: (ms) => Bun.sleep(Math.max(0, Math.ceil(Math.min(ms, left())))),
    strike: (what) => {
      run.strikes.push(performance.now());
      progress(`${what} (${Math.max(0, Math.ceil(left() / 1_000))} s left)`);
    },
    accuse: (sentence) => {
      run.broken.push(sentence);
      progress(sentence);
    },
    note: (sentence) => {
      run.notes.push(sentence);
      progress(sentence);
    },
  };
}

interface Judged {
  readonly logs: ReadonlyMap<string, Log>;
  readonly findings: readonly Finding[];
  readonly behind: number;
}

async function judge(
  world: World,
  lessons: readonly Lesson[],
  operations: readonly Operation[],
): Promise<Judged> {
  await Promise.all(lessons.map(backAgain));
  const finished = await Promise.all(lessons.map((lesson) => finishedLog(world, lesson)));
  const logs = new Map(lessons.map(({ actor }, index) => [actor, logAt(finished, index)]));
  const watchers = finished.flatMap((each) => each.watchers);
  const behind = finished.reduce((sum, each) => sum + Math.max(0, each.behind), 0);
  return { logs, behind, findings: check({ operations, watchers, logs }) };
}

function logAt(finished: readonly { readonly log: Log }[], index: number): Log {
  return finished[index]?.log ?? { kind: "refused", code: "nobody asked", reason: undefined };
}

/** Everybody watches again, or never will. */
async function backAgain({ teacher, students }: Lesson): Promise<void> {
  let stop = (): void => {};
  const late = new Promise<void>((resolve) => {
    stop = systemClock.after(BACK_WITHIN_MS, resolve);
  });
  const back = [teacher, ...students].map(({ session }) =>
    session.until(({ status }) => status === "live" || status === "ended"),
  );
  await Promise.race([Promise.all(back), late]);
  stop();
}

function rowOf(
  { name }: Fault,
  found: Judged & {
    readonly operations: readonly Operation[];
    readonly strikes: readonly number[];
    readonly gaps: readonly number[];
    readonly notes: readonly string[];
    readonly broken: readonly string[];
  },
): Row {
  const { operations, findings, gaps, logs } = found;
  const told = (kind: "acknowledged" | "failed"): number =>
    operations.filter((each) => each.told?.kind === kind).length;
  const whys = operations.flatMap(({ told }) => (told?.kind === "failed" ? [told.why] : []));
  const refused = [...logs].flatMap(([actor, log]) =>
    log.kind === "refused" ? [`${actor} is refused: ${log.reason ?? log.code}`] : [],
  );
  return {
    fault: name,
    operations: operations.length,
    acknowledged: told("acknowledged"),
    posted: operations.filter(({ door, isRepeat }) => door === "http" && !isRepeat).length,
    repeated: operations.filter(({ isRepeat }) => isRepeat).length,
    failed: told("failed"),
    lost: count(findings, "lost"),
    duplicated: count(findings, "duplicated"),
    reordered: count(findings, "reordered"),
    refused: refused.length,
    strikes: found.strikes.length,
    unavailableP50Ms: quantile(gaps, 0.5),
    unavailableP99Ms: quantile(gaps, 0.99),
    unavailableMaxMs: quantile(gaps, 1),
    notes: [...found.notes, ...refused, ...tally(whys)],
    findings: findings.map(({ harm, detail }) => `${harm}: ${detail}`),
    broken: found.broken,
  };
}

/** How often each was said. */
function tally(whys: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const why of whys) {
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return [...counts].map(([why, times]) => `${times} × ${why}`);
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round(sorted[at] ?? 0);
}
