/**
 * The journal: dirty actors are copied to the archive, and what has ended leaves the store.
 *
 * Invariants:
 * 1. A flush is idempotent and never lowers the archive's mark; an actor whose records do not
 *    chain on the archived ones is repaired, or kept apart, and where neither helps it is parked
 *    here, visibly; the others go on (C4, C19).
 * 2. An actor is clean only if its head is the one that was flushed.
 * 3. One run at a time: what one evicts, no other still copies.
 * 4. Nodes share what is dirty; what waited for another for `OTHERS_MS` is anybody's, so that a
 *    node that dies or stands still holds nothing up.
 */
import type { TenantId } from "../machines/ids.ts";
import { UnknownVersion } from "../machines/versions.ts";
import { type Address, addressKey } from "./address.ts";
import type { Archive } from "./archive.ts";
import type { Held } from "./batch.ts";
import type { Log } from "./clock.ts";
import { isWhole, sealEnvelope } from "./envelope.ts";
import { evict } from "./evict.ts";
import { everyRecord } from "./history.ts";
import { isPassing } from "./passing.ts";
import { OWED_SOON_MS } from "./pace.ts";
import type { Repair } from "./repair.ts";
import type { Share } from "./share.ts";
import type { ActorStore, DirtyActor } from "./store.ts";

/** Actors flushed in one round; the loop comes again at once while it is full. */
const ROUND_MAX = 64;
/** Actors that are read and sent at once: the database takes them in a few transactions. */
const ABREAST_MAX = 16;
/** Rounds in one run of the loop: a backlog yields to other work after this many actors. */
const ROUNDS_MAX = 16;
/** The longest pause between two runs. */
export const REST_MAX_MS = 3_000;
/** What is another's share is left to it for so long: its longest pause, and a run of 2 s. */
const OTHERS_MS = 5_000;
/** A parked actor is tried again after this: an operator, or another node, may have mended it. */
const PARKED_MS = 60_000;
/** Actors in a row that could not be flushed for now: the database is away, not they at fault. */
const FAILURES_MAX = 3;

export interface JournalNode {
  readonly store: ActorStore;
  readonly archive: Archive;
  readonly log: Log;
  readonly share: Pick<Share, "part">;
  revive(address: Address, stored: string): Held;
  /** Holds the actor against the archive; what cannot be mended is quarantined. */
  repair(address: Address): Promise<Repair>;
}

export class Journal {
  readonly #node: JournalNode;
  /** Actors whose flush was refused, the head that was refused, and when. */
  readonly #parked = new Map<string, { readonly head: string; readonly at: number }>();
  /** What has ended and is flushed, and has not left yet, with its head. */
  readonly #leaving = new Map<string, { readonly address: Address; readonly head: string }>();
  /** Schools whose turn to catch up has not begun: one turn serves all who wait for it. */
  readonly #waiting = new Map<TenantId, Promise<void>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(node: JournalNode) {
    this.#node = node;
  }

  /** Flushes this node's share; resolves when nothing was left, or the round was long enough. */
  flush(): Promise<void> {
    return this.#inTurn(() => this.#flush());
  }

  /** Whoever's share it is: nobody may be left to do it. */
  flushAll(): Promise<void> {
    return this.#inTurn(() => this.#flush({ shared: false }));
  }

  /** What is dirty of one school, as far as one round goes: its lists show what was just done. */
  catchUp(tenantId: TenantId): Promise<void> {
    const waiting = this.#waiting.get(tenantId);
    if (waiting !== undefined) {
      return waiting;
    }
    const turn = this.#inTurn(async () => {
      this.#waiting.delete(tenantId);
      for (const actor of await this.#due()) {
        const failed = actor.address.tenantId === tenantId && (await this.#flushOne(actor));
        if (failed instanceof Error) {
          throw failed;
        }
      }
    });
    this.#waiting.set(tenantId, turn);
    return turn;
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #due(): Promise<readonly DirtyActor[]> {
    const { store } = this.#node;
    const dirty = await store.dirty(ROUND_MAX + this.#parked.size);
    const keys = new Set(dirty.map(({ address }) => addressKey(address)));
    for (const key of this.#parked.keys()) {
      if (!keys.has(key)) {
        this.#parked.delete(key);
      }
    }
    const since = store.now() - PARKED_MS;
    return dirty.filter(({ address, head }) => {
      const parked = this.#parked.get(addressKey(address));
      return parked?.head !== head || parked.at <= since;
    });
  }

  async #flush({ shared } = { shared: true }): Promise<void> {
    let left = false;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const due = await this.#due();
      const { own, late } = shared ? this.#parted(due) : { own: due, late: [] };
      const these = own.length > 0 ? own : late;
      const whole = await this.#flushThese(these);
      left = whole && own.length > 0 && late.length > 0;
      if (!whole || these.length === 0 || due.length < ROUND_MAX) {
        break;
      }
    }
    if (left) {
      await this.#flushThese(this.#parted(await this.#due()).late);
    }
    await this.#leave();
  }

  /** What is another's, and has waited for it long enough, comes after what is this node's. */
  #parted(due: readonly DirtyActor[]): Record<"own" | "late", readonly DirtyActor[]> {
    const { share, store } = this.#node;
    const { own, others } = share.part(due, ({ address }) => address);
    const before = store.now() - OTHERS_MS;
    return { own, late: others.filter(({ since }) => since <= before) };
  }

  /** False: some could not be flushed for now. One that never answers does not stop the others. */
  async #flushThese(due: readonly DirtyActor[]): Promise<boolean> {
    let whole = true;
    let inARow = 0;
    for (let from = 0; from < due.length; from += ABREAST_MAX) {
      const abreast = due.slice(from, from + ABREAST_MAX);
      for (const failed of await Promise.all(abreast.map((actor) => this.#flushOne(actor)))) {
        whole &&= failed === undefined;
        inARow = failed === undefined ? 0 : inARow + 1;
        if (failed !== undefined && inARow === FAILURES_MAX) {
          throw failed;
        }
      }
    }
    return whole;
  }

  /** The failure, when it is one that passes; anything else parks the actor. */
  async #flushOne(actor: DirtyActor): Promise<Error | undefined> {
    const key = addressKey(actor.address);
    try {
      if (await this.#copy(actor.address)) {
        this.#parked.delete(key);
        return undefined;
      }
      const repaired = await this.#node.repair(actor.address);
      this.#node.log.error("journal.parked", { actor: key, seq: actor.seq, repaired });
    } catch (error) {
      if (error instanceof UnknownVersion) {
        // Set aside on this node alone: one that reads the actor copies it.
        this.#parked.set(key, { head: actor.head, at: this.#node.store.now() });
        return undefined;
      }
      this.#node.log.error("journal.failed", { actor: key, seq: actor.seq, error });
      if (error instanceof Error && isPassing(error)) {
        return error;
      }
    }
    this.#parked.set(key, { head: actor.head, at: this.#node.store.now() });
    return undefined;
  }

  /** False: the archive has other history. */
  async #copy(address: Address): Promise<boolean> {
    const { store, archive } = this.#node;
    // The mark first: what is read after it was not lost, nor built again, before it.
    const mark = await archive.mark(address);
    const stored = await store.load(address);
    if (stored === undefined) {
      // Another node was quicker: it flushed and evicted the actor.
      return true;
    }
    if (mark === undefined) {
      return false;
    }
    const { envelope, living } = this.#node.revive(address, stored);
    // What is kept for years has no use for deltas.
    const whole = { ...envelope, snapshot: living.persist() };
    const flushed = await archive.append({
      address,
      seq: envelope.seq,
      head: envelope.head,
      envelope: isWhole(stored) ? stored : sealEnvelope(address, whole),
      over: mark.rebuiltIn,
      rebuiltIn: undefined,
      records: await everyRecord(store, address, { after: mark.seq, upTo: envelope.seq }),
      owedDueAt: envelope.owed.map((owed) => owed.dueAt).toSorted((a, b) => a - b)[0],
    });
    if (flushed !== "appended") {
      // Built again meanwhile: it is still dirty, and read again in the next round.
      return flushed === "moved";
    }
    await store.journaled(address, envelope.seq, envelope.head);
    if (living.over && envelope.owed.length === 0) {
      this.#leaving.set(addressKey(address), { address, head: envelope.head });
    }
    return true;
  }

  /** What fails for now leaves at another time; what fails for ever stays in the store. */
  async #leave(): Promise<void> {
    for (const [key, { address, head }] of this.#leaving) {
      try {
        await this.#evict(address, head);
      } catch (error) {
        this.#node.log.warn("eviction.failed", { actor: key, error });
        if (isPassing(error)) {
          return;
        }
      }
      this.#leaving.delete(key);
    }
  }

  async #evict(address: Address, head: string): Promise<void> {
    const owesNothingUntil = this.#node.store.now() + OWED_SOON_MS;
    await evict(this.#node, address, { head, owesNothingUntil });
  }
}
