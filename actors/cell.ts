/**
 * A cell: one actor on one node. It takes turns: hold, step, commit, and only then answer and act.
 *
 * Owns the mailbox, the copy in memory and the one drain that runs at a time. Others may commit
 * between any two turns, and this cell then steps again on what they left. Invariants:
 * 1. No letter is answered, and nothing is performed, before its commit has resolved.
 * 2. Every answer, also a refusal, is of what was the store's head after its question came (C5).
 * 3. A known command id is answered with the record it made, whatever the rules say now (C5).
 * 4. An error of the store means unknown: the copy is dropped, the sender may send the id again.
 * 5. A node that keeps losing commits to others tells the store how often, and waits where the next
 *    commit is another's: nobody starves, and nobody is told of it. One that has nothing to commit
 *    cannot lose: it refuses at the head that the store has shown it meanwhile (C11).
 * 6. A letter on which the machine throws is refused `internal`; the others are stepped again on a
 *    copy revived from stored bytes (C22).
 */
import { unreachable } from "../machines/unreachable.ts";
import { type Address, addressKey } from "./address.ts";
import { BUSY, INTERNAL, NOT_OWED, TOO_LARGE, answer, lookOf, refuse } from "./answer.ts";
import { type Batch, type Held, Poisoned, type Step, refusing, stepBatch } from "./batch.ts";
import type { CellNode } from "./cell-node.ts";
import { pause } from "./clock.ts";
import { commitOrConfirm, leaseOf } from "./commit-of.ts";
import { withoutLate, withoutStale } from "./late.ts";
import { Kept } from "./kept.ts";
import { type KnownNow, answerKnown, withoutKnown } from "./known.ts";
import type { Letter } from "./letter.ts";
import { Mailbox } from "./mailbox.ts";
import { again } from "./owed.ts";
import type { Look } from "./reply.ts";
import { laterThan } from "./revive.ts";
import { Sealer } from "./sealer.ts";
import { SharedQuestion } from "./shared-question.ts";
import type { KnownId } from "./store.ts";
import { Takeover } from "./takeover.ts";

/** More lost races than this without one letter answered: dozens of nodes want this actor. */
const TRIES_MAX = 64;
/** Pauses while the next commit is another node's, at most; a letter waits 10 s, not longer. */
const RESERVED_TRIES_MAX = 1_000;
/** The node with the reservation needs a turn, seldom all of it: looking again is cheap. */
const LOOK_AGAIN_MS = 10;

export class Cell {
  readonly address: Address;
  /** What this node committed and may alone remember. */
  readonly kept = new Kept();
  readonly #node: CellNode;
  readonly #mailbox = new Mailbox();
  readonly #sealer = new Sealer();
  #held: Held | undefined;
  readonly #takeover: Takeover;
  /** Commits lost in a row, as the store wants to hear (C11). */
  #losses = 0;
  /** Of this turn: how often the next commit was another node's. */
  #waits = 0;
  /** What was being loaded when the store came into doubt is loaded again. */
  #doubts = 0;
  #draining: Promise<void> | undefined;
  readonly #head = new SharedQuestion(() => this.#confirm());

  constructor(address: Address, node: CellNode) {
    this.address = address;
    this.#node = node;
    this.#takeover = new Takeover(node);
  }

  get idle(): boolean {
    return this.#draining === undefined;
  }

  /** The store may not be what it was: the next turn looks at it closely. */
  doubt(): void {
    this.#held = undefined;
    this.#doubts += 1;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#draining;
  }

  put(letter: Letter): void {
    if (!this.#mailbox.put(letter)) {
      refuse([letter], BUSY, this.#held);
      return;
    }
    this.#draining ??= this.#drain();
  }

  peek(): Look | undefined {
    return this.#held === undefined ? undefined : lookOf(this.#held);
  }

  /** The actor at the store's current head. */
  confirmed(): Promise<Held | undefined> {
    return this.#head.ask();
  }

  async #confirm(): Promise<Held | undefined> {
    const held = await this.#hold();
    if (held === undefined) {
      return undefined;
    }
    const confirmed = await this.#node.store.confirm(this.address, held.envelope.head, []);
    switch (confirmed.kind) {
      case "current":
        return held;
      case "moved": {
        const { envelope } = confirmed;
        const moved = laterThan(held, () => this.#node.revive(this.address, envelope));
        // A turn may have gone further while this was asked.
        this.#held = this.#held === held ? moved : this.#held;
        return moved ?? this.#hold();
      }
      case "absent":
        this.#held = undefined;
        return this.#hold();
      default:
        return unreachable(confirmed);
    }
  }

  /** What was just born here, unless somebody has already looked further. */
  adopt(batch: Batch): void {
    const { epoch } = batch.after.envelope;
    this.kept.add({ epoch, seq: 0 }, batch);
    this.#held ??= batch.after;
  }

  async #hold(): Promise<Held | undefined> {
    if (this.#held === undefined) {
      const doubts = this.#doubts;
      const found = await this.#node.hold(this.address, this.kept.records);
      if (doubts !== this.#doubts) {
        return this.#hold();
      }
      if (this.#held === undefined) {
        this.#held = found;
        this.#takeover.loaded();
      }
    }
    return this.#held;
  }

  async #drain(): Promise<void> {
    // One tick of waiting lets messages that arrived together share a commit.
    await Promise.resolve();
    while (this.#mailbox.size > 0) {
      const letters = this.#mailbox.take();
      try {
        await this.#turn(letters);
      } catch (error) {
        this.#held = undefined;
        letters.forEach((letter) => letter.reject(error));
      }
    }
    // In the tick in which the mailbox was seen empty: a letter put a tick later starts anew.
    this.#draining = undefined;
  }

  async #turn(letters: readonly Letter[]): Promise<void> {
    let waiting = letters;
    let tries = 0;
    this.#waits = 0;
    while (waiting.length > 0 && tries < TRIES_MAX + Math.min(this.#waits, RESERVED_TRIES_MAX)) {
      const held = await this.#hold();
      if (held === undefined) {
        waiting.forEach((letter) => letter.resolve({ kind: "absent" }));
        return;
      }
      const first = this.#takeover.letterFor(held.living);
      if (first !== undefined) {
        if ((await this.#attempt(held, [first])).length === 0) {
          this.#takeover.settled(first);
        }
        tries += 1;
        continue;
      }
      const left = await this.#attempt(held, withoutStale(waiting, held, this.#node.store));
      tries = left.length < waiting.length ? 0 : tries + 1;
      waiting = left;
    }
    refuse(waiting, BUSY, this.#held);
  }

  /** One step and one commit; what comes back has to be stepped again. */
  #attempt(held: Held, letters: readonly Letter[]): Promise<readonly Letter[]> {
    return this.#settle(held, letters, (on) => stepBatch(on, letters)).catch((error: unknown) =>
      this.#withoutPoison(held, letters, error),
    );
  }

  async #settle(held: Held, letters: readonly Letter[], step: Step): Promise<readonly Letter[]> {
    const batch = step(held);
    const refused = letters.filter((letter) => batch.outcomes.get(letter)?.kind === "refused");
    const asks = refused.flatMap((letter) => letter.claim ?? []);
    const [node, losses, sealer] = [this.#node, this.#losses, this.#sealer];
    const turn = { held, batch, asks, node, losses, sealer };
    const committed = await commitOrConfirm(this.address, turn);
    if (committed === undefined) {
      return this.#split(held, letters);
    }
    switch (committed.kind) {
      case "committed":
        this.#losses = batch.lines.length > 0 ? 0 : this.#losses;
        this.kept.add(held.envelope, batch);
        this.kept.journaled(committed.journaled);
        return this.#finish(batch, letters, committed.known);
      case "known":
        return withoutKnown(letters, committed.known, this.#knownNow(held));
      case "moved":
      case "conflict":
        this.#held = laterThan(held, () => this.#node.revive(this.address, committed.envelope));
        if (committed.kind === "moved" && this.#held !== undefined) {
          const now = step(this.#held);
          if (now.lines.length === 0) {
            return this.#finish(now, letters, committed.known);
          }
        }
        this.#losses += 1;
        return letters;
      case "late":
        return withoutLate(letters);
      case "reserved":
        this.#waits += 1;
        await pause(this.#node.clock, Math.min(committed.waitMs, LOOK_AGAIN_MS));
        return letters;
      case "absent":
        this.#held = undefined;
        return letters;
      default:
        return unreachable(committed);
    }
  }

  /** Durable now: answer, then act. A refused letter whose id is known goes another way. */
  async #finish(
    batch: Batch,
    letters: readonly Letter[],
    known: readonly KnownId[],
  ): Promise<readonly Letter[]> {
    this.#held = batch.after;
    this.#node.act(this.address, { ...batch, lease: leaseOf(batch) });
    const ids = new Map(known.map((each) => [each.idKey, each]));
    for (const letter of letters) {
      const outcome = batch.outcomes.get(letter);
      const before = letter.claim === undefined ? undefined : ids.get(letter.claim.idKey);
      if (outcome?.kind === "refused" && before !== undefined) {
        await answerKnown(letter, before, this.#knownNow(batch.after));
      } else if (outcome?.kind === "early") {
        this.#node.act(this.address, again(outcome.owed));
        refuse([letter], NOT_OWED, batch.after);
      } else if (outcome !== undefined) {
        answer(letter, outcome, batch);
      }
    }
    return [];
  }

  #knownNow(held: Held): KnownNow {
    return { held, recordAt: (seq) => this.#node.recordAt(this.address, seq) };
  }

  async #withoutPoison(
    held: Held,
    letters: readonly Letter[],
    error: unknown,
  ): Promise<readonly Letter[]> {
    if (!(error instanceof Poisoned)) {
      throw error;
    }
    const { letter, cause } = error;
    // What the machine threw in may be half-changed: also the refusal is told of a fresh copy.
    this.#held = undefined;
    const fresh = await this.#hold();
    if (fresh?.envelope.head !== held.envelope.head) {
      return letters;
    }
    const left = await this.#settle(fresh, [letter], (on) => refusing(on, letter, INTERNAL));
    if (left.length > 0) {
      return letters;
    }
    const actor = addressKey(this.address);
    const { type } = letter.incoming.message;
    this.#node.log.error("message.poisoned", { actor, type, error: cause });
    return letters.filter((each) => each !== letter);
  }

  /** Half of the letters go first; a single one that is too large is refused. */
  async #split(held: Held, letters: readonly Letter[]): Promise<readonly Letter[]> {
    const [letter] = letters;
    if (letters.length === 1 && letter !== undefined) {
      return this.#settle(held, letters, (on) => refusing(on, letter, TOO_LARGE));
    }
    const half = Math.ceil(letters.length / 2);
    const rest = await this.#attempt(held, letters.slice(0, half));
    return [...rest, ...letters.slice(half)];
  }
}
