/**
 * A watched actor as an observable store: `state`, `can`, `view`, `seq`, `status`.
 *
 * Two ways to watch, because a client has a reducer of records or it has none:
 * - plainly: the server sends whole views (at most five a second, the last always), and `view`,
 *   `state` and `can` are those of `seq`. After a reconnect the newest view is all that is needed.
 * - with `onRecord`: every visible record comes once and in order, also across reconnects (resumed
 *   by `after`); `state` and `can` are those of the last record, and `view` is that of the last
 *   look, at `viewSeq`. When a gap could not be filled, `onReset` comes instead of the records.
 *
 * Invariants:
 * 1. `seq` never goes back within an epoch; a record at or below it is not handed out again.
 * 2. Commands of one store are sent one after the other, in the order of `send`.
 */
import type { StateValue } from "xstate";
import type { Clock, Ids } from "../../actors/clock.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { SessionCommand } from "../../machines/learning-session/commands.ts";
import type { Problem } from "../problem.ts";
import type { Link } from "./link.ts";
import { isPassing } from "./problems.ts";
import { type SendOptions, Sender } from "./sender.ts";
import type { ServerTime } from "./server-time.ts";
import {
  type Acknowledged,
  type RefusedAnswer,
  type WireDelta,
  type WireDocument,
  type WatchedAnswer,
  type WireRecord,
  parseDelta,
  parseDocument,
  parseReason,
  parseWatched,
} from "./wire.ts";

/** A watch is one read; a server that takes longer is away. */
const WATCH_WITHIN_MS = 10_000;
const WAIT_MS = 500;

/**
 * `connecting`: not yet seen. `live`: as fresh as the network allows. `away`: the connection is
 * lost and coming back; what is shown may be old. `ended`: removed, denied, superseded, not found.
 */
export type WatchedStatus = "connecting" | "live" | "away" | "ended";

export interface Snapshot {
  readonly status: WatchedStatus;
  readonly seq: number;
  readonly state: StateValue | undefined;
  readonly can: readonly string[];
  readonly view: JsonObject;
  /** The seq that `view` shows. */
  readonly viewSeq: number;
  /** Live counters, the last of each kind; `view` has them too, as of `viewSeq`. */
  readonly counters: Readonly<Record<string, WireDelta>>;
  /** Why it ended. */
  readonly reason?: string;
  readonly problem?: Problem;
}

export interface WatchOptions {
  readonly onRecord?: (record: WireRecord) => void;
  readonly onReset?: (snapshot: Snapshot) => void;
}

export interface WatchedParts {
  readonly link: Link;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly time: ServerTime;
  readonly onClose: () => void;
}

const NOTHING: Snapshot = {
  status: "connecting",
  seq: 0,
  state: undefined,
  can: [],
  view: {},
  viewSeq: 0,
  counters: {},
};

export class Watched {
  readonly actor: string;
  readonly #parts: WatchedParts;
  readonly #options: WatchOptions;
  readonly #sender: Sender;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  #snapshot: Snapshot = NOTHING;
  #epoch: string | undefined;
  #watching = 0;
  #closed = false;

  constructor(actor: string, options: WatchOptions, parts: WatchedParts) {
    this.actor = actor;
    this.#options = options;
    this.#parts = parts;
    this.#sender = new Sender(actor, parts);
  }

  /** The same object until something changes: safe to compare by identity. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get status(): WatchedStatus {
    return this.#snapshot.status;
  }

  get seq(): number {
    return this.#snapshot.seq;
  }

  get state(): StateValue | undefined {
    return this.#snapshot.state;
  }

  get can(): readonly string[] {
    return this.#snapshot.can;
  }

  get view(): JsonObject {
    return this.#snapshot.view;
  }

  /** Called after every change; the returned function ends it. */
  subscribe(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Resolves with the first snapshot that fulfils the condition, which may be now. */
  until(condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return new Promise((resolve) => {
      let stop = (): void => {};
      const check = (snapshot: Snapshot): void => {
        if (condition(snapshot)) {
          stop();
          resolve(snapshot);
        }
      };
      stop = this.subscribe(check);
      check(this.#snapshot);
    });
  }

  /**
   * Sends a command until it is answered, with one id, so that it has one effect: through lost
   * connections, restarts and `busy`. A refusal is an answer; throws `Unanswered` at the deadline.
   */
  send(command: SessionCommand, options: SendOptions = {}): Promise<Acknowledged | RefusedAnswer> {
    return this.#sender.send(command, options);
  }

  close(): void {
    if (!this.#closed) {
      this.#closed = true;
      this.#parts.onClose();
      const ended = { status: "ended" } as const;
      void this.#parts.link.ask("unwatch", { actor: this.actor }, WATCH_WITHIN_MS, () => ended);
      this.#become(ended);
    }
  }

  /** The link is connected: begin, or begin again where we were. */
  async watch(): Promise<void> {
    this.#watching += 1;
    const turn = this.#watching;
    while (turn === this.#watching && !this.#closed && this.#snapshot.status !== "ended") {
      const read = await this.#ask(turn);
      const isOver = read?.ok === true || (read === undefined && !this.#parts.link.isConnected);
      if (isOver || turn !== this.#watching) {
        return;
      }
      if (read !== undefined && !isPassing(read.problem)) {
        this.#become({ status: "ended", reason: read.problem.code, problem: read.problem });
        return;
      }
      const waitMs = read?.problem.retryAfterMs ?? WAIT_MS;
      await new Promise<void>((resolve) => void this.#parts.clock.after(waitMs, resolve));
    }
  }

  lost(): void {
    if (this.#snapshot.status === "live") {
      this.#become({ status: "away" });
    }
  }

  /** An event for this actor. */
  hear(event: string, document: unknown): void {
    switch (event) {
      case "record":
        this.#record(parseDocument(document));
        break;
      case "reset":
        this.#show(parseDocument(document));
        break;
      case "delta": {
        const delta = parseDelta(document);
        this.#become({ counters: { ...this.#snapshot.counters, [delta.of]: delta } });
        break;
      }
      case "unwatched":
        this.#become({ status: "ended", reason: parseReason(document) });
        break;
      default:
        break;
    }
  }

  #ask(turn: number): Promise<WatchedAnswer | undefined> {
    const { clock, link, time } = this.#parts;
    const askedAt = clock.now();
    return link.ask("watch", this.#question(), WATCH_WITHIN_MS, (answer) => {
      const read = parseWatched(answer);
      if (read.ok && turn === this.#watching && !this.#closed) {
        time.heard(askedAt, read.now);
        this.#start(read);
      }
      return read;
    });
  }

  #question(): object {
    const { actor } = this;
    if (this.#options.onRecord === undefined) {
      return { actor, as: "view" };
    }
    return this.#epoch === undefined
      ? { actor }
      : { actor, after: this.#snapshot.seq, epoch: this.#epoch };
  }

  /** The acknowledgement of a watch: what was missed, or a view. */
  #start(document: WireDocument): void {
    if (document.records === undefined) {
      this.#show(document);
      return;
    }
    for (const record of document.records) {
      this.#options.onRecord?.(record);
    }
    const { seq, state, can } = document;
    this.#become({ status: "live", seq, state, can });
  }

  #show({ seq, epoch, state, can, view = {} }: WireDocument): void {
    this.#epoch = epoch;
    this.#become({ status: "live", seq, state, can, view, viewSeq: seq });
    this.#options.onReset?.(this.#snapshot);
  }

  #record({ seq, at, facts, state, can }: WireDocument): void {
    if (seq > this.#snapshot.seq) {
      this.#become({ seq, state, can });
      this.#options.onRecord?.({ seq, at, facts });
    }
  }

  #become(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) {
      listener(this.#snapshot);
    }
  }
}
