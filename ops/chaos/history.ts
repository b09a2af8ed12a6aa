/**
 * The history: what every client sent, was told and saw, and the logs that it is judged by.
 *
 * Times are milliseconds of one monotonic clock, that of the process which holds all clients.
 */

/** One command under one id, however often the client library sent it. */
export interface Operation {
  /** `session/<id>`. */
  readonly actor: string;
  readonly type: string;
  /** The id as the log has it: scoped to who sent it, and hashed. */
  readonly idKey: string;
  readonly sentAt: number;
  readonly door: "socket" | "http";
  /** Sent once more after its acknowledgement, through the other door. */
  readonly isRepeat: boolean;
  told: Told | undefined;
}

export type Told =
  | { readonly kind: "acknowledged"; readonly at: number; readonly seq: number }
  /** The rules said no, which is an answer. */
  | { readonly kind: "refused"; readonly at: number; readonly code: string }
  /** Its caller was left with an error. */
  | { readonly kind: "failed"; readonly at: number; readonly why: string };

export type Heard =
  | { readonly kind: "record"; readonly seq: number }
  /** Starts from a view of this seq: also the first thing that a watcher hears. */
  | { readonly kind: "reset"; readonly seq: number };

export interface Watcher {
  readonly actor: string;
  readonly name: string;
  readonly heard: Heard[];
  /** Whole answers of a reader: when each was asked for, and how far it went. */
  readonly reads?: Read[];
}

export interface Read {
  readonly askedAt: number;
  readonly seq: number;
}

/** A watcher, and the seqs that it may see, as the finished log gives them out. */
export interface JudgedWatcher extends Watcher {
  readonly visible: readonly number[];
}

export interface LoggedRecord {
  readonly seq: number;
  /** Absent: the platform's own. */
  readonly idKey?: string;
}

/** What became of an actor. */
export type Log =
  | { readonly kind: "served"; readonly records: readonly LoggedRecord[] }
  /**
   * Nobody is served from it any more, and whoever asks is told so. `reason` is the journal's for
   * keeping it apart; undefined: it is not, and should have been served.
   */
  | { readonly kind: "refused"; readonly code: string; readonly reason: string | undefined };

export interface Evidence {
  readonly operations: readonly Operation[];
  readonly watchers: readonly JudgedWatcher[];
  readonly logs: ReadonlyMap<string, Log>;
}
