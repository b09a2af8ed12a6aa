/** One Redis that has every bucket: what is asked of all of them is one call. */
import type { ActorStore, ClaimedItem, DirtyActor, NodeBeat } from "../store.ts";
import { BucketWalk } from "./bucket-walk.ts";
import type { ConnectionOptions } from "./connection.ts";
import { Connections } from "./connections.ts";
import { durabilityOf } from "./durability.ts";
import type { Link } from "./link.ts";
import { type Place, beatsKey } from "./names.ts";
import { decodeBeatAt, decodeBeats } from "./replies.ts";
import type { Servers } from "./servers.ts";
import { type Channels, type Listener, Subscriber } from "./subscriber.ts";
import { StoreTime } from "./time.ts";

const BEATS_KEY = beatsKey(0);

export class OneServer implements Servers {
  readonly #options: ConnectionOptions;
  readonly #connections: Connections;
  readonly #time: StoreTime;
  readonly #walk: BucketWalk;

  constructor(options: ConnectionOptions, node: string) {
    this.#options = options;
    this.#connections = new Connections(options);
    this.#time = new StoreTime(options.clock);
    this.#walk = new BucketWalk(this.#connections.first, node);
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

  async beat(node: string, reads: readonly string[]): Promise<number> {
    const args = [node, reads.join(" ")];
    return decodeBeatAt(await this.#connections.first.call("beat", [BEATS_KEY], args));
  }

  async nodes(): Promise<readonly NodeBeat[]> {
    return decodeBeats(await this.#connections.first.send(["HGETALL", BEATS_KEY]));
  }

  async forget(node: string, beatAt: number): Promise<boolean> {
    const asked = [node, String(beatAt)];
    return (await this.#connections.first.call("forget", [BEATS_KEY], asked)) === "done";
  }

  now(): number {
    return this.#time.now();
  }

  measure(): Promise<void> {
    return this.#time.measure(() => this.#connections.time());
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
