/**
 * Who follows which actor in this process, and what each of them is told.
 *
 * Invariants:
 * 1. Followers hear of records in the order of their commits, once each.
 * 2. An actor that comes back with another head than the one followed so far is a reset.
 */
import { type Address, addressKey } from "../address.ts";
import type { Log } from "../clock.ts";
import type { Head, StoredRecord, Subscription } from "../store.ts";

interface Followed {
  readonly followers: Set<Subscription>;
  /** The head of the last commit heard; undefined until the actor has been seen. */
  head: Head | undefined;
}

export class Subscriptions {
  readonly #log: Log;
  readonly #byActor = new Map<string, Followed>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** `head` is the actor's now; undefined: it is not here. */
  add(address: Address, subscription: Subscription, head: Head | undefined): () => void {
    const key = addressKey(address);
    const followed = this.#byActor.get(key) ?? { followers: new Set(), head };
    this.#byActor.set(key, followed);
    const own = { ...subscription };
    followed.followers.add(own);
    return () => {
      followed.followers.delete(own);
      if (followed.followers.size === 0 && this.#byActor.get(key) === followed) {
        this.#byActor.delete(key);
      }
    };
  }

  committed(key: string, head: Head, records: () => readonly StoredRecord[]): void {
    const followed = this.#byActor.get(key);
    if (followed !== undefined) {
      const told = records();
      followed.head = head;
      this.#tell(key, followed, (follower) => follower.onRecords(told));
    }
  }

  installed(key: string, head: Head): void {
    const followed = this.#byActor.get(key);
    if (followed !== undefined) {
      const before = followed.head;
      followed.head = head;
      if (before !== undefined && before !== head) {
        this.#tell(key, followed, (follower) => follower.onReset());
      }
    }
  }

  clear(): void {
    this.#byActor.clear();
  }

  /** One follower's bug must not keep the record from the others, nor fail the commit. */
  #tell(address: string, { followers }: Followed, tell: (follower: Subscription) => void): void {
    for (const follower of Array.from(followers)) {
      try {
        tell(follower);
      } catch (error) {
        this.#log.error("subscriber.threw", { address, error });
      }
    }
  }
}
