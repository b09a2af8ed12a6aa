/**
 * All actors that are followed on this node: one channel each, and a watch over their silence.
 *
 * Owns the way between channels, logs and cursors. Invariants:
 * 1. C9: after the subscriber's connection ended, every followed actor's log is read again from its
 *    cursor before anything else is delivered.
 * 2. C10: every `BEAT_MS` the newest seq of every followed actor is asked for, one call a bucket.
 *    Who is still behind it after `SETTLE_MS` has a dead subscription: a new connection is made.
 */
import type { Address } from "../address.ts";
import type { Subscription } from "../store.ts";
import type { ConnectionOptions } from "./connection.ts";
import { Followed, type ReadTail } from "./followed.ts";
import { decodeMessage } from "./message.ts";
import { type Place, placeOf } from "./names.ts";
import { type Point, decodeHeads, decodeTail } from "./replies.ts";
import type { Servers } from "./servers.ts";
import type { Channels } from "./subscriber.ts";

/** The longest that the last record before a silence stays unheard when a subscription died. */
const BEAT_MS = 2_000;
/** A message and the reply on the other connection may overtake each other by this much. */
const SETTLE_MS = 250;
/** Keys of one call; more of one bucket are asked for in another. */
const HEADS_AT_ONCE = 500;

interface Entry {
  readonly place: Place;
  readonly followed: Followed;
}

export class Followers {
  readonly #options: ConnectionOptions;
  readonly #servers: Servers;
  readonly #channels: Channels;
  readonly #byChannel = new Map<string, Entry>();
  #stopBeating: () => void = () => {};

  constructor(options: ConnectionOptions, servers: Servers) {
    this.#options = options;
    this.#servers = servers;
    this.#channels = servers.channels({
      onMessage: (channel, message) =>
        this.#byChannel.get(channel)?.followed.receive(decodeMessage(message)),
      onHeld: async (channels) => {
        await Promise.all(channels.map((channel) => this.#catchUp(channel)));
      },
      onLost: (channels) =>
        channels.forEach((channel) => this.#byChannel.get(channel)?.followed.doubt()),
    });
    this.#beatLater();
  }

  async add(address: Address, subscription: Subscription): Promise<() => void> {
    const place = placeOf(address);
    const entry = this.#byChannel.get(place.channel) ?? this.#entry(place);
    this.#byChannel.set(place.channel, entry);
    const remove = entry.followed.add(subscription);
    const stop = (): void => {
      remove();
      if (entry.followed.unheard && this.#byChannel.get(place.channel) === entry) {
        this.#byChannel.delete(place.channel);
        this.#channels.drop(place.channel);
      }
    };
    try {
      await this.#channels.hold(place.channel);
      await entry.followed.catchUp();
      return stop;
    } catch (error) {
      stop();
      throw error;
    }
  }

  close(): void {
    this.#stopBeating();
    this.#byChannel.clear();
    this.#channels.close();
  }

  #entry(place: Place): Entry {
    const { address, bucket } = place;
    const [link, keys] = [this.#servers.of(bucket), this.#servers.keysOf(place)];
    const read: ReadTail = async (after, limit) =>
      decodeTail(await link.ask("tail", keys, [address, `${after}`, `${limit}`]));
    const followed = new Followed(read, (error) => {
      this.#options.log.warn("follower.failed", { address, error });
    });
    return { place, followed };
  }

  async #catchUp(channel: string): Promise<void> {
    await this.#byChannel
      .get(channel)
      ?.followed.catchUp()
      .catch((error: unknown) => {
        // Out of step until a beat finds it: nothing is delivered and nothing is forgotten.
        this.#options.log.warn("follower.behind", { channel, error });
      });
  }

  #beatLater(): void {
    this.#stopBeating = this.#options.clock.after(BEAT_MS, () => {
      // Not after the answers: a master that stands still would hold up what others have to say.
      this.#beatLater();
      this.#beat();
    });
  }

  #beat(): void {
    const buckets = Map.groupBy(this.#byChannel.values(), ({ place }) => place.bucket);
    const pages = [...buckets.values()].flatMap((entries) =>
      Array.from({ length: Math.ceil(entries.length / HEADS_AT_ONCE) }, (_, page) =>
        entries.slice(page * HEADS_AT_ONCE, (page + 1) * HEADS_AT_ONCE),
      ),
    );
    pages.forEach((page) => void this.#compare(page));
  }

  /** All of one bucket. */
  async #compare(entries: readonly Entry[]): Promise<void> {
    const before = entries.map(({ followed }) => followed.cursor?.seq ?? 0);
    const keys = entries.map(({ place }) => place.actor);
    const link = this.#servers.of(entries[0]?.place.bucket ?? 0);
    const heads = await link
      .ask("heads", keys, [])
      .then(decodeHeads)
      .catch(() => []);
    entries.forEach((entry, at) => this.#judge(entry, heads[at], before[at] ?? 0));
  }

  #judge({ place, followed }: Entry, head: Point | undefined, before: number): void {
    const { cursor } = followed;
    if (!followed.inStep || !this.#channels.holds(place.channel)) {
      // Its channel is being subscribed anew: until then the log is all there is.
      void this.#catchUp(place.channel);
    } else if (head === undefined) {
      // Asleep, or lost: its archive tells, and whoever wakes it says so on the channel.
    } else if (cursor === undefined || head.seq > cursor.seq) {
      this.#options.clock.after(SETTLE_MS, () => this.#replaceIfBehind({ place, followed }, head));
    } else if (head.seq < before || (head.seq === cursor.seq && head.head !== cursor.head)) {
      // Another history than the one that was followed.
      void this.#catchUp(place.channel);
    }
  }

  #replaceIfBehind({ place, followed }: Entry, { seq }: Point): void {
    if (followed.inStep && !followed.unheard && (followed.cursor?.seq ?? 0) < seq) {
      this.#options.log.warn("store.subscriber.silent", { seq });
      this.#channels.replace(place.channel);
    }
  }
}
