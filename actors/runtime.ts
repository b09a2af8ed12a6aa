/**
 * The actor runtime of one node: what the doors may ask of actors, and how the parts are joined.
 *
 * Owns wiring and lifecycle only; turns are `cell.ts`, order is `mailbox.ts`, owed things are
 * `agenda.ts`, watching is `fan-out.ts`, permanence is `journal.ts`, what nobody asks for is
 * `upkeep.ts`. Invariants:
 * 1. Timers that fell due while no node lived are fired before `start` resolves, also those of
 *    sleepers where the node has the journal's role, so that no door is open before a round knows
 *    that its class was away.
 * 2. After `stop` has begun nothing is accepted; it resolves when every turn has ended and the
 *    journal has what it could take.
 */
import type { TenantId } from "../machines/ids.ts";
import type { Message } from "../machines/living.ts";
import type { Principal } from "../machines/principal.ts";
import type { Address } from "./address.ts";
import { Agenda } from "./agenda.ts";
import { lookOf } from "./answer.ts";
import { beBorn } from "./birth.ts";
import type { CellNode } from "./cell-node.ts";
import { Cells, Draining } from "./cells.ts";
import { leaseOf } from "./commit-of.ts";
import type { ActorRecord } from "./envelope.ts";
import { FanOut } from "./fan-out.ts";
import { readHistory, readRecord } from "./history.ts";
import { hydrate } from "./hydrate.ts";
import { type Repair, type Repaired, repair } from "./repair.ts";
import { revive } from "./revive.ts";
import { Journal } from "./journal.ts";
import type { Loop } from "./loop.ts";
import { Nodes } from "./nodes.ts";
import { PACE, type Pace } from "./pace.ts";
import { Readers } from "./readers.ts";
import { Recovery } from "./recovery.ts";
import type { Follower, Incoming, Look, Reply } from "./reply.ts";
import { startRounds } from "./rounds.ts";
import type { RuntimeOptions } from "./runtime-options.ts";
import { JOURNALS, Share } from "./share.ts";
import { Upkeep, type Upkept } from "./upkeep.ts";

export interface Runtime {
  /** By which other nodes know this one now: the ids of its connections begin with it. */
  readonly name: string;
  /** It stood still for so long that others may have taken it for dead: it has a new name. */
  rename(): void;
  /** Makes the actor; its first record is `message`. Refused `not-accepted` if it exists. */
  birth(address: Address, message: Message, by: Principal): Promise<Reply>;
  /** Resolves when the outcome is durable. Throws `StoreUnreachable` when it is not known. */
  send(address: Address, incoming: Incoming): Promise<Reply>;
  /** The actor as this node last saw it, if it has it in memory; maybe of a moment ago. */
  peek(address: Address): Look | undefined;
  /** The actor at the store's current version; undefined: there is none. */
  look(address: Address): Promise<Look | undefined>;
  /** Records with seq > `after`, oldest first; from the archive what the store has no more. */
  records(address: Address, after: number, limit: number): Promise<readonly ActorRecord[]>;
  /** The look is taken after the subscription stands: nothing falls between the two. */
  follow(
    address: Address,
    follower: Follower,
  ): Promise<{ readonly look: Look; readonly stop: () => void } | undefined>;
  /** Copies to the archive what it lacks of one school: lists read there are of this moment. */
  catchUp(tenantId: TenantId): Promise<void>;
  /** Holds the actor in the store against the archive, and mends it where that can be done. */
  repair(address: Address, how?: { readonly acceptLoss: boolean }): Promise<Repair>;
  /** What upkeep has done on this node, by what came of it. */
  upkept(): Upkept;
  start(): Promise<void>;
  /** Finishes turns, flushes the journal; nothing is accepted any more. */
  stop(): Promise<void>;
}

export function createRuntime(options: RuntimeOptions): Runtime {
  return new NodeRuntime(options);
}

class NodeRuntime implements Runtime {
  readonly #options: RuntimeOptions;
  readonly #cells: Cells;
  readonly #agenda: Agenda;
  readonly #fanOut: FanOut;
  readonly #journal: Journal;
  readonly #nodes: Nodes;
  readonly #readers: Readers;
  readonly #recovery: Recovery;
  readonly #upkeep: Upkeep;
  readonly #pace: Pace;
  #loops: readonly Loop[] = [];
  #draining = false;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#pace = options.pace ?? PACE;
    const { store, archive, log, clock, machines, roles } = options;
    const role = roles.journal ? [JOURNALS] : [];
    const words = (): readonly string[] => [...this.#recovery.words, ...role];
    this.#readers = new Readers(machines, () => store.now(), words);
    const parts = {
      ...{ store, log, clock, worker: roles.worker, node: options.node },
      aliveUntil: () => this.#nodes.aliveUntil(),
      revive: (address: Address, stored: string) => revive(machines, address, stored),
    };
    const share = new Share(this.#readers, () => this.#nodes.name);
    this.#fanOut = new FanOut({ store, clock, log });
    const cellNode: CellNode = {
      ...parts,
      togetherMin: options.togetherMin,
      hold: (address, kept) => hydrate(options, address, kept),
      act: (address, done) => this.#agenda.act(address, done),
      successorOf: (living) => this.#readers.successorOf(living),
      recordAt: (address, seq) => readRecord(options, address, seq),
    };
    this.#cells = new Cells(cellNode, archive);
    this.#recovery = new Recovery({
      ...{ ...options, readers: this.#readers, cells: this.#cells },
      work: () => this.#agenda.work,
      nameOf: () => this.#nodes.name,
      doubtNodes: () => this.#nodes.doubt(),
    });
    const repairOne = (address: Address): Promise<Repair> => this.repair(address);
    this.#journal = new Journal({ ...parts, archive, share, repair: repairOne });
    this.#upkeep = new Upkeep({
      ...{ store, archive, log, machines, share, pace: this.#pace },
      examine: (address) => this.#examine(address, {}),
      closeStrangers: (address) => this.#nodes.closeStrangers(address),
      wake: (address) => hydrate(options, address, this.#cells.find(address)?.kept.records),
    });
    this.#nodes = new Nodes({
      ...options,
      readers: this.#readers,
      look: (address) => this.look(address),
      send: (address, incoming) => this.#cells.post(address, incoming),
    });
    this.#agenda = new Agenda({
      ...options,
      worker: roles.worker,
      hold: async (address) => (await this.#cells.at(address).confirmed())?.envelope,
      post: (address, incoming, settles) => this.#cells.post(address, incoming, settles),
    });
  }

  get name(): string {
    return this.#nodes.name;
  }

  rename(): void {
    this.#nodes.rename();
  }

  async birth(address: Address, message: Message, by: Principal): Promise<Reply> {
    this.#assertOpen();
    const { worker } = this.#options.roles;
    const machine = this.#readers.birthOf(address.kind);
    const aliveUntil = (): number | undefined => this.#nodes.aliveUntil();
    const node = { ...this.#options, machine, worker, aliveUntil };
    const { reply, made } = await this.#cells.whole(beBorn(node, address, { message, by }));
    if (made !== undefined) {
      this.#cells.at(address).adopt(made.batch);
      this.#agenda.act(address, { ...made.batch, lease: leaseOf(made.batch) });
    }
    return reply;
  }

  async send(address: Address, incoming: Incoming): Promise<Reply> {
    this.#assertOpen();
    const post = async (): Promise<Reply> => {
      this.#assertOpen();
      return this.#cells.post(address, incoming);
    };
    return incoming.rank === "system" ? this.#nodes.tell(address, post) : post();
  }

  peek(address: Address): Look | undefined {
    return this.#cells.at(address).peek();
  }

  async look(address: Address): Promise<Look | undefined> {
    const held = await this.#cells.at(address).confirmed();
    return held === undefined ? undefined : lookOf(held);
  }

  async records(address: Address, after: number, limit: number): Promise<readonly ActorRecord[]> {
    // A log that went back would end too soon: what it lost is mended where the actor is held.
    await this.#cells.at(address).confirmed();
    return readHistory(this.#options, address, { after, limit });
  }

  follow(address: Address, follower: Follower): ReturnType<Runtime["follow"]> {
    return this.#fanOut.follow(address, follower, () => this.look(address));
  }

  catchUp(tenantId: TenantId): Promise<void> {
    return this.#journal.catchUp(tenantId);
  }

  async repair(address: Address, how = { acceptLoss: false }): Promise<Repair> {
    return (await this.#examine(address, how)).came;
  }

  upkept(): Upkept {
    return this.#upkeep.done;
  }

  async start(): Promise<void> {
    const { clock, log, alone, roles, store } = this.#options;
    await this.#recovery.join();
    if (roles.journal) {
      await this.#upkeep.wakeDue(store.now());
    }
    this.#agenda.listen();
    await this.#agenda.scan();
    await this.#nodes.join(alone);
    this.#loops = startRounds({
      ...{ store, clock, log, roles, pace: this.#pace, agenda: this.#agenda, nodes: this.#nodes },
      ...{ recovery: this.#recovery, cells: this.#cells },
      ...{ journal: this.#journal, upkeep: this.#upkeep },
    });
  }

  async stop(): Promise<void> {
    const { log, roles } = this.#options;
    this.#draining = true;
    this.#upkeep.stop();
    await Promise.all([this.#agenda.stop(), ...this.#loops.map((loop) => loop.stop())]);
    await this.#cells.settled();
    try {
      if (roles.journal) {
        await this.#journal.flushAll();
      }
      await this.#nodes.leave();
    } catch (error) {
      log.error("stop.incomplete", { error });
    }
  }

  async #examine(address: Address, how: { readonly acceptLoss?: boolean }): Promise<Repaired> {
    const kept = this.#cells.find(address)?.kept.records ?? [];
    const repaired = await repair(this.#options, address, { ...how, kept });
    if (repaired.came !== "sound") {
      this.#cells.find(address)?.doubt();
    }
    return repaired;
  }

  #assertOpen(): void {
    if (this.#draining) {
      throw new Draining("the node is shutting down; another one will take the command");
    }
  }
}
