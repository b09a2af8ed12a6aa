/**
 * The typed client: sign in or join, watch actors as observable stores, send commands safely.
 *
 * Runs in browsers and in Bun. Owns how the parts are joined; each part's file says what it keeps.
 *
 * ```ts
 * const client = createClient({ url: "http://127.0.0.1:3000" });
 * await client.signIn({ tenant: "demo", email: "teacher@demo.example", password });
 * const session = client.watch(`session/${id}`);
 * session.subscribe(({ state, can, view }) => draw(state, can, view));
 * await session.send({ type: "session.start" });
 * ```
 */
import type { Clock, Ids } from "../../actors/clock.ts";
import { systemClock, systemIds } from "../platform.ts";
import { Account, type Seat, type TokenStorage, type Tokens, type User } from "./account.ts";
import { type Fetch, type Http, createHttp } from "./http.ts";
import { Link, type LinkStatus, type Transport } from "./link.ts";
import { ServerTime } from "./server-time.ts";
import { type WatchOptions, Watched } from "./watched.ts";
import { parseActor } from "./wire.ts";

const AUTHENTICATE_WITHIN_MS = 5_000;

export interface ClientOptions {
  /** Of the server, without a path. */
  readonly url: string;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** Where the refresh token is kept; without one it lives as long as the client. */
  readonly storage?: TokenStorage;
  readonly transports?: readonly Transport[];
  /** The refresh token is not good any more: somebody has to sign in, or join, again. */
  readonly onSignedOut?: () => void;
}

export interface Client {
  readonly http: Http;
  /** Undefined before a sign-in, and for a guest. */
  readonly user: User | undefined;
  /** Of the last join. */
  readonly seat: Seat | undefined;
  readonly accessToken: string | undefined;
  /** Of the channel; it connects with the first watch. */
  readonly status: LinkStatus;
  signIn(credentials: {
    readonly tenant: string;
    readonly email: string;
    readonly password: string;
  }): Promise<void>;
  /** `key` (16 characters or more) makes a repeated join give the same seat. */
  join(
    asked: { readonly code: string; readonly name?: string; readonly pin?: string },
    key?: string,
  ): Promise<Seat>;
  /** Goes on with the stored refresh token; false: none is good, or the server is away. */
  restore(): Promise<boolean>;
  /** Goes on with tokens that were made elsewhere, as a board's are. */
  adopt(tokens: Tokens): Promise<void>;
  signOut(): Promise<void>;
  /** `session/<id>`. The second call, while the first store is open, gives the same one. */
  watch(actor: string, options?: WatchOptions): Watched;
  /** The server's time, ms: measured by the fastest round trip so far. */
  serverNow(): number;
  /** Cuts the connection as a failing network would; it comes back by itself. */
  drop(): void;
  close(): void;
}

export function createClient(options: ClientOptions): Client {
  return new RealClient(options);
}

class RealClient implements Client {
  readonly http: Http;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #account: Account;
  readonly #link: Link;
  readonly #time: ServerTime;
  readonly #watched = new Map<string, Watched>();

  constructor(options: ClientOptions) {
    const { url, clock = systemClock, ids = systemIds, onSignedOut = () => {} } = options;
    this.#clock = clock;
    this.#ids = ids;
    this.#time = new ServerTime(clock);
    const accessToken = (): string | undefined => this.#account.accessToken;
    const refresh = (): Promise<string | undefined> => this.#account.refresh();
    const fetch: Fetch = options.fetch ?? ((to, init) => globalThis.fetch(to, init));
    this.http = createHttp({ url, fetch, clock, ids, accessToken, refresh });
    this.#account = new Account({
      http: () => this.http,
      clock,
      storage: options.storage ?? { load: () => undefined, save: () => undefined },
      onToken: (token) => this.#authenticate(token),
      onSignedOut,
    });
    this.#link = new Link({
      url,
      clock,
      accessToken,
      refresh,
      transports: options.transports ?? ["websocket", "polling"],
      onEvent: (event, document) => this.#watched.get(parseActor(document))?.hear(event, document),
      onConnect: () => this.#watchAll(),
      onStatus: () => this.#statusChanged(),
    });
  }

  get user(): User | undefined {
    return this.#account.user;
  }

  get seat(): Seat | undefined {
    return this.#account.seat;
  }

  get accessToken(): string | undefined {
    return this.#account.accessToken;
  }

  get status(): LinkStatus {
    return this.#link.status;
  }

  signIn(credentials: Parameters<Client["signIn"]>[0]): Promise<void> {
    return this.#account.signIn(credentials);
  }

  join(asked: Parameters<Client["join"]>[0], key?: string): Promise<Seat> {
    return this.#account.join(asked, key);
  }

  restore(): Promise<boolean> {
    return this.#account.restore();
  }

  adopt(tokens: Tokens): Promise<void> {
    return this.#account.adopt(tokens);
  }

  async signOut(): Promise<void> {
    this.close();
    await this.#account.signOut();
  }

  watch(actor: string, options: WatchOptions = {}): Watched {
    const known = this.#watched.get(actor);
    if (known !== undefined) {
      return known;
    }
    const watched = new Watched(actor, options, {
      link: this.#link,
      clock: this.#clock,
      ids: this.#ids,
      time: this.#time,
      onClose: () => void this.#watched.delete(actor),
    });
    this.#watched.set(actor, watched);
    if (this.#link.isConnected) {
      void watched.watch();
    } else {
      this.#link.connect();
    }
    return watched;
  }

  serverNow(): number {
    return this.#time.now();
  }

  drop(): void {
    this.#link.drop();
  }

  close(): void {
    for (const watched of this.#watched.values()) {
      watched.close();
    }
    this.#account.stop();
    this.#link.close();
  }

  #authenticate(token: string): void {
    if (this.#link.isConnected) {
      void this.#link.ask("authenticate", { token }, AUTHENTICATE_WITHIN_MS, () => true);
    } else {
      this.#link.renewed();
    }
  }

  #watchAll(): void {
    for (const watched of this.#watched.values()) {
      void watched.watch();
    }
  }

  #statusChanged(): void {
    if (!this.#link.isConnected) {
      for (const watched of this.#watched.values()) {
        watched.lost();
      }
    }
  }
}
