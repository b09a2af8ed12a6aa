/**
 * The rooms of this node: at most one for each actor, there for as long as somebody watches.
 *
 * Invariants:
 * C20: Every ten seconds the connections of this node that the actors believe in are compared with
 *      the sockets that are really here, and both directions are repaired. (An actor that nobody
 *      here watches any more was told so; `Presence` keeps telling it until it is heard.)
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Look } from "../../actors/reply.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import { parseConnectionId } from "../../machines/ids.ts";
import { Room } from "./room.ts";
import type { RoomParts } from "./room-parts.ts";

/** Rooms compared at a time: each takes one read of the store. */
const COMPARED_AT_ONCE = 16;

export class Rooms {
  readonly #parts: RoomParts;
  readonly #rooms = new Map<string, Room>();
  #connections = 0;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** The room that the caller is about to join. */
  enter(address: Address): Room {
    const key = addressKey(address);
    const present = this.#rooms.get(key);
    if (present !== undefined && !present.isClosed) {
      return present;
    }
    const room = new Room(address, this.#parts, () => {
      if (this.#rooms.get(key) === room) {
        this.#rooms.delete(key);
      }
    });
    this.#rooms.set(key, room);
    return room;
  }

  /** `<node>.<n>`: no other node ever has the same. */
  nextConnectionId(): string {
    this.#connections += 1;
    return `${this.#parts.runtime.name}.${this.#connections}`;
  }

  async compare(): Promise<void> {
    const rooms = [...this.#rooms.values()].filter((room) => room.address.kind === "session");
    for (let from = 0; from < rooms.length; from += COMPARED_AT_ONCE) {
      await Promise.all(
        rooms.slice(from, from + COMPARED_AT_ONCE).map((each) => this.#check(each)),
      );
    }
  }

  /** Only what was settled before the look is compared with it. */
  async #check(room: Room): Promise<void> {
    const { presence, runtime, log } = this.#parts;
    const settled = room
      .watches()
      .filter((watch) => watch.present && presence.isOpen(watch.connectionId));
    try {
      const look = await runtime.look(room.address);
      const believed = look === undefined ? undefined : this.#believedHere(look);
      if (believed === undefined) {
        return;
      }
      for (const connectionId of believed) {
        if (!presence.has(parseConnectionId(connectionId))) {
          presence.close(room.address, parseConnectionId(connectionId));
          log.warn("presence.stale-closed", { actor: room.actor });
        }
      }
      for (const watch of settled) {
        if (!believed.has(watch.connectionId) && presence.isOpen(watch.connectionId)) {
          presence.open(room.address, watch.connectionId, watch.caller().principal);
          log.warn("presence.lost-opened", { actor: room.actor });
        }
      }
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) {
        log.error("presence.failed", { actor: room.actor, error: String(error) });
      }
    }
  }

  #believedHere(look: Look): ReadonlySet<string> {
    const here = `${this.#parts.runtime.name}.`;
    const ids = look.living.connections().map(({ connectionId }) => connectionId);
    return new Set(ids.filter((connectionId) => connectionId.startsWith(here)));
  }
}
