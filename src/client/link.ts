/**
 * The link: one Socket.IO connection that comes back by itself, when it should.
 *
 * Owns the contract's rules of reconnecting. Socket.IO's own client returns after a network's
 * failure and never after a server's word; of those, this returns
 * 1. after `retryAfterMs`, when the server is draining or we read too slowly,
 * 2. after a fresh token, when the old one expired or was not accepted, however long it takes to
 *    get one; not when there is none to be had any more,
 * 3. never by itself after any other reason.
 */
import { type Socket, io } from "socket.io-client";
import type { Clock } from "../../actors/clock.ts";

/** Version of the protocol that this client speaks. */
const VERSION = 1;
const WAIT_FIRST_MS = 250;
/** A class of thirty that lost its server asks it at most six times a second together. */
const WAIT_LONGEST_MS = 5_000;
const WAIT_MS = 1_000;
/** A refresh that failed has been tried for three seconds by then. */
const WAIT_FRESH_MS = 2_000;

export type LinkStatus = "idle" | "connecting" | "connected" | "refused";

export type Transport = "polling" | "websocket";

export interface LinkParts {
  readonly url: string;
  readonly clock: Clock;
  readonly transports: readonly Transport[];
  readonly accessToken: () => string | undefined;
  readonly refresh: () => Promise<string | undefined>;
  readonly onEvent: (event: string, document: unknown) => void;
  /** Connected, again or for the first time: what was watched is to be watched again. */
  readonly onConnect: () => void;
  readonly onStatus: () => void;
}

export class Link {
  readonly #parts: LinkParts;
  readonly #socket: Socket;
  #status: LinkStatus = "idle";
  #bye: { readonly reason: string; readonly retryAfterMs: number } | undefined;
  #lacksToken = false;
  #stopWaiting: () => void = () => {};

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#socket = io(parts.url, {
      auth: (give) => give({ token: parts.accessToken() ?? "", v: VERSION }),
      autoConnect: false,
      forceNew: true,
      transports: [...parts.transports],
      tryAllTransports: true,
      reconnectionDelay: WAIT_FIRST_MS,
      reconnectionDelayMax: WAIT_LONGEST_MS,
    });
    this.#listen();
  }

  get status(): LinkStatus {
    return this.#status;
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  connect(): void {
    if (this.#status === "idle") {
      this.#connect();
    }
  }

  /**
   * The acknowledgement as `read` finds it; undefined: none came in time, or the connection went
   * first. `read` runs before the next event is handed out, so it may begin what events go on with.
   */
  ask<T>(
    event: string,
    payload: object,
    withinMs: number,
    read: (answer: unknown) => T,
  ): Promise<T | undefined> {
    return new Promise((resolve) => {
      if (!this.#socket.connected) {
        resolve(undefined);
        return;
      }
      let isOpen = true;
      const settle = (answer: T | undefined): void => {
        isOpen = false;
        stop();
        this.#socket.off("disconnect", lose);
        resolve(answer);
      };
      const lose = (): void => settle(undefined);
      const stop = this.#parts.clock.after(withinMs, lose);
      this.#socket.once("disconnect", lose);
      this.#socket.emit(event, payload, (answer: unknown) => {
        if (isOpen) {
          settle(read(answer));
        }
      });
    });
  }

  /** There is a fresh token: what was refused for the want of one is tried again. */
  renewed(): void {
    if (this.#status === "refused" && this.#lacksToken) {
      this.#connect();
    }
  }

  /** Cuts the connection as a network that failed would; it comes back by itself. */
  drop(): void {
    if (this.#socket.connected) {
      this.#socket.io.engine.close();
    }
  }

  close(): void {
    this.#stopWaiting();
    this.#socket.close();
    this.#become("idle");
  }

  #connect(): void {
    this.#lacksToken = false;
    this.#become("connecting");
    this.#socket.connect();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("connect", () => {
      this.#bye = undefined;
      this.#become("connected");
      this.#parts.onConnect();
    });
    socket.on("connect_error", (error) => {
      if (!socket.active) {
        this.#refused(parseRefusal(error));
      }
    });
    socket.on("disconnect", () => {
      if (this.#status === "idle") {
        return;
      }
      this.#become("connecting");
      if (!socket.active) {
        this.#dismissed();
      }
    });
    socket.onAny((event: string, document: unknown) => {
      if (event === "bye") {
        this.#bye = parseBye(document);
      }
      this.#parts.onEvent(event, document);
    });
  }

  /** The handshake said no. */
  #refused({ code, retryAfterMs }: { readonly code: string; readonly retryAfterMs: number }): void {
    if (code === "unauthenticated") {
      void this.#connectFresh();
    } else if (code === "draining" || code === "unavailable") {
      this.#connectIn(retryAfterMs);
    } else {
      this.#become("refused");
    }
  }

  /** The server ended the connection. */
  #dismissed(): void {
    const { reason = "", retryAfterMs = WAIT_MS } = this.#bye ?? {};
    this.#bye = undefined;
    if (reason === "expired") {
      void this.#connectFresh();
    } else if (reason === "draining" || reason === "slow") {
      this.#connectIn(retryAfterMs);
    } else {
      this.#become("refused");
    }
  }

  async #connectFresh(): Promise<void> {
    const fresh = await this.#parts.refresh();
    if (fresh === undefined && (this.#parts.accessToken() ?? "") === "") {
      this.#lacksToken = true;
      this.#become("refused");
    } else if (fresh === undefined && this.#status === "connecting") {
      // Nobody said that the account is over: the network, or the server, is away just now.
      this.#connectIn(WAIT_FRESH_MS);
    } else if (this.#status === "connecting") {
      this.#connect();
    }
  }

  #connectIn(waitMs: number): void {
    this.#stopWaiting();
    this.#stopWaiting = this.#parts.clock.after(waitMs, () => this.#connect());
  }

  #become(status: LinkStatus): void {
    if (this.#status !== status) {
      this.#status = status;
      this.#parts.onStatus();
    }
  }
}

function parseRefusal(error: Error) {
  const data = "data" in error ? (error.data as Record<string, unknown> | undefined) : undefined;
  return { code: String(data?.["code"]), retryAfterMs: parseWait(data?.["retryAfterMs"]) };
}

function parseBye(document: unknown) {
  const { reason, retryAfterMs } = document as Record<string, unknown>;
  return { reason: String(reason), retryAfterMs: parseWait(retryAfterMs) };
}

function parseWait(waitMs: unknown): number {
  return typeof waitMs === "number" && waitMs >= 0 ? waitMs : WAIT_MS;
}
