/**
 * The world of one chaos run: Redis, Postgres, nodes and a balancer, each a real process or socket
 * of its own on loopback, made for the run and gone with it.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, connect } from "../../db/connect.ts";
import { type Balancer, startBalancer } from "../servers/balancer.ts";
import { type OwnDirectory, ownDirectory } from "../servers/directory.ts";
import { type OwnNode, createOwnNode } from "../servers/node.ts";
import { type OwnPostgres, startOwnPostgres } from "../servers/postgres.ts";
import { type OwnRedis, startRedisIn } from "../servers/redis.ts";
import { type Relay, startRelay } from "../servers/relay.ts";
import { type ChaosSchool, makeSchool } from "./school.ts";

/** A rewrite would move what a fault is about to cut. */
const ONE_FILE = ["--auto-aof-rewrite-percentage", "0"];
/** Whoever looks at the journal, one query after the other. */
const POOL_MAX = 2;

export interface World {
  /** Where its processes keep what they have to say. */
  readonly path: string;
  readonly nodes: readonly OwnNode[];
  readonly redis: OwnRedis;
  /** Between the nodes and Redis; what subscribes is marked. */
  readonly line: Relay;
  readonly postgres: OwnPostgres;
  readonly db: Database;
  readonly balancer: Balancer;
  readonly school: ChaosSchool;
  /** Ends every process and removes every file. The second call waits for the first. */
  stop(): Promise<void>;
}

export async function openWorld(nodeCount: number): Promise<World> {
  const directory = ownDirectory("chaos");
  const closings: (() => Promise<void> | void)[] = [() => directory.remove()];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= closeAll(closings));
  try {
    return { ...(await openIn(directory, nodeCount, closings)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function closeAll(closings: (() => Promise<void> | void)[]): Promise<void> {
  for (const closing of closings.splice(0).toReversed()) {
    await closing();
  }
}

async function openIn(
  { path }: OwnDirectory,
  nodeCount: number,
  closings: (() => Promise<void> | void)[],
): Promise<Omit<World, "stop">> {
  const redisDir = join(path, "redis");
  mkdirSync(redisDir);
  const [redis, postgres] = await Promise.all([
    startRedisIn(redisDir, ONE_FILE),
    startOwnPostgres(path),
  ]);
  closings.push(
    () => postgres.stop(),
    () => redis.kill(),
  );
  const line = await startRelay({ targets: () => [redis.port], mark: "ssubscribe" });
  closings.push(() => line.close());
  const nodes = await Promise.all(
    Array.from({ length: nodeCount }, (_, index) =>
      createOwnNode({
        name: `node ${index + 1}`,
        logFile: join(path, `node-${index + 1}.log`),
        databaseUrl: postgres.url,
        redisUrl: `redis://127.0.0.1:${line.port}`,
      }),
    ),
  );
  closings.push(async () => void (await Promise.all(nodes.map((node) => node.kill()))));
  const [first, ...others] = nodes;
  // The first makes the tables that all share.
  await first?.start();
  const [school] = await Promise.all([prepare(postgres, closings), ...others.map(startIt)]);
  const balancer = await startBalancer(nodes);
  closings.push(() => balancer.close());
  return { path, nodes, redis, line, postgres, balancer, ...school };
}

function startIt(node: OwnNode): Promise<void> {
  return node.start();
}

async function prepare(
  postgres: OwnPostgres,
  closings: (() => Promise<void> | void)[],
): Promise<Pick<World, "db" | "school">> {
  const db = connect(postgres.url, { poolMax: POOL_MAX });
  closings.push(() => db.close());
  return { db, school: await makeSchool(db) };
}
