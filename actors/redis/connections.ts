/**
 * The connections of one node to one Redis: an actor's calls always go out on the same one.
 *
 * Redis reads some 16 KiB of a connection before it syncs to disk and answers. With all commits on
 * one connection five of them share a sync, and 3,700 a second of 3 kB are what is left; with
 * eight, 12,000; more win nothing.
 */
import { StoreUnreachable } from "../store.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Link } from "./link.ts";
import { decodeTime } from "./replies.ts";
import { type Run, type Runs, processOf } from "./run.ts";

const CONNECTIONS = 8;

/** The run that answers on a connection. */
type Identify = (link: Link) => Promise<string>;

export class Connections {
  /** For what concerns no single actor. */
  readonly first: Connection;
  readonly #all: readonly Connection[];
  readonly #run: Run;

  constructor(options: ConnectionOptions, runs: Runs, identify: Identify = processOf) {
    this.#run = runs.add({ ...options, identify });
    this.first = new Connection(options, this.#run);
    const others = Array.from(
      { length: CONNECTIONS - 1 },
      () => new Connection(options, this.#run),
    );
    this.#all = [this.first, ...others];
  }

  /** Throws `StoreUnreachable` when Redis does not answer in time; nothing is left open then. */
  async open(): Promise<void> {
    try {
      await Promise.all(this.#all.map((connection) => connection.open()));
      await this.first.loadLibrary();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  of(bucket: number): Connection {
    return this.#all[bucket % this.#all.length] ?? this.first;
  }

  /** This Redis' clock, in ms. */
  async time(): Promise<number> {
    return decodeTime(await this.first.direct.send(["TIME"]));
  }

  /** Throws when it is not the Redis that was known; nothing more is asked of it then. */
  async check(): Promise<void> {
    if (!(await this.#run.isKnown(this.first.direct))) {
      this.#all.forEach((connection) => connection.doubt());
      throw new StoreUnreachable("Redis has lost what it held, which is looked for");
    }
  }

  get ready(): boolean {
    return this.#all.every((connection) => connection.ready);
  }

  /** What is on its way is left without an answer. */
  close(): void {
    this.#run.close();
    this.#all.forEach((connection) => connection.close());
  }
}
