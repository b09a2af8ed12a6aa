/**
 * One actor that somebody on this node follows: the cursor into its log, and who is told.
 *
 * Owns the rule of what is delivered; where messages and tails come from is left to others.
 *
 *   joining ──catchUp──▶ at a cursor ──message that chains on──▶ at the next cursor
 *                          ▲    │ gap, fork, doubt, lost subscription
 *                          └────┴── catchUp: read the log from the cursor; where it does not
 *                                   chain on the cursor, reset and stand at the newest head
 *
 * Invariants:
 * 1. A record is delivered only when it chains on the one before, by seq and by head.
 * 2. What arrives while the log is read is kept and judged afterwards, in order.
 * 3. A follower hears only what was committed after its own first look at the log.
 */
import { chainOn } from "../envelope.ts";
import { RECORDS_MAX, type StoredRecord, type Subscription } from "../store.ts";
import type { ChannelMessage } from "./message.ts";
import type { Point, Tail } from "./replies.ts";

/** Messages kept while the log is read; beyond it the log is read once more. */
const KEPT_MAX = 256;

/** Reads the head and, after `after`, at most `limit` records; undefined: no such actor. */
export type ReadTail = (after: number, limit: number) => Promise<Tail | undefined>;

interface Follower {
  readonly subscription: Subscription;
  /** From the first look at the log that began after it was added. */
  joined: boolean;
}

export class Followed {
  readonly #read: ReadTail;
  readonly #failed: (error: unknown) => void;
  readonly #followers = new Set<Follower>();
  /** Undefined: the actor has not been seen present yet. */
  #cursor: Point | undefined;
  #looked = false;
  #inStep = false;
  #kept: ChannelMessage[] = [];
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(read: ReadTail, failed: (error: unknown) => void) {
    this.#read = read;
    this.#failed = failed;
  }

  get cursor(): Point | undefined {
    return this.#cursor;
  }

  /** False while the subscription is in doubt or the log is being read. */
  get inStep(): boolean {
    return this.#inStep;
  }

  get unheard(): boolean {
    return this.#followers.size === 0;
  }

  /** The follower hears nothing before the next `catchUp` has ended. */
  add(subscription: Subscription): () => void {
    const follower: Follower = { subscription, joined: false };
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
    };
  }

  /** The subscription was cut: nothing is delivered until the log has been read again. */
  doubt(): void {
    this.#inStep = false;
  }

  /** Undefined: a message that could not be read. */
  receive(message: ChannelMessage | undefined): void {
    if (!this.#inStep) {
      this.#keep(message);
    } else if (message === undefined || !this.#took(message)) {
      // The log, read from now on, has what this message said.
      this.#readAgain();
    }
  }

  /** Resolves after a reading of the log that began after this call. */
  catchUp(): Promise<void> {
    if (this.#running === undefined && this.#next === undefined) {
      return this.#start();
    }
    // Never two readings at once: both would deliver what lies behind the cursor.
    this.#next ??= Promise.resolve(this.#running)
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const doubted = !this.#inStep;
    this.#inStep = false;
    this.#running = this.#catchUp(doubted).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #catchUp(doubted: boolean): Promise<void> {
    const joining = [...this.#followers].filter(({ joined }) => !joined);
    const cursor = this.#cursor;
    const tail = await this.#read(cursor?.seq ?? 0, cursor === undefined ? 0 : RECORDS_MAX);
    if (tail !== undefined) {
      this.#meet(cursor, tail);
    } else if (doubted && cursor !== undefined) {
      // It fell asleep while nothing was heard: only a fresh look can tell what was missed.
      this.#cursor = undefined;
      this.#reset();
    }
    for (const follower of joining) {
      follower.joined = true;
    }
    this.#looked = true;
    this.#inStep = true;
    const kept = this.#kept;
    this.#kept = [];
    if (!kept.every((message) => this.#took(message))) {
      this.#readAgain();
    }
  }

  /** Stays out of step when that fails; whoever beats over all followed actors tries again. */
  #readAgain(): void {
    this.#inStep = false;
    this.catchUp().catch(this.#failed);
  }

  #meet(cursor: Point | undefined, tail: Tail): void {
    const { head, seq, records } = tail;
    this.#cursor = { head, seq };
    if (cursor === undefined) {
      // Looked before and found nobody: what came in between cannot be told from what was missed.
      if (this.#looked) {
        this.#reset();
      }
    } else if (!chains(cursor, tail)) {
      this.#reset();
    } else if (records.length > 0) {
      this.#deliver(records);
    }
  }

  /** Whether the message was dealt with; if not, only the log can tell. */
  #took(message: ChannelMessage): boolean {
    const cursor = this.#cursor;
    if (message.kind === "installed") {
      const { seq, head } = message;
      this.#cursor ??= { seq, head };
      return this.#cursor.seq === seq && this.#cursor.head === head;
    }
    const { firstSeq, lastSeq, expected, head, records } = message;
    const before = cursor ?? { seq: 0, head: "" };
    if (lastSeq <= before.seq) {
      // Read from the log already, unless it is a birth where somebody lived before.
      return lastSeq < before.seq ? expected !== "" || firstSeq > 1 : head === before.head;
    }
    if (firstSeq !== before.seq + 1 || expected !== before.head) {
      return false;
    }
    this.#cursor = { seq: lastSeq, head };
    this.#deliver(records);
    return true;
  }

  #keep(message: ChannelMessage | undefined): void {
    if (message !== undefined && this.#kept.length < KEPT_MAX) {
      this.#kept.push(message);
    }
  }

  #deliver(records: readonly StoredRecord[]): void {
    this.#tellAll((subscription) => subscription.onRecords(records));
  }

  #reset(): void {
    this.#tellAll((subscription) => subscription.onReset());
  }

  #tellAll(tell: (subscription: Subscription) => void): void {
    for (const { joined, subscription } of Array.from(this.#followers)) {
      if (joined) {
        this.#tell(() => tell(subscription));
      }
    }
  }

  /** One follower's bug must not keep the record from the others. */
  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#failed(error);
    }
  }
}

/** The records lead from the cursor to the head, each on the one before. */
function chains(cursor: Point, { head, seq, records }: Tail): boolean {
  const gapless = records.every((record, at) => record.seq === cursor.seq + 1 + at);
  const reached = records.reduce((before, { line }) => chainOn(before, line), cursor.head);
  return gapless && cursor.seq + records.length === seq && reached === head;
}
