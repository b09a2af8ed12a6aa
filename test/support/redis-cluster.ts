/**
 * A real Redis Cluster for tests: three masters on loopback, as durable as production's.
 *
 * Owns joining them, sharing the slots out, and moving one. Each master ends as `redis.ts` ends it.
 */
import { SLOTS } from "../../actors/redis/cluster/slots.ts";
import { eventually } from "./eventually.ts";
import { type TestRedis, command, freePort, startRedis } from "./redis.ts";

/** It takes two seconds; on a machine that does much beside, longer than a hook's own limit. */
export const CLUSTER_STARTS_MS = 30_000;
const MASTERS = 3;
/** Longer than a master is away in a test: one said to have failed stays so for twice that. */
const NODE_TIMEOUT_MS = 10_000;
/** Keys that go over with one MIGRATE. */
const KEYS_AT_ONCE = 2;
/** Above what a test puts into one slot. */
const KEYS_MAX = 1_000;

export interface TestCluster {
  readonly masters: readonly TestRedis[];
  /** Of the first master. */
  readonly url: string;
  /** The master that says a slot is its own. */
  ownerOf(slot: number): Promise<TestRedis>;
  /** Every actor is gone; the slots stay where they are. */
  empty(): Promise<void>;
  /** Moves a slot with all its keys, a few at a time; `between` runs after each few. */
  migrate(slot: number, to: TestRedis, between?: () => Promise<void>): Promise<void>;
  /** A replica of this master; it ends with the cluster. */
  replica(master: TestRedis): Promise<TestRedis>;
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<TestCluster> {
  const masters = await Promise.all(Array.from({ length: MASTERS }, startMember));
  try {
    await join(masters);
  } catch (error) {
    await Promise.all(masters.map((master) => master.stop()));
    throw error;
  }
  return new Running(masters);
}

class Running implements TestCluster {
  readonly masters: readonly TestRedis[];
  readonly #replicas: TestRedis[] = [];

  constructor(masters: readonly TestRedis[]) {
    this.masters = masters;
  }

  get url(): string {
    return this.masters[0]?.url ?? "";
  }

  async ownerOf(slot: number): Promise<TestRedis> {
    return eventually(async () => {
      const own = await Promise.all(this.masters.map((master) => ownSlots(master)));
      return this.masters.find((_, at) => own[at]?.(slot) === true);
    });
  }

  async empty(): Promise<void> {
    await Promise.all(this.masters.map((master) => command(master, ["FLUSHALL"])));
  }

  async migrate(slot: number, to: TestRedis, between = async () => {}): Promise<void> {
    const from = await this.ownerOf(slot);
    const [source, target] = [await idOf(from), await idOf(to)];
    const setSlot = ["CLUSTER", "SETSLOT", String(slot)];
    await command(to, [...setSlot, "IMPORTING", source]);
    await command(from, [...setSlot, "MIGRATING", target]);
    for (let keys = await keysIn(slot, from); keys.length > 0; keys = await keysIn(slot, from)) {
      const there = ["127.0.0.1", String(to.port), "", "0", "5000"];
      await command(from, ["MIGRATE", ...there, "KEYS", ...keys.slice(0, KEYS_AT_ONCE)]);
      await between();
    }
    await command(to, [...setSlot, "NODE", target]);
    await command(from, [...setSlot, "NODE", target]);
  }

  async replica(master: TestRedis): Promise<TestRedis> {
    const replica = await startMember();
    this.#replicas.push(replica);
    await meet(replica, this.masters);
    const id = await idOf(master);
    await eventually(() => command(replica, ["CLUSTER", "REPLICATE", id]).then(String));
    const known = `slave ${id}`;
    await eventually(async () =>
      String(await command(master, ["CLUSTER", "NODES"])).includes(known),
    );
    return replica;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.masters, ...this.#replicas].map((member) => member.stop()));
  }
}

/**
 * In the order of a move. Envelopes and logs come last: a function that finds them writes to them,
 * and would meet what has left already only afterwards.
 */
async function keysIn(slot: number, master: TestRedis): Promise<readonly string[]> {
  const most = ["CLUSTER", "GETKEYSINSLOT", String(slot), String(KEYS_MAX)];
  const keys = decodeKeys(await command(master, most));
  const last = (key: string): number => (/:[al]:/.test(key) ? 1 : 0);
  return keys.toSorted((one, two) => last(one) - last(two));
}

function decodeKeys(reply: unknown): readonly string[] {
  return reply as readonly string[];
}

async function startMember(): Promise<TestRedis> {
  return startRedis([
    ...["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"],
    ...["--cluster-port", String(await freePort()), "--cluster-announce-ip", "127.0.0.1"],
    ...["--cluster-node-timeout", String(NODE_TIMEOUT_MS)],
    ...["--cluster-require-full-coverage", "no"],
  ]);
}

async function join(masters: readonly TestRedis[]): Promise<void> {
  const share = Math.ceil(SLOTS / masters.length);
  for (const [at, master] of masters.entries()) {
    const range = [at * share, Math.min((at + 1) * share, SLOTS) - 1].map(String);
    await command(master, ["CLUSTER", "ADDSLOTSRANGE", ...range]);
    await command(master, ["CLUSTER", "SET-CONFIG-EPOCH", String(at + 1)]);
  }
  for (const [at, master] of masters.entries()) {
    await meet(master, masters.slice(0, at));
  }
  await eventually(
    async () => {
      const infos = await Promise.all(masters.map((each) => command(each, ["CLUSTER", "INFO"])));
      return infos.every((info) => {
        const text = String(info);
        return (
          text.includes("cluster_state:ok") &&
          text.includes(`cluster_slots_assigned:${SLOTS}`) &&
          text.includes(`cluster_known_nodes:${MASTERS}`)
        );
      });
    },
    { what: "a cluster of three masters", withinMs: CLUSTER_STARTS_MS },
  );
}

/** Each with each: hearsay would take seconds. */
async function meet(newcomer: TestRedis, members: readonly TestRedis[]): Promise<void> {
  const bus = String(await command(newcomer, ["CONFIG", "GET", "cluster-port"]).then(valueOf));
  for (const member of members) {
    await command(member, ["CLUSTER", "MEET", "127.0.0.1", String(newcomer.port), bus]);
  }
}

async function idOf(master: TestRedis): Promise<string> {
  return String(await command(master, ["CLUSTER", "MYID"]));
}

/** Whether a slot is this master's own, by its word. */
async function ownSlots(master: TestRedis): Promise<(slot: number) => boolean> {
  const nodes = String(await command(master, ["CLUSTER", "NODES"]));
  const myself = nodes.split("\n").find((line) => line.includes("myself")) ?? "";
  const ranges = myself
    .split(" ")
    .slice(8)
    .filter((range) => !range.startsWith("["))
    .map((range) => range.split("-").map(Number));
  return (slot) => ranges.some(([from = 0, to = from]) => from <= slot && slot <= to);
}

function valueOf(reply: unknown): unknown {
  return Array.isArray(reply) ? reply[1] : Object.values(reply ?? {})[0];
}
