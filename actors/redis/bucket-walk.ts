/** What is asked of all buckets where one Redis has them: who is due, dirty, and there. */
import { addressKey, parseAddressKey } from "../address.ts";
import type { ActorStore, ClaimedItem, DirtyActor } from "../store.ts";
import type { Connection } from "./connection.ts";
import { BUCKETS, type Index, bucketOf, indexKey } from "./names.ts";
import { decodeClaimed, decodeDirty, decodeTexts } from "./replies.ts";

const ALL: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

export class BucketWalk {
  readonly #connection: Connection;
  readonly #node: string;

  constructor(connection: Connection, node: string) {
    this.#connection = connection;
    this.#node = node;
  }

  async claim(limit: number, leaseMs: number): Promise<readonly ClaimedItem[]> {
    const args = [String(limit), String(leaseMs), this.#node];
    return decodeClaimed(await this.#connection.call("claim", keysOf(ALL, "agenda"), args));
  }

  async dirty(limit: number): Promise<readonly DirtyActor[]> {
    return decodeDirty(await this.#connection.ask("dirty", keysOf(ALL, "dirty"), [String(limit)]));
  }

  /** The cursor is the last address met: buckets are walked in order, and each by name. */
  async actors(cursor: string | undefined, limit: number): ReturnType<ActorStore["actors"]> {
    const from = cursor === undefined ? 0 : bucketOf(cursor);
    const keys = keysOf(ALL.slice(from), "actors");
    const reply = await this.#connection.ask("walk", keys, [String(limit), cursor ?? ""]);
    return pageOf(decodeTexts(reply), limit);
  }
}

/** The page of a walk that met these, in order, and would have gone on up to `limit`. */
export function pageOf(
  found: readonly string[],
  limit: number,
): Awaited<ReturnType<ActorStore["actors"]>> {
  const addresses = found.map(parseAddressKey);
  const last = addresses.at(-1);
  const more = found.length === limit && last !== undefined;
  return { addresses, cursor: more ? addressKey(last) : undefined };
}

function keysOf(buckets: readonly number[], index: Index): readonly string[] {
  return buckets.map((bucket) => indexKey(bucket, index));
}
