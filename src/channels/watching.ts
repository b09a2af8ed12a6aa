/**
 * What one connection watches.
 *
 * Invariants:
 * 1. Watching and unwatching one actor happen one after the other, in the order they were sent.
 * 2. When the connection closes, every watch ends, also one that is still being acknowledged.
 */
import type { Address } from "../../actors/address.ts";
import { type ConnectionId, parseConnectionId } from "../../machines/ids.ts";
import { type Caller, addressFor } from "../desk.ts";
import { type Problem, problem } from "../problem.ts";
import type { WatchInput } from "./inbound.ts";
import { type Acknowledge, refuse, unknown, unsettled } from "./refusing.ts";
import type { Room } from "./room.ts";
import type { RoomAnswer } from "./room-parts.ts";
import type { Rooms } from "./rooms.ts";
import { type Watch, createWatch } from "./watch.ts";

interface Held {
  readonly room: Room;
  readonly watch: Watch;
}

export interface Watcher {
  readonly socketId: string;
  /** Of now: `authenticate` renews it. */
  readonly caller: () => Caller;
  readonly watchesMax: number;
}

export class Watching {
  readonly #watcher: Watcher;
  readonly #rooms: Rooms;
  readonly #held = new Map<string, Held>();
  /** The last watch or unwatch of each actor that is under way. */
  readonly #turns = new Map<string, Promise<unknown>>();
  #closed = false;

  constructor(watcher: Watcher, rooms: Rooms) {
    this.#watcher = watcher;
    this.#rooms = rooms;
  }

  /** What is watched already begins anew: a fresh acknowledgement, the same presence. */
  async watch(asked: WatchInput, acknowledge: Acknowledge): Promise<void> {
    const refused = await this.begin(asked, (answer) => acknowledge(documentOf(answer)));
    if (refused !== undefined) {
      acknowledge(refuse(refused));
    }
  }

  /** `show` is called in the tick in which the watch goes live; if it never is, why not. */
  async begin(asked: WatchInput, show: (answer: RoomAnswer) => void): Promise<Problem | undefined> {
    const address = addressFor(this.#watcher.caller(), asked.actor);
    return address === undefined
      ? unknown(asked.actor)
      : this.#inTurn(asked.actor, () => this.#join(address, asked, show));
  }

  async unwatch(actor: string): Promise<void> {
    await this.#inTurn(actor, () => {
      this.#drop(actor);
      return Promise.resolve();
    });
  }

  /** By which the actor knows this connection; undefined: it is not watched here. */
  connectionIdOf(actor: string): ConnectionId | undefined {
    return this.#held.get(actor)?.watch.connectionId;
  }

  /** The room ended this watch. */
  forget(watch: Watch, actor: string): void {
    if (this.#held.get(actor)?.watch === watch) {
      this.#held.delete(actor);
    }
  }

  /** Who the watcher is has changed: each watch starts from a new look. */
  renew(): void {
    for (const { room, watch } of this.#held.values()) {
      if (watch.phase !== "joining") {
        void room.renew([watch]);
      }
    }
  }

  close(): void {
    this.#closed = true;
    for (const actor of this.#held.keys()) {
      this.#drop(actor);
    }
  }

  async #join(
    address: Address,
    asked: WatchInput,
    show: (answer: RoomAnswer) => void,
  ): Promise<Problem | undefined> {
    const { actor, as = "records" } = asked;
    const { watchesMax } = this.#watcher;
    if (this.#closed) {
      return undefined;
    }
    if (!this.#held.has(actor) && this.#held.size >= watchesMax) {
      const detail = `Expected at most ${watchesMax} watched actors a connection; unwatch one.`;
      return problem("not-accepted", detail);
    }
    const { room, watch } = this.#held.get(actor) ?? this.#hold(address, actor);
    watch.as = as;
    let outcome: Awaited<ReturnType<Room["join"]>> = "unsettled";
    try {
      outcome = await room.join(watch, asked, show);
    } finally {
      if (outcome !== "joined") {
        this.#drop(actor);
      }
    }
    if (outcome === "joined") {
      return undefined;
    }
    return outcome === "absent" ? unknown(actor) : unsettled();
  }

  #hold(address: Address, actor: string): Held {
    const { socketId, caller } = this.#watcher;
    const connectionId = parseConnectionId(this.#rooms.nextConnectionId());
    const watch = createWatch({ socketId, connectionId, caller });
    const held = { room: this.#rooms.enter(address), watch };
    this.#held.set(actor, held);
    return held;
  }

  #drop(actor: string): void {
    this.#held.get(actor)?.room.leave(this.#watcher.socketId);
    this.#held.delete(actor);
  }

  async #inTurn<T>(actor: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(actor) ?? Promise.resolve()).then(act, act);
    this.#turns.set(actor, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(actor) === turn) {
        this.#turns.delete(actor);
      }
    }
  }
}

function documentOf({ seen, epoch, records }: RoomAnswer): object {
  if (records === undefined) {
    return { ok: true, ...seen, epoch };
  }
  const { actor, seq, state, can, now } = seen;
  const missed = records.map((record) => ({ seq: record.seq, at: record.at, facts: record.facts }));
  return { ok: true, actor, seq, epoch, state, can, records: missed, now };
}
