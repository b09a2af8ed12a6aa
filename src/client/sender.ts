/**
 * Sending commands so that each has one effect, whatever happens on the way.
 *
 * Owns the command ids. A command that saw no acknowledgement is sent again under its id, on
 * whichever connection there is; the server answers with the one result. Invariants:
 * 1. One command of a sender is on its way at a time: they arrive in the order of `send`.
 * 2. An answer is an acceptance or a refusal that will not pass by itself.
 */
import type { Clock, Ids } from "../../actors/clock.ts";
import type { Link } from "./link.ts";
import { ProblemError, Unanswered, isPassing } from "./problems.ts";
import type { ServerTime } from "./server-time.ts";
import { type Acknowledged, type RefusedAnswer, parseSent } from "./wire.ts";

/** Ten times what the slowest store takes; by then the acknowledgement itself was lost. */
const ANSWER_WITHIN_MS = 5_000;
/** Longer than a restart of the server; after it a person should know. */
const DEADLINE_MS = 30_000;
/** How soon to look again for a connection that is coming back. */
const RECONNECT_POLL_MS = 50;
const WAIT_MS = 500;
/** More waiting commands than this are a program's mistake. */
const WAITING_MAX = 100;

export interface SendOptions {
  /** Without one a new id is made; give one to send again what another program began. */
  readonly id?: string;
  readonly deadlineMs?: number;
}

interface SenderParts {
  readonly link: Link;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly time: ServerTime;
}

export class Sender {
  readonly #actor: string;
  readonly #parts: SenderParts;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(actor: string, parts: SenderParts) {
    this.#actor = actor;
    this.#parts = parts;
  }

  async send(
    command: object,
    { id = this.#parts.ids.next(), deadlineMs = DEADLINE_MS }: SendOptions,
  ): Promise<Acknowledged | RefusedAnswer> {
    if (this.#waiting >= WAITING_MAX) {
      throw new RangeError(`expected at most ${WAITING_MAX} commands that wait for an answer`);
    }
    this.#waiting += 1;
    const until = this.#parts.clock.now() + deadlineMs;
    const turn = this.#last.then(() => this.#deliver({ id, command }, until));
    this.#last = turn.catch(() => undefined);
    try {
      const answer = await turn;
      if (answer === undefined) {
        throw new Unanswered(id, deadlineMs);
      }
      return answer;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #deliver(
    what: { readonly id: string; readonly command: object },
    until: number,
  ): Promise<Acknowledged | RefusedAnswer | undefined> {
    const { clock, link, time } = this.#parts;
    const actor = this.#actor;
    for (let left = until - clock.now(); left > 0; left = until - clock.now()) {
      if (link.status === "refused") {
        throw new ProblemError(NOT_CONNECTED);
      }
      const askedAt = clock.now();
      const within = Math.min(ANSWER_WITHIN_MS, left);
      const read = await link.ask("send", { actor, ...what }, within, parseSent);
      if (read?.ok === true) {
        time.heard(askedAt, read.now);
        return read;
      }
      if (read !== undefined && !isPassing(read.problem)) {
        return read;
      }
      const waitMs = link.isConnected ? (read?.problem.retryAfterMs ?? WAIT_MS) : RECONNECT_POLL_MS;
      await new Promise<void>((resolve) => void clock.after(waitMs, resolve));
    }
    return undefined;
  }
}

const NOT_CONNECTED = {
  type: "/problems/unauthenticated",
  title: "A valid token is needed",
  status: 401,
  code: "unauthenticated",
  detail: "The server refused the connection; sign in again.",
} as const;
