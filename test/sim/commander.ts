/**
 * A commander: a client that sends commands under ids, to any node, again and again until it is
 * told what became of each, and looks at actors in between.
 */
import type { Address } from "../../actors/address.ts";
import type { Reply } from "../../actors/reply.ts";
import type { Json } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";
import type { Cluster, Heard } from "./cluster.ts";
import type { Node } from "./node.ts";
import type { History, Sent } from "./history.ts";
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
/** Sent to two nodes at the same time; sent once more after it was acknowledged. */
const TWICE_CHANCE = 0.12;
const AFTERWARDS_CHANCE = 0.12;
const REUSE_CHANCE = 0.04;
/** Only if nobody was quicker. */
const EXPECTING_CHANCE = 0.1;
/** Codes that say "not now"; everything else is what became of the command. */
const NOT_NOW = new Set(["busy", "draining", "unavailable"]);

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
    const { step } = this.#world.net.schedule;
    switch (reply.kind) {
      case "accepted": {
        const { record, duplicate, look } = reply;
        sent.told.push({ kind: "accepted", step, record, duplicate, lookSeq: look.seq });
        this.#seen.set(sent.address.id, look.seq);
        return true;
      }
      case "refused": {
        const { code } = reply.refusal;
        if (NOT_NOW.has(code)) {
          return false;
        }
        sent.told.push({ kind: "refused", step, code, lookSeq: reply.look?.seq, sentStep });
        return true;
      }
      case "absent":
        sent.told.push({ kind: "absent", step });
        return true;
    }
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
      const snapshot: Json | undefined = heard.value?.living.persist();
      const { step } = net.schedule;
      history.looked.push({ address, sentStep, step, seq: heard.value?.seq, snapshot });
    }
  }
}
