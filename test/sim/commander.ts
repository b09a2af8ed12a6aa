/**
 * A commander: a client that sends commands under ids, to any node, again and again until it is
 * told what became of each, and looks at actors in between.
 */
import type { Address } from "../../actors/address.ts";
import type { Reply } from "../../actors/reply.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import type { Cluster, Heard } from "./cluster.ts";
import type { Node } from "./node.ts";
import { type History, type Sent, shownOf, toldOf } from "./history.ts";
import type { Net } from "./line.ts";

/** What somebody may ask of the actors of a workload. */
export interface Wish {
  readonly address: Address;
  readonly message: Message;
  readonly expectedSeq?: number | undefined;
}

export interface CommanderWorld {
  readonly net: Net;
  readonly cluster: Cluster;
  readonly history: History;
  /** What this client asks next. */
  wish(name: string): Wish;
}

const PAUSE_MS_MAX = 900;
const RETRY_MS_MAX = 600;
const TRIES_MAX = 30;
const LOOK_CHANCE = 0.25;
const PAGE_CHANCE = 0.15;
const PAGE_MAX = 12;
/** Sent to two nodes at the same time; sent once more after it was acknowledged. */
const TWICE_CHANCE = 0.12;
const AFTERWARDS_CHANCE = 0.12;
const REUSE_CHANCE = 0.04;
/** Only if nobody was quicker. */
const EXPECTING_CHANCE = 0.1;

export class Commander {
  readonly #world: CommanderWorld;
  readonly #name: string;
  readonly #by: Principal;
  readonly #seen = new Map<string, number>();
  #count = 0;
  /** Nothing is under way any more. */
  done = false;

  constructor(world: CommanderWorld, name: string, by: Principal) {
    this.#world = world;
    this.#name = name;
    this.#by = by;
  }

  /** Asks until `enough`; then waits for what is under way. */
  async live(enough: () => boolean): Promise<void> {
    const { net } = this.#world;
    while (!enough()) {
      await net.schedule.wait(net.chance.between(1, PAUSE_MS_MAX));
      await this.#command();
      if (net.chance.happens(LOOK_CHANCE)) {
        await this.#look(this.#world.wish(this.#name).address);
      }
      if (net.chance.happens(PAGE_CHANCE)) {
        await this.#page(this.#world.wish(this.#name).address);
      }
    }
    this.done = true;
  }

  async #command(): Promise<void> {
    const { net, history } = this.#world;
    this.#count += 1;
    const wish = this.#world.wish(`${this.#name}-${this.#count}`);
    const expectedSeq = net.chance.happens(EXPECTING_CHANCE)
      ? this.#seen.get(wish.address.id)
      : undefined;
    const sent = this.#sentOf({ ...wish, expectedSeq }, undefined);
    history.sent.push(sent);
    if (net.chance.happens(TWICE_CHANCE)) {
      await Promise.all([this.#until(sent), this.#until(sent)]);
    } else {
      await this.#until(sent);
    }
    if (net.chance.happens(AFTERWARDS_CHANCE)) {
      await this.#until(sent);
    }
    if (net.chance.happens(REUSE_CHANCE) && sent.told.some(({ kind }) => kind === "accepted")) {
      const other = this.#sentOf({ ...wish, message: { type: "add", n: -1 } }, sent);
      history.sent.push(other);
      await this.#until(other);
    }
  }

  #sentOf(wish: Wish, reuses: Sent | undefined): Sent {
    const { address, message, expectedSeq } = wish;
    const name = reuses?.name ?? `${this.#name}-${this.#count}`;
    const firstStep = this.#world.net.schedule.step;
    const by = this.#by;
    return { name, address, by, message, expectedSeq, reuses, firstStep, told: [] };
  }

  /** Until it is known what became of it, or nobody answers. */
  async #until(sent: Sent): Promise<void> {
    const { net, cluster } = this.#world;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const node = cluster.any();
      const sentStep = net.schedule.step;
      const heard = node === undefined ? undefined : await this.#send(node, sent);
      if (heard?.kind === "answer" && this.#note(sent, heard.value, sentStep)) {
        return;
      }
      await net.schedule.wait(net.chance.between(1, RETRY_MS_MAX));
    }
  }

  #send(node: Node, sent: Sent): Promise<Heard<Reply>> {
    const { address, message, name, expectedSeq } = sent;
    const label = `${name} sends ${message.type} to ${node.boot.name}/${address.id}`;
    return this.#world.cluster.ask(node, label, (runtime) =>
      runtime.send(address, {
        by: this.#by,
        rank: this.#by.kind === "user" ? "host" : "class",
        message,
        id: name,
        ...(expectedSeq === undefined ? {} : { expectedSeq }),
      }),
    );
  }

  /** False: to be sent again. */
  #note(sent: Sent, reply: Reply, sentStep: number): boolean {
    const told = toldOf(reply, { sentStep, step: this.#world.net.schedule.step });
    if (told?.kind === "accepted") {
      this.#seen.set(sent.address.id, told.look.seq);
    }
    sent.told.push(...(told === undefined ? [] : [told]));
    return told !== undefined;
  }

  async #look(address: Address): Promise<void> {
    const { net, cluster, history } = this.#world;
    const node = cluster.any();
    if (node === undefined) {
      return;
    }
    const sentStep = net.schedule.step;
    const label = `${this.#name} looks at ${node.boot.name}/${address.id}`;
    const heard = await cluster.ask(node, label, (runtime) => runtime.look(address));
    if (heard.kind === "answer") {
      history.looked.push({
        address,
        sentStep,
        step: net.schedule.step,
        look: shownOf(heard.value),
      });
    }
  }

  /** Anywhere in the history, and often where it ends. */
  async #page(address: Address): Promise<void> {
    const { net, cluster, history } = this.#world;
    const node = cluster.any();
    if (node === undefined) {
      return;
    }
    const seen = this.#seen.get(address.id) ?? 0;
    const after = Math.max(0, seen - net.chance.below(PAGE_MAX));
    const limit = net.chance.between(1, PAGE_MAX);
    const sentStep = net.schedule.step;
    const label = `${this.#name} pages ${node.boot.name}/${address.id}>${after}`;
    const heard = await cluster.ask(node, label, (runtime) =>
      runtime.records(address, after, limit),
    );
    if (heard.kind === "answer") {
      const { step } = net.schedule;
      history.paged.push({ address, after, limit, sentStep, step, records: heard.value });
    }
  }
}
