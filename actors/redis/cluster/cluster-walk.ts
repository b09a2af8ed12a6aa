/**
 * What is asked of all buckets of a cluster: first a look at each index, then a call to those
 * buckets that have what is sought.
 *
 * Invariants:
 * 1. `claim` and `dirty` are in order over all buckets that answer within `LOOK_MS`; those of a
 *    master that is away, or in motion, are left to the next call. They fail when none answers.
 * 2. `actors` leaves no bucket out: one that does not answer fails the page.
 */
import { type Address, addressKey, parseAddressKey } from "../../address.ts";
import type { Clock } from "../../clock.ts";
import {
  type ActorStore,
  type ClaimedItem,
  type DirtyActor,
  StoreUnreachable,
} from "../../store.ts";
import { pageOf } from "../bucket-walk.ts";
import type { Link } from "../link.ts";
import { BUCKETS, baseOf, bucketOf, indexKey } from "../names.ts";
import { decodeClaimed, decodeHeads, decodeScored, decodeTexts } from "../replies.ts";

/** A master that stands still must not keep what falls due elsewhere waiting. */
const LOOK_MS = 1_000;
/** Buckets of the walk that are asked at once. */
const WALK_AT_ONCE = 32;

const ALL: readonly number[] = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

export interface WalkParts {
  readonly clock: Clock;
  readonly node: string;
  readonly now: () => number;
  /** Throws `StoreUnreachable`; does not wait for a slot in motion. */
  readonly direct: (bucket: number) => Link;
  readonly patient: (bucket: number) => Link;
}

interface Found {
  readonly bucket: number;
  readonly member: string;
  readonly score: number;
}

export class ClusterWalk {
  readonly #parts: WalkParts;

  constructor(parts: WalkParts) {
    this.#parts = parts;
  }

  async claim(limit: number, leaseMs: number): Promise<readonly ClaimedItem[]> {
    const range = ["-inf", String(this.#parts.now()), "WITHSCORES", "LIMIT", "0", String(limit)];
    const due = await this.#look(limit, (bucket) => [
      "ZRANGEBYSCORE",
      indexKey(bucket, "agenda"),
      ...range,
    ]);
    const at = new Map(due.map(({ member }, place) => [member, place]));
    const place = ({ address, key }: ClaimedItem): number =>
      at.get(`${addressKey(address)} ${key}`) ?? due.length;
    const claimed = await this.#each(due, async (bucket, found) => {
      const args = [String(found.length), String(leaseMs), this.#parts.node];
      const keys = [indexKey(bucket, "agenda")];
      return decodeClaimed(await this.#parts.direct(bucket).call("claim", keys, args));
    });
    return claimed.toSorted((one, two) => place(one) - place(two));
  }

  async dirty(limit: number): Promise<readonly DirtyActor[]> {
    const waiting = await this.#look(limit, (bucket) => [
      "ZRANGE",
      indexKey(bucket, "dirty"),
      "0",
      String(limit - 1),
      "WITHSCORES",
    ]);
    const heads = await this.#each(waiting, async (bucket, found) => {
      const keys = found.map(({ member }) => `${baseOf(bucket)}a:${member}`);
      const points = decodeHeads(await this.#parts.direct(bucket).ask("heads", keys, []));
      return found.flatMap(({ member }, place) => {
        const point = points[place];
        return point === undefined ? [] : [[member, point] as const];
      });
    });
    const byMember = new Map(heads);
    return waiting.flatMap(({ member, score: since }) => {
      const point = byMember.get(member);
      const address: Address = parseAddressKey(member);
      return point === undefined ? [] : [{ address, head: point.head, seq: point.seq, since }];
    });
  }

  /** In the order of one Redis: by bucket, then by name. */
  async actors(cursor: string | undefined, limit: number): ReturnType<ActorStore["actors"]> {
    const met: string[] = [];
    const from = cursor === undefined ? 0 : bucketOf(cursor);
    for (let first = from; first < BUCKETS && met.length < limit; first += WALK_AT_ONCE) {
      const pages = ALL.slice(first, first + WALK_AT_ONCE).map(async (bucket) => {
        const after = cursor !== undefined && bucket === from ? cursor : "";
        const keys = [indexKey(bucket, "actors")];
        const link = this.#parts.patient(bucket);
        return decodeTexts(await link.ask("walk", keys, [String(limit), after]));
      });
      met.push(...(await Promise.all(pages)).flat());
    }
    return pageOf(met.slice(0, limit), limit);
  }

  /** The lowest `limit` of what all buckets hold. */
  async #look(
    limit: number,
    command: (bucket: number) => readonly string[],
  ): Promise<readonly Found[]> {
    const looks = ALL.map((bucket) =>
      this.#within(async () => {
        const reply = await this.#parts.direct(bucket).send(command(bucket));
        return decodeScored(reply).map(([member, score]) => ({ bucket, member, score }));
      }),
    );
    const answered = (await Promise.all(looks)).filter((found) => found !== undefined);
    if (answered.length === 0) {
      throw new StoreUnreachable("no bucket of the cluster answers");
    }
    return answered
      .flat()
      .toSorted((one, two) => one.score - two.score || (one.member < two.member ? -1 : 1))
      .slice(0, limit);
  }

  async #each<T>(
    all: readonly Found[],
    work: (bucket: number, found: readonly Found[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const buckets = [...Map.groupBy(all, ({ bucket }) => bucket)];
    const done = await Promise.all(
      buckets.map(([bucket, found]) => this.#within(() => work(bucket, found))),
    );
    return done.flatMap((each) => each ?? []);
  }

  /** Undefined: it did not answer in time, or not as was hoped; the next call asks again. */
  #within<T>(work: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const disarm = this.#parts.clock.after(LOOK_MS, () => resolve(undefined));
      work()
        .then(resolve, () => resolve(undefined))
        .finally(disarm);
    });
  }
}
