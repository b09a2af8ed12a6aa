/** One Redis that has every bucket: what is asked of all of them is one call. */
import type { ActorStore, ClaimedItem, DirtyActor, NodeBeat } from "../store.ts";
import { BucketWalk } from "./bucket-walk.ts";
import { Connections } from "./connections.ts";
import { durabilityOf } from "./durability.ts";
import type { Link } from "./link.ts";
import { type Place, beatsKey } from "./names.ts";
import { decodeBeatAt, decodeBeats } from "./replies.ts";
import { holdingOf } from "./run.ts";
import type { Servers, ServersOptions } from "./servers.ts";
import { type Channels, type Listener, Subscriber } from "./subscriber.ts";
import { StoreTime } from "./time.ts";

const BEATS_KEY = beatsKey(0);

export class OneServer implements Servers {
  readonly #options: ServersOptions;
  readonly #connections: Connections;
  readonly #time: StoreTime;
  /** Each word is left once: the same again would say that nothing was lost. */
  #words = 0;
  readonly #walk: BucketWalk;

  constructor(options: ServersOptions) {
    this.#options = options;
    this.#connections = new Connections(options, options.runs, (link) => {
      this.#words += 1;
      return holdingOf(link, `${options.node}.${this.#words}`);
    });
    this.#time = new StoreTime(options.clock);
    this.#walk = new BucketWalk(this.#connections.first, options.node);
  }

  open(): Promise<void> {
    return this.#connections.open();
  }

  of(bucket: number): Link {
    return this.#connections.of(bucket);
  }

  keysOf({ actor }: Place): readonly string[] {
    return [actor];
  }

  channels(listener: Listener): Channels {
    return new Subscriber(this.#options, listener);
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

  get direct(): Servers["direct"] {
    const of = (bucket: number): Link => this.#connections.of(bucket).direct;
    return {
      of,
      beat: (node, reads) => beatOver(of(0), node, reads),
      nodes: () => nodesOver(of(0)),
    };
  }

  beat(node: string, reads: readonly string[]): Promise<number> {
    return beatOver(this.#connections.first, node, reads);
  }

  /** Throws where the beats of those who live were lost with everything else. */
  async nodes(): Promise<readonly NodeBeat[]> {
    const beats = await nodesOver(this.#connections.first);
    await this.check();
    return beats;
  }

  async forget(node: string, beatAt: number): Promise<boolean> {
    const asked = [node, String(beatAt)];
    return (await this.#connections.first.call("forget", [BEATS_KEY], asked)) === "done";
  }

  now(): number {
    return this.#time.now();
  }

  async measure(): Promise<void> {
    await this.#time.measure(() => this.#connections.time());
    await this.#connections.check();
  }

  check(): Promise<void> {
    return this.#connections.check();
  }

  durability(): Promise<readonly string[]> {
    return durabilityOf((args) => this.#connections.first.send(args));
  }

  notReady(): string | undefined {
    return this.#connections.ready ? this.#time.distrust() : "there is no connection to Redis";
  }

  close(): void {
    this.#connections.close();
  }
}

async function beatOver(link: Link, node: string, reads: readonly string[]): Promise<number> {
  return decodeBeatAt(await link.call("beat", [BEATS_KEY], [node, reads.join(" ")]));
}

async function nodesOver(link: Link): Promise<readonly NodeBeat[]> {
  return decodeBeats(await link.send(["HGETALL", BEATS_KEY]));
}
