/**
 * The connection on which records come from Redis.
 *
 * Owns which channels are held, and a client that is made anew instead of reconnecting: node-redis'
 * own reconnect hangs with many subscriptions, some of them still alive. Invariants:
 * 1. A channel is held from the confirmation of its subscription to the end of its connection.
 * 2. One change of subscriptions is under way at a time, of at most `CHANNELS_AT_ONCE`.
 */
import { createClient } from "redis";
import { StoreUnreachable } from "../store.ts";
import { type ConnectionOptions, PING_EVERY_MS, SILENT_MAX_MS } from "./connection.ts";
import { SlotUnsettled } from "./link.ts";

/** About 10 KiB: more than 64 KiB in one go is where node-redis hung. */
const CHANNELS_AT_ONCE = 100;
const RETRY_MIN_MS = 20;
const RETRY_MAX_MS = 500;

export interface Listener {
  readonly onMessage: (channel: string, message: string) => void;
  /** These are held from now on; the next channels wait until this resolves. Never rejects. */
  readonly onHeld: (channels: readonly string[]) => Promise<void>;
  /** Of these nothing is held any more. */
  readonly onLost: (channels: readonly string[]) => void;
}

export interface Channels {
  /** Resolves once the channel is held; rejects when that takes too long. */
  hold(channel: string): Promise<void>;
  holds(channel: string): boolean;
  drop(channel: string): void;
  /** The connection of this channel is there but says nothing: a new one takes its place. */
  replace(channel: string): void;
  close(): void;
}

type Client = ReturnType<typeof newClient>;

export class Subscriber implements Channels {
  readonly #options: ConnectionOptions;
  readonly #listener: Listener;
  readonly #wanted = new Set<string>();
  readonly #held = new Set<string>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();
  #client: Client | undefined;
  #retryMs = RETRY_MIN_MS;
  #working = false;
  #closed = false;

  constructor(options: ConnectionOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
  }

  hold(channel: string): Promise<void> {
    this.#wanted.add(channel);
    if (this.#held.has(channel)) {
      return Promise.resolve();
    }
    const waiter = this.#waiting.get(channel) ?? Promise.withResolvers<void>();
    this.#waiting.set(channel, waiter);
    void this.#work();
    return this.#within(waiter.promise, "a subscription");
  }

  holds(channel: string): boolean {
    return this.#held.has(channel);
  }

  drop(channel: string): void {
    this.#wanted.delete(channel);
    this.#waiting.delete(channel);
    void this.#work();
  }

  replace(): void {
    this.#lose(this.#client);
  }

  /** These are held elsewhere from now on; the others go on over a new connection. */
  leave(channels: readonly string[]): void {
    for (const channel of channels) {
      this.#wanted.delete(channel);
      this.#waiting.get(channel)?.reject(new SlotUnsettled({ owner: undefined }));
      this.#waiting.delete(channel);
    }
    this.#lose(this.#client);
  }

  close(): void {
    this.#closed = true;
    this.#wanted.clear();
    this.#lose(this.#client);
  }

  /** Until what is held is what is wanted. */
  async #work(): Promise<void> {
    if (this.#working) {
      return;
    }
    this.#working = true;
    while (!this.#closed && (await this.#changed())) {
      // Each turn confirmed at most CHANNELS_AT_ONCE, or failed and has waited.
    }
    this.#working = false;
  }

  /** False when there is nothing to change. */
  async #changed(): Promise<boolean> {
    try {
      return await this.#change();
    } catch (error) {
      this.#options.log.warn("store.subscriber.failed", { error });
      this.#lose(this.#client);
      const waitMs = this.#retryMs;
      await new Promise<void>((resolve) => this.#options.clock.after(waitMs, resolve));
      this.#retryMs = Math.min(2 * waitMs, RETRY_MAX_MS);
      return true;
    }
  }

  async #change(): Promise<boolean> {
    const missing = [...this.#wanted].filter((channel) => !this.#held.has(channel));
    const surplus = [...this.#held].filter((channel) => !this.#wanted.has(channel));
    if (missing.length > 0) {
      await this.#add(missing.slice(0, CHANNELS_AT_ONCE));
    } else if (surplus.length > 0) {
      await this.#remove(surplus.slice(0, CHANNELS_AT_ONCE));
    }
    return missing.length + surplus.length > 0;
  }

  async #add(channels: readonly string[]): Promise<void> {
    const client = this.#client ?? (await this.#connect());
    const adding = channels.map((channel) => client.sSubscribe(channel, this.#hear));
    await this.#within(Promise.all(adding), "subscriptions");
    if (client !== this.#client) {
      return;
    }
    this.#retryMs = RETRY_MIN_MS;
    channels.forEach((channel) => this.#held.add(channel));
    await this.#listener.onHeld(channels);
    for (const channel of channels.filter((each) => this.#held.has(each))) {
      this.#waiting.get(channel)?.resolve();
      this.#waiting.delete(channel);
    }
  }

  async #remove(channels: readonly string[]): Promise<void> {
    channels.forEach((channel) => this.#held.delete(channel));
    const client = this.#client;
    const removing = client ? channels.map((channel) => client.sUnsubscribe(channel)) : [];
    await this.#within(Promise.all(removing), "the end of subscriptions");
  }

  async #connect(): Promise<Client> {
    const { url, log, deadlineMs } = this.#options;
    const client = newClient(url, deadlineMs);
    this.#client = client;
    client.on("error", (error: unknown) => {
      log.warn("store.subscriber.lost", { error });
      this.#lose(client);
    });
    client.on("end", () => this.#lose(client));
    // A cluster took a slot from this server. node-redis may have counted the news as the answer
    // to something else: its account of this connection is not to be trusted any more.
    client.on("sharded-channel-moved", () => this.#lose(client));
    await this.#within(client.connect(), "connect");
    return client;
  }

  readonly #hear = (message: string, channel: string): void => {
    this.#listener.onMessage(channel, message);
  };

  #lose(client: Client | undefined): void {
    if (client === undefined || client !== this.#client) {
      return;
    }
    this.#client = undefined;
    this.#held.clear();
    if (client.isOpen) {
      client.destroy();
    }
    this.#listener.onLost([...this.#wanted]);
    void this.#work();
  }

  #within<T>(work: Promise<T>, what: string): Promise<T> {
    const { clock, deadlineMs } = this.#options;
    return new Promise((resolve, reject) => {
      const disarm = clock.after(deadlineMs, () => {
        reject(new StoreUnreachable(`Redis did not answer ${what} in ${deadlineMs} ms`));
      });
      work.then(resolve, reject).finally(disarm);
    });
  }
}

function newClient(url: string, deadlineMs: number) {
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_EVERY_MS,
    socket: {
      reconnectStrategy: false,
      connectTimeout: deadlineMs,
      socketTimeout: SILENT_MAX_MS,
    },
  });
}
