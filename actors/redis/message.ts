/** What a store function publishes on an actor's channel: the records of a commit, or a return. */
import type { Head, StoredRecord } from "../store.ts";
import { decodeRecords } from "./checked-line.ts";

export type ChannelMessage =
  | {
      readonly kind: "records";
      readonly records: readonly StoredRecord[];
      readonly firstSeq: number;
      readonly lastSeq: number;
      /** The head before; "" at a birth. */
      readonly expected: Head;
      readonly head: Head;
    }
  /** The actor came back from the archive. */
  | { readonly kind: "installed"; readonly seq: number; readonly head: Head };

/** The lengths by which followers cut the lines apart, in UTF-16 units as strings count here. */
export function lengthsOf(records: readonly string[]): string {
  return records.map((line) => line.length).join(",");
}

/** Undefined: not a message of this library. The follower reads the log instead. */
export function decodeMessage(message: string): ChannelMessage | undefined {
  const cut = message.indexOf("\n");
  const header = cut < 0 ? message : message.slice(0, cut);
  const [kind, first, expected = "", head = "", lengths = ""] = header.split(" ");
  const firstSeq = Number(first);
  if (kind === "I") {
    return { kind: "installed", seq: firstSeq, head: expected };
  }
  if (kind !== "R") {
    return undefined;
  }
  let at = cut + 1;
  const stored = lengths.split(",").map((length, index) => {
    const line = message.slice(at, at + Number(length));
    at += Number(length);
    return { seq: firstSeq + index, line };
  });
  if (at !== message.length) {
    return undefined;
  }
  const records = decodeRecords(stored);
  if (records.length < stored.length) {
    return undefined;
  }
  const lastSeq = firstSeq + records.length - 1;
  return { kind: "records", records, firstSeq, lastSeq, expected, head };
}
