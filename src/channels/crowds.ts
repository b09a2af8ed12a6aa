/**
 * Crowds: those on this node who read the same bytes of an actor, reached by one native publish.
 *
 * Who reads what is decided record by record in `delivery.ts`, so a crowd is found, not declared:
 * the sockets that read one record together are subscribed to a topic of Bun's, and as long as they
 * read together, a record is encoded once and published once. Invariants:
 * 1. A document is published only when everybody in the crowd is among its readers; who is not, is
 *    taken out before, or all of them get it one by one.
 * 2. Per socket the order is that of the calls: Bun sends what it was given to publish before what
 *    is sent to the same socket afterwards.
 * 3. Sockets without a WebSocket of their own, polling or not yet upgraded, get the same bytes one
 *    by one.
 * 4. How much a socket left unread is looked at before each publish, as before each packet.
 */
import type { Server } from "socket.io";
import type { BunSocket } from "./bun-socket.ts";
import type { ChannelEngine } from "./engine.ts";
import type { Emit } from "./room-parts.ts";
import type { Unread } from "./unread.ts";
import type { ChannelSocket, Emitted, Inbound } from "./wire.ts";

/** Fewer are reached as quickly one by one. */
const CROWD_MIN = 4;
/** As many records in a row for a minority of the crowd, and it is a crowd no more. */
const MISSES_MAX = 16;
/** Topics of one socket; there are as many watches. The oldest gives way: it gathers again. */
const CROWDS_PER_SOCKET_MAX = 64;

interface Crowd {
  readonly actor: string;
  readonly topic: string;
  readonly members: Map<string, BunSocket>;
  /** Who heard it last: its members are all among them. */
  together: readonly string[];
  misses: number;
}

interface CrowdsParts {
  readonly io: Server<Inbound, Emitted>;
  readonly door: Pick<ChannelEngine, "publish" | "socketUnder">;
  readonly unread: Pick<Unread, "look">;
}

interface Saying {
  readonly actor: string;
  /** Records gather a crowd; counters go to several at once, and only use them. */
  readonly gathers: boolean;
  readonly packet: string;
}

export class Crowds {
  readonly #parts: CrowdsParts;
  /** Socket → actor → the crowd that it is in. */
  readonly #joined = new Map<string, Map<string, Crowd>>();
  #made = 0;

  constructor(parts: CrowdsParts) {
    this.#parts = parts;
  }

  readonly emit: Emit = (socketIds, event, document) => {
    if (socketIds.length === 0) {
      return;
    }
    // An event of Socket.IO's main namespace.
    const packet = `2${JSON.stringify([event, document])}`;
    const actor = "actor" in document ? document.actor : "";
    const saying = { actor, gathers: event === "record", packet };
    const others = socketIds.length < CROWD_MIN ? socketIds : this.#publish(socketIds, saying);
    const { sockets } = this.#parts.io.sockets;
    for (const socketId of others) {
      sockets.get(socketId)?.conn.write(packet);
    }
  };

  /** Answers who was not reached. */
  #publish(socketIds: readonly string[], saying: Saying): readonly string[] {
    const { gathers, packet } = saying;
    const crowd = this.#find(socketIds, saying);
    if (crowd === undefined || !this.#fits(crowd, socketIds, gathers)) {
      return socketIds;
    }
    const isAll = crowd.members.size === socketIds.length;
    const others = isAll ? [] : this.#addOthers(crowd, socketIds, gathers);
    crowd.together = socketIds;
    crowd.members.forEach((ws, socketId) => {
      if (ws.getBufferedAmount() > 0) {
        this.#parts.unread.look(socketId);
      }
    });
    // Engine.IO's message.
    this.#parts.door.publish(crowd.topic, `4${packet}`);
    return others;
  }

  #find(socketIds: readonly string[], { actor, gathers }: Saying): Crowd | undefined {
    for (const socketId of socketIds) {
      const crowd = this.#joined.get(socketId)?.get(actor);
      if (crowd !== undefined) {
        return crowd;
      }
    }
    if (!gathers) {
      return undefined;
    }
    this.#made += 1;
    const topic = `crowd ${this.#made}`;
    return { actor, topic, members: new Map(), together: [], misses: 0 };
  }

  /** Everybody in the crowd reads this, perhaps after a few were taken out. No id comes twice. */
  #fits(crowd: Crowd, socketIds: readonly string[], gathers: boolean): boolean {
    const { members, together } = crowd;
    if (isSame(together, socketIds)) {
      crowd.misses = 0;
      return true;
    }
    let readers = 0;
    for (const socketId of socketIds) {
      readers += members.has(socketId) ? 1 : 0;
    }
    if (readers === members.size) {
      crowd.misses = 0;
      return true;
    }
    if (!gathers) {
      return false;
    }
    const isMinority = readers * 2 < members.size;
    crowd.misses = isMinority ? crowd.misses + 1 : 0;
    const stays = new Set(isMinority && crowd.misses > MISSES_MAX ? [] : socketIds);
    if (!isMinority || stays.size === 0) {
      for (const socketId of [...members.keys()].filter((member) => !stays.has(member))) {
        this.#take(socketId, crowd);
      }
    }
    return !isMinority;
  }

  /** Answers who could not be added, or was not to be. */
  #addOthers(crowd: Crowd, socketIds: readonly string[], gathers: boolean): readonly string[] {
    return socketIds.filter(
      (socketId) => !crowd.members.has(socketId) && !(gathers && this.#add(socketId, crowd)),
    );
  }

  #add(socketId: string, crowd: Crowd): boolean {
    const { io, door } = this.#parts;
    const socket = io.sockets.sockets.get(socketId);
    const ws = socket === undefined ? undefined : door.socketUnder(socket.conn.transport);
    if (socket === undefined || ws?.readyState !== WebSocket.OPEN) {
      return false;
    }
    const joined = this.#joined.get(socketId) ?? this.#follow(socket);
    const left = joined.get(crowd.actor) ?? oldest(joined);
    if (left !== undefined) {
      this.#take(socketId, left);
    }
    ws.subscribe(crowd.topic);
    crowd.members.set(socketId, ws);
    joined.set(crowd.actor, crowd);
    return true;
  }

  /** From its first crowd to its end. */
  #follow(socket: ChannelSocket): Map<string, Crowd> {
    const joined = new Map<string, Crowd>();
    this.#joined.set(socket.id, joined);
    socket.once("disconnect", () => {
      for (const crowd of joined.values()) {
        this.#take(socket.id, crowd);
      }
      this.#joined.delete(socket.id);
    });
    return joined;
  }

  #take(socketId: string, crowd: Crowd): void {
    const ws = crowd.members.get(socketId);
    if (ws?.readyState === WebSocket.OPEN) {
      ws.unsubscribe(crowd.topic);
    }
    crowd.members.delete(socketId);
    this.#joined.get(socketId)?.delete(crowd.actor);
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each, index) => each === others[index]);
}

function oldest(joined: ReadonlyMap<string, Crowd>): Crowd | undefined {
  return joined.size < CROWDS_PER_SOCKET_MAX ? undefined : joined.values().next().value;
}
