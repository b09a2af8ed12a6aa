/**
 * A connection: one socket, who holds it, and how each of its events is answered.
 *
 * Owns the four inbound events and the life of the token. Invariants:
 * 1. Every event with a callback is answered once, with what was asked for or a problem; an event
 *    without one is ignored, because nobody could hear its refusal.
 * 2. Over the named rates messages are refused, not queued, and the connection stays.
 * 3. A token that expired, and one that was revoked, end the connection in time.
 */
import { principalKey } from "../../machines/principal.ts";
import type { Caller } from "../desk.ts";
import { problemOfFailure } from "../failure.ts";
import { problem } from "../problem.ts";
import type { ChannelsParts } from "./parts.ts";
import { AUTHENTICATE, SEND, UNWATCH, WATCH, parseInbound } from "./inbound.ts";
import type { Holder } from "./handshake.ts";
import type { ChannelLimits } from "./limits.ts";
import { type Bucket, createBucket } from "./rate.ts";
import { type Acknowledge, refuse } from "./refusing.ts";
import type { Rooms } from "./rooms.ts";
import type { Watch } from "./watch.ts";
import { Watching } from "./watching.ts";
import type { ByeDocument, ChannelSocket } from "./wire.ts";

type Act = (args: readonly unknown[], acknowledge: Acknowledge) => Promise<void>;

export class Connection {
  readonly socket: ChannelSocket;
  readonly #parts: ChannelsParts;
  readonly #limits: ChannelLimits;
  readonly #watching: Watching;
  #holder: Holder;
  #stopExpiry: () => void;
  #leaving: ByeDocument | undefined;
  #unanswered = 0;
  /** Called when nothing is left to answer. */
  #onAnswered: () => void = () => {};

  constructor(
    socket: ChannelSocket,
    holder: Holder,
    rooms: Rooms,
    given: { readonly parts: ChannelsParts; readonly limits: ChannelLimits },
  ) {
    this.socket = socket;
    this.#parts = given.parts;
    this.#limits = given.limits;
    this.#holder = holder;
    const { watchesMax } = given.limits;
    const caller = (): Caller => this.#holder.caller;
    this.#watching = new Watching({ socketId: socket.id, caller, watchesMax }, rooms);
    this.#stopExpiry = this.#startExpiry();
    this.#listen();
  }

  /** Is the token still good? A revoked one ends the connection as an expired one does. */
  async verify(): Promise<void> {
    const { caller, token } = this.#holder;
    if (this.#parts.clock.now() >= caller.expiresAt) {
      return;
    }
    const verified = await this.#parts.verify(token);
    if (verified === undefined && token === this.#holder.token) {
      this.bye({ reason: "expired" });
    }
  }

  /** Takes no more events, answers those that it has, then says why and closes. */
  async leave(document: ByeDocument, withinMs: number): Promise<void> {
    this.#leaving = document;
    if (this.#unanswered > 0) {
      await new Promise<void>((resolve) => {
        const stop = this.#parts.clock.after(withinMs, resolve);
        this.#onAnswered = () => {
          stop();
          resolve();
        };
      });
    }
    this.bye(document);
  }

  /** Says why, and closes. */
  bye(document: ByeDocument): void {
    this.socket.emit("bye", document);
    this.socket.disconnect(true);
  }

  /** The room ended this watch. */
  forget(watch: Watch, actor: string): void {
    this.#watching.forget(watch, actor);
  }

  #listen(): void {
    const { socket } = this;
    const { clock } = this.#parts;
    const commands = createBucket(clock, this.#limits.commandsPerSecond);
    const others = createBucket(clock, this.#limits.watchesPerSecond);
    socket.on(
      "watch",
      this.#answering(others, (args, tell) => this.#watch(args, tell)),
    );
    socket.on(
      "unwatch",
      this.#answering(others, (args, tell) => this.#unwatch(args, tell)),
    );
    socket.on(
      "send",
      this.#answering(commands, (args, tell) => this.#send(args, tell)),
    );
    socket.on(
      "authenticate",
      this.#answering(others, (args, tell) => this.#renew(args, tell)),
    );
    socket.on(
      "too-large",
      this.#answering(commands, (_, tell) => this.#refuseTooLarge(tell)),
    );
    // Protocol errors close the connection by themselves; without a listener they would throw.
    socket.on("error", () => undefined);
    socket.on("disconnect", () => {
      this.#stopExpiry();
      this.#watching.close();
    });
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
        acknowledge(refuse(problem("rate-limited", detail, { retryAfterMs })));
        return;
      }
      if (this.#leaving !== undefined) {
        const { retryAfterMs = 0 } = this.#leaving;
        const detail = "This node is shutting down; send it again to the next one.";
        acknowledge(refuse(problem("draining", detail, { retryAfterMs })));
        return;
      }
      this.#unanswered += 1;
      act(args, acknowledge)
        .catch((error: unknown) => {
          acknowledge(refuse(problemOfFailure(error, this.#parts.log)));
        })
        .finally(() => {
          this.#unanswered -= 1;
          if (this.#unanswered === 0) {
            this.#onAnswered();
          }
        });
    };
  }

  async #watch(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(WATCH, args);
    if (parsed.ok) {
      await this.#watching.watch(parsed.value, acknowledge);
    } else {
      acknowledge(parsed);
    }
  }

  async #unwatch(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(UNWATCH, args);
    if (parsed.ok) {
      await this.#watching.unwatch(parsed.value.actor);
    }
    acknowledge(parsed.ok ? { ok: true } : parsed);
  }

  async #send(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(SEND, args);
    const { caller } = this.#holder;
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    const connectionId = this.#watching.connectionIdOf(parsed.value.actor);
    acknowledge(await this.#parts.desk.send(caller, { ...parsed.value, connectionId }));
  }

  async #renew(args: readonly unknown[], acknowledge: Acknowledge): Promise<void> {
    const parsed = parseInbound(AUTHENTICATE, args);
    if (!parsed.ok) {
      acknowledge(parsed);
      return;
    }
    const { token } = parsed.value;
    const caller = await this.#parts.verify(token);
    const before = this.#holder.caller;
    if (caller === undefined) {
      acknowledge(refuse(problem("unauthenticated", "The token is not valid; get a fresh one.")));
    } else if (!isSameHolder(caller, before)) {
      const detail = "The token is somebody else's; connect anew to be somebody else.";
      acknowledge(refuse(problem("not-allowed", detail)));
    } else if (this.socket.connected) {
      this.#holder = { caller, token };
      this.#stopExpiry();
      this.#stopExpiry = this.#startExpiry();
      acknowledge({ ok: true });
      if (roleOf(caller) !== roleOf(before)) {
        this.#watching.renew();
      }
    }
  }

  #refuseTooLarge(acknowledge: Acknowledge): Promise<void> {
    const detail = `Expected a message of at most ${this.#limits.messageBytesMax} bytes.`;
    acknowledge(refuse(problem("too-large", detail)));
    return Promise.resolve();
  }

  #startExpiry(): () => void {
    const { clock } = this.#parts;
    const endsAt = this.#holder.caller.expiresAt + this.#limits.expiryGraceMs;
    return clock.after(Math.max(0, endsAt - clock.now()), () => this.bye({ reason: "expired" }));
  }
}

function parseAcknowledge(last: unknown): Acknowledge | undefined {
  return typeof last === "function" ? (last as Acknowledge) : undefined;
}

function isSameHolder(one: Caller, other: Caller): boolean {
  return (
    one.tenantId === other.tenantId &&
    one.boundTo === other.boundTo &&
    principalKey(one.principal) === principalKey(other.principal)
  );
}

function roleOf({ principal }: Caller): string {
  return principal.kind === "user" ? principal.role : principal.kind;
}
