/**
 * The stored actor and its records: what is in them, and the checksums that make damage visible.
 *
 * Owns the one decoder of stored bytes. Invariants:
 * 1. An envelope's checksum covers its address and every byte of it, and is verified on every
 *    load; the head in it is the chain's, so it cannot be served with other records.
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
import { Packer, unpack } from "./packing.ts";
import type { Head } from "./store.ts";

export const FORMAT = 1;

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

/** `packer`: of this actor; it makes the work less, and nothing else. */
export function sealEnvelope(
  address: Address,
  envelope: Envelope,
  packer: Packer = new Packer(),
): string {
  const body = packer.pack(parsePlain(envelope));
  return `${sha256(`${addressKey(address)}\n${body}`)}\n${body}`;
}

export function decodeEnvelope(address: Address, stored: string): Envelope {
  const cut = stored.indexOf("\n");
  const body = stored.slice(cut + 1);
  if (cut !== 64 || stored.slice(0, cut) !== sha256(`${addressKey(address)}\n${body}`)) {
    throw new Damaged(`the envelope of ${addressKey(address)} does not match its checksum`);
  }
  const envelope = JSON.parse(unpack(body)) as Envelope | { readonly format: unknown };
  if (Number(envelope.format) > FORMAT) {
    const sentence = `expected envelope format ${FORMAT}, found ${String(envelope.format)}`;
    throw new UnknownVersion(`${sentence}: another node can read it`);
  }
  if (envelope.format !== FORMAT) {
    throw new Damaged(`expected envelope format ${FORMAT}, found ${String(envelope.format)}`);
  }
  return envelope as Envelope;
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

/** An envelope is made of JSON alone. */
function parsePlain(envelope: unknown): JsonObject {
  return envelope as JsonObject;
}
