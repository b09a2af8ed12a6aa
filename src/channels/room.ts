/**
 * A room: one watched actor on this node, its one subscription, and everybody here who watches it.
 *
 * Owns the order in which each watcher hears of records. Invariants:
 * 1. After an acknowledgement or reset with seq S, every record above S that the watcher may see
 *    follows, in order and once; none at or below S does.
 * 2. A watcher joins before the look that it is acknowledged with, and its records are held until
 *    then: nothing falls between the two, and going live and acknowledging are one tick.
 * 3. A watcher whose standing changed gets nothing more by the old one: a reset, or `unwatched`.
 * 4. When the subscription broke, or another epoch began, everybody starts from a new look.
 */
import { type Address, actorName } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Look } from "../../actors/reply.ts";
import type { Seen } from "../documents.ts";
import { deliver } from "./delivery.ts";
import type { WatchInput } from "./inbound.ts";
import { type Projected, documentFor, project } from "./projection.ts";
import { Pulse } from "./pulse.ts";
import { recordsSince } from "./resume.ts";
import { untilReached } from "./retry.ts";
import type { RoomAnswer, RoomParts } from "./room-parts.ts";
import { type Watch, beginLook, endLook } from "./watch.ts";
import type { UnwatchReason } from "./wire.ts";

/** A look that loses three races with a broken subscription is for the client to ask again. */
const JOIN_ATTEMPTS_MAX = 3;

export class Room {
  readonly address: Address;
  readonly actor: string;
  readonly #parts: RoomParts;
  readonly #watches = new Map<string, Watch>();
  readonly #pulse: Pulse;
  readonly #onClose: () => void;
  #subscribed: Promise<Look | undefined>;
  #stop: (() => void) | undefined;
  #generation = 0;
  #closed = false;

  constructor(address: Address, parts: RoomParts, onClose: () => void) {
    this.#onClose = onClose;
    this.address = address;
    this.actor = actorName(address);
    this.#parts = parts;
    this.#pulse = new Pulse(parts, address, () => this.watches());
    this.#subscribed = this.#follow();
    this.#subscribed.catch(() => this.close());
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  watches(): readonly Watch[] {
    return [...this.#watches.values()];
  }

  /** `acknowledge` is called in the tick in which the watch goes live, or never. */
  async join(
    watch: Watch,
    asked: WatchInput,
    acknowledge: (answer: RoomAnswer) => void,
  ): Promise<"joined" | "absent" | "unsettled"> {
    const { runtime, desk, limits } = this.#parts;
    const { address } = this;
    this.#watches.set(watch.socketId, watch);
    for (let attempt = 0; attempt < JOIN_ATTEMPTS_MAX; attempt += 1) {
      const turn = beginLook(watch, "joining");
      const look = (await this.#subscribed) && (await runtime.look(address));
      const standing = look?.living.standing(watch.caller().principal);
      if (look === undefined || standing === undefined) {
        return "absent";
      }
      const resume = { runtime, address, gapRecordsMax: limits.gapRecordsMax };
      const missed = await recordsSince(resume, look, asked, { watch, standing });
      if (turn === watch.looks && !watch.overflowed) {
        this.#pulse.prime(look);
        return this.#settle(watch, look, (seen) => {
          const of = this.#projected();
          const records = missed?.flatMap((each) => documentFor(desk, of, each, standing) ?? []);
          acknowledge({ seen, epoch: look.epoch, records });
        });
      }
    }
    return "unsettled";
  }

  leave(socketId: string): void {
    const watch = this.#watches.get(socketId);
    this.#watches.delete(socketId);
    if (watch?.present === true) {
      watch.present = false;
      this.#parts.presence.close(this.address, watch.connectionId);
    }
    if (this.#watches.size === 0) {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#onClose();
    this.#pulse.stop();
    this.#stop?.();
    this.#stop = undefined;
  }

  /** A fresh look for watchers whose standing or view may be another now; each gets a reset. */
  async renew(watches: readonly Watch[]): Promise<void> {
    const turns = watches.map((watch) => ({ watch, turn: beginLook(watch, "looking") }));
    const { clock, runtime } = this.#parts;
    try {
      const look = await untilReached(
        clock,
        () => !this.#closed,
        () => runtime.look(this.address),
      );
      this.#resetAll(turns, look);
    } catch (error) {
      this.#fail(error, watches);
    }
  }

  async #follow(): Promise<Look | undefined> {
    this.#generation += 1;
    const generation = this.#generation;
    const isCurrent = (): boolean => generation === this.#generation && !this.#closed;
    const followed = await this.#parts.runtime.follow(this.address, {
      onRecord: (record) => {
        if (isCurrent()) {
          this.#hear(record);
        }
      },
      onReset: () => {
        if (isCurrent()) {
          void this.#followAnew();
        }
      },
    });
    if (followed === undefined) {
      this.close();
    } else if (isCurrent()) {
      this.#stop = followed.stop;
    } else {
      followed.stop();
    }
    return followed?.look;
  }

  /** A record that this node cannot read ends the watches: another node shows what follows. */
  #hear(record: ActorRecord): void {
    try {
      this.#deliver(record, this.watches());
      this.#pulse.touch();
    } catch (error) {
      this.#fail(error, this.watches());
    }
  }

  async #followAnew(): Promise<void> {
    const { clock, log } = this.#parts;
    const { tenantId } = this.address;
    log.warn("room.reset", { tenantId, actor: this.actor });
    this.#stop?.();
    this.#stop = undefined;
    const watches = this.watches();
    const turns = watches.map((watch) => {
      const phase = watch.phase === "joining" ? "joining" : "looking";
      return { watch, turn: beginLook(watch, phase) };
    });
    this.#subscribed = untilReached(
      clock,
      () => !this.#closed,
      () => this.#follow(),
    );
    try {
      const look = await this.#subscribed;
      this.#resetAll(
        turns.filter(({ watch }) => watch.phase === "looking"),
        look,
      );
      this.#pulse.touch();
    } catch (error) {
      this.#fail(error, watches);
    }
  }

  #resetAll(
    turns: readonly { readonly watch: Watch; readonly turn: number }[],
    look: Look | undefined,
  ): void {
    for (const { watch, turn } of turns) {
      if (turn !== watch.looks) {
        continue;
      }
      if (look === undefined) {
        this.#end(watch, "removed");
      } else if (watch.overflowed) {
        void this.renew([watch]);
      } else {
        this.#settle(watch, look, (seen) => {
          this.#parts.emit([watch.socketId], "reset", { ...seen, epoch: look.epoch });
        });
      }
    }
  }

  /** From here on the watcher is live: the look first, then what was held and is newer. */
  #settle(watch: Watch, look: Look, show: (seen: Seen) => void): "joined" | "absent" {
    const caller = watch.caller();
    const seen = this.#parts.desk.seen(caller, this.actor, look);
    const standing = look.living.standing(caller.principal);
    if (!this.#has(watch) || seen === undefined || standing === undefined) {
      if (watch.phase === "looking") {
        this.#end(watch, "removed");
      }
      return "absent";
    }
    watch.standing = standing;
    watch.cursor = look.seq;
    watch.shownSeq = look.seq;
    const held = endLook(watch);
    show(seen);
    this.#attend(watch);
    for (const record of held) {
      this.#deliver(record, this.#has(watch) ? [watch] : []);
    }
    return "joined";
  }

  /** A participant's or host's watch of a session is that person's presence. */
  #attend(watch: Watch): void {
    const { role, participantId } = watch.standing;
    const counts = role === "host" || role === "co-host" || participantId !== undefined;
    if (!watch.present && counts && role !== "gone" && this.address.kind === "session") {
      watch.present = true;
      const { principal } = watch.caller();
      this.#parts.presence.open(this.address, watch.connectionId, principal);
    }
  }

  #deliver(record: ActorRecord, watches: readonly Watch[]): void {
    const { desk, emit } = this.#parts;
    const projection = project(desk, this.#projected(), record);
    const { readers, moved, gone } = deliver(record, watches, projection);
    for (const [document, socketIds] of readers) {
      emit(socketIds, "record", document);
    }
    for (const { watch, reason } of gone) {
      this.#end(watch, reason);
    }
    if (moved.length > 0) {
      void this.renew(moved);
    }
  }

  #projected(): Projected {
    const { kind } = this.address;
    return { machines: this.#parts.machines, kind, actor: this.actor };
  }

  #end(watch: Watch, reason: UnwatchReason): void {
    if (this.#has(watch)) {
      this.#parts.emit([watch.socketId], "unwatched", { actor: this.actor, reason });
      if (reason === "superseded") {
        watch.present = false;
        this.#parts.presence.forget(watch.connectionId);
      }
      this.leave(watch.socketId);
      this.#parts.ended(watch, this.actor);
    }
  }

  #fail(error: unknown, watches: readonly Watch[]): void {
    const { tenantId } = this.address;
    this.#parts.log.error("room.failed", { tenantId, actor: this.actor, error: String(error) });
    for (const watch of watches) {
      this.#end(watch, "unavailable");
    }
  }

  #has(watch: Watch): boolean {
    return this.#watches.get(watch.socketId) === watch;
  }
}
