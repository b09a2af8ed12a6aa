/**
 * A Redis Cluster: each bucket's slot is at one of its masters, and may move.
 *
 * Our own map of slots instead of node-redis' cluster client, which has one connection a master
 * where a shared fsync needs eight, reconnects its subscribers, and follows `ASK` (see `route.ts`).
 * Invariants:
 * 1. A master that is away takes its own buckets with it, and nothing else.
 * 2. C17: `now` is the median of the masters' clocks. Leases and the agenda use each master's own;
 *    a node is ready only when none of those it talks to is over 250 ms away.
 */
import type { ActorStore, ClaimedItem, DirtyActor, NodeBeat } from "../../store.ts";
import { durabilityOf } from "../durability.ts";
import type { Link } from "../link.ts";
import { BUCKETS, type Place, keysOf } from "../names.ts";
import type { Servers, ServersOptions } from "../servers.ts";
import type { Channels, Listener } from "../subscriber.ts";
import { Beats } from "./beats.ts";
import { ClusterChannels } from "./cluster-channels.ts";
import { ClusterWalk } from "./cluster-walk.ts";
import { failoverOf } from "./failover.ts";
import { Masters } from "./masters.ts";
import { Route } from "./route.ts";

export class Cluster implements Servers {
  readonly #options: ServersOptions;
  /** Also to masters of which it is not yet known what they have lost. */
  readonly direct: Servers["direct"];
  readonly #masters: Masters;
  readonly #routes: readonly Link[];
  readonly #walk: ClusterWalk;
  readonly #beats: Beats;

  private constructor(options: ServersOptions, masters: Masters) {
    this.#options = options;
    this.#masters = masters;
    const all = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
    this.#routes = all.map((bucket) => new Route(options.clock, masters, bucket));
    const recovering = { of: (bucket: number): Link => masters.directTo(bucket) };
    const beats = new Beats({
      of: (bucket) => new Route(options.clock, masters, bucket, recovering),
      check: async () => undefined,
    });
    this.direct = {
      of: (bucket) => new Route(options.clock, masters, bucket, recovering),
      beat: (node, reads) => beats.beat(node, reads),
      nodes: () => beats.nodes(),
    };
    const now = (): number => this.now();
    const direct = (bucket: number): Link => masters.of(bucket);
    const patient = (bucket: number): Link => this.of(bucket);
    this.#walk = new ClusterWalk({
      clock: options.clock,
      node: options.node,
      now,
      direct,
      patient,
    });
    this.#beats = new Beats({ of: patient, check: (bucket) => masters.check(bucket) });
  }

  /** `first` is a connection to any node of it; it stays the caller's. */
  static async open(options: ServersOptions, first: Link): Promise<Cluster> {
    const masters = new Masters(options);
    await masters.open(first);
    return new Cluster(options, masters);
  }

  of(bucket: number): Link {
    const route = this.#routes[bucket];
    if (route === undefined) {
      throw new RangeError(`expected a bucket below ${BUCKETS}, found ${bucket}`);
    }
    return route;
  }

  keysOf(place: Place): readonly string[] {
    return keysOf(place);
  }

  channels(listener: Listener): Channels {
    return new ClusterChannels(this.#options, this.#masters, listener);
  }

  claim(limit: number, leaseMs: number): Promise<readonly ClaimedItem[]> {
    return this.#walk.claim(limit, leaseMs);
  }

  dirty(limit: number): Promise<readonly DirtyActor[]> {
    return this.#walk.dirty(limit);
  }

  actors(cursor: string | undefined, limit: number): ReturnType<ActorStore["actors"]> {
    return this.#walk.actors(cursor, limit);
  }

  beat(node: string, reads: readonly string[]): Promise<number> {
    return this.#beats.beat(node, reads);
  }

  nodes(): Promise<readonly NodeBeat[]> {
    return this.#beats.nodes();
  }

  forget(node: string, beatAt: number): Promise<boolean> {
    return this.#beats.forget(node, beatAt);
  }

  now(): number {
    const offsets = this.#masters.all().flatMap(({ time }) => time.offsetMs() ?? []);
    const sorted = offsets.toSorted((one, two) => one - two);
    return Math.floor(this.#options.clock.now() + (sorted[(sorted.length - 1) >> 1] ?? 0));
  }

  /** Also reads the map of slots anew, and asks each master whether it has lost what it held. */
  async measure(): Promise<void> {
    const masters = this.#masters.all();
    await Promise.all([
      this.#masters.refresh(),
      Promise.allSettled(
        masters.map(({ time, connections }) => time.measure(() => connections.time())),
      ),
      Promise.allSettled(masters.map(({ connections }) => connections.check())),
    ]);
  }

  check(bucket: number): Promise<void> {
    return this.#masters.check(bucket);
  }

  async durability(): Promise<readonly string[]> {
    const masters = this.#masters.all();
    const found = await Promise.all(
      masters.map(async ({ url, connections }) => {
        const send = (args: readonly string[]): Promise<unknown> => connections.first.send(args);
        const faults = [...(await durabilityOf(send)), ...(await failoverOf(send))];
        return faults.map((fault) => `${new URL(url).host}: ${fault}`);
      }),
    );
    return found.flat();
  }

  notReady(): string | undefined {
    const there = this.#masters.all().filter(({ connections }) => connections.ready);
    return there.length === 0
      ? "there is no connection to any master of the Redis Cluster"
      : there.map(({ time }) => time.distrust()).find((sentence) => sentence !== undefined);
  }

  close(): void {
    this.#masters.close();
  }
}
