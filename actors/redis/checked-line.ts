/**
 * Lines as they stand in the log: under a checksum of their own, so that one that was changed on
 * disk is missed by whoever reads a few of them, and not only by who follows the whole chain.
 *
 * CRC-32 finds every error of up to 32 bits in a row; it is no protection from forgers, who would
 * have to forge the chain of SHA-256 as well. Invariant: a line that is not what was written is as
 * good as missing; the archive, the chain, or a node's memory has it.
 */
import type { StoredRecord } from "../store.ts";

const DIGITS = 8;

export function checkedLine(line: string): string {
  return checksumOf(line) + line;
}

/** Undefined: it was changed. */
export function decodeChecked(stored: string): string | undefined {
  const line = stored.slice(DIGITS);
  return stored.startsWith(checksumOf(line)) ? line : undefined;
}

/** Those of the records whose lines are what was written. */
export function decodeRecords(stored: readonly StoredRecord[]): readonly StoredRecord[] {
  return stored.flatMap(({ seq, line: checked }) => {
    const line = decodeChecked(checked);
    return line === undefined ? [] : [{ seq, line }];
  });
}

function checksumOf(line: string): string {
  return Bun.hash.crc32(line).toString(16).padStart(DIGITS, "0");
}
