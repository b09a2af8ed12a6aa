/**
 * The beats of nodes, on more than one master: a dead master must not make every node look dead.
 *
 * Invariants: a beat is on most of the beats' buckets before it counts, and most of them are read
 * before anyone is judged by them, so that who reads meets the newest beat. One whose master was
 * emptied is not read.
 */
import { type NodeBeat, StoreUnreachable } from "../../store.ts";
import type { Link } from "../link.ts";
import { beatsKey } from "../names.ts";
import { decodeBeatAt, decodeBeats } from "../replies.ts";

/**
 * Their slots (1,628, 4,940, 8,148, 11,449 and 14,761) lie evenly over the ring: of three masters
 * or more that share it in equal parts, none has three of them.
 */
const BEAT_BUCKETS: readonly number[] = [114, 250, 195, 200, 144];
const MOST = 3;

interface Places {
  of(bucket: number): Link;
  /** Throws when the bucket's master lost what it held. */
  check(bucket: number): Promise<void>;
}

export class Beats {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** The earliest of the times at which most have it: who trusts it trusts it too short. */
  async beat(node: string, reads: readonly string[]): Promise<number> {
    const ask = async (link: Link, key: string): Promise<number> =>
      decodeBeatAt(await link.call("beat", [key], [node, reads.join(" ")]));
    return Math.min(...(await most(this.#all(ask))));
  }

  async nodes(): Promise<readonly NodeBeat[]> {
    const read = await most(
      this.#all(async (link, key, bucket) => {
        const beats = decodeBeats(await link.send(["HGETALL", key]));
        await this.#places.check(bucket);
        return beats;
      }),
    );
    const newest = new Map<string, NodeBeat>();
    for (const beat of read.flat()) {
      const before = newest.get(beat.node);
      newest.set(beat.node, before !== undefined && before.beatAt > beat.beatAt ? before : beat);
    }
    return [...newest.values()];
  }

  /** A bucket that is away keeps the node, which is then forgotten once more. */
  async forget(node: string, beatAt: number): Promise<boolean> {
    const forgetting = this.#all(
      async (link, key) => (await link.call("forget", [key], [node, String(beatAt)])) === "done",
    );
    await Promise.allSettled(forgetting);
    return (await most(forgetting)).some(Boolean);
  }

  #all<T>(ask: (link: Link, key: string, bucket: number) => Promise<T>): readonly Promise<T>[] {
    return BEAT_BUCKETS.map((bucket) => ask(this.#places.of(bucket), beatsKey(bucket), bucket));
  }
}

/** As soon as most have answered: a master that stands still must not hold up the beat. */
function most<T>(asked: readonly Promise<T>[]): Promise<readonly T[]> {
  return new Promise((resolve, reject) => {
    const done: T[] = [];
    let failed = 0;
    for (const each of asked) {
      each.then(
        (value) => {
          done.push(value);
          if (done.length === MOST) {
            resolve([...done]);
          }
        },
        (cause: unknown) => {
          failed += 1;
          if (failed > asked.length - MOST) {
            const sentence = `expected ${MOST} buckets of beats, ${failed} do not answer`;
            reject(new StoreUnreachable(sentence, { cause }));
          }
        },
      );
    }
  });
}
