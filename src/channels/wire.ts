/**
 * The words of the wire, version 1: what the server says, and how an event is typed in Socket.IO.
 *
 * Within a version fields and reasons may be added; clients ignore what they do not know.
 */
import type { Socket } from "socket.io";
import type { StateValue } from "xstate";
import type { SeenFact } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";

/** Sent as `v` in the handshake's `auth`; absent means 1. */
export const VERSIONS_SUPPORTED = [1] as const;

/** `unavailable`: the actor cannot be served now, because of damage or a fault on our side. */
export type UnwatchReason = "removed" | "denied" | "superseded" | "unavailable";
export type ByeReason = "expired" | "suspended" | "draining" | "slow";

export interface RecordDocument {
  readonly actor: string;
  readonly seq: number;
  readonly at: string;
  readonly facts: readonly SeenFact[];
  readonly state: StateValue;
  readonly can: readonly string[];
}

export interface ResetDocument {
  readonly actor: string;
  readonly seq: number;
  /** Seqs of another epoch say nothing here: send it back with `after`. */
  readonly epoch: string;
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly view: JsonObject;
  readonly now: string;
}

export interface DeltaDocument extends JsonObject {
  readonly actor: string;
  readonly of: string;
}

export interface UnwatchedDocument {
  readonly actor: string;
  readonly reason: UnwatchReason;
}

export interface ByeDocument {
  readonly reason: ByeReason;
  readonly retryAfterMs?: number;
}

export interface Outbound {
  record: (document: RecordDocument) => void;
  reset: (document: ResetDocument) => void;
  delta: (document: DeltaDocument) => void;
  unwatched: (document: UnwatchedDocument) => void;
  bye: (document: ByeDocument) => void;
}

/** Nothing about what arrives is known before `inbound.ts` has looked at it. */
type Untrusted = (...args: unknown[]) => void;

export interface Inbound {
  watch: Untrusted;
  unwatch: Untrusted;
  send: Untrusted;
  authenticate: Untrusted;
  "too-large": Untrusted;
}

/** The same for Socket.IO's types, which cannot be generic over the event; see `Emit`. */
export interface Emitted {
  [event: string]: (document: object) => void;
}

export type ChannelSocket = Socket<Inbound, Emitted>;
