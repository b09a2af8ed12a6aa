/**
 * Names in Redis: buckets, keys and channels.
 *
 * Owns the layout that `names.lua` describes. Invariants:
 * 1. All keys of one actor, with its part of every index, share the hash tag of one bucket, so one
 *    function reaches them all, on one Redis as on a cluster.
 * 2. An address stays in its bucket for ever: the hash is CRC-32, and there are 256 buckets.
 */
import { type Address, addressKey } from "../address.ts";

export const BUCKETS = 256;

export type Index = "agenda" | "dirty" | "actors";

export function bucketOf(addressKey: string): number {
  return Bun.hash.crc32(addressKey) % BUCKETS;
}

export function baseOf(bucket: number): string {
  return `tb:{b${String(bucket).padStart(3, "0")}}:`;
}

export function indexKey(bucket: number, index: Index): string {
  return baseOf(bucket) + index;
}

export function beatsKey(bucket: number): string {
  return `${baseOf(bucket)}beats`;
}

/** Of any key or channel of an actor or an index. */
export function bucketOfName(name: string): number {
  return Number(name.slice("tb:{b".length, "tb:{b000".length));
}

export interface Place {
  readonly address: string;
  readonly bucket: number;
  readonly actor: string;
  readonly log: string;
  readonly channel: string;
  readonly kept: string;
}

export function placeOf(address: Address): Place {
  const key = addressKey(address);
  const bucket = bucketOf(key);
  const base = baseOf(bucket);
  const [actor, log] = [`${base}a:${key}`, `${base}l:${key}`];
  const [channel, kept] = [`${base}c:${key}`, `${base}k:${key}`];
  return { address: key, bucket, actor, log, channel, kept };
}

/** Every key that a function of this actor may touch, the actor's own first. */
export function keysOf({ address, bucket, actor, log }: Place): readonly string[] {
  const base = baseOf(bucket);
  const own = ["d", "i", "o", "t", "k"].map((part) => `${base}${part}:${address}`);
  return [actor, log, ...own, `${base}agenda`, `${base}dirty`, `${base}actors`];
}
