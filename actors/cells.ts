/**
 * The cells of a node: the actors that it has in memory, at most a named number of them.
 *
 * Invariants:
 * 1. A cell that is taken out is idle, and remembers nothing that the journal may lack: it loses
 *    nothing, the store has it all, and if the store goes back, the journal has the rest (C1).
 * 2. What nobody asked for in a while leaves memory, whether there is room or not.
 */
import { type Address, addressKey } from "./address.ts";
import type { Archive } from "./archive.ts";
import { Cell } from "./cell.ts";
import type { CellNode } from "./cell-node.ts";
import { type Settles, claimOf } from "./letter.ts";
import type { Incoming, Reply } from "./reply.ts";
import { offArchive } from "./sound.ts";
import type { KeptRecord } from "./store.ts";

/** Actors kept in memory; the least recently used that are idle make room. */
const CELLS_MAX = 4_096;
/** After this the journal has what was committed, unless it is away. */
const QUIET_MS = 30_000;
/** Looked at for one that may go, whenever one comes: a journal that is away holds many of them. */
const ROOM_TRIES_MAX = 16;

/** The node is stopping: nothing was accepted. */
export class Draining extends Error {
  override readonly name = "Draining";
  readonly kind = "node.draining";
  readonly retry = "elsewhere";
}

interface Used {
  readonly cell: Cell;
  /** By this node's clock: it was last asked for. */
  at: number;
}

export class Cells {
  readonly #node: CellNode;
  readonly #archive: Archive;
  /** The least recently used first. */
  readonly #cells = new Map<string, Used>();
  readonly #births = new Set<Promise<unknown>>();
  /** The last of them: one that is asked for again and again need not change its place. */
  #newest: Used | undefined;

  constructor(node: CellNode, archive: Archive) {
    this.#node = node;
    this.#archive = archive;
  }

  at(address: Address): Cell {
    const key = addressKey(address);
    const at = this.#node.clock.now();
    const known = this.#cells.get(key);
    if (known !== undefined && known === this.#newest) {
      known.at = at;
      return known.cell;
    }
    const cell = known?.cell ?? new Cell(address, this.#node);
    this.#cells.delete(key);
    this.#makeRoom();
    this.#newest = { cell, at };
    this.#cells.set(key, this.#newest);
    return cell;
  }

  /** Resolves when its fate is known and durable. */
  post(address: Address, incoming: Incoming, settles?: Settles): Promise<Reply> {
    const [claim, receivedAt] = [claimOf(incoming), this.#node.store.now()];
    return new Promise((resolve, reject) => {
      this.at(address).put({ incoming, settles, claim, receivedAt, resolve, reject });
    });
  }

  /** What is in memory of it, if anything is; nobody has asked for it by this. */
  find(address: Address): Cell | undefined {
    return this.#cells.get(addressKey(address))?.cell;
  }

  get size(): number {
    return this.#cells.size;
  }

  /** Lets go of what nobody has asked for in so long, and sooner where there are too many. */
  async rest(idleMs: number): Promise<void> {
    const now = this.#node.clock.now();
    for (const [key, used] of [...this.#cells]) {
      if (used.at > now - Math.min(idleMs, QUIET_MS)) {
        return;
      }
      await this.#forgetJournaled(used.cell);
      const goes = used.at <= now - idleMs || this.#cells.size > CELLS_MAX;
      if (goes && this.#cells.get(key) === used && mayGo(used.cell)) {
        this.#cells.delete(key);
      }
    }
  }

  /** What this node committed and may alone remember, by actor. */
  kept(): readonly { readonly address: Address; readonly records: readonly KeptRecord[] }[] {
    return [...this.#cells.values()]
      .map(({ cell }) => ({ address: cell.address, records: cell.kept.records }))
      .filter(({ records }) => records.length > 0);
  }

  /** The store may not be what it was: nothing in memory is believed any more. */
  doubt(): void {
    this.#cells.forEach(({ cell }) => cell.doubt());
  }

  /** A birth: no turn of a cell, but not to be cut off by the end of the node either. */
  async whole<T>(work: Promise<T>): Promise<T> {
    this.#births.add(work);
    try {
      return await work;
    } finally {
      this.#births.delete(work);
    }
  }

  /** Resolves when no turn is running any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#births);
    await Promise.all([...this.#cells.values()].map(({ cell }) => cell.settled()));
  }

  /** One that must stay goes behind the others, so that the next look finds one that may go. */
  #makeRoom(): void {
    let tries = 0;
    for (const [key, used] of this.#cells) {
      if (this.#cells.size < CELLS_MAX || tries === ROOM_TRIES_MAX) {
        return;
      }
      tries += 1;
      this.#cells.delete(key);
      if (!mayGo(used.cell)) {
        this.#newest = { ...used, at: this.#node.clock.now() };
        this.#cells.set(key, this.#newest);
      }
    }
  }

  /** What the journal has, on the same history, need not be remembered. */
  async #forgetJournaled({ address, kept }: Cell): Promise<void> {
    const { records } = kept;
    const mark = records.length === 0 ? undefined : await this.#archive.mark(address);
    if (mark === undefined) {
      return;
    }
    const points = records.filter(({ seq }) => seq <= mark.seq);
    if ((await offArchive(this.#archive, address, { mark, points })).length === 0) {
      kept.journaled(mark.seq);
    }
  }
}

function mayGo({ idle, kept }: Cell): boolean {
  return idle && kept.isEmpty;
}
