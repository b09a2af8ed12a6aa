/**
 * What a client hears, version 1, and how it is read: members it does not know are kept, unread.
 */
import type { StateValue } from "xstate";
import type { SeenFact } from "../../machines/fact.ts";
import type { JsonObject } from "../../machines/json.ts";
import type { Acknowledgement } from "../documents.ts";
import type { Problem } from "../problem.ts";

export interface WireRecord {
  readonly seq: number;
  /** When the server received it, RFC 3339 in UTC. */
  readonly at: string;
  readonly facts: readonly SeenFact[];
}

/** A live counter: `of` names it, the other members are its values now, never differences. */
export interface WireDelta extends JsonObject {
  readonly actor: string;
  readonly of: string;
}

/** `record` and `reset` both; each has what its event has. */
export interface WireDocument {
  readonly actor: string;
  readonly seq: number;
  readonly at: string;
  readonly epoch?: string;
  readonly facts: readonly SeenFact[];
  readonly state: StateValue;
  readonly can: readonly string[];
  readonly view?: JsonObject;
  readonly records?: readonly WireRecord[];
  readonly now?: string;
}

/** Sent after the command was on disk. */
export type Acknowledged = { readonly ok: true } & Acknowledgement;

export interface RefusedAnswer {
  readonly ok: false;
  readonly problem: Problem;
}

export function parseDocument(document: unknown): WireDocument {
  return document as WireDocument;
}

export function parseDelta(document: unknown): WireDelta {
  return document as WireDelta;
}

export function parseReason(document: unknown): string {
  return (document as { readonly reason: string }).reason;
}

export function parseActor(document: unknown): string {
  const isObject = typeof document === "object" && document !== null && "actor" in document;
  return isObject ? String(document.actor) : "";
}

export type WatchedAnswer = (WireDocument & { readonly ok: true }) | RefusedAnswer;

export function parseWatched(answer: unknown): WatchedAnswer {
  return answer as WatchedAnswer;
}

export function parseSent(answer: unknown): Acknowledged | RefusedAnswer {
  return answer as Acknowledged | RefusedAnswer;
}
