/**
 * Upkeep: looks after actors that nobody addresses, a few at a time, for ever.
 *
 *   walk the store: hold each against the archive ──▶ mend it, or keep it apart
 *        └─ sound ──▶ derive its indexes again ──▶ idle and journaled ──▶ it sleeps
 *                                                └▶ else a page of its ids is looked at
 *   walk the archive: who should be in the store and is not ──▶ mend it
 *   each minute: who sleeps and owes something soon ──▶ wake it
 *
 * Invariants:
 * 1. Damage is found within a walk, whether somebody asks or not, and met as where one is loaded.
 * 2. Agenda, dirty set and list of actors are indexes, and become what the envelope says (C7).
 * 3. Who owes something within `soonMs` is in the store, where its timers fire (C7).
 * 4. Nobody falls asleep who counts a connection, owes something soon, has a record that the
 *    journal lacks, or was changed lately; a commit that comes meanwhile keeps it awake (C4).
 * 5. The ids of all records of an actor are held against the store, a page a walk (C6).
 * 6. One actor that cannot be judged stops no other; a world that is away stops the walk a while.
 *
 * Any number of nodes may do this beside one another, each for its share (`share.ts`).
 */
import { type Machines, UnknownVersion } from "../machines/versions.ts";
import { IDS_PAGE, settleIds } from "./accepted-ids.ts";
import { type Address, addressKey } from "./address.ts";
import type { Archive, Mark } from "./archive.ts";
import type { Held } from "./batch.ts";
import { agendaOf } from "./commit-of.ts";
import type { Envelope } from "./envelope.ts";
import { evict } from "./evict.ts";
import { readHistory } from "./history.ts";
import type { Pace } from "./pace.ts";
import { isPassing } from "./passing.ts";
import type { Repair, Repaired } from "./repair.ts";
import { type ResidenceNode, settleResidence } from "./residence.ts";
import { revive } from "./revive.ts";
import type { Share } from "./share.ts";
import { intact } from "./sound.ts";

/** With the actors of one step: at most eighty a second, one after the other. */
export const STEP_EVERY_MS = 100;
const STEP = 8;
const PAGE = 256;
/** A store or archive that is away is asked again after this. */
const AWAY_MS = 5_000;
/** Pages of sleepers in one run; the others are woken in the next. */
const WAKE_PAGES_MAX = 64;
/** Sleepers that could not be woken for now: the world is away, not they at fault. */
const FAILURES_MAX = 3;

/** How many actors came to which end, since this node started. */
export type Upkept = Readonly<Record<Repair | "slept" | "woken", number>>;

export interface UpkeepNode extends ResidenceNode {
  readonly machines: Machines;
  readonly pace: Pace;
  readonly share: Pick<Share, "part">;
  /** Holds it against the archive and what this node remembers, and mends it. */
  examine(address: Address): Promise<Repaired>;
  /** Whoever is connected through a node that is gone is so no more. */
  closeStrangers(address: Address): Promise<void>;
  /** Puts it back into the store, if it is not there. */
  wake(address: Address): Promise<unknown>;
}

interface Walk {
  page(cursor: string | undefined): ReturnType<Archive["residents"]>;
  readonly visit: (address: Address) => Promise<void>;
}

export class Upkeep {
  readonly #node: UpkeepNode;
  readonly #walks: readonly Walk[];
  readonly #done = {
    ...{ sound: 0, asleep: 0, mended: 0, lossy: 0, quarantined: 0, absent: 0 },
    ...{ slept: 0, woken: 0 },
  };
  #walk = 0;
  /** Walks over all that are done. */
  #walked = 0;
  #cursor: string | undefined;
  #page: readonly Address[] = [];
  #visit: Walk["visit"] = async () => undefined;
  #againAt = 0;
  #stopped = false;

  constructor(node: UpkeepNode) {
    this.#node = node;
    const { store, archive } = node;
    this.#walks = [
      { page: (from) => store.actors(from, PAGE), visit: (address) => this.#lookAfter(address) },
      { page: (from) => archive.residents(from, PAGE), visit: (address) => this.#lookFor(address) },
    ];
  }

  get done(): Upkept {
    return { ...this.#done };
  }

  /** What is under way ends with the actor that it has come to. */
  stop(): void {
    this.#stopped = true;
  }

  /** The next few of a walk. */
  async step(): Promise<void> {
    const { store, log } = this.#node;
    if (store.now() < this.#againAt) {
      return;
    }
    try {
      if (this.#page.length === 0) {
        await this.#turnPage();
      }
      for (let taken = 0; taken < STEP && this.#page.length > 0 && !this.#stopped; taken += 1) {
        await this.#visitNext();
      }
    } catch (error) {
      if (!isPassing(error)) {
        throw error;
      }
      log.warn("upkeep.postponed", { error });
      this.#againAt = store.now() + AWAY_MS;
    }
  }

  /** Puts into the store who sleeps and owes something before that time of the store. */
  async wakeDue(before: number): Promise<void> {
    const left = new Set<string>();
    let failures = 0;
    for (let page = 0; page < WAKE_PAGES_MAX; page += 1) {
      const listed = await this.#node.archive.due(before, PAGE + left.size);
      const due = listed.filter((address) => !left.has(addressKey(address)));
      for (const address of due) {
        if (this.#stopped) {
          return;
        }
        const failed = await this.#wake(address);
        if (failed !== undefined) {
          left.add(addressKey(address));
          failures += isPassing(failed) ? 1 : 0;
        }
        if (failures === FAILURES_MAX) {
          throw failed;
        }
      }
      if (listed.length < PAGE + left.size) {
        return;
      }
    }
  }

  async #turnPage(): Promise<void> {
    const { store, pace } = this.#node;
    const walk = this.#walks[this.#walk];
    if (walk === undefined) {
      this.#walk = 0;
      this.#walked += 1;
      this.#againAt = store.now() + pace.walkEveryMs;
      return;
    }
    const { addresses, cursor } = await walk.page(this.#cursor);
    this.#page = this.#node.share.part(addresses, (address) => address).own;
    this.#visit = walk.visit;
    this.#cursor = cursor;
    this.#walk += cursor === undefined ? 1 : 0;
  }

  async #visitNext(): Promise<void> {
    const [address, ...others] = this.#page;
    this.#page = others;
    try {
      await (address && this.#visit(address));
    } catch (error) {
      if (isPassing(error)) {
        throw error;
      }
      this.#tell(address, error);
    }
  }

  /** The failure, if there was one. */
  async #wake(address: Address): Promise<unknown> {
    try {
      await this.#node.wake(address);
      this.#done.woken += 1;
      return undefined;
    } catch (error) {
      this.#tell(address, error);
      return error;
    }
  }

  /** What another node reads is for that node to look after. */
  #tell(address: Address | undefined, error: unknown): void {
    if (address !== undefined && !(error instanceof UnknownVersion)) {
      this.#node.log.error("upkeep.failed", { actor: addressKey(address), error });
    }
  }

  async #lookAfter(address: Address): Promise<void> {
    const sound = await this.#examine(address);
    if (sound === undefined) {
      return;
    }
    if (!sound.mark.resident) {
      await settleResidence(this.#node, address);
    }
    const held = revive(this.#node.machines, address, sound.envelope);
    await this.#index(address, held.envelope);
    if (!held.living.over && held.living.connections().length > 0) {
      await this.#node.closeStrangers(address);
    }
    const { head } = held.envelope;
    const now = this.#node.store.now();
    const { soonMs } = this.#node.pace;
    if (maySleep(held, sound.mark, { ...this.#node.pace, now })) {
      const left = await evict(this.#node, address, { head, owesNothingUntil: now + soonMs });
      this.#done.slept += left === "evicted" ? 1 : 0;
    } else {
      await this.#lookAtIds(address, held.envelope);
    }
  }

  /** The newest page in the first walk, then older ones, and the newest again. */
  async #lookAtIds(address: Address, { seq, head }: Envelope | Held["envelope"]): Promise<void> {
    const page = this.#walked % Math.ceil(seq / IDS_PAGE);
    const after = Math.max(0, seq - (page + 1) * IDS_PAGE);
    const records = await readHistory(this.#node, address, { after, limit: IDS_PAGE });
    await settleIds(this.#node, address, { head, records });
  }

  /** Whoever the store has was looked after by the walk before, or is missing from its list. */
  async #lookFor(address: Address): Promise<void> {
    const stored = await this.#node.store.inspect(address);
    const envelope = stored && intact(address, stored.envelope);
    await (envelope === undefined ? this.#examine(address) : this.#index(address, envelope));
  }

  async #examine(address: Address): Promise<Repaired["sound"]> {
    const { came, sound } = await this.#node.examine(address);
    this.#done[came] += 1;
    return sound;
  }

  async #index(address: Address, { head, owed }: Pick<Envelope, "head" | "owed">): Promise<void> {
    const { store } = this.#node;
    // What the agenda has lost may have been begun: nobody can say that it was not (C14).
    const agenda = agendaOf(owed, { now: store.now(), worker: false, begun: true });
    await store.reindex(address, head, agenda);
  }
}

/** What has ended leaves as soon as the journal has it, and hears of no connection any more. */
function maySleep(
  { envelope, living }: Held,
  mark: Mark,
  { now, idleMs, soonMs }: Pick<Pace, "idleMs" | "soonMs"> & { readonly now: number },
): boolean {
  if (envelope.seq !== mark.seq) {
    return false;
  }
  if (living.over) {
    return envelope.owed.length === 0;
  }
  return (
    envelope.at <= now - idleMs &&
    envelope.owed.every(({ dueAt }) => dueAt > now + soonMs) &&
    living.connections().length === 0
  );
}
