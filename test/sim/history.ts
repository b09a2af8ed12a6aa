/**
 * The history: everything that clients did and heard, as it is checked afterwards.
 */
import type { Address } from "../../actors/address.ts";
import type { ActorRecord } from "../../actors/envelope.ts";
import type { Json } from "../../machines/json.ts";
import type { Message } from "../../machines/living.ts";
import type { Principal } from "../../machines/principal.ts";

/** What a client was told of one sending. Steps are the schedule's. */
export type Told =
  | {
      readonly kind: "accepted";
      readonly step: number;
      readonly record: ActorRecord;
      readonly duplicate: boolean;
      readonly lookSeq: number;
    }
  | {
      readonly kind: "refused";
      readonly step: number;
      readonly code: string;
      readonly lookSeq: number | undefined;
      /** Of the sending that was answered, not of the first. */
      readonly sentStep: number;
    }
  | { readonly kind: "absent"; readonly step: number };

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

export interface Looked {
  readonly address: Address;
  readonly sentStep: number;
  readonly step: number;
  /** Undefined: told that there is no such actor. */
  readonly seq: number | undefined;
  readonly snapshot: Json | undefined;
}

export interface Watched {
  readonly name: string;
  readonly address: Address;
  /** Where it began: the first record it may hear is the one after. */
  readonly begunAt: number;
  readonly heard: ActorRecord[];
  resumes: number;
}

export class History {
  readonly sent: Sent[] = [];
  readonly looked: Looked[] = [];
  readonly watched: Watched[] = [];
  /** When each actor's birth was acknowledged. */
  readonly born: { readonly address: Address; readonly step: number }[] = [];
}
