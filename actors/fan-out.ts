/**
 * Fan-out: what was committed, by whichever node, reaches everybody on this node who follows.
 *
 * Owns one subscription to the store per followed actor, shared by all followers. Invariants:
 * 1. The subscription stands before the look is taken, so nothing falls between the two (C10).
 * 2. A follower receives records from the look's seq + 1 on, in order, without a gap; a gap that
 *    cannot be explained is a reset, never silence.
 * 3. Nothing is delivered in the tick in which `follow` resolves: the caller acknowledges first;
 *    a reset that comes before waits too. Nothing is delivered after `stop`.
 * 4. A follower that throws keeps nothing from the others.
 */
import { type Address, addressKey } from "./address.ts";
import type { Clock, Log } from "./clock.ts";
import { type ActorRecord, decodeRecord } from "./envelope.ts";
import type { Follower, Look } from "./reply.ts";
import type { ActorStore, StoredRecord } from "./store.ts";

/** Records that may wait for one follower to begin; more, and it starts from a fresh look. */
const WAITING_MAX = 4_096;

interface Seat {
  readonly follower: Follower;
  /** Undefined until the look has been taken, and from a reset to the record after it. */
  cursor: number | undefined;
  /** What arrived before the follower was told where it begins. */
  waiting: ActorRecord[] | undefined;
  /** A reset came before the follower was told where it begins. */
  broken: boolean;
}

export interface FanOutNode {
  readonly store: ActorStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Stream {
  readonly seats: Set<Seat>;
  readonly stop: Promise<() => void>;
}

export class FanOut {
  readonly #store: ActorStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #streams = new Map<string, Stream>();

  constructor({ store, clock, log }: FanOutNode) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  async follow(
    address: Address,
    follower: Follower,
    look: () => Promise<Look | undefined>,
  ): Promise<{ readonly look: Look; readonly stop: () => void } | undefined> {
    const seat: Seat = { follower, cursor: undefined, waiting: [], broken: false };
    const stream = this.#streamOf(address);
    stream.seats.add(seat);
    const stop = (): void => this.#leave(address, stream, seat);
    try {
      await stream.stop;
      const seen = await look();
      if (seen === undefined) {
        stop();
        return undefined;
      }
      seat.cursor = seen.seq;
      this.#clock.after(0, () => {
        if (stream.seats.has(seat)) {
          this.#tell(address, () => flush(seat));
        }
      });
      return { look: seen, stop };
    } catch (error) {
      stop();
      throw error;
    }
  }

  #streamOf(address: Address): Stream {
    const key = addressKey(address);
    const known = this.#streams.get(key);
    if (known !== undefined) {
      return known;
    }
    const seats = new Set<Seat>();
    const stop = this.#store.subscribe(address, {
      onRecords: (records) => this.#deliver(address, seats, records),
      onReset: () => {
        for (const seat of seats) {
          this.#tell(address, () => reset(seat));
        }
      },
    });
    const stream: Stream = { seats, stop };
    this.#streams.set(key, stream);
    stop.catch(() => this.#forget(key, stream));
    return stream;
  }

  #deliver(address: Address, seats: ReadonlySet<Seat>, stored: readonly StoredRecord[]): void {
    if (seats.size === 0) {
      return;
    }
    for (const { line } of stored) {
      const record = decodeRecord(line);
      for (const seat of seats) {
        this.#tell(address, () => hand(seat, record));
      }
    }
  }

  #tell(address: Address, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#log.error("follower.threw", { actor: addressKey(address), error });
    }
  }

  /** Another stream of the same actor may have taken its place. */
  #forget(key: string, stream: Stream): boolean {
    return this.#streams.get(key) === stream && this.#streams.delete(key);
  }

  #leave(address: Address, stream: Stream, seat: Seat): void {
    stream.seats.delete(seat);
    if (stream.seats.size === 0 && this.#forget(addressKey(address), stream)) {
      stream.stop.then(
        (stop) => stop(),
        () => undefined,
      );
    }
  }
}

function hand(seat: Seat, record: ActorRecord): void {
  if (seat.waiting !== undefined) {
    seat.waiting.push(record);
    if (seat.waiting.length > WAITING_MAX) {
      seat.waiting.shift();
    }
    return;
  }
  const { cursor } = seat;
  if (cursor !== undefined && record.seq <= cursor) {
    return;
  }
  const gap = cursor !== undefined && record.seq > cursor + 1;
  seat.cursor = record.seq;
  if (gap) {
    seat.follower.onReset();
  } else {
    seat.follower.onRecord(record);
  }
}

function reset(seat: Seat): void {
  if (seat.waiting !== undefined) {
    seat.waiting = [];
    seat.broken = true;
    return;
  }
  seat.cursor = undefined;
  seat.follower.onReset();
}

function flush(seat: Seat): void {
  const waiting = seat.waiting ?? [];
  seat.waiting = undefined;
  if (seat.broken) {
    reset(seat);
  }
  for (const record of waiting) {
    hand(seat, record);
  }
}
