/**
 * A cell: one actor on one node. It takes turns: hold, step, commit, and only then answer and act.
 *
 * Owns the copy in memory; `turns.ts` has what waits. Others may commit between any two turns, and
 * this cell then steps again on what they left. Invariants:
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
import { BUSY, INTERNAL, TOO_LARGE, lookOf, refuse } from "./answer.ts";
import { giveAnswers } from "./answers.ts";
import {
  type Batch,
  type Held,
  Poisoned,
  type Step,
  refusing,
  stepBatch,
  stepUnlessPoisoned,
} from "./batch.ts";
import type { CellNode } from "./cell-node.ts";
import { pause } from "./clock.ts";
import { commitOrConfirm, leaseOf } from "./commit-of.ts";
import { Copy } from "./copy.ts";
import { hasStale, withoutLate, withoutStale } from "./late.ts";
import { Kept } from "./kept.ts";
import { type KnownNow, withoutKnown } from "./known.ts";
import type { Letter } from "./letter.ts";
import type { Look } from "./reply.ts";
import { Sealer } from "./sealer.ts";
import type { KnownId } from "./store.ts";
import { Takeover } from "./takeover.ts";
import { type Flight, type OnItsWay, Turns } from "./turns.ts";

/** More lost races than this without one letter answered: dozens of nodes want this actor. */
const TRIES_MAX = 64;
/** Pauses while the next commit is another node's, at most; a letter waits 10 s, not longer. */
const RESERVED_TRIES_MAX = 1_000;
/** The node with the reservation needs a turn, seldom all of it: looking again is cheap. */
const LOOK_AGAIN_MS = 10;
/** Whoever has just lost a commit to another node loses what begins on one, too. */
const SHARED_TURNS = 64;

/** Letters that have to be stepped again. */
type Left = Promise<readonly Letter[]>;

/** A commit, or a confirmation, that the store has answered. */
interface Sent {
  readonly step: Step;
  readonly batch: Batch;
  readonly committed: Awaited<ReturnType<typeof commitOrConfirm>>;
}

export class Cell {
  readonly address: Address;
  /** What this node committed and may alone remember. */
  readonly kept = new Kept();
  readonly #node: CellNode;
  readonly #turns: Turns;
  readonly #sealer = new Sealer();
  readonly #copy: Copy;
  readonly #takeover: Takeover;
  /** Commits lost in a row, as the store wants to hear (C11). */
  #losses = 0;
  /** Of this turn: how often the next commit was another node's. */
  #waits = 0;
  /** Turns left that nobody may begin on: another node commits as well. */
  #shared = 0;

  constructor(address: Address, node: CellNode) {
    this.address = address;
    this.#node = node;
    this.#turns = new Turns((...turn) => this.#take(...turn), node.togetherMin);
    this.#takeover = new Takeover(node);
    const onLoaded = (): void => this.#takeover.loaded();
    this.#copy = new Copy({ address, node, kept: this.kept, onLoaded });
  }

  get idle(): boolean {
    return this.#turns.idle;
  }

  /** The store may not be what it was: the next turn looks at it closely. */
  doubt(): void {
    this.#copy.doubt();
  }

  /** Resolves when nothing waits any more. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  put(letter: Letter): void {
    if (!this.#turns.put(letter)) {
      refuse([letter], BUSY, this.#copy.held);
    }
  }

  peek(): Look | undefined {
    return this.#copy.held === undefined ? undefined : lookOf(this.#copy.held);
  }

  /** The actor at the store's current head. */
  confirmed(): Promise<Held | undefined> {
    return this.#copy.confirmed();
  }

  /** What was just born here, unless somebody has already looked further. */
  adopt(batch: Batch): void {
    const { epoch } = batch.after.envelope;
    this.kept.add({ epoch, seq: 0 }, batch);
    this.#copy.held ??= batch.after;
  }

  async #take(letters: readonly Letter[], on: Flight | undefined, tell: OnItsWay): Promise<void> {
    this.#shared = Math.max(0, this.#shared - 1);
    const onItsWay = this.#shared > 0 ? undefined : tell;
    try {
      const held = on?.after;
      const early = held && this.#early(letters, { held, over: on.over }, onItsWay);
      await this.#turn(await (early ?? letters), onItsWay);
    } catch (error) {
      this.#copy.held = undefined;
      letters.forEach((letter) => letter.reject(error));
    }
  }

  /** On what another turn is about to leave; what comes back has to be stepped again. */
  async #early(
    letters: readonly Letter[],
    { held, over }: { readonly held: Held; readonly over: Promise<void> },
    onItsWay?: OnItsWay,
  ): Left {
    const isStale = hasStale(letters, this.#node.store);
    const batch = isStale ? undefined : stepUnlessPoisoned(held, letters);
    if (batch === undefined) {
      await over;
      this.#copy.held = undefined;
      return letters;
    }
    const step: Step = (other) => stepBatch(other, letters);
    const [committed] = await Promise.all([this.#send(held, batch, onItsWay), over]);
    if (committed?.kind === "committed" || this.#copy.held === held) {
      return this.#become(held, letters, { step, batch, committed });
    }
    this.#shared = SHARED_TURNS;
    return letters;
  }

  async #turn(letters: readonly Letter[], onItsWay: OnItsWay | undefined): Promise<void> {
    let waiting = letters;
    let tries = 0;
    this.#waits = 0;
    while (waiting.length > 0 && tries < TRIES_MAX + Math.min(this.#waits, RESERVED_TRIES_MAX)) {
      const held = await this.#copy.hold();
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
      const fresh = withoutStale(waiting, held, this.#node.store);
      const left = await this.#attempt(held, fresh, onItsWay);
      tries = left.length < waiting.length ? 0 : tries + 1;
      waiting = left;
    }
    refuse(waiting, BUSY, this.#copy.held);
  }

  /** One step and one commit; what comes back has to be stepped again. */
  #attempt(held: Held, letters: readonly Letter[], onItsWay?: OnItsWay): Left {
    const step: Step = (on) => stepBatch(on, letters);
    const settled = this.#settle(held, letters, step, onItsWay);
    return settled.catch((error: unknown) => this.#withoutPoison(held, letters, error));
  }

  async #settle(held: Held, letters: readonly Letter[], step: Step, onItsWay?: OnItsWay): Left {
    const batch = step(held);
    const committed = await this.#send(held, batch, onItsWay);
    return this.#become(held, letters, { step, batch, committed });
  }

  #send(held: Held, batch: Batch, onItsWay?: OnItsWay): ReturnType<typeof commitOrConfirm> {
    const [node, losses, sealer] = [this.#node, this.#losses, this.#sealer];
    const committing = commitOrConfirm(this.address, { held, batch, node, losses, sealer });
    if (batch.lines.length > 0) {
      onItsWay?.(batch.after);
    }
    return committing;
  }

  async #become(held: Held, letters: readonly Letter[], sent: Sent): Left {
    const { step, batch, committed } = sent;
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
        this.#copy.replace(held, committed.envelope);
        if (committed.kind === "moved" && this.#copy.held !== undefined) {
          const now = step(this.#copy.held);
          if (now.lines.length === 0) {
            return this.#finish(now, letters, committed.known);
          }
        }
        this.#losses += 1;
        this.#shared = SHARED_TURNS;
        return letters;
      case "late":
        return withoutLate(letters);
      case "reserved":
        this.#waits += 1;
        await pause(this.#node.clock, Math.min(committed.waitMs, LOOK_AGAIN_MS));
        return letters;
      case "absent":
        this.#copy.held = undefined;
        return letters;
      default:
        return unreachable(committed);
    }
  }

  /** Durable now: act, and answer. */
  async #finish(batch: Batch, letters: readonly Letter[], known: readonly KnownId[]): Left {
    this.#copy.held = batch.after;
    this.#node.act(this.address, { ...batch, lease: leaseOf(batch) });
    await giveAnswers(letters, batch, {
      ...{ known, now: this.#knownNow(batch.after) },
      act: (done) => this.#node.act(this.address, done),
    });
    return [];
  }

  #knownNow(held: Held): KnownNow {
    return { held, recordAt: (seq) => this.#node.recordAt(this.address, seq) };
  }

  async #withoutPoison(held: Held, letters: readonly Letter[], error: unknown): Left {
    if (!(error instanceof Poisoned)) {
      throw error;
    }
    const { letter, cause } = error;
    // What the machine threw in may be half-changed: also the refusal is told of a fresh copy.
    this.#copy.held = undefined;
    const fresh = await this.#copy.hold();
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
  async #split(held: Held, letters: readonly Letter[]): Left {
    const [letter] = letters;
    if (letters.length === 1 && letter !== undefined) {
      return this.#settle(held, letters, (on) => refusing(on, letter, TOO_LARGE));
    }
    const half = Math.ceil(letters.length / 2);
    const rest = await this.#attempt(held, letters.slice(0, half));
    return [...rest, ...letters.slice(half)];
  }
}
