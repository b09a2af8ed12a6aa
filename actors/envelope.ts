/**
 * The stored actor and its records: what is in them, and the checksums that make damage visible.
 *
 * Owns the one decoder of stored bytes. Invariants:
 * 1. An envelope's checksum covers its address and every byte of it, and a delta's that of
 *    what it stands on as well; both are verified on every load. The head in it is the chain's,
 *    so it cannot be served with other records.
 * 2. `chain(n) = sha256(chain(n−1), line n)`; `chain(0)` is of the address and the epoch.
 * 3. A format that a newer program wrote is refused as that, never misread (C8).
 * 4. Times are ms since 1970; `at` never goes back within an actor.
 */
import type { StateValue } from "xstate";
import type { Fact } from "../machines/fact.ts";
import type { Json, JsonObject } from "../machines/json.ts";
import type { EffectWish, Message } from "../machines/living.ts";
import type { Principal } from "../machines/principal.ts";
import { UnknownVersion } from "../machines/versions.ts";
import { type Address, addressKey } from "./address.ts";
import { withDelta } from "./delta.ts";
import { pack, unpack } from "./packing.ts";
import type { Head } from "./store.ts";

export const FORMAT = 1;
/** Of a SHA-256 in hexadecimal. */
const CHECKSUM_CHARS = 64;

/** A timer or effect that is committed and not yet settled. */
export type Owed =
  | {
      readonly kind: "timer";
      readonly key: string;
      /** The seq of the record that armed it. */
      readonly generation: number;
      readonly dueAt: number;
      readonly event: Message;
    }
  | {
      readonly kind: "effect";
      readonly key: string;
      readonly generation: number;
      readonly dueAt: number;
      readonly effect: EffectWish;
      /** Not wanted any more: it is not begun, and settles. */
      readonly cancelled?: true;
    };

export interface Envelope {
  readonly format: typeof FORMAT;
  /** Redrawn whenever the actor is rebuilt from anything but its own unbroken store. */
  readonly epoch: string;
  /** A person decided, at some time, to go on without what could not be proved any more. */
  readonly lossAccepted?: true;
  readonly seq: number;
  readonly head: Head;
  readonly at: number;
  readonly machineVersion: number;
  readonly owed: readonly Owed[];
  readonly snapshot: Json;
}

export interface ActorRecord {
  readonly seq: number;
  readonly at: number;
  readonly machineVersion: number;
  readonly by: Principal;
  /** The command id as hashed and scoped, with its digest; absent for the platform's messages. */
  readonly id?: { readonly idKey: string; readonly digest: string };
  /** What was owed and is not any more since this message came; absent for every other message. */
  readonly settles?: { readonly key: string; readonly generation: number };
  readonly message: Message;
  readonly facts: readonly Fact[];
  /** The state value after this record. */
  readonly state: StateValue;
}

/** Stored bytes that are not what was written: never served, never stepped. */
export class Damaged extends Error {
  override readonly name = "Damaged";
  readonly kind = "envelope.damaged";
  readonly retry = "never";
}

export function chainStart(address: Address, epoch: string): Head {
  return sha256(`${addressKey(address)}\n${epoch}`);
}

export function chainOn(head: Head, line: string): Head {
  return sha256(`${head}\n${line}`);
}

export function sealEnvelope(address: Address, envelope: Envelope): string {
  const body = pack(jsonOf(envelope));
  return `${sumOf(address, body)}\n${body}`;
}

/** `before`: what was written last of the same envelope, whole or a delta as well. */
export function sealDelta(address: Address, before: string, delta: string): string {
  return `\n${sumOf(address, `${checksumIn(before)}\n${delta}`)}\n${delta}`;
}

/** No delta is behind it. */
export function isWhole(stored: string): boolean {
  return stored.indexOf("\n", stored.indexOf("\n") + 1) < 0;
}

/** `stored`: whole, and behind it the deltas that came after, if there are any. */
export function decodeEnvelope(address: Address, stored: string): Envelope {
  const [sum = "", body = "", ...deltas] = stored.split("\n");
  check(address, sum, body);
  let before = sum;
  let found = parsePlain(JSON.parse(unpack(body)));
  for (let at = 0; at < deltas.length; at += 2) {
    const [deltaSum = "", delta = ""] = [deltas[at], deltas[at + 1]];
    check(address, deltaSum, `${before}\n${delta}`);
    found = withDelta(found, delta);
    before = deltaSum;
  }
  const { format } = found;
  if (Number(format) > FORMAT) {
    const sentence = `expected envelope format ${FORMAT}, found ${JSON.stringify(format)}`;
    throw new UnknownVersion(`${sentence}: another node can read it`);
  }
  if (format !== FORMAT) {
    throw new Damaged(`expected envelope format ${FORMAT}, found ${JSON.stringify(format)}`);
  }
  return parseEnvelope(found);
}

export function encodeRecord(record: ActorRecord): string {
  return JSON.stringify(record);
}

export function decodeRecord(line: string): ActorRecord {
  try {
    return JSON.parse(line) as ActorRecord;
  } catch (cause) {
    throw new Damaged("a stored record cannot be read", { cause });
  }
}

export function sha256(text: string): string {
  return Bun.SHA256.hash(text, "hex");
}

function check(address: Address, sum: string, text: string): void {
  if (sum !== sumOf(address, text)) {
    throw new Damaged(`the envelope of ${addressKey(address)} does not match its checksum`);
  }
}

function checksumIn(part: string): string {
  const begins = part.startsWith("\n") ? 1 : 0;
  return part.slice(begins, begins + CHECKSUM_CHARS);
}

function sumOf(address: Address, text: string): string {
  return sha256(`${addressKey(address)}\n${text}`);
}

/** An envelope is made of JSON alone. */
export function jsonOf(envelope: Envelope): JsonObject {
  return parsePlain(envelope);
}

function parsePlain(value: unknown): JsonObject {
  return value as JsonObject;
}

/** Of this format it is one, as its checksum holds. */
function parseEnvelope(value: unknown): Envelope {
  return value as Envelope;
}
