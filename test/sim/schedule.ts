/**
 * The schedule: the one owner of time and of every asynchronous step of a simulated world.
 *
 * Invariants:
 * 1. One event runs at a time; before the next, everything that waited on promises has run.
 * 2. Events run in the order of their times, and of one time in the order in which they were set.
 * 3. What belongs to a party that is gone never runs; what belongs to one that is away runs, in
 *    order, when it is back.
 * 4. The trace holds every event that ran: the same world under the same seed writes the same.
 */

/** Something that can die or stand still: the events that belong to it die and stand still too. */
export interface Party {
  readonly name: string;
  readonly gone: boolean;
  /** On the schedule's clock; in the past: it is not away. */
  readonly awayUntil: number;
}

export interface Planned {
  readonly label: string;
  readonly party?: Party;
  readonly run: () => void;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly planned: Planned;
}

export class Schedule {
  readonly #queue: Entry[] = [];
  readonly #hash = new Bun.CryptoHasher("sha256");
  readonly #lines: string[] | undefined;
  #now: number;
  #step = 0;
  #order = 0;

  constructor(startMs: number, keepTrace: boolean) {
    this.#now = startMs;
    this.#lines = keepTrace ? [] : undefined;
  }

  /** The true time, which is the store's. */
  get now(): number {
    return this.#now;
  }

  /** How many events have run: orders what happened within one millisecond. */
  get step(): number {
    return this.#step;
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Of the whole trace; the schedule is over when it has been asked. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  after(delayMs: number, planned: Planned): () => void {
    this.#order += 1;
    const at = this.#now + Math.max(0, Math.ceil(delayMs));
    const entry = { at, order: this.#order, planned };
    this.#insert(entry);
    return () => {
      const index = this.#queue.indexOf(entry);
      if (index >= 0) {
        this.#queue.splice(index, 1);
      }
    };
  }

  /** Before everything else that is planned. */
  soon(planned: Planned): void {
    this.#insert({ at: this.#now, order: -1, planned });
  }

  wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, { label: "wait", run: resolve });
    });
  }

  /** A line of the trace that is no event. */
  note(line: string): void {
    const text = `${this.#now} ${line}`;
    this.#hash.update(`${text}\n`);
    this.#lines?.push(text);
  }

  /** Runs what is planned until `done`, or until the time; false: the time came first. */
  async run(done: () => boolean, untilMs: number): Promise<boolean> {
    for (;;) {
      await settled();
      if (done()) {
        return true;
      }
      const next = this.#queue[0];
      if (next === undefined || next.at > untilMs) {
        return false;
      }
      this.#queue.shift();
      this.#begin(next);
    }
  }

  #begin(entry: Entry): void {
    const { party, label, run } = entry.planned;
    this.#now = Math.max(this.#now, entry.at);
    if (party?.gone === true) {
      return;
    }
    if (party !== undefined && party.awayUntil > this.#now) {
      this.#insert({ ...entry, at: party.awayUntil });
      return;
    }
    this.#step += 1;
    this.note(`${party?.name ?? "-"} ${label}`);
    run();
  }

  #insert(entry: Entry): void {
    let [low, high] = [0, this.#queue.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#queue[middle];
      const before =
        there !== undefined &&
        (there.at < entry.at || (there.at === entry.at && there.order < entry.order));
      [low, high] = before ? [middle + 1, high] : [low, middle];
    }
    this.#queue.splice(low, 0, entry);
  }
}

/** Nothing here waits for the real world, so one turn of the loop ends every chain of promises. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
