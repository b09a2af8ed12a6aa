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
  /** What its commit, which is on its way, is about to leave; undefined: nothing to build on. */
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
    let under: Turn | undefined;
    while (this.#mailbox.size > 0 || under !== undefined) {
      if (under !== undefined && !this.#mayBegin(under)) {
        await this.#news();
      } else {
        const next = this.#begin(under);
        await under?.over;
        under = next;
      }
      under = under !== undefined && under.isOver ? undefined : under;
    }
    // In the tick in which the mailbox was seen empty: a letter put a tick later starts anew.
    this.#draining = undefined;
  }

  #mayBegin({ after }: Flight): boolean {
    return after !== undefined && this.#mailbox.size >= this.#togetherMin;
  }

  /** A turn is over, its commit is on its way, or many wait. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #begin(on: Flight | undefined): Turn {
    const letters = this.#mailbox.take(this.#most(on));
    const turn = new Turn();
    this.#overlap = false;
    const begun = this.#take(letters, on, (after) => {
      turn.after = after;
      this.#overlap = true;
      this.#wake();
    });
    turn.over = begun.then(() => {
      turn.isOver = true;
      this.#wake();
    });
    return turn;
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

class Turn implements Flight {
  after: Held | undefined;
  over: Promise<void> = Promise.resolve();
  isOver = false;
}
