/**
 * One stream: an HTTP answer that stays open, and watches one actor as a socket would.
 *
 * Owns the bytes that wait for their reader, the heartbeat, and the life of the token, which a
 * stream cannot renew: its client comes back with a fresh one. Invariants:
 * 1. The first event is the view, or what was missed; nothing that is newer comes before it.
 * 2. No event is ever dropped from a stream that lives on: who leaves more than `unreadBytesMax`
 *    unread is told `bye slow`, and cut if he does not read that either.
 * 3. However it ends, its watch ends with it, and so does the presence that it was.
 */
import type { Caller } from "../desk.ts";
import { type Problem, problem } from "../problem.ts";
import type { ChannelsParts } from "./parts.ts";
import { HEARTBEAT, encodeBye, encodeEvent, encodeRecords } from "./event.ts";
import type { Holder } from "./handshake.ts";
import type { WatchInput } from "./inbound.ts";
import type { ChannelLimits } from "./limits.ts";
import type { RoomAnswer } from "./room-parts.ts";
import type { Rooms } from "./rooms.ts";
import type { Watch } from "./watch.ts";
import { Watching } from "./watching.ts";
import type { ByeDocument } from "./wire.ts";

/** One actor a stream; who watches several opens several, or a socket. */
const WATCHES_MAX = 1;

export interface StreamParts {
  readonly parts: Pick<ChannelsParts, "clock" | "log" | "verify">;
  readonly limits: ChannelLimits;
  readonly rooms: Rooms;
  /** Of those who were cut. */
  readonly retryAfterMs: number;
  /** It is over, and nothing is written to it any more. */
  readonly onEnd: () => void;
}

export class Stream {
  readonly id: string;
  readonly holder: Holder;
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamParts;
  readonly #watching: Watching;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #stopExpiry: () => void;
  #stopHeartbeat: () => void = () => undefined;
  /** A view may be larger than what may be left unread; it is not held against its reader. */
  #openingBytes = 0;
  #isOver = false;

  constructor(id: string, holder: Holder, parts: StreamParts) {
    this.id = id;
    this.holder = holder;
    this.#parts = parts;
    const caller = (): Caller => holder.caller;
    const watcher = { socketId: id, caller, watchesMax: WATCHES_MAX };
    this.#watching = new Watching(watcher, parts.rooms);
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.gone(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
    this.#stopExpiry = this.#startExpiry();
  }

  /** Undefined: the stream has begun, and `body` is the answer. */
  async begin(asked: WatchInput): Promise<Problem | undefined> {
    let hasBegun = false;
    const refused = await this.#watching.begin(asked, (answer) => {
      hasBegun = true;
      this.#show(answer);
    });
    if (hasBegun) {
      this.#beat();
      return undefined;
    }
    this.gone();
    return refused ?? problem("unavailable", "The stream ended before it began; ask again.");
  }

  write(bytes: Uint8Array): void {
    const { limits, parts, retryAfterMs } = this.#parts;
    if (this.#isOver) {
      return;
    }
    if (this.#unread() > limits.unreadBytesMax + this.#openingBytes) {
      parts.log.warn("stream.slow", { streamId: this.id });
      this.bye({ reason: "slow", retryAfterMs });
    } else {
      this.#controller?.enqueue(bytes);
    }
  }

  /** Says why, and ends. */
  bye(document: ByeDocument): void {
    if (!this.#isOver) {
      this.#controller?.enqueue(encodeBye(document));
      this.end();
    }
  }

  /** Nothing more comes. Who has not read what is there is not waited for. */
  end(): void {
    if (!this.#isOver) {
      this.#leave();
      this.#controller?.close();
      const { parts, limits } = this.#parts;
      const cut = (): void => this.#controller?.error(new Error("nobody reads the stream"));
      if (this.#unread() > 0) {
        parts.clock.after(limits.slowByeMs, cut);
      }
    }
  }

  /** The other end is not there any more, or never will be. */
  gone(): void {
    if (!this.#isOver) {
      this.#leave();
      this.#controller?.error(new Error("nobody reads the stream"));
    }
  }

  /** The room ended the watch, which was all of the stream. */
  forget(watch: Watch, actor: string): void {
    this.#watching.forget(watch, actor);
    this.end();
  }

  /** Is the token still good? A revoked one ends the stream as an expired one does. */
  async verify(): Promise<void> {
    const { parts } = this.#parts;
    const { caller, token } = this.holder;
    if (parts.clock.now() < caller.expiresAt && (await parts.verify(token)) === undefined) {
      this.bye({ reason: "expired" });
    }
  }

  #show({ seen, epoch, records }: RoomAnswer): void {
    const opening =
      records === undefined ? encodeEvent("view", { ...seen, epoch }) : encodeRecords(records);
    this.#openingBytes = opening.byteLength;
    // Where nothing was missed: without a byte the client would not hear that it is connected.
    this.#controller?.enqueue(opening.byteLength > 0 ? opening : HEARTBEAT);
  }

  #unread(): number {
    return -(this.#controller?.desiredSize ?? 0);
  }

  #beat(): void {
    const { parts, limits } = this.#parts;
    if (!this.#isOver) {
      this.#stopHeartbeat = parts.clock.after(limits.heartbeatMs, () => {
        this.write(HEARTBEAT);
        this.#beat();
      });
    }
  }

  #startExpiry(): () => void {
    const { parts, limits } = this.#parts;
    const endsAt = this.holder.caller.expiresAt + limits.expiryGraceMs;
    const waitMs = Math.max(0, endsAt - parts.clock.now());
    return parts.clock.after(waitMs, () => this.bye({ reason: "expired" }));
  }

  #leave(): void {
    this.#isOver = true;
    this.#stopExpiry();
    this.#stopHeartbeat();
    this.#watching.close();
    this.#parts.onEnd();
  }
}
