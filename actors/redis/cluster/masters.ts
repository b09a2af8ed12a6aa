/**
 * The masters of a cluster: who has which bucket, and the connections to each.
 *
 * Owns the map from buckets to masters, which may be wrong at any time: a master refuses what is
 * not its own before it does anything, and names the owner. Invariants:
 * 1. Of what masters say about slots, what each says of its own counts.
 * 2. Every master in the map has the functions, and a sample of its time, before it is asked.
 */
import { StoreUnreachable } from "../../store.ts";
import type { Connection } from "../connection.ts";
import { Connections } from "../connections.ts";
import { durabilityOf } from "../durability.ts";
import type { Link } from "../link.ts";
import { BUCKETS } from "../names.ts";
import { type SlotRange, decodeSlots } from "../replies.ts";
import { emptyingsOf } from "../run.ts";
import type { ServersOptions } from "../servers.ts";
import { StoreTime } from "../time.ts";
import { ownerOf } from "./slots.ts";

export interface Master {
  readonly url: string;
  readonly connections: Connections;
  readonly time: StoreTime;
}

const ALL: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

export class Masters {
  readonly #options: ServersOptions;
  readonly #opened = new Map<string, Master>();
  readonly #opening = new Map<string, Promise<Master>>();
  readonly #urls: (string | undefined)[] = [];
  readonly #listeners: (() => void)[] = [];
  #refreshing: Promise<void> | undefined;
  #closed = false;

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /** Throws `StoreUnreachable` when a bucket has no master, or a master does not answer. */
  async open(first: Link): Promise<void> {
    try {
      const ranges = await rangesOf(first);
      const urls = ALL.map((bucket) => this.#urlOf(ownerOf(bucket, ranges), this.#options.url));
      if (urls.includes(undefined)) {
        throw new StoreUnreachable("expected a master for every slot, found slots without one");
      }
      await Promise.all(urls.filter((url) => url !== undefined).map((url) => this.#master(url)));
      urls.forEach((url, bucket) => {
        this.#urls[bucket] = url;
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  all(): readonly Master[] {
    return [...this.#opened.values()];
  }

  /** Throws `StoreUnreachable` while the bucket has no master that could be asked. */
  of(bucket: number): Connection {
    return this.#at(bucket).of(bucket);
  }

  check(bucket: number): Promise<void> {
    return this.#at(bucket).check();
  }

  #at(bucket: number): Connections {
    const url = this.#urls[bucket];
    const master = url === undefined ? undefined : this.#opened.get(url);
    if (master === undefined) {
      throw new StoreUnreachable(`there is no connection to the master of bucket ${bucket}`);
    }
    return master.connections;
  }

  /** Also to one of which it is not yet known what it has lost. */
  directTo(bucket: number): Link {
    return this.of(bucket).direct;
  }

  urlOf(bucket: number): string | undefined {
    return this.#urls[bucket];
  }

  /** Whoever keeps something by a bucket's master hears that the map has been read anew. */
  onRead(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** A master said that `owner` has this bucket. */
  async learn(bucket: number, owner: string): Promise<void> {
    const url = this.#urlOf(owner, this.#urls[bucket] ?? this.#options.url);
    if (url !== undefined && url !== this.#urls[bucket]) {
      await this.#master(url);
      this.#urls[bucket] = url;
      this.#tell();
    }
  }

  /** Reads the map anew, once at a time. Rejects when no master tells. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  close(): void {
    this.#closed = true;
    this.#opened.forEach(({ connections }) => connections.close());
    this.#opened.clear();
  }

  async #refresh(): Promise<void> {
    const told = await Promise.allSettled(
      this.all().map(async ({ url, connections }) => {
        const ranges = await rangesOf(connections.first);
        return ALL.map((bucket) => ({ by: url, url: this.#urlOf(ownerOf(bucket, ranges), url) }));
      }),
    );
    const maps = told.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    if (maps.length === 0) {
      throw new StoreUnreachable("no master of the cluster tells who has which slot");
    }
    for (const bucket of ALL) {
      const said = maps.flatMap((map) => map[bucket] ?? []);
      const own =
        said.find(({ by, url }) => by === url) ?? said.find(({ url }) => url !== undefined);
      this.#urls[bucket] = own?.url ?? this.#urls[bucket];
    }
    await this.#openAndClose();
    this.#tell();
  }

  /** Those that cannot be opened are tried again at the next reading. */
  async #openAndClose(): Promise<void> {
    const wanted = new Set(this.#urls);
    for (const { url, connections } of this.all()) {
      if (!wanted.has(url)) {
        this.#opened.delete(url);
        connections.close();
      }
    }
    const urls = [...wanted].filter((url) => url !== undefined);
    for (const each of await Promise.allSettled(urls.map((url) => this.#master(url)))) {
      if (each.status === "rejected") {
        this.#options.log.warn("store.master.away", { error: each.reason });
      }
    }
  }

  #master(url: string): Promise<Master> {
    const opened = this.#opened.get(url);
    const opening = opened === undefined ? this.#opening.get(url) : Promise.resolve(opened);
    if (opening !== undefined) {
      return opening;
    }
    const fresh = this.#open(url).finally(() => this.#opening.delete(url));
    this.#opening.set(url, fresh);
    return fresh;
  }

  async #open(url: string): Promise<Master> {
    const connections = new Connections({ ...this.#options, url }, this.#options.runs, emptyingsOf);
    const time = new StoreTime(this.#options.clock);
    await connections.open();
    try {
      await time.measure(() => connections.time());
      const faults = await durabilityOf((args) => connections.first.send(args));
      if (faults.length > 0) {
        // Refused where a node starts; a master that joins later is said to be unsafe.
        this.#options.log.error("store.master.unsafe", { faults });
      }
    } catch (error) {
      connections.close();
      throw error;
    }
    if (this.#closed) {
      connections.close();
      throw new StoreUnreachable("the store has been closed");
    }
    const master = { url, connections, time };
    this.#opened.set(url, master);
    return master;
  }

  /** As the store's own URL, at another place; a server that does not know its host has `by`'s. */
  #urlOf(owner: string | undefined, by: string): string | undefined {
    if (owner === undefined) {
      return undefined;
    }
    const cut = owner.lastIndexOf(":");
    const host = owner.slice(0, cut);
    const url = new URL(this.#options.url);
    const known = host === "" || host === "?" ? new URL(by).hostname : host;
    url.hostname = known.includes(":") && !known.startsWith("[") ? `[${known}]` : known;
    url.port = owner.slice(cut + 1);
    return url.href;
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener());
  }
}

async function rangesOf(link: Link): Promise<readonly SlotRange[]> {
  return decodeSlots(await link.send(["CLUSTER", "SLOTS"]));
}
