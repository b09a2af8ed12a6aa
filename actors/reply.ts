/** What is asked of an actor, and what is answered: the words between the doors and the runtime. */
import type { Json } from "../machines/json.ts";
import type { Living, Message } from "../machines/living.ts";
import type { Principal } from "../machines/principal.ts";
import type { Refusal } from "../machines/refusal.ts";
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
  /** What the client sent under that id, where the message is more than that. */
  readonly content?: Json;
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
  /** `look` is the actor as it was when the refusal was confirmed; none if it was not asked. */
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly look?: Look }
  | { readonly kind: "absent" };

export interface Follower {
  /** In seq order without a gap, beginning right after the seq that `follow` answered with. */
  readonly onRecord: (record: ActorRecord) => void;
  /** The chain was broken or another epoch began: look again and start from there. */
  readonly onReset: () => void;
}
