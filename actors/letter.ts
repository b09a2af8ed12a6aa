/**
 * A letter: one message on its way to an actor, with what it needs to be answered.
 *
 * Owns the scoping and digesting of command ids. Invariants:
 * 1. An id is scoped to its principal: two students may both use "1" (C6).
 * 2. The digest is of the content with sorted keys: a resend may order its fields differently
 *    (C6).
 */
import type { Json, JsonObject } from "../machines/json.ts";
import type { Machine } from "../machines/living.ts";
import { principalKey } from "../machines/principal.ts";
import { sha256 } from "./envelope.ts";
import type { Incoming, Reply } from "./reply.ts";
import type { IdClaim } from "./store.ts";

/** The owed item that this message settles: it is removed whatever the machine makes of it. */
export interface Settles {
  readonly key: string;
  readonly generation: number;
}

export interface Letter {
  readonly incoming: Incoming;
  readonly settles: Settles | undefined;
  readonly claim: IdClaim | undefined;
  /** The version that takes the actor over by this message; absent in all but those few. */
  readonly upgrade?: Machine;
  /** By the store's clock; it alone judges whether an answer came in time. */
  readonly receivedAt: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

/** 128 bits of a SHA-256 name an id among the ids of one actor. */
const ID_KEY_DIGITS = 32;

export function claimOf(incoming: Incoming): IdClaim | undefined {
  if (incoming.id === undefined) {
    return undefined;
  }
  const scoped = `${principalKey(incoming.by)}\n${incoming.id}`;
  const content = canonical(incoming.content ?? incoming.message);
  return {
    idKey: sha256(scoped).slice(0, ID_KEY_DIGITS),
    digest: sha256(content).slice(0, ID_KEY_DIGITS),
  };
}

/** Made without lists on the way: this is done for every message. */
function canonical(value: Json | undefined): string {
  if (value === null || value === undefined || typeof value !== "object") {
    return JSON.stringify(value ?? null);
  }
  let text = "";
  if (Array.isArray(value)) {
    for (const inner of parseList(value)) {
      text += `${text === "" ? "" : ","}${canonical(inner)}`;
    }
    return `[${text}]`;
  }
  const members = parseMembers(value);
  for (const name of Object.keys(members).toSorted()) {
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonical(members[name])}`;
  }
  return `{${text}}`;
}

/** What `Array.isArray` tells of JSON, in the compiler's words. */
function parseList(value: object): readonly Json[] {
  return value as readonly Json[];
}

function parseMembers(value: object): JsonObject {
  return value as JsonObject;
}
