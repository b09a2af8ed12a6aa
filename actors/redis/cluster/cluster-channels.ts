/**
 * Channels of a cluster: a subscriber for each master, each channel at the master of its bucket.
 *
 * Invariants: a channel is wanted at one subscriber at a time; when its bucket changes masters it
 * is reported lost before it is asked for at the new one, so that its log is read once it is held.
 */
import { StoreUnreachable } from "../../store.ts";
import type { ConnectionOptions } from "../connection.ts";
import { SlotUnsettled } from "../link.ts";
import { bucketOfName } from "../names.ts";
import { type Channels, type Listener, Subscriber } from "../subscriber.ts";
import type { Masters } from "./masters.ts";

/** A slot changes masters once; twice while a channel is being subscribed is already a storm. */
const TRIES_MAX = 3;

export class ClusterChannels implements Channels {
  readonly #options: ConnectionOptions;
  readonly #masters: Masters;
  readonly #listener: Listener;
  /** By the master's URL. */
  readonly #subscribers = new Map<string, Subscriber>();
  /** Where each channel is wanted. */
  readonly #homes = new Map<string, string>();

  constructor(options: ConnectionOptions, masters: Masters, listener: Listener) {
    this.#options = options;
    this.#masters = masters;
    this.#listener = {
      ...listener,
      onLost: (channels) => {
        listener.onLost(channels);
        // Perhaps because its master lost a slot, or its place.
        masters.refresh().catch((error: unknown) => {
          options.log.warn("store.slots.unknown", { error });
        });
      },
    };
    masters.onRead(() => this.#rehome());
  }

  async hold(channel: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#hold(channel);
      } catch (error) {
        if (!(error instanceof SlotUnsettled) || tries === TRIES_MAX) {
          throw error;
        }
      }
    }
  }

  holds(channel: string): boolean {
    return this.#at(channel)?.holds(channel) ?? false;
  }

  drop(channel: string): void {
    this.#at(channel)?.drop(channel);
    this.#homes.delete(channel);
  }

  replace(channel: string): void {
    this.#at(channel)?.replace();
  }

  close(): void {
    this.#homes.clear();
    this.#subscribers.forEach((subscriber) => subscriber.close());
    this.#subscribers.clear();
  }

  async #hold(channel: string): Promise<void> {
    const url = this.#homes.get(channel) ?? this.#masters.urlOf(bucketOfName(channel));
    if (url === undefined) {
      throw new StoreUnreachable(`no master has the slot of ${channel}`);
    }
    this.#homes.set(channel, url);
    await this.#subscriber(url).hold(channel);
  }

  #rehome(): void {
    const moved = [...this.#homes].flatMap(([channel, from]) => {
      const to = this.#masters.urlOf(bucketOfName(channel));
      return to === undefined || to === from ? [] : [{ channel, from, to }];
    });
    for (const [from, leaving] of Map.groupBy(moved, (each) => each.from)) {
      const channels = leaving.map(({ channel }) => channel);
      leaving.forEach(({ channel, to }) => this.#homes.set(channel, to));
      this.#listener.onLost(channels);
      this.#subscribers.get(from)?.leave(channels);
      for (const channel of channels) {
        // Its subscriber goes on trying; the beat over all followed actors reads its log meanwhile.
        this.hold(channel).catch((error: unknown) => {
          this.#options.log.warn("store.channel.moving", { channel, error });
        });
      }
    }
    this.#closeIdle();
  }

  /** Of masters that have left. */
  #closeIdle(): void {
    const homes = new Set(this.#homes.values());
    for (const [url, subscriber] of this.#subscribers) {
      if (!homes.has(url)) {
        this.#subscribers.delete(url);
        subscriber.close();
      }
    }
  }

  #at(channel: string): Subscriber | undefined {
    const url = this.#homes.get(channel);
    return url === undefined ? undefined : this.#subscribers.get(url);
  }

  #subscriber(url: string): Subscriber {
    const found = this.#subscribers.get(url);
    if (found !== undefined) {
      return found;
    }
    const fresh = new Subscriber({ ...this.#options, url }, this.#listener);
    this.#subscribers.set(url, fresh);
    return fresh;
  }
}
