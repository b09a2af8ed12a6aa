/**
 * Presence: tells sessions which connections of this node are open.
 *
 * Owns, per connection, what the actor was last told and what it should be told. Invariants:
 * 1. One message at a time per connection: a close never overtakes its open.
 * 2. An unreachable store is waited out; what may have been committed is told again, which is
 *    harmless, because a session keeps a set of connection ids.
 * 3. A connection id carries the boot id, so no other process ever has the same.
 */
import { type Address, addressKey } from "../../actors/address.ts";
import type { Clock, Log } from "../../actors/clock.ts";
import type { Reply } from "../../actors/reply.ts";
import type { Runtime } from "../../actors/runtime.ts";
import { StoreUnreachable } from "../../actors/store.ts";
import type { ConnectionId } from "../../machines/ids.ts";
import type { Code } from "../../machines/refusal.ts";
import { type Principal, SYSTEM } from "../../machines/principal.ts";

const WAIT_FIRST_MS = 100;
/** A store that restarts is back in seconds; asking more often would only slow it down. */
const WAIT_LONGEST_MS = 5_000;
/** Ten thousand sockets and their predecessors; above it closes are left to the comparison. */
const UNSETTLED_MAX = 20_000;
/** Refusals that pass by themselves: the same word is worth saying again. */
const PASSING: ReadonlySet<Code> = new Set(["busy", "unavailable", "draining", "internal"]);

type Known = "open" | "closed" | "unknown";

interface Entry {
  readonly address: Address;
  readonly principal: Principal;
  wanted: "open" | "closed";
  known: Known;
  busy: boolean;
}

interface PresenceParts {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly log: Log;
}

export class Presence {
  readonly #parts: PresenceParts;
  readonly #entries = new Map<ConnectionId, Entry>();
  #stopped = false;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  /** The second call, with the connection still open, tells the actor again. */
  open(address: Address, connectionId: ConnectionId, principal: Principal): void {
    const entry = this.#entries.get(connectionId);
    if (entry === undefined) {
      const fresh = { address, principal, wanted: "open", known: "closed", busy: false } as const;
      this.#entries.set(connectionId, { ...fresh });
    } else {
      entry.wanted = "open";
      entry.known = entry.busy ? entry.known : "unknown";
    }
    this.#settle(connectionId);
  }

  /** Also for connections of this boot that only the actor still believes in. */
  close(address: Address, connectionId: ConnectionId): void {
    const entry = this.#entries.get(connectionId);
    if (entry !== undefined) {
      entry.wanted = "closed";
    } else if (this.#entries.size < UNSETTLED_MAX) {
      const fresh = { address, principal: SYSTEM, known: "unknown", busy: false } as const;
      this.#entries.set(connectionId, { ...fresh, wanted: "closed" });
    }
    this.#settle(connectionId);
  }

  /** The actor let go of this connection itself: there is nothing to tell. */
  forget(connectionId: ConnectionId): void {
    const entry = this.#entries.get(connectionId);
    if (entry?.busy === false) {
      this.#entries.delete(connectionId);
    } else if (entry !== undefined) {
      entry.wanted = "closed";
    }
  }

  /** The actor has confirmed that this connection is open, and nothing else is under way. */
  isOpen(connectionId: ConnectionId): boolean {
    const entry = this.#entries.get(connectionId);
    return entry !== undefined && entry.wanted === "open" && entry.known === "open" && !entry.busy;
  }

  has(connectionId: ConnectionId): boolean {
    return this.#entries.has(connectionId);
  }

  /** Resolves when every close is confirmed, or at the deadline. */
  async settled(deadlineMs: number): Promise<void> {
    const until = this.#parts.clock.now() + deadlineMs;
    while (this.#closing() && this.#parts.clock.now() < until) {
      await new Promise<void>((resolve) => void this.#parts.clock.after(10, resolve));
    }
    this.#stopped = true;
  }

  #closing(): boolean {
    return [...this.#entries.values()].some((entry) => entry.wanted === "closed");
  }

  #settle(connectionId: ConnectionId): void {
    const entry = this.#entries.get(connectionId);
    if (entry !== undefined && !entry.busy) {
      entry.busy = true;
      void this.#tell(connectionId, entry);
    }
  }

  async #tell(connectionId: ConnectionId, entry: Entry): Promise<void> {
    let waitMs = WAIT_FIRST_MS;
    while (entry.wanted !== entry.known && !this.#stopped) {
      const telling = entry.wanted;
      entry.known = "unknown";
      if (await this.#told(connectionId, entry, telling)) {
        entry.known = telling;
        waitMs = WAIT_FIRST_MS;
      } else {
        await new Promise<void>((resolve) => void this.#parts.clock.after(waitMs, resolve));
        waitMs = Math.min(waitMs * 2, WAIT_LONGEST_MS);
      }
    }
    entry.busy = false;
    if (entry.wanted === "closed") {
      this.#entries.delete(connectionId);
    }
  }

  async #told(connectionId: ConnectionId, entry: Entry, telling: "open" | "closed") {
    const { runtime, log } = this.#parts;
    try {
      const reply = await runtime.send(entry.address, {
        by: telling === "open" ? entry.principal : SYSTEM,
        message:
          telling === "open"
            ? { type: "connection.opened", connectionId }
            : { type: "connection.closed", connectionId },
        rank: "system",
      });
      return isFinal(reply);
    } catch (error) {
      if (!(error instanceof StoreUnreachable)) {
        const actor = addressKey(entry.address);
        log.error("presence.failed", { actor, telling, error: String(error) });
      }
      return false;
    }
  }
}

function isFinal(reply: Reply): boolean {
  return reply.kind !== "refused" || !PASSING.has(reply.refusal.code);
}
