/**
 * The account: who the client is, with tokens that stay fresh by themselves.
 *
 * Owns the refresh token and the timer that renews the access token before it expires. Invariants:
 * 1. One refresh at a time, however many ask for it.
 * 2. What the storage has is newer than what this client has: another tab may have renewed it.
 * 3. A refresh token that the server does not know any more is forgotten, and `onSignedOut` is
 *    called once; a server that cannot be reached changes nothing.
 */
import type { Clock } from "../../actors/clock.ts";
import type { Http } from "./http.ts";
import { ProblemError } from "./problems.ts";

/** Renewed this long before expiry: a slow network still makes it. */
const EARLY_MS = 60_000;
/** A token is never renewed more often than this. */
const PERIOD_MS_MIN = 5_000;

const ANONYMOUS = { anonymous: true } as const;

/** Where a refresh token outlives a closed tab. */
export interface TokenStorage {
  load(): string | undefined | Promise<string | undefined>;
  /** Undefined: forget it. */
  save(refreshToken: string | undefined): void | Promise<void>;
}

export interface User {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
}

export interface Seat {
  readonly sessionId: string;
  readonly participantId: string;
  readonly name: string;
  readonly status: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken?: string;
  readonly expiresInS?: number;
}

/** What every way in answers; a signed-in user who joins keeps the tokens that he has. */
interface Granted extends Partial<Seat> {
  readonly accessToken?: string;
  readonly refreshToken?: string;
  readonly expiresInS?: number;
  readonly user?: User;
}

export interface AccountParts {
  readonly http: () => Http;
  readonly clock: Clock;
  readonly storage: TokenStorage;
  readonly onToken: (accessToken: string) => void;
  readonly onSignedOut: () => void;
}

export class Account {
  readonly #parts: AccountParts;
  #accessToken: string | undefined;
  #refreshToken: string | undefined;
  #user: User | undefined;
  #seat: Seat | undefined;
  #refreshing: Promise<string | undefined> | undefined;
  #stopTimer: () => void = () => {};

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  get accessToken(): string | undefined {
    return this.#accessToken;
  }

  get user(): User | undefined {
    return this.#user;
  }

  get seat(): Seat | undefined {
    return this.#seat;
  }

  async signIn(credentials: {
    readonly tenant: string;
    readonly email: string;
    readonly password: string;
  }): Promise<void> {
    await this.#take(
      await this.#parts.http().post<Granted>("/auth/sign-in", credentials, ANONYMOUS),
    );
  }

  /**
   * By code and name for a guest; by code for who is signed in; by code and pin for a lost seat.
   */
  async join(
    asked: { readonly code: string; readonly name?: string; readonly pin?: string },
    key?: string,
  ): Promise<Seat> {
    const options = { anonymous: this.#user === undefined, ...(key === undefined ? {} : { key }) };
    const granted = await this.#parts.http().post<Granted>("/join", asked, options);
    await this.#take(granted);
    const seat = seatOf(granted);
    if (seat === undefined) {
      throw new TypeError("expected a seat in the answer to a join");
    }
    return seat;
  }

  /** From the stored refresh token; false: there is none, or it is not good any more. */
  async restore(): Promise<boolean> {
    this.#refreshToken ??= await this.#parts.storage.load();
    return this.#refreshToken !== undefined && (await this.refresh()) !== undefined;
  }

  /** A fresh access token; undefined: signed out, or the server cannot be reached now. */
  refresh(): Promise<string | undefined> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Tokens that were made for this client elsewhere: a board's. */
  adopt(granted: Tokens): Promise<void> {
    return this.#take(granted);
  }

  async signOut(): Promise<void> {
    const refreshToken = this.#refreshToken;
    if (refreshToken !== undefined) {
      await this.#parts.http().post("/auth/sign-out", { refreshToken }, ANONYMOUS);
    }
    await this.#forget();
  }

  /** Renews nothing any more. */
  stop(): void {
    this.#stopTimer();
  }

  async #refresh(): Promise<string | undefined> {
    const refreshToken = (await this.#parts.storage.load()) ?? this.#refreshToken;
    if (refreshToken === undefined) {
      return undefined;
    }
    this.#refreshToken = refreshToken;
    try {
      const asked = this.#parts.http().post<Granted>("/auth/refresh", { refreshToken }, ANONYMOUS);
      await this.#take(await asked);
      return this.#accessToken;
    } catch (error) {
      if (!(error instanceof ProblemError)) {
        throw error;
      }
      if (error.problem.status === 401) {
        await this.#forget();
      } else {
        this.#schedule(PERIOD_MS_MIN);
      }
      return undefined;
    }
  }

  async #take(granted: Granted): Promise<void> {
    this.#user = granted.user ?? this.#user;
    this.#seat = seatOf(granted) ?? this.#seat;
    if (granted.accessToken === undefined) {
      return;
    }
    this.#accessToken = granted.accessToken;
    if (granted.refreshToken !== undefined && granted.refreshToken !== this.#refreshToken) {
      this.#refreshToken = granted.refreshToken;
      await this.#parts.storage.save(granted.refreshToken);
    }
    this.#schedule((granted.expiresInS ?? 0) * 1_000 - EARLY_MS);
    this.#parts.onToken(granted.accessToken);
  }

  #schedule(inMs: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.after(Math.max(PERIOD_MS_MIN, inMs), () => {
      void this.refresh();
    });
  }

  async #forget(): Promise<void> {
    this.#stopTimer();
    this.#accessToken = undefined;
    this.#refreshToken = undefined;
    this.#user = undefined;
    this.#seat = undefined;
    await this.#parts.storage.save(undefined);
    this.#parts.onSignedOut();
  }
}

function seatOf({ sessionId, participantId, name, status }: Granted): Seat | undefined {
  return sessionId === undefined || participantId === undefined
    ? undefined
    : { sessionId, participantId, name: name ?? "", status: status ?? "" };
}
