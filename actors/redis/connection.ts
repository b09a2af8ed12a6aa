/**
 * One connection on which commands go to Redis.
 *
 * Owns node-redis' client, its limits and its errors. Invariants:
 * 1. Every call ends within its deadline: with a reply, or with `StoreUnreachable`.
 * 2. An error reply means unknown. Only what our own functions refuse before their first write
 *    comes back as `CommitTooLarge` or `RangeError`.
 * 3. Calls are never queued while there is no connection, and never sent twice.
 * 4. Nothing is asked of a Redis that came back until it is known what it is (`run.ts`); `direct`
 *    is for finding that out.
 */
import { createClient } from "redis";
import { type Clock, type Log, pause } from "../clock.ts";
import { CommitTooLarge, StoreUnreachable } from "../store.ts";
import { LIBRARY, loadLibrary } from "./library.ts";
import { type Link, SlotUnsettled, unsettledOf } from "./link.ts";
import type { Run } from "./run.ts";

/** Longer than a fsync on a slow disk takes, shorter than a class waits for an answer. */
export const CALL_DEADLINE_MS = 5_000;
/** About two seconds of commits; more are refused at once instead of waiting in memory. */
const CALLS_MAX = 20_000;
/** A connection without a byte for so long is cut: it is asked for one every `PING_EVERY_MS`. */
export const SILENT_MAX_MS = 8_000;
export const PING_EVERY_MS = 2_000;
const RECONNECT_MAX_MS = 500;
const KNOCK_AGAIN_MS = 100;

export interface ConnectionOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadlineMs: number;
}

type Client = ReturnType<typeof createClient>;

export class Connection implements Link {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #deadlineMs: number;
  readonly #client: Client;
  readonly #run: Run | undefined;
  readonly #functions = functionsOver((args) => this.send(args));
  #failing = false;
  #loading: Promise<void> | undefined;
  /** The connection whose run is not yet known; undefined: it may be used. */
  #gate: object | undefined;
  #entered: Promise<void> = Promise.resolve();

  /** Without a run: whatever answers is taken as it is. */
  constructor({ url, clock, log, deadlineMs }: ConnectionOptions, run?: Run) {
    this.#clock = clock;
    this.#log = log;
    this.#deadlineMs = deadlineMs;
    this.#client = createClient({
      url,
      disableOfflineQueue: true,
      commandsQueueMaxLength: CALLS_MAX,
      pingInterval: PING_EVERY_MS,
      // Ours is the deadline; theirs is an abort signal and two listeners a call.
      commandOptions: { timeout: 0 },
      socket: {
        socketTimeout: SILENT_MAX_MS,
        connectTimeout: deadlineMs,
        reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, RECONNECT_MAX_MS),
      },
    });
    this.#client.on("error", (error: unknown) => this.#failed(error));
    this.#client.on("ready", () => {
      this.#failing = false;
      this.doubt();
    });
    this.#run = run;
  }

  /** What answers may not be what was known: nothing is asked of it until that is told. */
  doubt(): void {
    if (this.#run !== undefined) {
      const gate = {};
      this.#gate = gate;
      this.#entered = this.#enter(this.#run, gate);
    }
  }

  async open(): Promise<void> {
    await this.#within(this.#client.connect(), "connect");
    await this.#within(this.#entered, "INFO");
  }

  get ready(): boolean {
    return this.#client.isReady && this.#gate === undefined;
  }

  /** One of the library's functions. */
  call(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#functions.call(name, keys, args);
  }

  /** One that writes nothing. */
  ask(name: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    return this.#functions.ask(name, keys, args);
  }

  async send(args: readonly string[]): Promise<unknown> {
    if (this.#gate !== undefined) {
      throw new StoreUnreachable("Redis came back, and what it may have lost is looked for");
    }
    return this.#sent(args);
  }

  /** Also asked of a Redis that has just come back. */
  get direct(): Link {
    const send = (args: readonly string[]): Promise<unknown> => this.#sent(args);
    return { send, ...functionsOver(send) };
  }

  async #enter(run: Run, gate: object): Promise<void> {
    while (this.#gate === gate) {
      try {
        await run.admit(this.direct);
        this.#gate = this.#gate === gate ? undefined : this.#gate;
      } catch (error) {
        this.#failed(error);
        await pause(this.#clock, KNOCK_AGAIN_MS);
      }
    }
  }

  async #sent(args: readonly string[]): Promise<unknown> {
    try {
      return await this.#within(this.#client.sendCommand<unknown>(args), args[1] ?? "");
    } catch (cause) {
      throw this.#failureOf(cause);
    }
  }

  /** What is on its way is left without an answer. */
  close(): void {
    if (this.#client.isOpen) {
      this.#client.destroy();
    }
  }

  /** Said once an outage, not at each of its attempts to reconnect. */
  #failed(error: unknown): void {
    if (!this.#failing) {
      this.#failing = true;
      this.#log.warn("store.connection.failed", { error });
    }
  }

  /** Once at a time. */
  loadLibrary(): Promise<void> {
    this.#loading ??= loadLibrary((args) => this.#sent(args)).finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  #failureOf(cause: unknown): unknown {
    const message = cause instanceof Error ? cause.message : "";
    if (message.startsWith("TOOLARGE ")) {
      return new CommitTooLarge(message.slice("TOOLARGE ".length));
    }
    if (message.startsWith("RANGE ")) {
      return new RangeError(message.slice("RANGE ".length));
    }
    if (message.includes("Function not found")) {
      // Another Redis answers than the one that was opened, or it was emptied: the next call finds
      // the functions, and the chain of heads tells what became of the data.
      this.loadLibrary().catch((error: unknown) =>
        this.#log.error("store.library.missing", { error }),
      );
    }
    const unsettled = unsettledOf(message);
    if (unsettled !== undefined) {
      return new SlotUnsettled(unsettled, { cause });
    }
    return cause instanceof StoreUnreachable
      ? cause
      : new StoreUnreachable(`Redis did not do what was asked: ${message}`, { cause });
  }

  #within<T>(work: Promise<T>, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const disarm = this.#clock.after(this.#deadlineMs, () => {
        reject(new StoreUnreachable(`Redis did not answer ${what} in ${this.#deadlineMs} ms`));
      });
      work.then(resolve, reject).finally(disarm);
    });
  }
}

function functionsOver(send: Link["send"]): Pick<Link, "call" | "ask"> {
  const over =
    (how: string): Link["call"] =>
    (name, keys, args) =>
      send([how, `${LIBRARY}_${name}`, String(keys.length), ...keys, ...args]);
  return { call: over("FCALL"), ask: over("FCALL_RO") };
}
