/**
 * A watcher: follows an actor on some node, and resumes on another one after what it last heard.
 *
 * It does what a channel does: follow, read the records between what it has and where following
 * began, and only then hand on what came meanwhile. It neither sorts nor drops anything.
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import { parseConnectionId } from "../../machines/ids.ts";
import type { Principal } from "../../machines/principal.ts";
import type { Cluster } from "./cluster.ts";
import type { Node } from "./node.ts";
import type { History, Watched } from "./history.ts";
import type { Net } from "./line.ts";

export interface WatcherWorld {
  readonly net: Net;
  readonly cluster: Cluster;
  readonly history: History;
}

export interface WatcherSelf {
  readonly name: string;
  readonly address: Address;
  /** Present through its socket, where the machine knows it. */
  readonly by: Principal;
  /** False: it only looks on, and the actor counts no connection of it. */
  readonly isPresent: boolean;
}

/** Small, so that a resume takes several pages. */
const PAGE = 5;
const RETRY_MS_MAX = 400;
/** A client whose own line is cut comes back elsewhere. */
const STAY_MS_MAX = 15_000;

export class Watcher {
  readonly #world: WatcherWorld;
  readonly #name: string;
  readonly #address: Address;
  readonly #by: Principal;
  readonly #isPresent: boolean;
  #watched: Watched | undefined;
  #visit = 0;

  constructor(world: WatcherWorld, self: WatcherSelf) {
    this.#world = world;
    this.#name = self.name;
    this.#address = self.address;
    this.#by = self.by;
    this.#isPresent = self.isPresent;
  }

  /** The seq it has heard last. */
  get last(): number {
    return this.#watched?.heard.at(-1)?.seq ?? this.#watched?.begunAt ?? 0;
  }

  /** Follows for ever, here or there. */
  async live(): Promise<never> {
    const { net, cluster } = this.#world;
    for (;;) {
      const node = cluster.any();
      if (node !== undefined) {
        await this.#stay(node);
      }
      await net.schedule.wait(net.chance.between(1, RETRY_MS_MAX));
    }
  }

  /** Resolves when the node is gone, says reset, or the line to it was cut. */
  async #stay(node: Node): Promise<void> {
    const { net, cluster } = this.#world;
    this.#visit += 1;
    const visit = this.#visit;
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => {
      leave = () => {
        this.#visit += visit === this.#visit ? 1 : 0;
        resolve();
      };
    });
    const here = (): boolean => visit === this.#visit && !node.boot.gone;
    let waiting: ActorRecord[] | undefined = [];
    const follower = {
      onRecord: (record: ActorRecord): void => {
        if (here()) {
          if (waiting === undefined) {
            this.#hear([record]);
          } else {
            waiting.push(record);
          }
        }
      },
      onReset: (): void => {
        if (here()) {
          leave();
        }
      },
    };
    const label = `${this.#name} watches ${this.#address.id} on ${node.boot.name}`;
    const heard = await cluster.ask(node, label, (runtime) =>
      runtime.follow(this.#address, follower),
    );
    if (heard.kind !== "answer" || heard.value === undefined || !here()) {
      return;
    }
    const { look, stop } = heard.value;
    this.#watched ??= this.#begin(look.seq);
    if (!(await this.#catchUp(node, look.seq)) || !here()) {
      stop();
      return;
    }
    this.#hear(waiting);
    waiting = undefined;
    const connection = parseConnectionId(`${node.boot.name}.${this.#name}-${visit}`);
    if (this.#isPresent) {
      node.presence.open(this.#address, connection, this.#by);
    }
    node.boot.whenGone(leave);
    node.boot.whenDrained(leave);
    net.schedule.after(net.chance.between(1_000, STAY_MS_MAX), {
      label: `${this.#name} leaves`,
      run: () => here() && !cluster.clear && leave(),
    });
    await left;
    stop();
    if (this.#isPresent) {
      node.presence.close(this.#address, connection);
    }
  }

  /** Some want everything from the birth on, some what comes from now on. */
  #begin(seq: number): Watched {
    const begunAt = this.#world.net.chance.happens(0.5) ? 0 : seq;
    const watched: Watched = {
      name: this.#name,
      address: this.#address,
      begunAt,
      heard: [],
      heardSteps: [],
      resumes: 0,
    };
    this.#world.history.watched.push(watched);
    return watched;
  }

  async #catchUp(node: Node, upTo: number): Promise<boolean> {
    const { cluster } = this.#world;
    while (this.last < upTo) {
      const after = this.last;
      const label = `${this.#name} reads ${this.#address.id}>${after}`;
      const heard = await cluster.ask(node, label, (runtime) =>
        runtime.records(this.#address, after, PAGE),
      );
      if (heard.kind !== "answer" || heard.value.length === 0) {
        return false;
      }
      this.#hear(heard.value.filter(({ seq }) => seq <= upTo));
    }
    if (this.#watched !== undefined) {
      this.#watched.resumes += 1;
    }
    return true;
  }

  #hear(records: readonly ActorRecord[]): void {
    const { step } = this.#world.net.schedule;
    this.#watched?.heard.push(...records);
    this.#watched?.heardSteps.push(...records.map(() => step));
  }
}
