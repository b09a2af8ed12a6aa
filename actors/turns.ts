/**
 * The turns of one actor on one node: what waits is taken in batches, at most two at a time.
 *
 * Owns the mailbox and the order of turns. While the commit of one turn is on its way, the next may
 * begin on what that one is about to leave: the node steps while the store writes. Invariants:
 * 1. A turn that begins on another's commit is settled after that one is: in order, whatever fails.
 * 2. Only where many wait is it worth a commit of its own; else what comes waits for the turn that
 *    is under way, and shares the next.
 */
import type { Held } from "./batch.ts";
import type { Letter } from "./letter.ts";
import { BATCH_MAX, Mailbox } from "./mailbox.ts";

/** Fewer are stepped in less time than a commit of theirs costs the store. */
const TOGETHER_MIN = 16;

/** A turn that is under way. */
export interface Flight {
  /** What its commit is about to leave; undefined: nobody may build on it. */
  readonly after: Held | undefined;
  /** Resolves when it is over; it never rejects. */
  readonly over: Promise<void>;
}

/** Told once its commit is on its way: what that is about to leave. */
export type OnItsWay = (after: Held) => void;

/** Settles every letter, and never rejects. `on`: the turn to begin on; undefined: none. */
export type TakeTurn = (
  letters: readonly Letter[],
  on: Flight | undefined,
  onItsWay: OnItsWay,
) => Promise<void>;

export class Turns {
  readonly #mailbox = new Mailbox();
  readonly #take: TakeTurn;
  readonly #togetherMin: number;
  #draining: Promise<void> | undefined;
  /** The last turn let another begin on it. */
  #overlap = false;
  #wake: () => void = () => undefined;

  constructor(take: TakeTurn, togetherMin = TOGETHER_MIN) {
    this.#take = take;
    this.#togetherMin = togetherMin;
  }

  get idle(): boolean {
    return this.#draining === undefined;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#draining;
  }

  /** False: the mailbox is full, and the letter was not taken in. */
  put(letter: Letter): boolean {
    if (!this.#mailbox.put(letter)) {
      return false;
    }
    this.#draining ??= this.#drain();
    if (this.#mailbox.size >= this.#togetherMin) {
      this.#wake();
    }
    return true;
  }

  async #drain(): Promise<void> {
    // One tick of waiting lets messages that arrived together share a commit.
    await Promise.resolve();
    let under: Flight | undefined;
    while (this.#mailbox.size > 0 || under !== undefined) {
      if (under !== undefined && !this.#mayBegin(under)) {
        const over = under.over.then(() => true);
        under = (await Promise.race([over, this.#enough()])) ? undefined : under;
        continue;
      }
      const next = await this.#begin(under);
      await under?.over;
      under = next;
    }
    // In the tick in which the mailbox was seen empty: a letter put a tick later starts anew.
    this.#draining = undefined;
  }

  #mayBegin({ after }: Flight): boolean {
    return after !== undefined && this.#mailbox.size >= this.#togetherMin;
  }

  /** False, when it is worth to begin another turn. */
  #enough(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(false);
    });
  }

  /** Resolves when its commit is on its way, or it is over. */
  async #begin(on: Flight | undefined): Promise<Flight> {
    const letters = this.#mailbox.take(this.#most(on));
    const onItsWay = Promise.withResolvers<Held | undefined>();
    const over = this.#take(letters, on, onItsWay.resolve);
    const after = await Promise.race([onItsWay.promise, over.then(() => undefined)]);
    this.#overlap = after !== undefined;
    return { after, over };
  }

  /** Two halves overlap; the whole would leave nothing to step meanwhile. */
  #most(on: Flight | undefined): number {
    const { size } = this.#mailbox;
    if (!this.#overlap || size < 2 * this.#togetherMin || size > BATCH_MAX) {
      return BATCH_MAX;
    }
    return on === undefined ? Math.ceil(size / 2) : BATCH_MAX / 2;
  }
}
