/**
 * The streams of this node: who has how many open, and what is emitted to them.
 *
 * To the rooms a stream is one more socket; only here is known that its documents go out as
 * server-sent events. Each is encoded once for all streams that read it.
 */
import { principalKey } from "../../machines/principal.ts";
import type { Caller } from "../desk.ts";
import { type Problem, problem } from "../problem.ts";
import type { ChannelsParts } from "./parts.ts";
import { encodeEvent } from "./event.ts";
import type { Holder } from "./handshake.ts";
import type { WatchInput } from "./inbound.ts";
import type { ChannelLimits } from "./limits.ts";
import type { Emit } from "./room-parts.ts";
import type { Rooms } from "./rooms.ts";
import { Stream } from "./stream.ts";
import type { Watch } from "./watch.ts";

export interface StreamInput {
  readonly holder: Holder;
  readonly asked: WatchInput;
  /** Aborted when the other end of the connection is gone. */
  readonly signal: AbortSignal;
}

export type StreamOpened =
  | { readonly ok: true; readonly body: ReadableStream<Uint8Array> }
  | { readonly ok: false; readonly problem: Problem };

export interface StreamsParts {
  readonly parts: Pick<ChannelsParts, "clock" | "log" | "verify">;
  readonly limits: ChannelLimits;
  /** When a client that was refused or cut may come again. */
  readonly retryAfterMs: number;
}

export class Streams {
  readonly #parts: StreamsParts;
  readonly #rooms: () => Rooms;
  readonly #open = new Map<string, Stream>();
  readonly #byPrincipal = new Map<string, number>();
  #opened = 0;
  #drainingMs: number | undefined;

  constructor(parts: StreamsParts, rooms: () => Rooms) {
    this.#parts = parts;
    this.#rooms = rooms;
  }

  get size(): number {
    return this.#open.size;
  }

  all(): readonly Stream[] {
    return [...this.#open.values()];
  }

  async open({ holder, asked, signal }: StreamInput): Promise<StreamOpened> {
    const refused = this.#drained() ?? this.#refusal(holder.caller);
    if (refused !== undefined) {
      return { ok: false, problem: refused };
    }
    const stream = this.#make(holder);
    const gone = (): void => stream.gone();
    signal.addEventListener("abort", gone, { once: true });
    if (signal.aborted) {
      stream.gone();
    }
    try {
      const no = await stream.begin(asked);
      return no === undefined
        ? { ok: true, body: stream.body }
        : { ok: false, problem: this.#drained() ?? no };
    } catch (error) {
      stream.gone();
      throw error;
    }
  }

  /** The room ended this watch. */
  forget(watch: Watch, actor: string): void {
    this.#open.get(watch.socketId)?.forget(watch, actor);
  }

  /** Emits to the streams among those who are named, and leaves the others to `emit`. */
  emitting(emit: Emit): Emit {
    return (socketIds, event, document) => {
      const streams = this.#open.size === 0 ? [] : this.#among(socketIds);
      if (streams.length === 0) {
        emit(socketIds, event, document);
        return;
      }
      const ids = new Set(streams.map(({ id }) => id));
      const others = socketIds.filter((socketId) => !ids.has(socketId));
      const bytes = encodeEvent(event, document);
      for (const stream of streams) {
        stream.write(bytes);
      }
      emit(others, event, document);
    };
  }

  /** Says `bye` to all, and opens no more. */
  drain(retryAfterMs: number): void {
    this.#drainingMs = retryAfterMs;
    for (const stream of this.all()) {
      stream.bye({ reason: "draining", retryAfterMs });
    }
  }

  #among(socketIds: readonly string[]): readonly Stream[] {
    return socketIds.flatMap((socketId) => this.#open.get(socketId) ?? []);
  }

  #make(holder: Holder): Stream {
    this.#opened += 1;
    const id = `stream.${this.#opened}`;
    const key = keyOf(holder.caller);
    const onEnd = (): void => {
      this.#open.delete(id);
      this.#count(key, -1);
    };
    const stream = new Stream(id, holder, { ...this.#parts, rooms: this.#rooms(), onEnd });
    this.#open.set(id, stream);
    this.#count(key, 1);
    return stream;
  }

  #count(key: string, change: 1 | -1): void {
    const count = (this.#byPrincipal.get(key) ?? 0) + change;
    if (count === 0) {
      this.#byPrincipal.delete(key);
    } else {
      this.#byPrincipal.set(key, count);
    }
  }

  #refusal(caller: Caller): Problem | undefined {
    const { limits, retryAfterMs } = this.#parts;
    const { streamsMax, streamsPerPrincipalMax } = limits;
    if ((this.#byPrincipal.get(keyOf(caller)) ?? 0) >= streamsPerPrincipalMax) {
      const detail = `Expected at most ${streamsPerPrincipalMax} open streams; close one.`;
      return problem("rate-limited", detail, { retryAfterMs });
    }
    const isFull = this.#open.size >= streamsMax;
    const detail = "This node has as many open streams as it takes; ask again.";
    return isFull ? problem("busy", detail, { retryAfterMs }) : undefined;
  }

  #drained(): Problem | undefined {
    const retryAfterMs = this.#drainingMs;
    const detail = "This node is shutting down; another one, or the next, will answer.";
    return retryAfterMs === undefined ? undefined : problem("draining", detail, { retryAfterMs });
  }
}

function keyOf({ tenantId, principal }: Caller): string {
  return `${tenantId}/${principalKey(principal)}`;
}
