/**
 * The pulse of a room: live counters and whole views, at most five times a second, the last always.
 *
 * Invariants:
 * 1. What was touched is shown: at once when the room was quiet, else at the end of the interval.
 * 2. A counter is sent only when it changed, and only to the audiences that it names.
 * 3. Deltas carry absolute values and move no cursor: losing one loses nothing.
 */
import { type Address, actorName } from "../../actors/address.ts";
import type { Clock, Log } from "../../actors/clock.ts";
import type { Look } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import type { Counter } from "../../machines/living.ts";
import type { Desk } from "../desk.ts";
import type { ChannelLimits } from "./limits.ts";
import { untilReached } from "./retry.ts";
import type { Emit } from "./room-parts.ts";
import type { Watch } from "./watch.ts";

interface PulseParts {
  readonly runtime: Runtime;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: ChannelLimits;
  readonly emit: Emit;
}

export class Pulse {
  readonly #parts: PulseParts;
  readonly #address: Address;
  readonly #watches: () => readonly Watch[];
  readonly #lastSent = new Map<string, string>();
  #touched = false;
  #beating = false;
  #beatAt = 0;
  #stopped = false;

  constructor(parts: PulseParts, address: Address, watches: () => readonly Watch[]) {
    this.#parts = parts;
    this.#address = address;
    this.#watches = watches;
  }

  /** Something changed. */
  touch(): void {
    this.#touched = true;
    if (!this.#beating) {
      this.#beating = true;
      void this.#beat();
    }
  }

  /** The counters of a look that somebody was shown: they are news to nobody. */
  prime(look: Look): void {
    for (const counter of look.living.counters()) {
      if (!this.#lastSent.has(keyOf(counter))) {
        this.#lastSent.set(keyOf(counter), JSON.stringify(counter.fields));
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #beat(): Promise<void> {
    const { clock, limits, log } = this.#parts;
    try {
      while (this.#touched && !this.#stopped) {
        const waitMs = Math.max(0, this.#beatAt + limits.pulseMs - clock.now());
        if (waitMs > 0) {
          await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
        }
        this.#touched = false;
        this.#beatAt = clock.now();
        await this.#show();
      }
    } catch (error) {
      log.error("pulse.failed", { actor: actorName(this.#address), error: String(error) });
    } finally {
      this.#beating = false;
    }
  }

  async #show(): Promise<void> {
    const { clock, runtime } = this.#parts;
    const ask = (): Promise<Look | undefined> => runtime.look(this.#address);
    const look = await untilReached(clock, () => !this.#stopped, ask);
    if (look !== undefined && !this.#stopped) {
      this.#showCounters(look);
      this.#showViews(look);
    }
  }

  #showCounters(look: Look): void {
    for (const counter of look.living.counters()) {
      const encoded = JSON.stringify(counter.fields);
      if (this.#lastSent.get(keyOf(counter)) !== encoded) {
        this.#lastSent.set(keyOf(counter), encoded);
        const socketIds = this.#watches()
          .filter(({ phase, standing }) => phase === "live" && reaches(counter, standing.audience))
          .map((watch) => watch.socketId);
        const actor = actorName(this.#address);
        this.#parts.emit(socketIds, "delta", { actor, of: counter.of, ...counter.fields });
      }
    }
  }

  /** A view that is newer than the watcher's last record is no harm: it shows that record too. */
  #showViews(look: Look): void {
    const { desk, emit } = this.#parts;
    for (const watch of this.#watches()) {
      const due = watch.phase === "live" && watch.as === "view" && watch.wantedSeq > watch.shownSeq;
      const seen = due ? desk.seen(watch.caller(), actorName(this.#address), look) : undefined;
      if (seen !== undefined) {
        watch.shownSeq = look.seq;
        emit([watch.socketId], "reset", { ...seen, epoch: look.epoch });
      }
    }
  }
}

/** Several rounds are counted at once where the class is in groups. */
function keyOf(counter: Counter): string {
  const { of, to, fields } = counter;
  return JSON.stringify([of, to, fields["roundId"] ?? null]);
}

function reaches(counter: Counter, audience: Counter["to"][number]): boolean {
  return counter.to.includes(audience);
}
