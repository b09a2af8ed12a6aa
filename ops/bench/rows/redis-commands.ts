/**
 * Durable commands a second through the runtime alone on a Redis that syncs each commit, beside
 * what the same Redis does when the same commit function is called with ready-made bytes.
 *
 * A node is a process that puts the load on itself; the raw calls come from a process of their own,
 * right after it, with as many records a commit as the node had. Two nodes: each with half of the
 * load, both on every actor.
 */
import { type Child, startChild } from "../child.ts";
import { type NodeTask, parseMade, parseNodeRun } from "../node-task.ts";
import { parseRawRun } from "../raw-task.ts";
import { type Figure, type Row, quantile, tenths } from "../row.ts";
import { ownDirectory } from "../../servers/directory.ts";
import { type OwnRedis, command, redisBinary, startRedisIn } from "../../servers/redis.ts";

const STUDENTS = 30;
const ACTORS = [1, 1_000] as const;
const IN_FLIGHT = [64, 512] as const;
const TIMES = { warmMs: 1_000, ms: 3_000 } as const;
/** As many as a node has to one Redis. */
const CONNECTIONS = 8;
/** Commits of one actor: a node begins a turn on another's, which is on its way. */
const AT_ONCE = 2;
const PROMISED_PER_SECOND = 7_000;
const PROMISED_P99_MS = 25;
/** Of the raw rate. */
const PROMISED_SHARE = 0.5;
/** The load at which the promises are measured: at more, the wait is the queue's. */
const PROMISED_AT = 64;

export const redisCommands: Row = {
  name: "redis-commands",
  about: `quizzes of ${STUDENTS} students, runtime and Redis with appendfsync always`,
  run: async (progress) => {
    if (redisBinary === null) {
      progress("skipped: there is no redis-server on the PATH");
      return [];
    }
    const figures: Figure[] = [];
    for (const actors of ACTORS) {
      const directory = ownDirectory("bench-redis");
      const redis = await startRedisIn(directory.path);
      try {
        figures.push(...(await measure(redis, actors, progress)));
      } finally {
        await redis.stop();
        directory.remove();
      }
    }
    return figures;
  },
};

async function measure(
  redis: OwnRedis,
  actors: number,
  progress: (line: string) => void,
): Promise<readonly Figure[]> {
  const nodes = [startChild("node.ts"), startChild("node.ts")] as const;
  const figures: Figure[] = [];
  try {
    for (const node of nodes) {
      await ask(node, { kind: "open", url: redis.url });
    }
    const shared = { first: 0, students: STUDENTS };
    const made = await ask(nodes[0], { kind: "fill", quizzes: actors, ...shared });
    await ask(nodes[1], { kind: "meet", made: parseMade(made), ...shared });
    progress(`${actors} quizzes are open`);
    for (const inFlight of IN_FLIGHT) {
      const one = await run(redis, [nodes[0]], inFlight);
      const raw = await runRaw(redis, { actors, inFlight, records: one.records });
      const two = await run(redis, nodes, inFlight);
      const place = `${actors === 1 ? "1 actor" : `${actors} actors`}, ${inFlight} in flight`;
      progress(`${place}: ${one.perSecond}/s, raw ${raw}/s, two nodes ${two.perSecond}/s`);
      figures.push(...figuresOf(place, { raw, one, two, isPromised: inFlight === PROMISED_AT }));
    }
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
  return figures;
}

interface Measured {
  readonly perSecond: number;
  readonly samples: readonly number[];
  readonly refused: number;
  /** In a commit, on average. */
  readonly records: number;
}

async function run(redis: OwnRedis, nodes: readonly Child[], inFlight: number): Promise<Measured> {
  const before = await commits(redis);
  const task: NodeTask = { kind: "run", inFlight: inFlight / nodes.length, ...TIMES };
  const runs = await Promise.all(nodes.map(async (node) => parseNodeRun(await ask(node, task))));
  const samples = runs.flatMap((each) => each.samples);
  const perSecond = Math.round((1_000 * samples.length) / TIMES.ms);
  const all = (perSecond * (TIMES.ms + TIMES.warmMs)) / 1_000;
  const records = Math.max(1, Math.round(all / ((await commits(redis)) - before)));
  const refused = runs.reduce((sum, each) => sum + each.refused, 0);
  return { perSecond, samples, refused, records };
}

async function runRaw(
  redis: OwnRedis,
  load: { readonly actors: number; readonly inFlight: number; readonly records: number },
): Promise<number> {
  const { actors, inFlight, records } = load;
  const child = startChild("raw-commits.ts");
  try {
    const commits = Math.max(1, Math.min(AT_ONCE * actors, Math.round(inFlight / records)));
    const { port } = redis;
    const task = { port, connections: CONNECTIONS, actors, records, commits, ...TIMES };
    return Math.round(parseRawRun(await child.ask(task)).perSecond);
  } finally {
    await child.stop();
  }
}

/** Calls of functions so far; the runtime makes few that are no commits. */
async function commits(redis: OwnRedis): Promise<number> {
  const stats = String(await command(redis, ["INFO", "commandstats"]));
  return Number(/cmdstat_fcall:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

function figuresOf(
  place: string,
  found: {
    readonly raw: number;
    readonly one: Measured;
    readonly two: Measured;
    readonly isPromised: boolean;
  },
): readonly Figure[] {
  const { raw, one, two, isPromised } = found;
  const limit = `Redis, ${place}: raw commits`;
  const share = one.perSecond / raw;
  const figures: Figure[] = [
    { name: limit, value: raw, unit: "1/s" },
    { name: `Redis, ${place}`, unit: "1/s", of: limit, ratio: share, ...tail(one) },
    {
      name: `Redis, ${place}, two nodes fighting, ${two.refused} refused`,
      ...{ unit: "1/s", of: limit, ratio: two.perSecond / raw, ...tail(two) },
    },
  ];
  return isPromised ? [...figures, ...promises(place, one, share)] : figures;
}

function promises(place: string, one: Measured, share: number): readonly Figure[] {
  const p99Ms = tenths(quantile(one.samples, 0.99));
  return [
    {
      ...{ name: `Redis, ${place}: against the promise`, unit: "1/s", value: one.perSecond },
      ...{ of: `promised ${PROMISED_PER_SECOND}/s`, ratio: one.perSecond / PROMISED_PER_SECOND },
    },
    {
      ...{ name: `Redis, ${place}: share of raw`, unit: "1/s", value: one.perSecond },
      ...{ of: `promised ${PROMISED_SHARE} of raw`, ratio: share / PROMISED_SHARE },
    },
    {
      ...{ name: `Redis, ${place}: p99`, unit: "ms", value: p99Ms },
      ...{ of: `promised under ${PROMISED_P99_MS} ms`, ratio: p99Ms / PROMISED_P99_MS },
    },
  ];
}

function tail({ perSecond, samples }: Measured) {
  const p50Ms = tenths(quantile(samples, 0.5));
  return { value: perSecond, p50Ms, p99Ms: tenths(quantile(samples, 0.99)) };
}

function ask(node: Child, task: NodeTask): Promise<unknown> {
  return node.ask(task);
}
