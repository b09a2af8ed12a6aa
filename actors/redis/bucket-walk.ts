/**
 * What is asked of all buckets: who falls due, who is dirty, who is there.
 *
 * One Redis answers for all 256 buckets in one call. On a cluster each bucket is a call of its own:
 * that is the one thing that changes here, `GROUPS`.
 */
import { addressKey, parseAddressKey } from "../address.ts";
import type { ActorStore, ClaimedItem, DirtyActor } from "../store.ts";
import type { Connection } from "./connection.ts";
import { BUCKETS, type Index, bucketOf, indexKey } from "./names.ts";
import { decodeClaimed, decodeDirty, decodeTexts } from "./replies.ts";

const ALL: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

/** Buckets that one call may ask. */
const GROUPS: readonly (readonly number[])[] = [ALL];

export class BucketWalk {
  readonly #connection: Connection;
  readonly #node: string;

  constructor(connection: Connection, node: string) {
    this.#connection = connection;
    this.#node = node;
  }

  claim(limit: number, leaseMs: number): Promise<readonly ClaimedItem[]> {
    return gather(limit, async (buckets, left) => {
      const args = [String(left), String(leaseMs), this.#node];
      return decodeClaimed(await this.#connection.call("claim", keysOf(buckets, "agenda"), args));
    });
  }

  dirty(limit: number): Promise<readonly DirtyActor[]> {
    return gather(limit, async (buckets, left) =>
      decodeDirty(await this.#connection.ask("dirty", keysOf(buckets, "dirty"), [String(left)])),
    );
  }

  /** The cursor is the last address met: buckets are walked in order, and each by name. */
  async actors(cursor: string | undefined, limit: number): ReturnType<ActorStore["actors"]> {
    const from = cursor === undefined ? 0 : bucketOf(cursor);
    const found = await gather(limit, async (group, left) => {
      const buckets = group.filter((bucket) => bucket >= from);
      const after = cursor !== undefined && buckets[0] === from ? cursor : "";
      const keys = keysOf(buckets, "actors");
      return decodeTexts(await this.#connection.ask("walk", keys, [String(left), after]));
    });
    const addresses = found.map(parseAddressKey);
    const last = addresses.at(-1);
    const more = found.length === limit && last !== undefined;
    return { addresses, cursor: more ? addressKey(last) : undefined };
  }
}

async function gather<T>(
  limit: number,
  ask: (buckets: readonly number[], left: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (const buckets of GROUPS) {
    if (found.length < limit) {
      found.push(...(await ask(buckets, limit - found.length)));
    }
  }
  return found;
}

function keysOf(buckets: readonly number[], index: Index): readonly string[] {
  return buckets.map((bucket) => indexKey(bucket, index));
}
