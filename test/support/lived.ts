/**
 * A history that was lived: nodes in trouble over one store, clients that resend until they are
 * answered, followers on every node; and what was left of it all when it had become quiet.
 */
import type { Archived } from "../../actors/archive.ts";
import { type ActorRecord, decodeEnvelope, decodeRecord } from "../../actors/envelope.ts";
import type { Performer } from "../../actors/perform.ts";
import type { Incoming, Reply } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { StoredRecord } from "../../actors/store.ts";
import type { Message } from "../../machines/living.ts";
import { ADDRESS, type World, born, guest, openWorld } from "./nodes.ts";
import { type Fault, Trouble } from "./trouble.ts";

export type Performing = "fails" | "hangs" | "slow";

export type Step =
  | { readonly kind: "say"; readonly node: number; readonly message: Message }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "fault"; readonly node: number; readonly fault: Fault }
  | { readonly kind: "perform"; readonly node: number; readonly how: Performing }
  /** The node dies; another takes its place. */
  | { readonly kind: "crash"; readonly node: number }
  /** The node is stopped in order; another takes its place. */
  | { readonly kind: "restart"; readonly node: number };

/** A command of one client, as it went. Times count events, not milliseconds. */
export interface Said {
  readonly id: string;
  readonly message: Message;
  readonly saidAt: number;
  answeredAt: number | undefined;
  reply: Reply | undefined;
}

/** What one follower heard, from one look to a reset or the end of its node. */
export interface Heard {
  readonly from: number;
  readonly records: readonly ActorRecord[];
  /** Still following when all was quiet. */
  readonly live: boolean;
}

interface Following {
  readonly from: number;
  readonly records: ActorRecord[];
  isLive: () => boolean;
}

export interface Lived {
  readonly said: readonly Said[];
  readonly heard: readonly Heard[];
  readonly log: readonly ActorRecord[];
  readonly archived: Archived | undefined;
  readonly journal: readonly StoredRecord[];
  /** As the store has them; none when the actor has ended and left. */
  readonly stored: readonly StoredRecord[];
  readonly envelope: string | undefined;
  /** Records that the journal lacked in the first silence. */
  readonly unarchived: number;
  /** Attempts on nodes that lived, and were never answered. */
  readonly unanswered: number;
}

interface Place {
  runtime: Runtime;
  trouble: Trouble;
  /** How the next effects fare that this node performs. */
  perform: Performing[];
}

interface Attempt {
  readonly trouble: Trouble;
  answered: boolean;
}

/** A client gives up waiting after this and tries the next node. */
const PATIENCE_MS = 4_000;
const RETRY_MS = 200;
/** A performer that is slower than its lease: another node performs the same effect. */
const SLOW_MS = 20_000;
/** Armed timers, leases and pauses between attempts have all ended within this. */
const QUIET_MS_MAX = 400_000;
const QUIET_STEP_MS = 2_000;
const LOG_MAX = 1_000;

export async function live(nodes: number, steps: readonly Step[]): Promise<Lived> {
  return new History(await openWorld()).live(nodes, steps);
}

class History {
  readonly #world: World;
  readonly #places: Place[] = [];
  readonly #said: Said[] = [];
  readonly #attempts: Attempt[] = [];
  readonly #heard: Following[] = [];
  #events = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async live(nodes: number, steps: readonly Step[]): Promise<Lived> {
    const { clock } = this.#world;
    await born(this.#world, this.#world.node());
    for (let node = 0; node < nodes; node += 1) {
      this.#places.push(this.#open());
    }
    await clock.advance(5);
    for (const step of steps) {
      await this.#take(step);
    }
    await this.#quiet();
    const unarchived = await this.#unarchived();
    // A message to followers that was lost before a silence shows with the next one.
    this.#say(0, { type: "add", n: 1 });
    await this.#quiet();
    return { ...(await this.#left()), unarchived };
  }

  async #take(step: Step): Promise<void> {
    if (step.kind === "pass") {
      return this.#world.clock.advance(step.ms);
    }
    const place = this.#at(step.node);
    switch (step.kind) {
      case "say":
        return this.#say(step.node, step.message);
      case "fault":
        return place.trouble.add(step.fault);
      case "perform":
        place.perform.push(step.how);
        return;
      case "crash":
        place.trouble.dead = true;
        Object.assign(place, this.#open());
        return;
      case "restart":
        void place.runtime.stop();
        Object.assign(place, this.#open());
    }
  }

  #at(node: number): Place {
    const place = this.#places[node % this.#places.length];
    if (place === undefined) {
      throw new RangeError(`expected a node, found ${node}`);
    }
    return place;
  }

  #open(): Place {
    const { clock, store, archive } = this.#world;
    const trouble = new Trouble(clock);
    const perform: Performing[] = [];
    const runtime = this.#world.node({
      store: trouble.store(store),
      archive: trouble.archive(archive),
      performers: { echo: this.#echo(perform) },
    });
    void this.#persist(trouble, () => runtime.start());
    void this.#persist(trouble, () => this.#follow(runtime, trouble));
    return { runtime, trouble, perform };
  }

  #echo(perform: Performing[]): Performer {
    return async (_address, params) => {
      const how = perform.shift();
      if (how === "fails") {
        throw new Error("the world says no");
      }
      if (how === "hangs") {
        await new Promise(() => undefined);
      }
      await this.#pause(how === "slow" ? SLOW_MS : 0);
      return { type: "echoed", text: params["text"] ?? "" };
    };
  }

  /** As a room does: after a reset it follows anew. */
  async #follow(runtime: Runtime, trouble: Trouble): Promise<void> {
    const records: ActorRecord[] = [];
    const heard = { records, isLive: () => !trouble.dead };
    let over = false;
    const following = await runtime.follow(ADDRESS, {
      onRecord: (record) => {
        if (!over) {
          heard.records.push(record);
        }
      },
      onReset: () => {
        over = true;
        heard.isLive = () => false;
        following?.stop();
        void this.#persist(trouble, () => this.#follow(runtime, trouble));
      },
    });
    if (following === undefined) {
      throw new Error("expected an actor to follow");
    }
    this.#heard.push(Object.assign(heard, { from: following.look.seq }));
  }

  /** Tries again while the node lives. */
  async #persist(trouble: Trouble, work: () => Promise<void>): Promise<void> {
    while (!trouble.dead) {
      try {
        return await work();
      } catch {
        await this.#pause(RETRY_MS);
      }
    }
  }

  #say(node: number, message: Message): void {
    const id = `k${this.#said.length}`;
    const said: Said = {
      ...{ id, saidAt: this.#next(), answeredAt: undefined, reply: undefined },
      message: { ...message, tag: id, text: id },
    };
    this.#said.push(said);
    void this.#resend(node, said);
  }

  async #resend(first: number, said: Said): Promise<void> {
    const { id, message } = said;
    const incoming: Incoming = { id, message, by: guest("ann"), rank: "class" };
    for (let node = first; said.reply === undefined; node += 1) {
      const reply = await this.#attempt(this.#at(node), incoming);
      if (reply === undefined || (reply.kind === "refused" && reply.refusal.code === "busy")) {
        await this.#pause(RETRY_MS);
      } else {
        said.reply = reply;
        said.answeredAt = this.#next();
      }
    }
  }

  async #attempt({ runtime, trouble }: Place, incoming: Incoming): Promise<Reply | undefined> {
    const attempt = { trouble, answered: false };
    this.#attempts.push(attempt);
    const answer = runtime
      .send(ADDRESS, incoming)
      .catch(() => undefined)
      .finally(() => {
        attempt.answered = true;
      });
    return Promise.race([answer, this.#pause(PATIENCE_MS)]);
  }

  /** No more trouble; time goes on until nobody waits and nothing is owed or left to copy. */
  async #quiet(): Promise<void> {
    const { clock, store } = this.#world;
    for (const { trouble } of this.#places) {
      trouble.heal();
    }
    for (let passed = 0; passed < QUIET_MS_MAX; passed += QUIET_STEP_MS) {
      await clock.advance(QUIET_STEP_MS);
      const stored = await store.load(ADDRESS);
      const owed = stored === undefined ? [] : decodeEnvelope(ADDRESS, stored).owed;
      const waiting = this.#said.some(({ reply }) => reply === undefined) || this.#unanswered() > 0;
      if (!waiting && owed.length === 0 && (await store.dirty(1)).length === 0) {
        return clock.advance(QUIET_STEP_MS);
      }
    }
  }

  /** Records that the journal lacks, and does not know that it lacks. */
  async #unarchived(): Promise<number> {
    const { store, archive } = this.#world;
    const stored = await store.load(ADDRESS);
    const mark = await archive.mark(ADDRESS);
    return stored === undefined ? 0 : decodeEnvelope(ADDRESS, stored).seq - (mark?.seq ?? 0);
  }

  async #left(): Promise<Omit<Lived, "unarchived">> {
    const { store, archive } = this.#world;
    const archived = await archive.find(ADDRESS);
    const envelope = await store.load(ADDRESS);
    const journal = await archive.records(ADDRESS, 0, LOG_MAX);
    const stored = await store.records(ADDRESS, 0, LOG_MAX);
    const lived = {
      said: this.#said,
      heard: this.#heard.map(({ from, records, isLive }) => ({ from, records, live: isLive() })),
      log: (stored.length === 0 ? journal : stored).map(({ line }) => decodeRecord(line)),
      ...{ archived, journal, stored, envelope },
      unanswered: this.#unanswered(),
    };
    for (const { trouble } of this.#places) {
      trouble.dead = true;
    }
    return lived;
  }

  #unanswered(): number {
    return this.#attempts.filter((each) => !each.answered && !each.trouble.dead).length;
  }

  async #pause(ms: number): Promise<undefined> {
    await new Promise<void>((resolve) => void this.#world.clock.after(ms, resolve));
    return undefined;
  }

  #next(): number {
    this.#events += 1;
    return this.#events;
  }
}
