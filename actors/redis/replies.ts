/**
 * The one decoder of what Redis answers: flat arrays of strings become what the port speaks of.
 *
 * An answer that our own functions do not give comes from something else than our Redis, so what
 * became of the call is unknown: `StoreUnreachable`.
 */
import { parseAddressKey } from "../address.ts";
import {
  type ClaimedItem,
  type Committed,
  type Confirmed,
  type DirtyActor,
  type KeptRecord,
  type KnownId,
  type NodeBeat,
  StoreUnreachable,
  type Stored,
  type StoredRecord,
} from "../store.ts";
import { decodeChecked, decodeRecords } from "./checked-line.ts";

export function decodeText(reply: unknown): string {
  if (typeof reply !== "string") {
    throw unlike(`expected a string, found ${typeof reply}`);
  }
  return reply;
}

export function decodeTexts(reply: unknown): readonly string[] {
  return decodeList(reply).map(decodeText);
}

function decodeList(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) {
    throw unlike(`expected an array, found ${typeof reply}`);
  }
  return reply as readonly unknown[];
}

export function decodeCommitted(reply: unknown): Committed {
  const [kind, ...rest] = decodeTexts(reply);
  switch (kind) {
    case "absent":
    case "late":
      return { kind };
    case "conflict":
      return { kind, envelope: rest[0] ?? "" };
    case "reserved":
      return { kind, waitMs: numberOf(rest[0]) };
    case "committed":
      return { kind, journaled: numberOf(rest[0]), known: knownOf(rest.slice(1)) };
    case "known":
      return { kind, known: knownOf(rest) };
    default:
      throw unlike(`expected what became of a commit, found ${kind}`);
  }
}

export function decodeConfirmed(reply: unknown): Confirmed {
  const [kind, ...rest] = decodeTexts(reply);
  switch (kind) {
    case "absent":
      return { kind };
    case "current":
      return { kind, journaled: numberOf(rest[0]), known: knownOf(rest.slice(1)) };
    case "moved":
      return { kind, envelope: rest[0] ?? "", known: knownOf(rest.slice(1)) };
    default:
      throw unlike(`expected whether a head is current, found ${kind}`);
  }
}

/** Head, seq and envelope; undefined: no such actor. */
export function decodeStored(reply: unknown): Stored | undefined {
  const [head, seq, envelope] = decodeTexts(reply);
  return head === undefined || envelope === undefined
    ? undefined
    : { head, seq: numberOf(seq), envelope };
}

/** HGETALL of what nodes remember: `<seq> <head>`, `<epoch> <line>`, …; ascending by seq. */
export function decodeRemembered(reply: unknown): readonly KeptRecord[] {
  const records = [...decodeFields(reply)].flatMap(([field, value]) => {
    const [seq, head = ""] = field.split(" ");
    const text = decodeText(value);
    const cut = text.indexOf(" ");
    const line = decodeChecked(text.slice(cut + 1));
    return line === undefined
      ? []
      : [{ seq: numberOf(seq), head, epoch: text.slice(0, cut), line }];
  });
  return records.toSorted((one, other) => one.seq - other.seq);
}

/** XRANGE: `[["7-0", ["r", line]], …]`. */
export function decodeEntries(reply: unknown): readonly StoredRecord[] {
  const stored = decodeList(reply).map((entry) => {
    const [id, fields] = decodeList(entry);
    const [, line = ""] = decodeTexts(fields);
    return { seq: numberOf(decodeText(id).split("-")[0]), line };
  });
  return decodeRecords(stored);
}

export function decodeClaimed(reply: unknown): readonly ClaimedItem[] {
  return rows(decodeTexts(reply), 7).map(
    ([address = "", key = "", generation, claimableAt, attempt, lease = "", begun]) => ({
      address: parseAddressKey(address),
      key,
      generation: numberOf(generation),
      claimableAt: numberOf(claimableAt),
      attempt: numberOf(attempt),
      lease,
      begun: begun !== "0",
    }),
  );
}

export function decodeDirty(reply: unknown): readonly DirtyActor[] {
  return rows(decodeTexts(reply), 4).map(([address = "", head = "", seq, since]) => ({
    address: parseAddressKey(address),
    head,
    seq: numberOf(seq),
    since: numberOf(since),
  }));
}

/** When a node was heard to beat. */
export function decodeBeatAt(reply: unknown): number {
  return numberOf(decodeText(reply));
}

/** HGETALL: a map in RESP 3. */
export function decodeBeats(reply: unknown): readonly NodeBeat[] {
  return [...decodeFields(reply)].map(([node, value]) => {
    const [beatAt = "", ...reads] = decodeText(value).split(" ");
    return { node, beatAt: numberOf(beatAt), reads: reads.filter((word) => word !== "") };
  });
}

export interface Point {
  readonly seq: number;
  readonly head: string;
}

export interface Tail extends Point {
  readonly records: readonly StoredRecord[];
}

/** Undefined: no such actor. */
export function decodeTail(reply: unknown): Tail | undefined {
  const [head, seq, ...rest] = decodeTexts(reply);
  if (head === undefined) {
    return undefined;
  }
  const stored = rows(rest, 2).map(([at, line = ""]) => ({ seq: numberOf(at), line }));
  return { head, seq: numberOf(seq), records: decodeRecords(stored) };
}

export function decodeHeads(reply: unknown): readonly (Point | undefined)[] {
  return rows(decodeTexts(reply), 2).map(([head = "", seq]) =>
    head === "" ? undefined : { head, seq: numberOf(seq) },
  );
}

/** TIME: seconds and microseconds; answers ms. */
export function decodeTime(reply: unknown): number {
  const [seconds, micros] = decodeTexts(reply);
  return numberOf(seconds) * 1_000 + numberOf(micros) / 1_000;
}

/** ZRANGE … WITHSCORES: flat in one version of the protocol, pairs in the other. */
export function decodeScored(reply: unknown): readonly (readonly [string, number])[] {
  const flat = decodeList(reply).flat().map(String);
  return rows(flat, 2).map(([member = "", score]) => [member, numberOf(score)]);
}

/** CLUSTER SLOTS: `[[first, last, [host, port, id, …], …replicas], …]`. */
export function decodeSlots(reply: unknown): readonly SlotRange[] {
  return decodeList(reply).map((range) => {
    const [first, last, master] = decodeList(range);
    const [host, port] = decodeList(master);
    const [from, to] = [numberOf(String(first)), numberOf(String(last))];
    return { from, to, owner: `${typeof host === "string" ? host : ""}:${String(port)}` };
  });
}

export interface SlotRange {
  readonly from: number;
  readonly to: number;
  /** `host:port` of the master; without a host, it is the one that was asked. */
  readonly owner: string;
}

/** FUNCTION LIST … WITHCODE of one library; undefined: it is not loaded. */
export function decodeLibraryCode(reply: unknown): string | undefined {
  const [library] = Array.isArray(reply) ? (reply as readonly unknown[]) : [];
  if (library === undefined) {
    return undefined;
  }
  return decodeText(decodeFields(library).get("library_code"));
}

/** A map in whichever way the protocol version writes it: Map, object, or flat array. */
export function decodeFields(reply: unknown): ReadonlyMap<string, unknown> {
  if (reply instanceof Map) {
    return reply as ReadonlyMap<string, unknown>;
  }
  if (Array.isArray(reply)) {
    const flat = reply as readonly unknown[];
    return new Map(flat.flatMap((name, at) => (at % 2 ? [] : [[String(name), flat[at + 1]]])));
  }
  return new Map(Object.entries(reply as Readonly<Record<string, unknown>>));
}

function knownOf(flat: readonly string[]): readonly KnownId[] {
  return rows(flat, 3).map(([idKey = "", seq, digest = ""]) => ({
    idKey,
    digest,
    seq: numberOf(seq),
  }));
}

function rows(flat: readonly string[], width: number): readonly (readonly string[])[] {
  if (flat.length % width !== 0) {
    throw unlike(`expected rows of ${width}, found ${flat.length} fields`);
  }
  return Array.from({ length: flat.length / width }, (_, at) =>
    flat.slice(at * width, (at + 1) * width),
  );
}

function numberOf(text: string | undefined): number {
  const number = Number(text);
  if (text === undefined || text === "" || Number.isNaN(number)) {
    throw unlike("expected a number, found something else");
  }
  return number;
}

function unlike(sentence: string): StoreUnreachable {
  return new StoreUnreachable(`Redis answered in another way: ${sentence}`);
}
