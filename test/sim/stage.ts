/**
 * A stage: a small world in which an interleaving is played step by step, and judged at its end.
 *
 * Owns nodes that live and die when told to, a client whose words are kept in the history, and
 * followers that stay where they are. Time goes on only while the stage waits for something.
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Look, Reply } from "../../actors/reply.ts";
import { openDatabase } from "../../actors/sqlite/database.ts";
import { openSqliteStore } from "../../actors/sqlite/sqlite-store.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import { quietLog, sequentialIds } from "../support/fake-clock.ts";
import { createMemoryArchive } from "../support/memory-archive.ts";
import { HOST } from "../support/nodes.ts";
import { Boot, type Skew } from "./boot.ts";
import { Chance } from "./chance.ts";
import { type Finding, check } from "./checks.ts";
import { Disk } from "./disk.ts";
import { gather } from "./evidence.ts";
import { History, type Sent, type Watched, shownOf, toldOf } from "./history.ts";
import { type Node, type NodeKind, type NodeWorld, makeNode, startNode } from "./node.ts";
import { Outside } from "./outside.ts";
import type { Plant } from "./plant.ts";
import { isAtRest } from "./rest.ts";
import { Schedule } from "./schedule.ts";
import { Script } from "./script.ts";
import { type Workload, addressOf, tallyWorkload } from "./workload.ts";

export interface StageOptions {
  readonly plant?: Plant | undefined;
  readonly workload?: Workload;
}

export interface NodeOptions extends Partial<NodeKind>, Partial<Skew> {
  readonly worker?: boolean;
  readonly journal?: boolean;
}

export interface Command {
  readonly message: Message;
  readonly by?: Principal;
  /** Absent: a name of its own. */
  readonly id?: string;
  readonly expectedSeq?: number;
  readonly address?: Address;
}

/** What one follower has heard from one look on. */
export interface Following extends Watched {
  readonly resets: number;
  stop(): void;
}

const START_MS = Date.UTC(2026, 0, 5, 8);
/** Whatever a scenario waits for comes within it, or never. */
const PATIENCE_MS = 120_000;
/** A parked actor is tried again after a minute. */
const REST_MS_MAX = 240_000;
const LOOK_MS = 1_000;
/** What is waited for is looked for every millisecond at first. */
const CLOSELY_MS = 5_000;
const LOOSELY_MS = 20;

export class Stage {
  readonly script = new Script();
  readonly history = new History();
  readonly world: NodeWorld;
  readonly #workload: Workload;
  readonly #nodes: Node[] = [];
  readonly #addresses: Address[] = [];
  #count = 0;

  private constructor(world: NodeWorld, workload: Workload, script: Script) {
    this.world = world;
    this.#workload = workload;
    this.script = script;
  }

  static async open({ plant, workload = tallyWorkload }: StageOptions = {}): Promise<Stage> {
    const schedule = new Schedule(START_MS, true);
    const script = new Script();
    const net = { schedule, chance: new Chance(0), weather: script };
    const log = quietLog();
    const after = (delayMs: number, run: () => void): (() => void) =>
      schedule.after(delayMs, { label: "disk", run });
    const clock = { now: () => schedule.now, after };
    const db = openDatabase(":memory:");
    const store = await openSqliteStore({ file: ":memory:", clock, log }, db);
    const archive = createMemoryArchive();
    const { lineage, outcomes } = workload;
    const world: NodeWorld = {
      ...{ net, log, lineage, plant, ids: sequentialIds("i"), away: () => false },
      disk: new Disk(plant?.disk?.(store) ?? store, db, () => schedule.step),
      archive: plant?.archive?.(archive) ?? archive,
      outside: new Outside(net, outcomes),
    };
    return new Stage(world, workload, script);
  }

  get now(): number {
    return this.world.net.schedule.now;
  }

  get trace(): readonly string[] {
    return this.world.net.schedule.lines;
  }

  /** A node that is ready. */
  async node(name: string, options: NodeOptions = {}): Promise<Node> {
    const { offsetMs = 0, rate = 1, worker = true, journal = true, ...kind } = options;
    const boot = new Boot(name, this.world.net.schedule, { offsetMs, rate });
    const node = makeNode(this.world, boot, { roles: { worker, journal }, ...kind });
    this.#nodes.push(node);
    await this.during(startNode(node));
    return node;
  }

  async birth(node: Node, id = "s1"): Promise<Address> {
    const address = addressOf(id);
    const { host } = this.#workload;
    const born = node.runtime.birth(address, this.#workload.birth(address), host);
    const reply = await this.during(born);
    if (reply.kind !== "accepted") {
      throw new Error(`expected a birth, found ${reply.kind}`);
    }
    this.#addresses.push(address);
    this.history.born.push({ address, step: this.world.net.schedule.step });
    return address;
  }

  /** Sends at once; the answer comes while the stage waits for something. */
  send(node: Node, command: Command): Promise<Reply> {
    const { schedule } = this.world.net;
    this.#count += 1;
    const { message, by = HOST, id = `c${this.#count}`, expectedSeq } = command;
    const address = command.address ?? this.#only();
    const sentStep = schedule.step;
    const sent = this.#sentOf({ name: id, address, by, message, expectedSeq });
    const rank = by.kind === "user" ? "host" : "class";
    const expecting = expectedSeq === undefined ? {} : { expectedSeq };
    const answer = node.runtime.send(address, { by, rank, message, id, ...expecting });
    const told = answer.then((reply) => {
      const said = toldOf(reply, { step: schedule.step, sentStep });
      sent.told.push(...(said === undefined ? [] : [said]));
      return reply;
    });
    // Who waits for it hears of the failure; who does not is not to be stopped by it.
    told.catch(() => undefined);
    return told;
  }

  /** Sends, and waits for the answer. */
  say(node: Node, command: Command): Promise<Reply> {
    return this.during(this.send(node, command));
  }

  async look(node: Node, address = this.#only()): Promise<Look | undefined> {
    const { schedule } = this.world.net;
    const sentStep = schedule.step;
    const look = await this.during(node.runtime.look(address));
    this.history.looked.push({ address, sentStep, step: schedule.step, look: shownOf(look) });
    return look;
  }

  /** Follows for as long as the node lives, or until it is stopped. */
  async follow(node: Node, address = this.#only()): Promise<Following> {
    const name = `w${this.history.watched.length + 1}`;
    const heard: ActorRecord[] = [];
    const heardSteps: number[] = [];
    let resets = 0;
    const following = node.runtime.follow(address, {
      onRecord: (record) => {
        heard.push(record);
        heardSteps.push(this.world.net.schedule.step);
      },
      onReset: () => {
        resets += 1;
      },
    });
    const begun = await this.during(following);
    if (begun === undefined) {
      throw new Error("expected an actor to follow, found none");
    }
    const { look, stop } = begun;
    const followed: Following = {
      ...{ name, address, begunAt: look.seq, heard, heardSteps, resumes: 0, stop },
      get resets() {
        return resets;
      },
    };
    this.history.watched.push(followed);
    return followed;
  }

  /** The actor sleeps: journaled and out of the store, by the port's own calls. */
  async sleep(address = this.#only()): Promise<void> {
    const { disk, archive } = this.world;
    await this.until(async () => (await disk.store.dirty(1)).length === 0);
    await archive.setResident(address, false);
    const stored = await disk.store.inspect(address);
    const evicted = await disk.store.evict(address, stored?.head ?? "", this.now);
    if (evicted !== "evicted") {
      throw new Error("expected an actor that may sleep, found one that is kept");
    }
  }

  async during<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const watched = work.finally(() => {
      done = true;
    });
    watched.catch(() => undefined);
    const { schedule } = this.world.net;
    if (!(await schedule.run(() => done, schedule.now + PATIENCE_MS))) {
      throw new Error(`expected an answer within ${PATIENCE_MS} ms, found none`);
    }
    return watched;
  }

  /** Lets time go on until it is so. */
  async until(is: () => boolean | Promise<boolean>): Promise<void> {
    const begun = this.now;
    while (!(await is())) {
      const waitedMs = this.now - begun;
      if (waitedMs >= PATIENCE_MS) {
        throw new Error(`expected it within ${PATIENCE_MS} ms, and it was not so`);
      }
      await this.pass(waitedMs < CLOSELY_MS ? 1 : LOOSELY_MS);
    }
  }

  async pass(ms: number): Promise<void> {
    const { schedule } = this.world.net;
    let come = false;
    const run = (): void => {
      come = true;
    };
    schedule.after(ms, { label: "time passes", run });
    await schedule.run(() => come, schedule.now + ms + 1);
  }

  /** Everything heals and comes to rest; then what is promised of every history is checked. */
  async judge(): Promise<readonly Finding[]> {
    this.script.clear();
    for (const { boot } of this.#living()) {
      boot.cut = false;
      boot.awayUntil = 0;
    }
    await this.node("judge");
    const rested = await this.#rest();
    const { outside, disk, archive, lineage } = this.world;
    const actors = await Promise.all(
      this.#addresses.map((address) => gather(address, { disk, archive }, new Map())),
    );
    const { timeless } = this.#workload;
    const living = this.#living().map(({ runtime }) => runtime.name);
    const evidence = { actors, history: this.history, outside, lineage, timeless };
    const findings = check({ ...evidence, now: this.now, living });
    await disk.store.close();
    const detail = "something is still under way";
    return rested ? findings : [...findings, { check: "everything comes to rest", detail }];
  }

  async #rest(): Promise<boolean> {
    const end = this.now + REST_MS_MAX;
    const names = this.#living().map(({ runtime }) => runtime.name);
    while (this.now < end) {
      const all = this.#addresses.map((address) =>
        isAtRest(this.world, { address, heard: [], names }),
      );
      if ((await Promise.all(all)).every(Boolean)) {
        return true;
      }
      await this.pass(LOOK_MS);
    }
    return false;
  }

  #living(): readonly Node[] {
    return this.#nodes.filter(({ boot }) => !boot.gone);
  }

  /** One command under one id, however often it is sent. */
  #sentOf(what: Pick<Sent, "name" | "address" | "by" | "message" | "expectedSeq">): Sent {
    const known = this.history.sent.find(
      ({ name, by }) => name === what.name && Bun.deepEquals(by, what.by),
    );
    if (known !== undefined && Bun.deepEquals(known.message, what.message)) {
      return known;
    }
    const sent: Sent = {
      ...what,
      reuses: known,
      firstStep: this.world.net.schedule.step,
      told: [],
    };
    this.history.sent.push(sent);
    return sent;
  }

  #only(): Address {
    const [address] = this.#addresses;
    if (address === undefined) {
      throw new Error("expected an actor that was born, found none");
    }
    return address;
  }
}
