/** Slots of a cluster: which one a bucket's hash tag falls into, and who has it. */
import { BUCKETS } from "../names.ts";
import type { SlotRange } from "../replies.ts";

export const SLOTS = 16_384;
/** CRC-16/XMODEM, by which Redis hashes a tag. */
const POLYNOMIAL = 0x1021;

export function slotOf(bucket: number): number {
  return SLOT_OF_BUCKET[bucket] ?? 0;
}

const SLOT_OF_BUCKET: readonly number[] = Array.from(
  { length: BUCKETS },
  (_, bucket) => crc16(`b${String(bucket).padStart(3, "0")}`) % SLOTS,
);

function crc16(text: string): number {
  let crc = 0;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ POLYNOMIAL) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc;
}

/** `host:port` of a bucket's master, as these ranges have it. */
export function ownerOf(bucket: number, ranges: readonly SlotRange[]): string | undefined {
  const slot = slotOf(bucket);
  return ranges.find(({ from, to }) => from <= slot && slot <= to)?.owner;
}
