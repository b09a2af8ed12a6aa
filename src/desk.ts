/**
 * The desk: what both doors do with a caller's word, before and after the actors.
 *
 * Owns: command parsing against the machine's schemas, who may address what, acknowledgement
 * documents. HTTP and channels add only their own framing, so they cannot disagree.
 */
import type { ActorId, TenantId } from "../machines/ids.ts";
import type { JsonObject } from "../machines/json.ts";
import type { StateValue } from "xstate";
import type { SeenFact } from "../machines/fact.ts";
import type { Principal, Standing } from "../machines/principal.ts";
import type { ActorRecord } from "../actors/envelope.ts";
import type { Look } from "../actors/runtime.ts";
import type { Problem } from "./problem.ts";

/** Who calls: out of a verified token. Guests and boards are bound to one session. */
export interface Caller {
  readonly tenantId: TenantId;
  readonly principal: Principal;
  readonly boundTo?: ActorId;
  /** When the token expires, ms. */
  readonly expiresAt: number;
}

export type Answered<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly problem: Problem };

export interface Acknowledgement {
  readonly seq: number;
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly facts: readonly SeenFact[];
  readonly duplicate: boolean;
  readonly now: string;
}

export interface Seen {
  /** `session/<id>` */
  readonly actor: string;
  readonly seq: number;
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly view: JsonObject;
  readonly now: string;
}

export interface SeenRecord {
  readonly seq: number;
  readonly at: string;
  readonly facts: readonly SeenFact[];
}

export interface SeenRecords {
  readonly items: readonly SeenRecord[];
  readonly next: string | null;
  readonly seq: number;
  readonly now: string;
}

export interface SendInput {
  /** `session/<id>` as the client wrote it. */
  readonly actor: string;
  readonly id?: string;
  /** Untrusted: `{ type, … }`, perhaps with `expectedSeq`. */
  readonly command: unknown;
}

export interface Desk {
  send(caller: Caller, input: SendInput): Promise<Answered<Acknowledgement>>;
  look(caller: Caller, actor: string): Promise<Answered<Seen>>;
  records(
    caller: Caller,
    actor: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<Answered<SeenRecords>>;
  /** A look as this caller sees it; undefined when the actor is not theirs. */
  seen(caller: Caller, actor: string, look: Look): Seen | undefined;
  /** A record as somebody of this standing sees it; undefined when none of its facts reaches him. */
  seenRecord(record: ActorRecord, standing: Standing): SeenRecord | undefined;
}
