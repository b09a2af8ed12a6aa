/**
 * The actor runtime: what the doors may ask of actors.
 */
import type { Living, Message } from "../machines/living.ts";
import type { Principal } from "../machines/principal.ts";
import type { Refusal } from "../machines/refusal.ts";
import type { Address } from "./address.ts";
import type { ActorRecord } from "./envelope.ts";

/** An actor at one seq. `living` is immutable. */
export interface Look {
  readonly epoch: string;
  readonly seq: number;
  readonly at: number;
  readonly living: Living;
}

/** Who goes first when a mailbox has a queue, and whom its bound applies to. */
export type Rank = "system" | "host" | "class";

export interface Incoming {
  readonly by: Principal;
  readonly message: Message;
  readonly rank: Rank;
  /** The client's command id; absent: never a duplicate. */
  readonly id?: string;
  /** Refuse `moved-on` if the actor is further than this. */
  readonly expectedSeq?: number;
}

export type Reply =
  | {
      readonly kind: "accepted";
      /** The record that the command made: now, or the first time when `duplicate`. */
      readonly record: ActorRecord;
      readonly duplicate: boolean;
      /** Right after the record; of now when `duplicate`. */
      readonly look: Look;
    }
  /** `look` is the actor as it was when the refusal was confirmed. */
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly look: Look }
  | { readonly kind: "absent" };

export interface Follower {
  /** In seq order without a gap, beginning right after the seq that `follow` answered with. */
  readonly onRecord: (record: ActorRecord) => void;
  /** The chain was broken or another epoch began: look again and start from there. */
  readonly onReset: () => void;
}

export interface Runtime {
  /** Makes the actor; its first record is `message`. Refused `not-accepted` if it exists. */
  birth(address: Address, message: Message, by: Principal): Promise<Reply>;
  /** Resolves when the outcome is durable. Throws `StoreUnreachable` when it is not known. */
  send(address: Address, incoming: Incoming): Promise<Reply>;
  /** The actor at the store's current version; undefined: there is none. */
  look(address: Address): Promise<Look | undefined>;
  /** Records with seq > `after`, oldest first; from the archive where the store has them no more. */
  records(address: Address, after: number, limit: number): Promise<readonly ActorRecord[]>;
  /** The look is taken after the subscription stands: nothing falls between the two. */
  follow(
    address: Address,
    follower: Follower,
  ): Promise<{ readonly look: Look; readonly stop: () => void } | undefined>;
  start(): Promise<void>;
  /** Finishes turns, flushes the journal; nothing is accepted any more. */
  stop(): Promise<void>;
}
