/**
 * The history: everything that clients did and heard, as it is checked afterwards.
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Look, Reply } from "../../actors/reply.ts";
import type { Json } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";

/** An actor as it was shown, at the time when it was. */
export interface Shown {
  readonly seq: number;
  readonly snapshot: Json;
}

export function shownOf(look: Look): Shown;
export function shownOf(look: Look | undefined): Shown | undefined;
export function shownOf(look: Look | undefined): Shown | undefined {
  return look && { seq: look.seq, snapshot: look.living.persist() };
}

/** When something was begun and when its answer came, in steps of the schedule. */
export interface Span {
  readonly sentStep: number;
  readonly step: number;
}

/** What a client was told of one sending; the span is of that sending, not of the first. */
export type Told = Span &
  (
    | {
        readonly kind: "accepted";
        readonly record: ActorRecord;
        readonly duplicate: boolean;
        readonly look: Shown;
      }
    | { readonly kind: "refused"; readonly code: string; readonly look: Shown | undefined }
    | { readonly kind: "absent" }
  );

/** One command under one id, however often it was sent. */
export interface Sent {
  readonly name: string;
  readonly address: Address;
  readonly by: Principal;
  readonly message: Message;
  readonly expectedSeq: number | undefined;
  /** The same id was used for another command before. */
  readonly reuses: Sent | undefined;
  readonly firstStep: number;
  readonly told: Told[];
}

export interface Looked extends Span {
  readonly address: Address;
  /** Undefined: told that there is no such actor. */
  readonly look: Shown | undefined;
}

/** A page of records that somebody asked for. */
export interface Paged extends Span {
  readonly address: Address;
  readonly after: number;
  readonly limit: number;
  readonly records: readonly ActorRecord[];
}

export interface Watched {
  readonly name: string;
  readonly address: Address;
  /** Where it began: the first record it may hear is the one after. */
  readonly begunAt: number;
  readonly heard: ActorRecord[];
  /** When it heard each. */
  readonly heardSteps: number[];
  resumes: number;
}

export class History {
  readonly sent: Sent[] = [];
  readonly looked: Looked[] = [];
  readonly paged: Paged[] = [];
  readonly watched: Watched[] = [];
  /** When each actor's birth was acknowledged. */
  readonly born: { readonly address: Address; readonly step: number }[] = [];
}

/** Codes that say "not now"; everything else is what became of the command. */
const NOT_NOW = new Set(["busy", "draining", "unavailable"]);

/** What a reply tells of the command; undefined: nothing, it is to be sent again. */
export function toldOf(reply: Reply, span: Span): Told | undefined {
  switch (reply.kind) {
    case "accepted": {
      const { record, duplicate, look } = reply;
      return { kind: "accepted", ...span, record, duplicate, look: shownOf(look) };
    }
    case "refused": {
      const { code } = reply.refusal;
      return NOT_NOW.has(code)
        ? undefined
        : { kind: "refused", ...span, code, look: shownOf(reply.look) };
    }
    case "absent":
      return { kind: "absent", ...span };
  }
}
