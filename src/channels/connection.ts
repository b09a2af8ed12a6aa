/**
 * A connection: one socket, who holds it, and what it watches.
 *
 * Owns the four inbound events and the life of the token. Invariants:
 * 1. Every event with a callback is answered once, with what was asked for or a problem; an event
 *    without one is ignored, because nobody could hear its refusal.
 * 2. Watching and unwatching one actor happen one after the other, in the order they were sent.
 * 3. When the socket closes, every watch ends, also one that is still being acknowledged.
 */
import type { Socket } from "socket.io";
import { type Address, parseActorName } from "../../actors/address.ts";
import { parseConnectionId } from "../../machines/ids.ts";
import { principalKey } from "../../machines/principal.ts";
import type { Caller } from "../desk.ts";
import { problemOfFailure } from "../failure.ts";
import { type Problem, problem } from "../problem.ts";
import type { ChannelsParts } from "./channels.ts";
import { AUTHENTICATE, SEND, UNWATCH, WATCH, type WatchInput, parseInbound } from "./inbound.ts";
import type { ChannelLimits } from "./limits.ts";
import { type Bucket, createBucket } from "./rate.ts";
import type { Room, RoomAnswer } from "./room.ts";
import type { Rooms } from "./rooms.ts";
import { type Watch, createWatch } from "./watch.ts";
import type { ByeDocument, Emitted, Inbound } from "./wire.ts";

export type ChannelSocket = Socket<Inbound, Emitted>;

interface Held {
  readonly room: Room;
  readonly watch: Watch;
}

type Acknowledge = (answer: object) => void;
type Act = (args: readonly unknown[], acknowledge: Acknowledge) => Promise<void>;

/** After a store failed, a client that asks again at once only makes it worse. */
const UNAVAILABLE_RETRY_MS = 500;

export class Connection {
  readonly socket: ChannelSocket;
  readonly #parts: ChannelsParts;
  readonly #limits: ChannelLimits;
  readonly #rooms: Rooms;
  readonly #commands: Bucket;
  readonly #watching: Bucket;
  readonly #held = new Map<string, Held>();
  /** The last watch or unwatch of each actor that is under way. */
  readonly #turns = new Map<string, Promise<void>>();
  #caller: Caller;
  #token: string;
  #stopExpiry: () => void;
  #closed = false;

  constructor(
    socket: ChannelSocket,
    holder: { readonly caller: Caller; readonly token: string },
    rooms: Rooms,
    given: { readonly parts: ChannelsParts; readonly limits: ChannelLimits },
  ) {
    this.socket = socket;
    this.#parts = given.parts;
    this.#limits = given.limits;
    this.#rooms = rooms;
    this.#caller = holder.caller;
    this.#token = holder.token;
    this.#commands = createBucket(given.parts.clock, given.limits.commandsPerSecond);
    this.#watching = createBucket(given.parts.clock, given.limits.watchesPerSecond);
    this.#stopExpiry = this.#startExpiry();
    this.#listen();
  }

  /** Is the token still good? A revoked one ends the connection as an expired one does. */
  async verify(): Promise<void> {
    if (this.#parts.clock.now() >= this.#caller.expiresAt) {
      return;
    }
    const token = this.#token;
    const caller = await this.#parts.verify(token);
    if (caller === undefined && token === this.#token) {
      this.bye({ reason: "expired" });
    }
  }

  /** Says why, and closes. */
  bye(document: ByeDocument): void {
    this.socket.emit("bye", document);
    this.socket.disconnect(true);
  }

  /** The room ended this watch. */
  forget(watch: Watch, actor: string): void {
    if (this.#held.get(actor)?.watch === watch) {
      this.#held.delete(actor);
    }
  }

  #listen(): void {
    const { socket } = this;
    socket.on(
      "watch",
      this.#answering(this.#watching, (args, tell) => this.#watch(args, tell)),
    );
    socket.on(
      "unwatch",
      this.#answering(this.#watching, (args, tell) => this.#unwatch(args, tell)),
    );
    socket.on(
      "send",
      this.#answering(this.#commands, (args, tell) => this.#send(args, tell)),
    );
    socket.on(
      "authenticate",
      this.#answering(this.#watching, (args, tell) => this.#authenticate(args, tell)),
    );
    socket.on(
      "too-large",
      this.#answering(this.#commands, (_args, tell) => this.#refuseTooLarge(tell)),
    );
    socket.on("error", () => socket.disconnect(true));
    socket.on("disconnect", () => this.#close());
  }

  #answering(bucket: Bucket, act: Act): (...args: unknown[]) => void {
    return (...args) => {
      const acknowledge = parseAcknowledge(args.pop());
      if (acknowledge === undefined) {
        return;
      }
      const retryAfterMs = bucket.take();
      if (retryAfterMs > 0) {
        const detail = `Expected fewer messages a second; wait ${retryAfterMs} ms.`;
        acknowledge(refusal(problem("rate-limited", detail, { retryAfterMs })));
        return;
      }
      act(args, acknowledge).catch((error: unknown) => {
        acknowledge(refusal(problemOfFailure(error, this.#parts.log)));
      });
    };
  }

  async #watch(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(WATCH, args);
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    const { actor } = parsed.value;
    const address = this.#reach(actor);
    if (address === undefined) {
      acknowledge(notFound(actor));
      return;
    }
    await this.#inTurn(actor, () => this.#join(address, parsed.value, acknowledge));
  }

  async #join(address: Address, asked: WatchInput, acknowledge: Acknowledge): Promise<void> {
    const { actor } = asked;
    const { room, watch } = this.#held.get(actor) ?? this.#hold(address, asked);
    if (this.#held.size > this.#limits.watchesMax) {
      this.#held.delete(actor);
      acknowledge(refusal(tooManyWatches(this.#limits.watchesMax)));
      return;
    }
    watch.as = asked.as ?? "records";
    let outcome: Awaited<ReturnType<Room["join"]>> = "unsettled";
    try {
      outcome = await room.join(watch, asked, (answer) => acknowledge(documentOf(answer)));
    } finally {
      if (outcome !== "joined" || this.#closed) {
        this.#drop(actor);
      }
    }
    if (outcome === "absent") {
      acknowledge(notFound(actor));
    } else if (outcome === "unsettled") {
      acknowledge(refusal(unavailable()));
    }
  }

  async #unwatch(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(UNWATCH, args);
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    const { actor } = parsed.value;
    await this.#inTurn(actor, () => {
      this.#drop(actor);
      acknowledge({ ok: true });
      return Promise.resolve();
    });
  }

  async #send(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(SEND, args);
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    acknowledge(await this.#parts.desk.send(this.#caller, parsed.value));
  }

  async #authenticate(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(AUTHENTICATE, args);
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    const { token } = parsed.value;
    const caller = await this.#parts.verify(token);
    if (caller === undefined) {
      acknowledge(
        refusal(problem("unauthenticated", "The token is not valid; bring a fresh one.")),
      );
    } else if (isSameHolder(caller, this.#caller)) {
      this.#caller = caller;
      this.#token = token;
      this.#stopExpiry();
      this.#stopExpiry = this.#startExpiry();
      acknowledge({ ok: true });
    } else {
      const detail = "The token is somebody else's; connect anew to be somebody else.";
      acknowledge(refusal(problem("not-allowed", detail)));
    }
  }

  #refuseTooLarge(acknowledge: Acknowledge): Promise<void> {
    const detail = `Expected a message of at most ${this.#limits.messageBytesMax} bytes.`;
    acknowledge(refusal(problem("too-large", detail)));
    return Promise.resolve();
  }

  /** Guests and boards reach one actor; what is elsewhere does not exist for them. */
  #reach(actor: string): Address | undefined {
    const address = parseActorName(this.#caller.tenantId, actor);
    const { boundTo } = this.#caller;
    return boundTo === undefined || address?.id === boundTo ? address : undefined;
  }

  #hold(address: Address, asked: WatchInput): Held {
    const watch = createWatch({
      socketId: this.socket.id,
      connectionId: parseConnectionId(this.#rooms.nextConnectionId()),
      caller: () => this.#caller,
      as: asked.as ?? "records",
    });
    const held = { room: this.#rooms.enter(address), watch };
    this.#held.set(asked.actor, held);
    return held;
  }

  #drop(actor: string): void {
    this.#held.get(actor)?.room.leave(this.socket.id);
    this.#held.delete(actor);
  }

  async #inTurn(actor: string, act: () => Promise<void>): Promise<void> {
    const turn = (this.#turns.get(actor) ?? Promise.resolve()).then(act, act);
    this.#turns.set(actor, turn);
    try {
      await turn;
    } finally {
      if (this.#turns.get(actor) === turn) {
        this.#turns.delete(actor);
      }
    }
  }

  #startExpiry(): () => void {
    const { clock } = this.#parts;
    const endsAt = this.#caller.expiresAt + this.#limits.expiryGraceMs;
    return clock.after(Math.max(0, endsAt - clock.now()), () => this.bye({ reason: "expired" }));
  }

  #close(): void {
    this.#closed = true;
    this.#stopExpiry();
    for (const actor of [...this.#held.keys()]) {
      this.#drop(actor);
    }
  }
}

function parseAcknowledge(last: unknown): Acknowledge | undefined {
  return typeof last === "function" ? (last as Acknowledge) : undefined;
}

function refusal(no: Problem): { readonly ok: false; readonly problem: Problem } {
  return { ok: false, problem: no };
}

function notFound(actor: string) {
  return refusal(problem("not-found", `There is no ${actor} here.`));
}

function unavailable(): Problem {
  const detail = "What was asked for cannot be reached now; ask again, with the same id.";
  return problem("unavailable", detail, { retryAfterMs: UNAVAILABLE_RETRY_MS });
}

function tooManyWatches(watchesMax: number): Problem {
  const detail = `Expected at most ${watchesMax} watched actors a connection; unwatch one first.`;
  return problem("not-accepted", detail);
}

function documentOf({ seen, epoch, records }: RoomAnswer): object {
  if (records === undefined) {
    return { ok: true, ...seen, epoch };
  }
  const { actor, seq, state, can, now } = seen;
  return { ok: true, actor, seq, epoch, state, can, records, now };
}

function isSameHolder(one: Caller, other: Caller): boolean {
  return (
    one.tenantId === other.tenantId &&
    one.boundTo === other.boundTo &&
    principalKey(one.principal) === principalKey(other.principal)
  );
}
